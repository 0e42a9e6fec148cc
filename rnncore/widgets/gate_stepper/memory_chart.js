// The memory of each cell over all steps, the inputs as bars behind it.

import { html, NONE, noteChange, put, svg, tag, write } from "../shared/dom.js";
import { plot } from "../shared/plot.js";
import { CURVES, markOf } from "./curves.js";

/** Make the chart, and the line below it. */
export function memoryChart() {
  const box = html("div", { class: "chart" });
  const fromHand = html("span");
  const bars = html("small", {}, "Bars: the inputs ", html("i", {}, "x"), ".", fromHand);
  let chart, marks;
  return {
    elements: [box, html("p", { class: "legend" }, bars)],
    draw(timesteps) {
      chart = plot({
        width: box.clientWidth || 640,
        height: 196,
        title: "The memory of each cell, step by step",
        xName: "t",
        yName: "memory",
      });
      marks = marksOf(timesteps);
      const curves = marks.curves.flatMap(({ line, dots }) => [line, ...dots]);
      put(chart.marks, {}, marks.now, marks.hand, ...marks.bars, ...curves);
      put(box, {}, chart.element);
    },
    update({ params, run, hand }, t) {
      const isHeld = Object.values(hand).some((opening) => opening !== null);
      const range = rangeOf(params.X, run);
      chart.scale(range);
      showSteps(chart, marks, t, isHeld ? params : null);
      showInputs(chart, marks.bars, params.X, t, range.y);
      marks.curves.forEach((curve) => showCurve(chart, curve, run[curve.name], t, range.y));
      const from = ` Right of the dotted line: by hand, from step ${params.since} on.`;
      write(fromHand, isHeld ? from : "");
      chart.describe(`${params.X.length} inputs, as bars; ${t} steps done.`);
    },
  };
}

const marksOf = (timesteps) => ({
  now: svg("path", { class: "now-line" }),
  hand: svg("path", { class: "hand" }),
  bars: Array.from({ length: timesteps }, () => svg("rect", { class: "input-bar", width: 4 })),
  curves: CURVES.map(({ name }) => ({
    name,
    line: svg("path", { class: `curve ${name}` }),
    dots: Array.from({ length: timesteps + 1 }, () => markOf(name)),
  })),
});

// The range moves in parts, not with every drag.
function rangeOf(X, run) {
  const all = [...X, ...CURVES.flatMap(({ name }) => run[name])];
  const [least, most] = [Math.min(0, ...all), Math.max(1, ...all)];
  const part = 10 ** Math.floor(Math.log10(most - least)) / 5;
  const y = [Math.floor(least / part) * part, Math.ceil(most / part + 0.2) * part];
  return { x: [0, X.length], y, whole: true };
}

// The line of this step, and the one from which a hand holds gates; no params: none does.
function showSteps(chart, { now, hand }, t, params) {
  const upright = (at) => `M${chart.at(at, 0)[0].toFixed(1)},${chart.box.top} V${chart.box.bottom}`;
  put(now, { d: upright(t) });
  const isReached = params !== null && params.since <= params.X.length;
  put(hand, { d: isReached ? upright(params.since - 0.5) : "" });
}

function showInputs(chart, bars, X, t, y) {
  X.forEach((x, i) => {
    if (!noteChange(bars[i], `${y} ${x} ${i < t}`)) return;
    const [[px, py], [, zero]] = [chart.at(i + 1, x), chart.at(i + 1, 0)];
    put(bars[i], {
      ...{ x: px - 2, y: Math.min(py, zero), height: Math.abs(py - zero) },
      class: i < t ? "input-bar" : "input-bar ahead",
      ...tag("X", [i], x),
    });
  });
}

function showCurve(chart, { name, line, dots }, values, t, y) {
  put(line, { d: chart.path(values.slice(0, t + 1).map((v, k) => [k, v])) });
  dots.forEach((dot, k) => {
    if (!noteChange(dot, k <= t ? `${y} ${values[k]}` : "ahead")) return;
    if (k > t) return put(dot, { ...NONE, visibility: "hidden" });
    const [x, up] = chart.at(k, values[k]);
    const transform = `translate(${x.toFixed(2)} ${up.toFixed(2)})`;
    put(dot, { ...tag(name, [k], values[k]), transform, visibility: null });
  });
}
