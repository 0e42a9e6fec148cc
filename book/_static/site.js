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
  const size = new ResizeObserver((entries) => { // a side bar that comes changes it for many frames
    for (const { target } of entries) {
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
  });
  const reach = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) size.observe(target);
  }, { rootMargin: "50%" });
  const SCROLLS = "pre, .cell_output > .output, .pst-scrollable-table-container, .katex-display";
  document.querySelectorAll(SCROLLS).forEach((/** @type {HTMLElement} */ node) => {
    node.tabIndex = 0; // until it is known
    reach.observe(node);
  });

  document.querySelectorAll("[data-print]").forEach((button) =>
    button.addEventListener("click", () => print())
  );

  // On paper nothing is closed.
  const closed = "article details:not([open]), article details[data-closed]";
  for (const [event, open] of Object.entries({ beforeprint: true, afterprint: false })) {
    addEventListener(
      event,
      () =>
        document.querySelectorAll(closed).forEach((/** @type {HTMLDetailsElement} */ details) => {
          details.toggleAttribute("data-closed", open);
          details.open = open;
        }),
    );
  }

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
})();
