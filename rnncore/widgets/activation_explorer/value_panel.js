// The activation at a point: its curve with the tangent there, and the slope in numbers.

import { ACTIVATIONS } from "../shared/activations.js";
import { html, number, put, svg, tag, words, write } from "../shared/dom.js";
import { equationOf, symbolButton } from "../shared/frame/frame.js";
import { factor, shown } from "../shared/numbers.js";
import { clamp } from "../shared/plot.js";
import { chartIn, curve, putClipped } from "./charts.js";

/** @type {[number, number]} */
const ACROSS = [-6.4, 6.4];
const TANGENT = 56; // pixels to either side

/**
 * Make the chart of f, whose point can be dragged, and the lines on its slope.
 * @param {{ save: (changes: object) => void, signal: AbortSignal, most: number }} options
 *   `most`: how far z may go to either side
 */
export function valuePanel({ save, signal, most }) {
  const [h, f, z, slope] = [
    symbolButton("h", "h"),
    html("i", {}, "f"),
    symbolButton("z", "z"),
    symbolButton("dh/dz", "dh"),
  ];
  const title = equationOf(...words`${h} = ${f}(${z}), slope ${slope}`);
  const box = html("div", { class: "chart" });
  const readout = html("div", { class: "sum readout" });
  let chart, marks;
  return {
    title,
    box,
    readout,
    draw() {
      chart = chartIn(box, { title: "The activation", xName: "z", yName: "h = f(z)" });
      marks = valueMarks();
      const { foot, dot, label, ...clipped } = marks;
      putClipped(chart, ...Object.values(clipped));
      chart.marks.append(foot, dot, label);
      put(chart.element, { class: "plot draggable" });
      onDrag(chart, (to) => save({ z: clamp(Math.round(to * 20) / 20, -most, most) }), signal);
      put(box, {}, chart.element);
    },
    update(values, run) {
      showValue(chart, marks, values, run);
      put(readout, {}, ...readoutLines(values, run).map((parts) => html("p", {}, parts)));
    },
  };
}

const valueMarks = () => ({
  curve: svg("path", { class: "line" }),
  down: svg("line", { class: "drop z" }),
  across: svg("line", { class: "drop h" }),
  tangent: svg("line", { class: "tangent", "data-sym": "dh" }),
  dot: svg("circle", { class: "dot h", r: 6, "data-sym": "h" }),
  foot: svg("circle", { class: "dot z", r: 4, "data-sym": "z" }),
  label: svg("text", { class: "halo", "data-sym": "dh" }),
});

// Call `move` with the x below the pointer while it is pressed.
function onDrag(chart, move, signal) {
  const drag = (event) => {
    if (!(event.buttons & 1)) return;
    const { left, width } = chart.element.getBoundingClientRect();
    move(chart.from(((event.clientX - left) * chart.width) / width));
  };
  chart.element.addEventListener("pointerdown", (event) => {
    chart.element.setPointerCapture(event.pointerId);
    drag(event);
  }, { signal });
  chart.element.addEventListener("pointermove", drag, { signal });
}

const segment = ([x1, y1], [x2, y2]) => ({ x1, y1, x2, y2 });

function showValue(chart, marks, { activation, z }, run) {
  chart.scale({ x: ACROSS, y: ACTIVATIONS[activation].range });
  const [cx, cy] = chart.at(z, run.value);
  put(marks.curve, { d: chart.path(curve(ACROSS, ACTIVATIONS[activation].value)) });
  put(marks.tangent, { ...tangent(chart, [cx, cy], run.slope), ...tag("slope", [], run.slope) });
  put(marks.dot, { cx, cy, ...tag("value", [], run.value) });
  put(marks.foot, { cx, cy: chart.box.bottom, ...tag("z", [], z) });
  put(marks.down, segment([cx, cy], [cx, chart.box.bottom]));
  put(marks.across, segment([cx, cy], [chart.box.left, cy]));
  placeLabel(chart, marks.label, [cx, cy], z > 0);
  write(marks.label, `slope ${shown(run.slope)}`);
  chart.describe(
    `${activation} at z = ${shown(z)}: value ${shown(run.value)}, slope ${shown(run.slope)}, ` +
      "drawn as a tangent.",
  );
}

// The tangent has the same length on the screen, however steep it is.
function tangent(chart, [cx, cy], slope) {
  const rise = chart.at(1, slope)[1] - chart.at(0, 0)[1]; // in pixels, for 1 of z
  const run = chart.at(1, 0)[0] - chart.at(0, 0)[0];
  const share = TANGENT / Math.hypot(rise, run);
  return segment([cx - run * share, cy - rise * share], [cx + run * share, cy + rise * share]);
}

function placeLabel(chart, label, [cx, cy], right) {
  const x = right
    ? Math.min(cx + 10, chart.box.right - 84)
    : Math.max(cx - 10, chart.box.left + 84);
  put(label, { x, y: cy + (right ? 24 : -14), "text-anchor": right ? "start" : "end" });
}

function readoutLines(values, run) {
  const { activation, z } = values;
  const h = html("i", { "data-sym": "h" }, "h");
  const value = number("value", [], run.value, shown(run.value), "h");
  const at = number("z", [], z, shown(z));
  return [
    activation === "linear" ? words`${h} = ${at}` : words`${h} = ${activation}(${at}) = ${value}`,
    ["slope: ", ...slopeParts(values, run)],
    [html("small", {}, meaningOf(run.slope))],
  ];
}

// The derivative in symbols, and where it is a formula of them, with the numbers.
function slopeParts({ activation, z }, run) {
  const formula = ACTIVATIONS[activation].derivative_formula;
  const slope = number("slope", [], run.slope, shown(run.slope), "dh");
  const pieces = (text, letters) =>
    text.split(/\b([hz])\b/).map((part) => letters[part]?.() ?? part);
  const symbols = pieces(formula, { h: () => html("i", {}, "h"), z: () => html("i", {}, "z") });
  if (symbols.length === 1) return [`${formula} everywhere`];
  if (formula.includes("where")) return [...symbols, ": ", slope];
  const numbers = pieces(formula.replaceAll(/\b([hz]) \(/g, "$1 × ("), {
    h: () => number("value", [], run.value, factor(run.value), "h"),
    z: () => number("z", [], z, factor(z)),
  });
  return [...symbols, " = ", ...numbers, " = ", slope];
}

function meaningOf(slope) {
  if (slope === 0) return "Off. A change in z does not move h.";
  if (slope < 0.05) return "Saturated. A change in z hardly moves h.";
  if (slope === 1) return "Near z, h changes as fast as z.";
  return `Near z, h changes ${shown(slope)} times as fast as z.`;
}
