// @ts-nocheck: this function runs in a page, where a test sends it.
// In the page: what of its text, its controls and its pictures is cut off, sticks out, or can be
// scrolled to by a pointer alone. Each in words.
export default () => {
  const wide = document.documentElement.clientWidth;
  const found = [];
  const nameOf = (node) =>
    `${node.localName}.${[...node.classList].slice(0, 3).join(".")} “${
      node.textContent.slice(0, 40)
    }”`;
  const styleOf = (node) => getComputedStyle(node);
  const isScroller = (node) => /auto|scroll/.test(styleOf(node).overflowX);
  const scrolls = (node) => isScroller(node) && node.scrollWidth > node.clientWidth + 1;
  const KEYS = "a[href], button, input, select, summary, [tabindex='0']";
  const LEFT_OUT = ".live, .visually-hidden, .katex-mathml, .toggle-hidden, .toggle-hidden *, " +
    ".bd-sidebar-secondary *, svg *, .rnn-slot:not(.alive) *, .dropdown-menu *";
  const scrollers = new Set([...document.querySelectorAll("body *")].filter(scrolls));
  const isInScroller = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement) if (scrollers.has(up)) return true;
    return false;
  };
  if (document.scrollingElement.scrollWidth > wide) found.push("the page is too wide");
  for (const node of document.querySelectorAll("main *, footer *")) {
    if (node.matches(LEFT_OUT) || !node.checkVisibility({ visibilityProperty: true })) continue;
    const { left, right, width } = node.getBoundingClientRect();
    if (!width) continue;
    const { overflowX, overflowY } = styleOf(node);
    const [across, down] = [
      node.scrollWidth - node.clientWidth,
      node.scrollHeight - node.clientHeight,
    ];
    const slack = node.closest(".math, .katex") ? 14 : 2; // letters lean and have long tails
    if ((right > wide + 1 || left < -1) && !isInScroller(node)) {
      found.push(`out: ${nameOf(node)}`);
    }
    const isBox = node.clientWidth > 2 && node.clientHeight > 2;
    if (isBox && /hidden|clip/.test(overflowX) && across > slack) {
      found.push(`cut at the side: ${nameOf(node)}`);
    }
    if (isBox && /hidden|clip/.test(overflowY) && down > slack) {
      found.push(`cut below: ${nameOf(node)}`);
    }
    const isText = !node.children.length && node.textContent.trim() && node.localName !== "summary";
    if (isText && overflowX === "visible" && across > 2 && node.clientWidth > 0) {
      found.push(`spills over: ${nameOf(node)}`);
    }
    if (node.closest(".rnn") && scrollers.has(node)) {
      const { tabIndex } = node;
      if (tabIndex < 0 && !node.querySelector(KEYS)) found.push(`no keys: ${nameOf(node)}`);
      if (tabIndex >= 0 && !node.ariaLabel) found.push(`no name: ${nameOf(node)}`);
    }
  }
  return found;
};
