// How far back a gradient reaches: its size against the steps back, with W_h scaled.

import { range, rowTimesTransposed, scaled, sizeOf } from "../shared/algebra.js";
import { html, noteChange, put, svg, symbol, tag, updated, words, write } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { clamp, plot } from "../shared/plot.js";

/** @import { Frame } from "../shared/types.d.ts" */
/** @import { MakeNumber } from "../shared/dom.js" */
/** @import { Plot } from "../shared/plot.js" */
/** @import { Params } from "./steps.js" */

/**
 * Make the chart with its slider; `draw` makes it for a width.
 * @param {Frame} frame
 */
export function reachChart({ limits, save, signal }) {
  const steps = limits.reach;
  const box = html("div");
  const slider = scaleSlider(limits.scale, (scale) => save({ scale }), signal);
  const [said, key] = [html("p"), html("p", { class: "legend" })];
  const heading = html("b", {}, "How far back? ");
  const what = `This is the same network over ${steps} steps, with its inputs repeated. ` +
    "How much is left of the gradient that enters at the last step?";
  /** @type {ReturnType<typeof chartOf>} */
  let chart;
  const parts = [html("p", {}, heading, what), slider.element, box, key, said];
  const [saidParts, keyParts] = [updated(), updated()];
  /** @type {Record<string, any>} */
  let run; // the numbers of now, for words that stay
  return {
    element: html("div", { class: "reach" }, ...parts),
    drawing: () => chart.element,
    draw(/** @type {number} */ width) {
      chart = chartOf(width, steps);
      put(box, {}, chart.element);
    },
    update(/** @type {Record<string, any>} */ now, /** @type {Params} */ params) {
      run = now;
      const { activation, scalar } = params;
      const verdict = verdictOf(run);
      const held = isHeldBack(run, params, steps);
      slider.update(params.scale);
      chart.update(run);
      saidParts([activation, scalar, verdict, held].join(" "), (num) => {
        put(said, {}, ...inWords(num, () => run, params, steps, verdict, held));
      });
      keyParts(`${run.reach[0] === 1}`, (num) => {
        put(key, {}, html("small", {}, ...keyOf(num, () => run)));
      });
      chart.describe(
        `After ${steps} steps back, ${shown(run.left)} of the gradient is left: ${verdict}.`,
      );
    },
  };
}

/**
 * @param {[number, number]} bounds
 * @param {(scale: number) => void} change
 * @param {AbortSignal} signal
 */
function scaleSlider([min, max], change, signal) {
  const label = { "aria-label": "Scale of W_h" };
  const slider = html("input", { type: "range", min, max, step: 0.05, ...label });
  slider.addEventListener("input", () => change(Number(slider.value)), { signal });
  const by = html("span");
  const name = html("span", { class: "slider-name" }, ...symbol("W_h"), " × ", by);
  return {
    element: html("label", { class: "slider" }, name, slider),
    update(/** @type {number} */ scale) {
      slider.value = String(scale);
      put(by, { class: "num", ...tag("scale", [], scale) });
      write(by, shown(scale));
    },
  };
}

/**
 * @param {number} width
 * @param {number} steps
 */
function chartOf(width, steps) {
  const title = "The length of the gradient, over the steps back";
  const names = { xName: "steps back k", yName: "length of dL/dh" };
  const chart = plot({ width, height: 190, title, ...names });
  const line = svg("path", { class: "line W", "stroke-dasharray": "5 4" });
  const dots = range(steps + 1).map((k) =>
    svg("circle", { class: "dot gradient", r: 3, ...tag("reach", [k], 0) })
  );
  chart.marks.append(line, ...dots);
  return {
    element: chart.element,
    describe: chart.describe,
    update(/** @type {Record<string, any>} */ { reach, bound }) {
      const [lowest, highest] = decadesOf([...reach, ...bound]);
      const isSeen = (/** @type {number} */ v) => v >= lowest && v <= highest;
      chart.scale({ x: [0, steps], y: [lowest, highest], log: true, whole: true });
      const points = bound.map((v, k) => [k, v < lowest || v > highest ? NaN : v]);
      put(line, { d: chart.path(points) });
      dots.forEach((dot, k) => placeDot(dot, chart, k, reach[k], isSeen(reach[k])));
    },
  };
}

/**
 * @param {SVGElement} dot
 * @param {Plot} chart
 * @param {number} k
 * @param {number} value
 * @param {boolean} isSeen
 */
function placeDot(dot, chart, k, value, isSeen) {
  const [cx, y] = chart.at(k, value);
  if (!noteChange(dot, `${cx} ${y} ${isSeen} ${value}`)) return;
  const place = { cx, cy: isSeen ? y : 0, visibility: isSeen ? null : "hidden" };
  put(dot, { ...place, ...tag("reach", [k], value) });
}

/**
 * Return powers of 10⁵ around all sizes, at least 10⁻⁵ and 10⁵.
 * @param {number[]} sizes
 */
function decadesOf(sizes) {
  const powers = sizes.filter((v) => v > 0 && v < Infinity).map(Math.log10);
  const tens = (value, round) => 10 ** (5 * round(clamp(value, -25, 25) / 5));
  const lowest = Math.min(tens(Math.min(0, ...powers), Math.floor), 1e-5);
  return [lowest, Math.max(tens(Math.max(0, ...powers), Math.ceil), 1e5)];
}

/**
 * Say what becomes of the gradient.
 * @param {Record<string, any>} run
 */
export function verdictOf({ reach, left }) {
  if (reach[0] === 0) return "nothing enters at the last step";
  if (Number.isNaN(left)) return "too large for a float";
  if (left < 1e-2) return "it vanishes";
  return left > 1e2 ? "it explodes" : "it stays about the same";
}

/**
 * Whether f′ alone keeps the gradient from exploding.
 * @param {Record<string, any>} run
 * @param {Params} params
 * @param {number} steps
 */
const isHeldBack = (run, params, steps) =>
  params.activation !== "linear" && run.left <= 1e2 &&
  explodesAlone(run.direct.at(-1), params, steps);

/**
 * Whether the gradient explodes where f′ is left out of every step back.
 * @param {number[]} enters
 * @param {Params} params
 * @param {number} steps
 */
function explodesAlone(enters, { W_h, scale }, steps) {
  const larger = scaled(scale, W_h);
  let dh = enters;
  for (let k = 0; k < steps; k += 1) dh = rowTimesTransposed(dh, larger);
  return sizeOf(dh) > 1e2 * sizeOf(enters);
}

/**
 * @param {MakeNumber} num
 * @param {() => Record<string, any>} latest
 * @param {Params} params
 * @param {number} steps
 * @param {string} verdict
 * @param {boolean} heldBack
 */
function inWords(num, latest, params, steps, verdict, heldBack) {
  const { activation, scalar } = params;
  const bends = activation !== "linear";
  const isExact = scalar && !bends;
  const one = (/** @type {string} */ name, sym = "W_h") =>
    num(name, [], () => latest()[name], { sym });
  const [most, limit, left] = [one("most"), one("limit"), one("left", "dh")];
  const power = [
    one("most"),
    html("sup", {}, String(steps)),
    scalar ? " = " : " ≈ ",
    limit,
  ];
  const atMost = isExact ? "" : "at most ";
  const here = isExact ? ": " : words`, and here ${left} is left: `;
  const slopes = words`f′ is small where ${activation} is flat, and holds it back.`;
  const why = heldBack ? words` ${symbol("W_h")} alone would make it explode, but ${slopes}` : [];
  return [
    ...stepInWords(scalar, bends, most),
    ...words`, so of all that enters, ${atMost}${power} is left after ${
      String(steps)
    } steps${here}`,
    ...words`${html("b", {}, verdict)}.${why}`,
  ];
}

/**
 * @param {boolean} scalar
 * @param {boolean} bends
 * @param {HTMLElement} most
 */
function stepInWords(scalar, bends, most) {
  const W_h = symbol("W_h");
  if (scalar) {
    const factor = bends ? " · f′|, which is at most " : "| = ";
    return words`Each step back multiplies by |${W_h}${factor}${most}`;
  }
  const through = bends ? "f′ and " : "";
  return [
    ...words`Each step back, through ${through}${W_h}, multiplies the length of a vector by at most ${most}`,
  ];
}

/**
 * @param {MakeNumber} num
 * @param {() => Record<string, any>} latest
 */
function keyOf(num, latest) {
  const start = () => latest().reach[0];
  const first = start() === 1 ? [] : [num("reach", [0], start, { sym: "dS" }), " × "];
  return [
    ...words`${html("span", { "data-sym": "dh" }, "●")} length of dL/dh after k steps back   `,
    ...words`${html("span", { "data-sym": "W_h" }, "- - -")} the most it can be: ${first}`,
    num("most", [], () => latest().most, { sym: "W_h" }),
    html("sup", {}, "k"),
  ];
}
