// An activation's value and slope at a point, and the map h → f(h W_h + c) with its cobweb.

import { ACTIVATIONS, codeAround, NAMES_WITH_SLOPE } from "../shared/activations.js";
import { openOf, shutOf } from "../shared/arithmetic.js";
import { html, number, put, symbol, words } from "../shared/dom.js";
import { codeLines, group, widget } from "../shared/frame/frame.js";
import { toolbar } from "../shared/frame/toolbar.js";
import { factor, packed, python, shown } from "../shared/numbers.js";
import { codeSymbol, tellingSlips } from "../shared/recurrent.js";
import { film } from "./film.js";
import { fixedPanel } from "./fixed_panel.js";
import { fixedPoints } from "./fixed_points.js";
import { mapPanel } from "./map_panel.js";
import { trace } from "./trace.js";
import { valuePanel } from "./value_panel.js";
import { verdict } from "./verdict.js";

const SLIDERS = [ // its symbol, and how far it goes; the field in the editor takes more
  { name: "z", symbol: "z", sym: "z", most: 6 },
  { name: "W_h", symbol: "W_h", sym: "W_h", most: 3 },
  { name: "c", symbol: "c", sym: "x", most: 3 },
  { name: "h0", symbol: "h_0", sym: "h_prev", most: 2 },
];

/** @import { Frame, View } from "../shared/types.d.ts" */

/**
 * @param {Frame} frame
 * @returns {View}
 */
function view({ root, save, signal, limits }) {
  const choice = activationChoice({ save, signal });
  const sliders = SLIDERS.map((one) => slider(one, { save, signal }));
  const [zRow, ...mapRows] = sliders.map(({ row }) => row);
  const value = valuePanel({ save, signal, most: limits.reach.z });
  const map = mapPanel(limits);
  const fixed = fixedPanel();
  const sum = group("sum", "The arithmetic of this step", true);
  const code = group("code", "The code that runs", true);
  let values, run;
  let drawn = {}; // what the charts show, so that one half is left alone while the other is dragged

  function draw() {
    value.draw();
    map.draw();
    drawn = {};
  }
  function show(t) {
    const { activation, z, W_h, c, h0 } = values;
    const now = { point: packed([z, activation]), orbit: packed([W_h, c, h0, t, activation]) };
    choice.update(activation);
    sliders.forEach(({ update }) => update(values));
    if (drawn.point !== now.point) value.update(values, run);
    if (drawn.orbit !== now.orbit) {
      map.update(values, run, t);
      fixed.update(values, run);
      put(sum, {}, ...sumLines(values, run, t).map((parts) => html("p", {}, parts)));
      codeLines(code, codeOf(values, run, t), t === 0 ? 0 : 2);
    }
    drawn = now;
  }

  put(root, { "data-mode": "scalar" });
  const left = html("div", {}, value.title, value.box, zRow, value.readout);
  const right = html("div", {}, map.title, map.box, map.key, ...mapRows, constant());
  return {
    head: [choice.element, html("div", { class: "drawing two" }, left, right), ...fixed.elements],
    body: [html("div", { class: "beside" }, sum, code)],
    compute(/** @type {any} */ given) {
      values = given;
      run = trace(given, limits);
    },
    shape: () => 0,
    build: draw,
    fields: () => fieldsWithin(limits.reach),
    show,
    words: (t) => told(values, run, t),
    question: (t) => question(values, run, t),
    resized: draw,
  };
}

function activationChoice({ save, signal }) {
  const buttons = NAMES_WITH_SLOPE.map((name) => {
    const button = html("button", { type: "button", class: "choice" }, name);
    button.addEventListener("click", () => save({ activation: name }), { signal });
    return button;
  });
  const title = html("span", {}, "Activation f");
  const element = html("div", { class: "choices", ...toolbar("Activation") }, title, ...buttons);
  const update = (activation) =>
    buttons.forEach((button, i) =>
      put(button, { "aria-pressed": String(NAMES_WITH_SLOPE[i] === activation) })
    );
  return { element, update };
}

function slider({ name, symbol: letter, sym, most }, { save, signal }) {
  const input = html("input", { type: "range", "aria-label": `${name} slider`, step: 0.05 });
  const output = html("span", { class: "slider-value" });
  input.addEventListener("input", () => save({ [name]: Number(input.value) }), { signal });
  const label = html("span", { class: "slider-name", "data-sym": sym }, ...symbol(letter));
  const row = html("label", { class: "slider" }, label, input, output);
  const update = (values) => {
    const value = values[name];
    const reach = Math.max(most, Math.ceil(Math.abs(value)));
    put(input, { min: -reach, max: reach });
    if (Number(input.value) !== value) input.value = value;
    put(output, {}, number(name, [], value, shown(value), sym));
  };
  return { row, update };
}

function constant() {
  const [c, x, b] = ["c", "x", "b"].map((letter) => html("i", {}, letter));
  const text = words`${c} = ${x} ${symbol("W_x")} + ${b} comes in at every step`;
  return html("small", {}, text);
}

const fieldsWithin = (reach) => ({
  groups: [{
    legend: "the point, the weight, what comes in, the initial state",
    columns: 4,
    fields: SLIDERS.map(({ name, sym }) => ({
      ...{ param: name, path: [], name: name === "h0" ? "h 0" : name, sym },
      ...{ min: -reach[name], max: reach[name] },
    })),
  }],
  slider: false,
});

// The arithmetic of step t, line by line.
function sumLines({ activation, W_h, c }, run, t) {
  const at = (name, k, sym, text = shown) =>
    number(name, [k], run[name][k], text(run[name][k]), sym);
  if (t === 0) {
    const initial = html("small", {}, "  the initial state");
    return [words`${symbol("h_0")} = ${at("h", 0, "h")}${initial}`];
  }
  const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));
  const [h, before] = [sym(`h_${t}`, "h"), sym(`h_${t - 1}`, "h_prev")];
  const wrap = (parts) => [openOf(activation), ...parts, shutOf(activation)];
  const symbols = words`${before} · ${sym("W_h", "W_h")} + ${sym("c", "x")}`;
  const weight = number("W_h", [], W_h, factor(W_h));
  const comesIn = number("c", [], c, factor(c), "x");
  const numbers = words`${at("h", t - 1, "h_prev", factor)} × ${weight} + ${comesIn}`;
  const slope = html("span", { "data-sym": "dh" }, words`${symbol("W_h")} ${html("i", {}, "f")}′`);
  return [
    words`${h} = ${wrap(symbols)}`,
    words`= ${wrap(numbers)}`,
    ...(activation === "linear" ? [] : [words`= ${wrap([at("sum", t, "z")])}`]),
    words`= ${html("b", {}, at("h", t, "h"))}`,
    words`slope of this step, ${slope}: ${at("step_slope", t, "dh")}`,
    words`a nudge to ${symbol("h_0")} is by now multiplied by ${at("nudge", t, "dh")}`,
  ];
}

// The loop as Python, its symbols marked.
function codeOf({ activation }, run, t) {
  const sym = codeSymbol;
  const now = html("span", { class: "comment" }, t > 0 ? `  # t = ${t}` : "");
  const [before, behind] = codeAround(activation);
  const inside = words`${sym("h", "h_prev")} * ${sym("W_h", "W_h")} + ${sym("c", "x")}`;
  return [
    words`${sym("h", "h")} = h0`,
    words`for t in range(1, ${String(run.h.length)}):${now}`,
    words`    ${sym("h", "h")} = ${before}${inside}${behind}`,
  ];
}

// What to guess at step t, and what the usual slips would give.
function question({ activation, W_h, c }, run, t) {
  const f = ACTIVATIONS[activation].value;
  const [before, right] = [run.h[t - 1], run.h[t]];
  /** @type {[number, string][]} */
  const slips = [
    [run.sum[t], "stop before the activation"],
    [f(before + W_h + c), "add the recurrent weight instead of multiplying by it"],
    [f(before * W_h), "leave c out"],
    [f(before) * W_h + c, "apply the activation before the weight"],
    [before, "pass the old state on unchanged"],
  ];
  return { name: `h_${t}`, part: "", value: right, slips: tellingSlips(right, slips) };
}

function told(values, run, t) {
  const point = `${values.activation} at z = ${shown(values.z)}: value ${shown(run.value)}, slope ${
    shown(run.slope)
  }.`;
  const step = `Step ${t} of ${run.h.length - 1}: h_${t} = ${shown(run.h[t])}.`;
  return `${step} ${point} ${verdict(values, run)}`;
}

const inReach = (values, { reach }) =>
  Object.entries(reach).every(([name, most]) => Math.abs(values[name]) <= most);

function inPython({ activation, z, W_h, c, h0 }, step, model) {
  const fixed = fixedPoints(activation, W_h, c, model.get("limits").reach.h0);
  return [
    "import numpy as np",
    "from rnncore.activations import get",
    "from rnncore.states import compute_states",
    "",
    `f = get("${activation}")`,
    `value = f.value(${python(z)})`,
    "slope = f.slope(value)",
    "",
    `W_h, c, h0 = ${[W_h, c, h0].map(python).join(", ")}`,
    `S = compute_states([[c] * ${step}], 1.0, W_h, activation=f, h0=[h0])`,
    `h = S[0, ${step}]`,
    `fixed = np.array(${python(fixed)})  # f.value(fixed * W_h + c) is the same`,
    "fixed_slope = W_h * f.slope(fixed)",
    "",
  ].join("\n");
}

export default widget({
  kind: "activation-explorer",
  label: "Explorer of activations and of the recurrent map",
  params: ["activation", ...SLIDERS.map(({ name }) => name)],
  words: { activation: NAMES_WITH_SLOPE },
  valid: inReach,
  steps: (_, limits) => limits.steps,
  presets: "A map that",
  python: inPython,
  film,
  view,
});
