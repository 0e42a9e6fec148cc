// Break the gradient: the historical mistakes, and which check catches them.

import { equal, flat, lengths } from "../shared/algebra.js";
import { html, put, symbol, words } from "../shared/dom.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { equationOf, symbolButton, widget } from "../shared/frame/frame.js";
import { python, shapeText } from "../shared/numbers.js";
import { agree, recurrentFields } from "../shared/recurrent.js";
import { checksPanel } from "./checks.js";
import { film } from "./film.js";
import { listingPanel } from "./listing.js";
import { gradientTable } from "./matrices.js";
import { scatter } from "./scatter.js";
import { curves, runsPanel, taskWords } from "./training.js";
import { ARRAYS, combinationOf, isRefused, trace, wrongNames, wrongPlaces } from "./trace.js";
import { worstPanel } from "./worst.js";

const LEGEND =
  "The upper number is from the backward pass, and the lower one is the numerical gradient. The" +
  " number after “wrong by” or “right to” is the largest difference, divided by the largest" +
  " number, or by 0.001 if that is more.";

function view(frame) {
  const { root, note, model, limits } = frame;
  const training = model.get("training");
  const [checks, listing] = [checksPanel(frame, training), listingPanel(limits.mistakes)];
  const [worst, runs] = [worstPanel(), runsPanel(training)];
  const shapes = html("p", { class: "legend" });
  const [picture, chart] = [html("div", { class: "frame" }), html("div", { class: "frame" })];
  const matrices = html("div", { class: "gradients" });
  let given, run, combination; // the numbers of now
  let dots, tables, learning; // made anew with each shape or width

  function compute(values) {
    given = values;
    run = trace(values, limits);
    run.wrong = Object.fromEntries(ARRAYS.map((name) => [name, wrongPlaces(run, name, limits)]));
    combination = combinationOf(values, limits);
  }
  function draw() {
    const width = Math.max(chart.clientWidth || 640, 240);
    dots = scatter(given, Math.min(290, width, Math.max(250, Math.round(0.36 * width))), limits);
    learning = curves(training, limits.mistakes, Math.min(width, 700));
    put(picture, {}, dots.element);
    put(chart, {}, learning.element);
  }
  function build() {
    put(root, { "data-mode": "vector" });
    root.querySelector(".presets").after(note); // what a preset says is read beside it
    const order = ["W_x", "W_h", "b", "h0", "X"];
    tables = order.map((name) => gradientTable(name, given[name], limits));
    put(matrices, {}, ...tables.map(({ element }) => element));
    put(shapes, {}, html("small", {}, ...shapeWords(given)));
    draw();
  }
  function show() {
    checks.update(run, given, combination);
    listing.update(given);
    dots.update(run);
    tables.forEach((each) => each.update(run));
    learning.update(combination);
    worst.update(run, given, combination > 0);
    runs.update(combination);
  }
  const legend = html("p", { class: "legend" }, html("small", {}, LEGEND));
  const table = html("div", { class: "frame" }, checks.element);
  const compare = html("div", { class: "compare" }, picture, html("div", {}, legend, matrices));
  const trained = html("div", { class: "trained" }, taskWords(), chart, runs.element);
  return {
    head: [equation(), shapes, table, listing.element],
    body: [compare, worst.element, trained],
    compute,
    shape: () => ARRAYS.map((name) => lengths(given[name])),
    build,
    fields: () => editorFields(given, limits),
    show,
    words: () => inWords(run, given, training, limits),
    resized: draw,
  };
}

function equation() {
  const [h, x, W_x] = [["h_t", "h"], ["x_t", "x"], ["W_x", "W_x"]];
  const [before, W_h, b] = [["h_t−1", "h_prev"], ["W_h", "W_h"], ["b", "b"]];
  const parts = [h, " = tanh(", x, W_x, " + ", before, W_h, " + ", b, ")"];
  const part = (each) => (typeof each === "string" ? each : symbolButton(each[0], each[1]));
  return equationOf(...parts.map(part));
}

/** Say the loss, and the shape of everything. */
function shapeWords({ X, W_x, W_h, b, dS }) {
  const shape = (value) => ` ${shapeText(lengths(value))}`;
  const italic = (text) => html("i", {}, text);
  const [x, h] = [symbol("x_t"), symbol("h_t")];
  return [
    ...words`L = Σ ${symbol("dS_t")} · ${symbol("h_t")}. Shapes: ${x}${shape(X[0])}`,
    ...words`, ${symbol("W_x")}${shape(W_x)}, ${h}${shape(b)}, ${symbol("W_h")}${shape(W_h)}`,
    ...words`, ${italic("b")}${shape(b)}, ${italic("dS")}${shape(dS)}.`,
  ];
}

function inWords(run, made, training, limits) {
  const on = limits.mistakes.filter(([kind]) => made[kind]).map(([, text]) => text);
  const wrong = wrongNames(run.error, limits);
  const found = isRefused(run.error)
    ? "NumPy stops because the shapes do not fit"
    : wrong.length
    ? `the gradient check finds ${wrong.join(", ")} wrong`
    : "the gradient check finds all gradients right";
  const learnt = training.learnt[combinationOf(made, limits)];
  const runs = training.accuracy[0].length;
  const what = on.length ? `On: ${on.join("; ")}` : "No mistake is on";
  return `${what}. Here ${found}, and ${learnt} of ${runs} runs learn the task.`;
}

function editorFields(values, { bound }) {
  const later = {
    legend: "dS: the direct effect of each state, a row per step, a column per unit",
    columns: values.b.length,
    fields: fieldsOf("dS", values.dS, "dh"),
  };
  const bounded = (field) => ({ ...field, min: -bound, max: bound });
  const groups = [...recurrentFields(values), later]
    .map((group) => ({ ...group, fields: group.fields.map(bounded) }));
  return { groups, chosen: "W_h 1,2" };
}

/** Return whether all shapes agree: while Python changes several parameters in turn, they don't. */
function fits(values, { mistakes, largest, bound }) {
  const { X, W_x, b, dS } = values;
  if (!agree(values) || !Array.isArray(W_x)) return false;
  const upTo = (n, most) => n > 0 && n <= most;
  return upTo(X.length, largest.timesteps) && W_x.length <= largest.features &&
    b.length <= largest.units && equal(lengths(dS), [X.length, b.length]) &&
    dS.every((row) => row.length === b.length) &&
    flat([dS, ...ARRAYS.map((name) => values[name])]).every((v) => Math.abs(v) <= bound) &&
    mistakes.every(([kind]) => typeof values[kind] === "boolean");
}

function inPython(values, { mistakes }) {
  const on = mistakes.filter(([kind]) => values[kind]).map(([kind]) => `"${kind}"`);
  const isBatch = (name) => ["X", "dS", "h0"].includes(name);
  const array = (name) => `np.array(${python(isBatch(name) ? [values[name]] : values[name])})`;
  return [
    "import numpy as np",
    "from rnncore.gradcheck import check",
    "from rnncore.mistakes import backpropagate",
    "from rnncore.states import compute_states",
    "",
    "given = {",
    ...ARRAYS.map((name) => `    "${name}": ${array(name)},`),
    "}",
    `dS = ${array("dS")}`,
    `mistakes = [${on.join(", ")}]`,
    "",
    "def loss(**given):",
    '    return np.sum(dS * compute_states(**given, activation="tanh")[:, 1:])',
    "",
    'S = compute_states(**given, activation="tanh")',
    'gradients = backpropagate(given["X"], S, dS, given["W_x"], given["W_h"], mistakes)',
    "report = check(loss, given, gradients._asdict())",
    "print(report)",
    "",
  ].join("\n");
}

export default widget((limits) => ({
  kind: "break-the-gradient",
  label: "Lab: break the gradient",
  params: [...ARRAYS, "dS", ...limits.mistakes.map(([kind]) => kind)],
  valid: fits,
  presets: "Mistakes:",
  python: (values) => inPython(values, limits),
  film,
  view,
}));
