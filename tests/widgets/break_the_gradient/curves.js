// @ts-nocheck: this function runs in a page, where a test sends it.
export default (root) => {
  const svg = root.querySelector(".trained svg");
  const all = (name) => [...svg.querySelectorAll(name)];
  const number = (node, name) => Number(node.getAttribute(name));
  const points = (path) => (
    path.getAttribute("d").slice(1).split("L").map((point) => point.split(",").map(Number))
  );
  return {
    now: points(all(".now")[0]),
    right: points(all(".right")[0]),
    thin: all(".thin").map((path) => [path.dataset.sym, points(path)]),
    ends: all("circle").map((dot) => [
      Number(dot.dataset.index.split(",")[0]),
      number(dot, "cx"),
      number(dot, "cy"),
    ]),
    ticks: Object.fromEntries(
      all(".axes .tick[text-anchor=end]").map((tick) => [tick.textContent, number(tick, "y")]),
    ),
  };
};
