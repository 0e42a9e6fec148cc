// What is copied has equations as TeX, and code without prompts, outputs and wrong lines.
(() => {
  "use strict";
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed || event.defaultPrevented) return;
    /** @param {any} node @param {string} what */
    const around = (node, what) => (node.closest ? node : node.parentNode)?.closest(what);
    if (around(event.target, "input, textarea, [contenteditable]")) return;
    const range = selection.getRangeAt(0).cloneRange();
    const [start, end] = [range.startContainer, range.endContainer];
    // All of an equation, wherever in it the selection begins or ends; a widget has some, too.
    const whole = ".katex-display, .katex, .equation";
    const [first, last] = [around(start, whole), around(end, whole)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const copy = document.createElement("div");
    copy.append(range.cloneContents());
    /** @param {string} what */
    const all = (what) => [...copy.querySelectorAll(what)];
    const [equations, below] = [all(".katex, .equation"), all("sub")];
    const dropped = all(".copybtn, .gp");
    if (dropped.length) dropped.push(...all(".go")); // else it is an output that is wanted
    if (all(".gi").length) dropped.push(...all(".gd"));
    if (around(start, ".cell_input") && around(end, ".cell_input")) {
      dropped.push(...all(".cell_output"));
    }
    if (equations.length + below.length + dropped.length === 0) return;
    [...dropped, ...all(".equation [hidden]")].forEach((node) => node.remove());
    below.forEach((node) => node.textContent = `_{${node.textContent}}`);
    for (const node of equations) {
      const tex = node.querySelector("annotation") ?? node;
      const mark = node.closest(".katex-display, .equation") ? "$$" : "$";
      node.replaceWith(mark + tex.textContent.trim().replaceAll("−", "-") + mark);
    }
    const common = around(range.commonAncestorContainer, "*") ?? document.body;
    copy.style.cssText = "position: fixed; left: 200vw; white-space: " +
      getComputedStyle(common).whiteSpace;
    document.body.append(copy); // so that its text has the lines that are seen
    event.clipboardData.setData("text/plain", copy.innerText);
    event.clipboardData.setData("text/html", copy.innerHTML);
    copy.remove();
    event.preventDefault();
  });
})();
