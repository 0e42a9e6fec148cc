// LSTM, GRU and the simple update, one time step at a time and side by side; gates held by hand.

import { html, newId, number, put, words } from "../shared/dom.js";
import { activeIn } from "../shared/frame/focus.js";
import { widget } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import { arithmeticPanel } from "./arithmetic.js";
import { cellOf, CELLS } from "./cells.js";
import { codePanel } from "./code.js";
import { show as showDrawing } from "./drawing.js";
import { equationPanel } from "./equation.js";
import { editorFields, valid } from "./fields.js";
import { film } from "./film.js";
import { gateKnob, resetChoice, sinceChoice, weightKnob } from "./knobs.js";
import { memoryChart } from "./memory_chart.js";
import { isHeld, sym } from "./parts.js";
import { inPython } from "./python.js";
import { readoutPanel } from "./readout.js";
import { handOf, runOf } from "./trace.js";
import { waysPanel } from "./ways.js";

/** @typedef {import("./parts.js").State} State */

/** @import { Frame, View } from "../shared/types.d.ts" */

/**
 * @param {Frame} frame
 * @returns {View}
 */
function view(frame) {
  const { limits, root, note, whenSeen } = frame;
  const choice = cellChoice(frame);
  const input = html("p", { class: "comes-in" });
  const cards = CELLS.map((cell) => cellCard(cell, frame));
  const since = sinceChoice(frame);
  const [chart, readout, equation] = [memoryChart(), readoutPanel(), equationPanel()];
  const [ways, sum, code] = [waysPanel(limits), arithmeticPanel(), codePanel()];
  /** @type {State} */
  const state = { params: null, run: null, hand: null };

  const draw = () => {
    chart.draw(state.params.X.length);
    ways.draw(state.params.X.length);
  };
  const handOn = handFocusOn(frame, cards, choice);
  function show(t) {
    const { params } = state;
    const cell = cellOf(params.cell);
    choice.update(params.cell);
    put(input, {}, comesIn(state, t));
    cards.forEach((card) => card.update(state, t));
    since.update(params);
    chart.update(state, t);
    readout.update(state, t);
    whenSeen(ways.element, () => ways.update(state, t));
    equation.update(cell, params);
    sum.update(cell, state, t);
    code.update(cell, state, t);
  }

  put(root, { "data-mode": "scalar" });
  const top = html("div", { class: "top" }, choice.element, input);
  const row = html("div", { class: "drawing cells" }, ...cards.map(({ element }) => element));
  return {
    head: [note, top, row, since.element, legend()],
    body: [
      ...chart.elements,
      readout.element,
      ways.element,
      equation.element,
      sum.element,
      code.element,
    ],
    compute(/** @type {any} */ params) {
      Object.assign(state, { params, run: runOf(params, limits), hand: handOf(params, limits) });
    },
    shape: () => [state.params.X.length, state.params.reset],
    build: draw,
    fields: () => editorFields(state.params, limits),
    show,
    words: (t) => inWords(state, t),
    question: (t) => cellOf(state.params.cell).question(state, t),
    resized() {
      draw();
      handOn(activeIn(root));
    },
  };
}

// Which cell's arithmetic and code are written out; on a narrow page, which is shown.
function cellChoice({ save, signal }) {
  const name = newId();
  const radios = CELLS.map((cell) => html("input", { type: "radio", name, value: cell.name }));
  for (const radio of radios) {
    radio.addEventListener("change", () => save({ cell: radio.value }), { signal });
  }
  const labels = radios.map((radio) => html("label", {}, radio, radio.value));
  const legend = html("legend", {}, "Look at");
  return {
    element: html("fieldset", { class: "chooser" }, legend, ...labels),
    update(cell) {
      radios.forEach((radio) => {
        radio.checked = radio.value === cell;
      });
    },
    focus: () => radios.find((radio) => radio.checked).focus({ preventScroll: true }),
  };
}

// A narrow page shows one cell: what it hides hands the focus to the choice of the cell. Layout may
// take the focus from there before `resized` is called.
function handFocusOn({ root, signal }, cards, choice) {
  const handOn = (node) => {
    const isInside = cards.some(({ element }) => element.contains(node));
    if (isInside && !node.checkVisibility()) choice.focus();
  };
  root.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (relatedTarget === null) handOn(target);
  }, { signal });
  return handOn;
}

// A cell: its drawing, and the hand on its gates.
function cellCard(cell, frame) {
  const drawing = cell.draw();
  const gates = cell.gates.map((gate) => gateKnob(gate, frame));
  const knobs = cell.gates.length ? gates : [weightKnob(frame)];
  if (cell.name === "GRU") knobs.push(resetChoice(frame));
  const element = html(
    "div",
    { class: "cell", "data-cell": cell.name, role: "group", "aria-label": cell.name },
    html("p", { class: "cell-name" }, cell.name, html("small", {}, ` ${cell.about}`)),
    drawing.element,
    html("div", { class: "knobs" }, ...knobs.map((knob) => knob.element)),
  );
  const update = (state, t) => {
    put(element, { class: state.params.cell === cell.name ? "cell chosen" : "cell" });
    showDrawing(drawing, drawingNow(cell, state, t), stepInWords(cell, state, t));
    knobs.forEach((knob) => knob.update(state, t));
  };
  return { element, update };
}

// What the drawing reads: before step 1 only the initial states are known.
function drawingNow(cell, state, t) {
  const { params, run } = state;
  const memories = cell.states.flatMap((name) => run[name]).filter(Number.isFinite);
  return {
    t,
    full: Math.max(1, ...memories.map(Math.abs)),
    simple: params.simple,
    reset: params.reset,
    at: (name, back = 0) => run[name][t - back] ?? null,
    isHeld: (gate) => isHeld(state, gate, t),
  };
}

function comesIn({ run }, t) {
  if (t === 0) return ["Step 0: the initial states"];
  const [x, value] = [sym(`x_${t}`, "x"), number("x", [t], run.x[t])];
  return words`${x} = ${value} comes into all three`;
}

function legend() {
  const [x, h] = [html("i", {}, "x"), html("i", {}, "h")];
  const text =
    words`Where there is a brown arrow, ${x} and the ${h} of the step before come in, each with a weight of its own.`;
  const pipes =
    "The larger a number, the thicker its pipe. A gate is a valve, and the coloured part of it is shut. ";
  return html("p", { class: "legend" }, html("small", {}, pipes, text));
}

// What a cell does at step t.
function stepInWords(cell, state, t) {
  const { run } = state;
  const hand = (gate) => (isHeld(state, gate, t) ? " by hand" : "");
  const gates = cell.gates.map((gate) => `${gate} = ${shown(run[gate][t])}${hand(gate)}`);
  const states = cell.states.map((name) => `${name[0]}_${t} = ${shown(run[name][t])}`);
  return [...(t && gates.length ? [gates.join(", ")] : []), `${states.join(", ")}.`].join("; ");
}

function inWords(state, t) {
  const cells = CELLS.map((cell) => `${cell.name}: ${stepInWords(cell, state, t)}`);
  return `Step ${t} of ${state.params.X.length}. ${cells.join(" ")}`;
}

export default widget({
  kind: "gate-stepper",
  label: "Stepper for LSTM, GRU and the simple update",
  params: [
    ...["X", "lstm", "gru", "simple", "h0", "c0", "held", "since", "cell"],
    ...["reset", "b_reset"],
  ],
  words: ({ cells, resets }) => ({ cell: cells, reset: resets }),
  looks: ["cell"],
  valid,
  steps: ({ X }) => X.length,
  presets: "A memory that",
  python: inPython,
  film,
  view,
});
