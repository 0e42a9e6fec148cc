// @ts-nocheck: this function runs in a page, where a test sends it.
export default (root) => {
  const all = (selector) => [...root.querySelectorAll(selector)];
  const own = (node) => {
    const at = (name) => Number(node.getAttribute(name));
    const index = node.dataset.index?.split(",").map(Number);
    const place = { x: at("x"), y: at("y"), width: at("width"), height: at("height") };
    return { index, ...place, of: node.getAttribute("class") };
  };
  const middle = (node) => {
    const box = node.getBoundingClientRect();
    return box.y + box.height / 2;
  };
  const opacity = (node) => Number(getComputedStyle(node, "::before").opacity);
  const share = (node) => node.getBoundingClientRect().width / node.parentNode.clientWidth;
  const heights = (g) => [...g.querySelectorAll(".axis")].map((n) => Number(n.getAttribute("y1")));
  return {
    axes: all("g.reading").map(heights),
    heads: all(".class-name").map((n) => Number(n.getAttribute("x"))),
    units: all(".unit").map(own),
    chances: all(".chance").map(own),
    marked: own(root.querySelector(".unit-band")),
    rows: all(".pad-row").map(middle),
    band: middle(root.querySelector(".band")),
    ink: all(".pixel").map((n) => [Number(n.dataset.value), opacity(n)]),
    meters: all(".meter").map((n) => [Number(n.dataset.value), share(n)]),
  };
};
