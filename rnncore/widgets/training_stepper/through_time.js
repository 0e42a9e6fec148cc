// The gradient through time at the present point: a bar for each dL/dh_t, upwards by factors of ten.

import { range } from "../shared/algebra.js";
import { html, NONE, noteChange, put, svg, tag, updated, words } from "../shared/dom.js";
import { shown, shownBriefly } from "../shared/numbers.js";
import { clamp, plot } from "../shared/plot.js";
import { sym } from "./parts.js";

/** @typedef {import("./widget.js").State} State */

const LEAST = 1e-6, MOST = 1e15; // what the chart has room for

/**
 * Make the chart, and the line below it.
 * @param {number} longest the most time steps
 */
export function throughTime(longest) {
  const box = html("div", { class: "chart" });
  const below = html("p", { class: "ends" });
  const parts = updated();
  /** @type {State} */
  let now;
  /** @type {import("../shared/plot.js").Plot} */
  let chart;
  /** @type {SVGRectElement[]} */
  let bars;
  return {
    element: html("div", { class: "through" }, box, below),
    draw(/** @type {number} */ height) {
      const title = "The gradient through time";
      const names = { xName: "time step t", yName: "size of dL/dh_t" };
      chart = plot({
        width: Math.min(430, box.clientWidth || 280),
        height,
        title,
        ...names,
      });
      bars = range(longest + 1).map(() => svg("rect", { class: "through-bar" }));
      put(chart.marks, {}, ...bars);
      put(box, {}, chart.element);
    },
    update(/** @type {State} */ state, /** @type {number} */ k) {
      now = state;
      const { run, values } = state;
      const y = decadesOf(run, state.done);
      const T = values.timesteps;
      chart.scale({ x: [-0.5, T + 0.5], y, log: true, whole: true });
      bars.forEach((bar, t) => showBar(chart, bar, t > T ? NaN : run.dh[k][t], [k, t], y, T));
      const isThere = Number.isFinite(run.factor[k]);
      parts(`${k} ${T} ${isThere}`, (num) => put(below, {}, ...endsOf(num, () => now, k, T)));
      chart.describe(
        `Bars for t = 0 to ${T}. Each is W_h = ${
          shown(run.W_h[k])
        } times the next: dL/dh_${T} is ` +
          `${shown(run.dh[k][T])}, dL/dh_0 is ${shown(run.dh[k][0])}.`,
      );
    },
  };
}

/**
 * Return whole powers of ten around the gradients of the whole path.
 * @param {Record<string, any>} run
 * @param {number} done
 * @returns {[number, number]}
 */
function decadesOf(run, done) {
  let [least, most] = [0, 1];
  for (let k = 0; k <= done; k += 1) {
    for (const value of run.dh[k]) {
      const decade = Math.log10(Math.abs(value));
      if (!Number.isFinite(decade)) continue;
      least = Math.min(least, Math.floor(decade));
      most = Math.max(most, Math.ceil(decade));
    }
  }
  return [Math.max(10 ** least, LEAST), Math.min(10 ** most, MOST)];
}

/**
 * @param {import("../shared/plot.js").Plot} chart
 * @param {SVGRectElement} bar
 * @param {number} value
 * @param {number[]} index
 * @param {[number, number]} y
 * @param {number} T
 */
function showBar(chart, bar, value, index, y, T) {
  if (!noteChange(bar, `${value} ${index} ${y} ${T}`)) return;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return put(bar, { ...NONE, visibility: "hidden" });
  const wide = Math.min(22, (0.7 * (chart.box.right - chart.box.left)) / (T + 1));
  const [x, top] = chart.at(index[1], clamp(size, ...y));
  put(bar, {
    ...{ x: (x - wide / 2).toFixed(2), y: top, width: wide.toFixed(2) },
    height: Math.max(0, chart.box.bottom - top),
    class: value < 0 ? "through-bar negative" : "through-bar",
    visibility: null,
    ...tag("dh", index, value),
  });
}

/**
 * Say what the last gradient becomes on its way to the first.
 * @param {import("../shared/dom.js").MakeNumber} num
 * @param {() => State} latest
 * @param {number} k
 * @param {number} T
 */
function endsOf(num, latest, k, T) {
  const { run } = latest();
  if (!Number.isFinite(run.factor[k])) return ["There is no gradient that a float can hold."];
  const first = num("dh", [k, 0], () => latest().run.dh[k][0], { sym: "dh", text: shownBriefly });
  const last = num("dh", [k, T], () => latest().run.dh[k][T], { sym: "dh", text: shownBriefly });
  const factor = num("factor", [k], () => latest().run.factor[k], {
    sym: "W_h",
    text: shownBriefly,
  });
  const W_h = num("W_h", [k], () => latest().run.W_h[k]);
  const d = (/** @type {string} */ h) => sym(`dL/dh_${h}`, "dh");
  return [
    html("span", {}, ...words`${d("0")} = ${W_h}${html("sup", {}, String(T))} · ${d(String(T))}`),
    html("span", {}, ...words` = ${factor} × ${last} = ${first}`),
  ];
}
