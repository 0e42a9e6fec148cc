// The backward pass against the numerical gradient: what is right lies on the diagonal.

import { flat, mapped, numberAt } from "../shared/algebra.js";
import { NONE, put, svg, tag } from "../shared/dom.js";
import { plot } from "../shared/plot.js";
import { mark, SYM } from "./marks.js";
import { ARRAYS, isRefused, wrongNames } from "./trace.js";

/**
 * Draw the chart.
 * @param {import("./trace.js").Values} values
 * @param {number} width
 * @param {import("./trace.js").Limits} limits
 */
export function scatter(values, width, limits) {
  const chart = plot({
    width,
    height: width - 6,
    title: "The backward pass against the numerical gradient",
    xName: "numerical gradient",
    yName: "backward pass",
  });
  const diagonal = svg("line", { class: "diagonal" });
  const { right, bottom } = chart.box;
  const corner = { x: right - 6, y: bottom - 12, "text-anchor": "end" };
  const empty = svg("text", { class: "tick", ...corner }, "no gradient to show");
  const dots = ARRAYS.flatMap((name) => dotsOf(name, values[name], chart));
  put(
    chart.marks,
    {},
    diagonal,
    empty,
    ...dots.map(({ off }) => off),
    ...dots.map(({ dot }) => dot),
  );

  function update(run) {
    const refused = isRefused(run.error);
    const reach = reachOf(run, refused);
    chart.scale({ x: [-reach, reach], y: [-reach, reach] });
    const [[x1, y1], [x2, y2]] = [chart.at(-reach, -reach), chart.at(reach, reach)];
    put(diagonal, { x1, y1, x2, y2 });
    put(empty, { visibility: refused ? "visible" : "hidden" });
    dots.forEach((each) => each.update(run, refused));
    chart.describe(inWords(refused, wrongNames(run.error, limits)));
  }
  return { element: chart.element, update };
}

function inWords(refused, wrong) {
  if (refused) return "NumPy has stopped: there is no gradient.";
  return wrong.length
    ? `Off the diagonal are numbers of ${wrong.join(", ")}.`
    : "All numbers lie on the diagonal.";
}

/** Return a round number that all gradients stay below. */
function reachOf(run, refused) {
  const shown = ARRAYS.map((name) => [run[`numerical_${name}`], refused ? 0 : run[`d${name}`]]);
  const size = Math.max(1e-6, ...flat(shown).map(Math.abs));
  const power = 10 ** Math.floor(Math.log10(size));
  return ([1, 1.5, 2, 3, 5, 7].find((m) => m * power >= 1.02 * size) ?? 10) * power;
}

/** Make a dot for each number of an array, and a line to its place on the diagonal. */
function dotsOf(name, value, chart) {
  const one = (_, path) => {
    const off = svg("line", { class: "off" });
    const dot = mark(name, { "data-sym": `d${SYM[name]}` });

    function update(run, refused) {
      put(dot, { visibility: refused ? "hidden" : null });
      put(off, { visibility: refused ? "hidden" : null });
      if (refused) return put(dot, NONE);
      const right = numberAt(run[`numerical_${name}`], path);
      const given = numberAt(run[`d${name}`], path);
      const wrong = numberAt(run.wrong[name], path);
      const [x, y] = chart.at(right, given);
      const transform = `translate(${x.toFixed(2)},${y.toFixed(2)})`;
      put(dot, { ...tag(`d${name}`, path, given), transform });
      dot.classList.toggle("wrong", wrong);
      put(off, { x1: x, x2: x, y1: y, y2: wrong ? chart.at(right, right)[1] : y });
    }
    return { off, dot, update };
  };
  return [mapped(value, one)].flat(2);
}
