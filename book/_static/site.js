// What pages do besides their widgets; runs before the theme's scripts.
(() => {
  "use strict";
  // A page that was saved brings along what scripts had added, and they will add it again.
  document.querySelectorAll(".copybtn, .toggle-button").forEach((left) => left.remove());
  document.querySelectorAll(".toggle-hidden").forEach((node) =>
    node.classList.remove("toggle-hidden")
  );

  // What scrolls is reached by keys, and has a name; it is measured when it is near. The theme would
  // measure all at once, and have the whole page laid out for it.
  const NAMES = { "cell_output": "Output", "katex-display": "Equation", "pst-scrollable": "Table" };
  const nameOf = (/** @type {Element} */ node) =>
    Object.entries(NAMES).find(([part]) => node.closest(`[class*=${part}]`))?.[1] ?? "Code";
  const reach = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = target;
      const scrolls = scrollWidth > clientWidth || scrollHeight > clientHeight;
      if (!scrolls) {
        target.removeAttribute("tabindex");
        continue;
      }
      /** @type {HTMLElement} */ (target).tabIndex = 0;
      target.ariaLabel ??= nameOf(target);
      target.role ??= "group";
    }
  }, { rootMargin: "50%" });
  const SCROLLS = "pre, .cell_output > .output, .pst-scrollable-table-container, .katex-display";
  const boxes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(SCROLLS));
  const measure = () => {
    reach.disconnect();
    boxes.forEach((node) => {
      node.tabIndex = 0; // until it is known
      reach.observe(node);
    });
  };
  measure();
  addEventListener("resize", measure); // magnified, too

  document.querySelectorAll("[data-print]").forEach((button) =>
    button.addEventListener("click", () => print())
  );

  // What has to be served does not start from a file.
  document.querySelectorAll("[data-served]").forEach((link) =>
    link.addEventListener("click", (event) => {
      if (location.protocol !== "file:") return;
      event.preventDefault();
      link.closest("ul").querySelector("[role=status]").textContent =
        `${link.firstChild.textContent} does not start from a file: open this page from a server.`;
    })
  );

  // A menu closes with Escape, and when the reader goes on elsewhere.
  const menus = document.querySelectorAll("details.dropdown");
  const close = (menu) => {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  };
  document.addEventListener("keydown", ({ key }) => key === "Escape" && menus.forEach(close));
  document.addEventListener(
    "pointerdown",
    ({ target }) =>
      menus.forEach((menu) => menu.contains(/** @type {Node} */ (target)) || close(menu)),
  );

  // What is copied has equations as TeX, and code without prompts, outputs and wrong lines.
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed || event.defaultPrevented) return;
    const range = selection.getRangeAt(0).cloneRange();
    /** @param {Node} node @param {string} what */
    const around = (node, what) =>
      /** @type {Element} */ (node.nodeType === 1 ? node : node.parentNode).closest(what);
    const [start, end] = [range.startContainer, range.endContainer];
    if (around(start, "input, textarea, [contenteditable]")) return;
    // All of an equation, wherever in it the selection begins or ends.
    const [first, last] = [start, end].map((node) => around(node, ".katex-display, .katex"));
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const copy = document.createElement("div");
    copy.append(range.cloneContents());
    /** @param {string} what */
    const all = (what) => [...copy.querySelectorAll(what)];
    const equations = all(".katex");
    const dropped = all(".copybtn, .gp, .linenos");
    if (dropped.length) dropped.push(...all(".go")); // else it is an output that is wanted
    if (all(".gi").length) dropped.push(...all(".gd"));
    if (around(start, ".cell_input") && around(end, ".cell_input")) {
      dropped.push(...all(".cell_output"));
    }
    if (!equations.length && !dropped.length) return;
    dropped.forEach((node) => node.remove());
    for (const equation of equations) {
      const mark = equation.closest(".katex-display") ? "$$" : "$";
      equation.replaceWith(mark + equation.querySelector("annotation").textContent.trim() + mark);
    }
    copy.style.cssText = "position: fixed; left: 200vw; white-space: " +
      getComputedStyle(around(range.commonAncestorContainer, "*")).whiteSpace;
    document.body.append(copy); // so that its text has the lines that are seen
    event.clipboardData.setData("text/plain", copy.innerText);
    event.clipboardData.setData("text/html", copy.innerHTML);
    copy.remove();
    event.preventDefault();
  });
})();
