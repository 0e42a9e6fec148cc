// The chart of the size of the state over many steps, with the activation and without.

import { range } from "../shared/algebra.js";
import { html, NONE, noteChange, put, svg, tag, updated, words } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { clamp, plot } from "../shared/plot.js";

/** @import { Layer, Run } from "../shared/cell.js" */
/** @import { MakeNumber } from "../shared/dom.js" */
/** @import { Plot } from "../shared/plot.js" */
/** @import { Inside } from "./memory.js" */
/** @import { Memory } from "./trace.js" */

const LEAST = 1e-15, MOST = 1e15; // what the chart has room for

/**
 * Make the panel; `draw` makes its chart for a width.
 * @param {{ horizon: number }} limits
 * @returns {Inside & { draw: (width: number) => void }}
 */
export function sizesPanel({ horizon }) {
  const strip = html("div", { class: "strip" });
  const ends = html("p", { class: "ends" });
  const parts = updated();
  /** @type {Run & Memory} */
  let run; // the numbers of now, for words that stay
  /** @type {Plot} */
  let chart;
  /** @type {ReturnType<typeof seriesOf>[]} */
  let series;

  function draw(width) {
    const title = "The length of the state";
    chart = plot({ width, title, xName: "time step t", yName: "length of h_t" });
    series = [seriesOf("norm_linear", "W", horizon), seriesOf("norm", "h", horizon)];
    put(
      chart.marks,
      {},
      ...series.map(({ line }) => line),
      ...series.flatMap(({ dots }) => dots),
    );
    put(strip, {}, chart.element);
  }

  // Only what is reached: after the last input, silence up to the horizon.
  function fill(now, params, t) {
    run = now;
    const T = params.X.length;
    const last = t >= T ? horizon : Math.min(t, horizon);
    chart.scale({ x: [0, horizon], y: decadesOf(run, last), log: true, whole: true });
    series.forEach((one) => drawSeries(one, run[one.name], last, chart));
    const after = last > T
      ? `after ${T} inputs and ${last - T} steps of silence`
      : `at step ${last}`;
    parts(`${params.activation} ${after}`, (num) => {
      put(ends, {}, ...endsOf(num, () => run, params.activation, last, after));
    });
    chart.describe(
      `The length of the state ${after}: ${shown(run.norm[last])} with ${params.activation}, ${
        shown(run.norm_linear[last])
      } without an activation.`,
    );
  }
  const title = `The length of the state over ${horizon} steps, activation on and off`;
  return { title, elements: [strip, ends], fill, draw };
}

/**
 * Make the line and the dots of one series.
 * @param {string} name
 * @param {string} kind the class of its colour
 * @param {number} horizon
 */
function seriesOf(name, kind, horizon) {
  const line = svg("path", { class: name === "norm" ? "line h" : "line W dashed" });
  const dots = range(horizon + 1).map(() => svg("circle", { class: `dot ${kind}`, r: 2.5 }));
  return { name, line, dots };
}

/**
 * Return whole powers of ten around all sizes that are reached.
 * @param {Memory} run
 * @param {number} last
 * @returns {[number, number]}
 */
function decadesOf({ norm, norm_linear }, last) {
  const seen = [...norm.slice(0, last + 1), ...norm_linear.slice(0, last + 1)];
  const decades = seen.filter((v) => v > 0 && v < Infinity)
    .map((v) => Math.log10(clamp(v, LEAST, MOST)));
  const least = Math.min(-1, ...decades.map(Math.floor));
  const most = Math.max(1, ...decades.map(Math.ceil));
  return [10 ** least, 10 ** most];
}

/**
 * @param {ReturnType<typeof seriesOf>} series
 * @param {number[]} values
 * @param {number} last how far it is drawn
 * @param {Plot} chart
 */
function drawSeries({ name, line, dots }, values, last, chart) {
  put(line, { d: chart.path(values.slice(0, last + 1).map((v, k) => [k, v])) });
  dots.forEach((dot, k) => {
    if (k > last) return noteChange(dot, "ahead") && put(dot, { ...NONE, visibility: "hidden" });
    const isDrawn = values[k] >= LEAST && values[k] <= MOST;
    const [cx, cy] = isDrawn ? chart.at(k, values[k]) : [0, 0];
    if (!noteChange(dot, `${cx} ${cy} ${values[k]}`)) return;
    put(dot, { ...tag(name, [k], values[k]), cx, cy, visibility: isDrawn ? null : "hidden" });
  });
}

/**
 * Say how large the state is at the end of what is drawn.
 * @param {MakeNumber} num
 * @param {() => Memory} latest
 * @param {string} activation
 * @param {number} last
 * @param {string} after
 */
function endsOf(num, latest, activation, last, after) {
  const key = (/** @type {string} */ kind, /** @type {string} */ text) =>
    html("span", { class: `key ${kind}` }, text);
  const end = num("norm", [last], () => latest().norm[last], { sym: "h" });
  const linear = num("norm_linear", [last], () => latest().norm_linear[last], { sym: "" });
  const without = activation === "linear" ? [] : words`${key("W", "  ●  ")}without it: ${linear}`;
  return words`${key("h", "●  ")}${activation}: ${end}${without} ${after}`;
}
