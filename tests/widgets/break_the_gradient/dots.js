// @ts-nocheck: this function runs in a page, where a test sends it.
export default (root) => {
  const svg = root.querySelector(".compare svg.plot");
  const lines = [...svg.querySelectorAll(".off")];
  const diagonal = svg.querySelector(".diagonal");
  const at = (node, names) => names.map((name) => Number(node.getAttribute(name)));
  return {
    diagonal: at(diagonal, ["x1", "y1", "x2", "y2"]),
    ticks: [...svg.querySelectorAll(".axes .tick")].map((
      t,
    ) => [t.getAttribute("text-anchor"), ...at(t, ["x", "y"]), t.textContent]),
    dots: [...svg.querySelectorAll("path.mark")].map((dot, i) => ({
      name: dot.dataset.name,
      index: (dot.dataset.index ?? "").split(",").map(Number),
      shown: dot.getAttribute("visibility") !== "hidden",
      wrong: dot.classList.contains("wrong"),
      shape: dot.getAttribute("d"),
      place: dot.getAttribute("transform")?.match(/-?[\d.]+/g).map(Number),
      off: at(lines[i], ["x1", "y1", "x2", "y2"]),
    })),
  };
};
