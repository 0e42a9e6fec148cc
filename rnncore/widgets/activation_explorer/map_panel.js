// The map h_{t-1} → h_t: its curve, the diagonal, the cobweb of the steps, and the fixed points.

import { ACTIVATIONS } from "../shared/activations.js";
import { html, NONE, put, svg, symbol, tag, words } from "../shared/dom.js";
import { equationOf, group, symbolButton } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import { chartIn, curve, putClipped } from "./charts.js";
import { away } from "./fixed_points.js";

const FAR = 10; // a fixed point beyond it does not widen the chart
const MOST_FIXED = 3;

/**
 * Make the chart of the map.
 * @param {{ steps: number }} options how often the map is applied
 */
export function mapPanel({ steps }) {
  const [h, before, W_h, c] = [["h_t", "h"], ["h_t−1", "h_prev"], ["W_h", "W_h"], ["c", "x"]]
    .map(([text, sym]) => symbolButton(text, sym));
  const f = html("i", {}, "f");
  const title = equationOf(...words`${h} = ${f}(${before}${W_h} + ${c})`);
  const box = group("frame", "The recurrent map; arrow keys step along it", true);
  const diagonal = words`● attracts  ○ repels  ┄ ${symbol("h_t")} = ${symbol("h_t−1")}`;
  const key = html("p", { class: "legend" }, html("small", {}, diagonal));
  let chart, marks;
  return {
    title,
    box,
    key,
    draw() {
      chart = chartIn(box, { title: "The recurrent map", xName: "h_t−1", yName: "h_t" });
      marks = mapMarks(steps);
      putClipped(chart, marks.same, marks.curve, marks.web, marks.leg);
      chart.marks.append(...marks.fixed, ...marks.dots);
      put(box, {}, chart.element);
    },
    update: (values, run, t) => showMap(chart, marks, values, run, t),
  };
}

const mapMarks = (steps) => ({
  curve: svg("path", { class: "line" }),
  same: svg("path", { class: "same" }),
  web: svg("path", { class: "line h web" }),
  leg: svg("path", { class: "line h leg", "data-sym": "h" }),
  dots: Array.from({ length: steps + 1 }, () => svg("circle", { class: "dot h" })),
  fixed: Array.from({ length: MOST_FIXED }, () => svg("circle", { class: "fixed", r: 5.5 })),
});

function showMap(chart, marks, values, run, t) {
  const { activation, W_h, c } = values;
  const x = span(values, run, t);
  const f = ACTIVATIONS[activation].value;
  chart.scale({ x, y: x });
  put(marks.curve, { d: chart.path(curve(x, (h) => f(h * W_h + c))) });
  put(marks.same, { d: chart.path(x.map((h) => [h, h])) });
  const steps = Array.from({ length: t }, (_, k) => corners(run.h, k + 1));
  put(marks.web, { d: chart.path(steps.flat()) });
  put(marks.leg, { d: t ? chart.path(corners(run.h, t)) : "" });
  marks.dots.forEach((dot, k) => showState(chart, dot, run.h, k, t));
  marks.fixed.forEach((mark, i) => showFixedPoint(chart, mark, values, run, i, x));
  const fixed = run.fixed.map((h) => shown(h)).join(", ") || "none marked";
  chart.describe(
    "The next state plotted against the last one, and the diagonal where the two are equal. " +
      `Fixed points: ${fixed}. ${t} of ${run.h.length - 1} steps are drawn.`,
  );
}

// One step of the cobweb: from the diagonal to the curve, and back.
const corners = (h, t) => [[h[t - 1], h[t - 1]], [h[t - 1], h[t]], [h[t], h[t]]];

function showState(chart, dot, h, k, t) {
  if (k > t) return put(dot, { ...NONE, visibility: "hidden" });
  const [cx, cy] = chart.at(h[Math.max(k - 1, 0)], h[k]); // h_0 stands on the diagonal
  const sym = k === t ? "h" : k === t - 1 ? "h_prev" : null;
  return put(dot, {
    ...{ cx, cy, r: k === t ? 5 : 3, visibility: null, "data-sym": sym },
    ...tag("h", [k], h[k]),
  });
}

function showFixedPoint(chart, mark, values, { fixed, fixed_slope }, i, [least, most]) {
  const h = fixed[i];
  const drawn = h >= least && h <= most;
  const [cx, cy] = drawn ? chart.at(h, h) : [0, 0];
  put(mark, {
    ...{ cx, cy, visibility: drawn ? null : "hidden" },
    class: drawn && away(values, h, fixed_slope[i]) < 0 ? "fixed near" : "fixed",
    ...(h === undefined ? NONE : tag("fixed", [i], h)),
  });
}

// How far the map is shown: the states that are reached, and the fixed points not far away.
/** @returns {[number, number]} */
function span({ activation }, run, t) {
  const seen = [...run.h.slice(0, t + 1), ...run.fixed.filter((h) => Math.abs(h) <= FAR)];
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  const [low, high] = ACTIVATIONS[activation].bounds;
  if (low === -high) {
    const r = edge(Math.max(1, -least, most));
    return [-r, r];
  }
  const top = edge(Math.max(1, most));
  return [least < 0 ? -edge(Math.max(top / 6, -least)) : -top / 6, top];
}

// The least round number at or above a size.
function edge(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1.2, 2, 3, 5, 8, 12].map((m) => m * power).find((m) => m >= size * 1.02);
}
