// Forward, then backward in time on the same unrolled graph: where dL/dW_h comes from.

import { NAMES_WITH_SLOPE } from "../shared/activations.js";
import { arithmeticLines, lineOfNumbers, productTable } from "../shared/arithmetic.js";
import { asMatrices } from "../shared/cell.js";
import { noteChange, put } from "../shared/dom.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { group, widget } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import {
  ACTIVATION_CHOICE,
  agree,
  agreesWith,
  RECURRENT,
  recurrentFields,
} from "../shared/recurrent.js";
import { backwardLines } from "./arithmetic.js";
import { choicesPanel, windowPanel } from "./choices.js";
import { codePanel } from "./code.js";
import { equationPanel } from "./equation.js";
import { film } from "./film.js";
import { legendPanel } from "./legend.js";
import { bpttPicture } from "./picture.js";
import { inPython } from "./python.js";
import { questionAt } from "./question.js";
import { reachChart } from "./reach.js";
import { whereIs } from "./steps.js";
import { contributionTable } from "./table.js";
import { backwardTables } from "./tables.js";
import { toldPanel } from "./told.js";
import { trace } from "./trace.js";

/** @import { Frame, Limits, Values, View } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

const THROUGH_TIME = [...RECURRENT, "dS", "window", "derivative", "weight", "scale"];

/**
 * @param {Frame} frame
 * @returns {View}
 */
function view(frame) {
  const { values, root, limits, whenSeen } = frame;
  const stage = stagePanel(frame);
  const [legend, reach] = [legendPanel(), reachChart(frame)];
  const adds = group("sum contributions", "What each step adds", true);
  const [equation, arithmetic, code] = [equationPanel(), arithmeticPanel(), codePanel()];
  const [choices, told] = [choicesPanel(frame), toldPanel()];
  /** @type {Params} */
  let params;
  /** @type {Record<string, any>} */
  let run;
  /** @type {ReturnType<typeof contributionTable>} */
  let showTable;

  function draw() {
    stage.draw(params);
    reach.draw(Math.min(640, stage.width()));
  }
  function build() {
    put(root, { "data-mode": params.scalar ? "scalar" : "vector" });
    draw();
    arithmetic.build();
    showTable = contributionTable(adds, params, () => stage.width() < 420 && !params.scalar);
  }
  function show(step) { // anew only what depends on what has changed
    const { scale, ...stepped } = values();
    const repeated = [...RECURRENT, "dS"].map((name) => stepped[name]);
    if (noteChange(stage.drawing(), JSON.stringify([step, stepped]))) showSteps(step);
    if (noteChange(reach.drawing(), JSON.stringify([scale, repeated]))) showReach();
  }
  const showReach = () => whenSeen(reach.element, () => reach.update(run, params));
  function showSteps(step) {
    const where = whereIs(step, params.X.length);
    equation.update(params, where.back);
    whenSeen(stage.elements[0], () => stage.update(run, params, where));
    whenSeen(arithmetic.element, () => arithmetic.update(run, params, where));
    code.update(params, where.now, where.back);
    whenSeen(adds, () => showTable(run, params, where));
    choices.update(params);
    legend.update(run, params, step);
    told.update(run, params, where.to);
  }

  return {
    head: [equation.element, ...stage.elements, legend.element],
    body: [arithmetic.element, code.element, choices.element, adds, told.element, reach.element],
    compute(given) {
      params = /** @type {Params} */ ({ ...given, ...asMatrices(given) });
      run = trace(given, limits);
    },
    shape: () => [params.scalar, params.weight, ...sizes(params)],
    build,
    fields: () => fieldsFor(values()),
    show,
    words: (step) => inWords(run, params, step),
    question: (step) => questionAt(run, params, step),
    resized: draw,
  };
}

/** @param {Params} params */
const sizes = ({ X, W_x, b }) => [X.length, W_x.length, b.length];

/**
 * Make the picture, in a frame that scrolls where it is wider than the screen, and the window
 * under it.
 * @param {Frame} frame
 */
function stagePanel(frame) {
  const label = "Unrolled network, forward and back; arrow keys step through it";
  const box = group("drawing frame", label, true);
  const window = windowPanel(frame);
  const width = () => box.clientWidth || 640;
  /** @type {ReturnType<typeof bpttPicture>} */
  let picture;
  let drawnFor = 0; // the width
  let scrolledTo = -1;
  return {
    elements: [box, window.element],
    width: () => drawnFor,
    drawing: () => picture.element,
    draw(/** @type {Params} */ params) {
      drawnFor = width();
      scrolledTo = -1;
      picture = bpttPicture(params, drawnFor);
      put(box, {}, picture.element);
      const room = drawnFor - picture.width;
      const [first, last] = [picture.at(1), picture.at(params.X.length)];
      window.place(room, first + room / 2 - 8, last + room / 2 + 8);
    },
    update(run, params, where) {
      picture.update(run, params, where);
      window.update(params);
      if (picture.width <= drawnFor || scrolledTo === where.now) return;
      scrolledTo = where.now;
      box.scrollLeft = picture.at(where.now) - drawnFor / 2;
    },
  };
}

/** Make the arithmetic of a step: made anew where the direction changes, and filled otherwise. */
function arithmeticPanel() {
  const element = group("sum", "The arithmetic of this step", true);
  let update, direction;
  return {
    element,
    build() {
      update = null;
    },
    update(run, params, { now, back }) {
      if (!update || direction !== back) update = (back ? backward : forward)(element, params);
      direction = back;
      update(run, now, params);
    },
  };
}

/**
 * @param {HTMLElement} box
 * @param {Params} params
 */
const forward = (box, { scalar, W_x, W_h }) =>
  scalar ? arithmeticLines(box) : productTable(box, W_x.length, W_h.length);

/**
 * @param {HTMLElement} box
 * @param {Params} params
 */
const backward = (box, { scalar, W_h }) =>
  scalar ? backwardLines(box) : backwardTables(box, W_h.length);

/**
 * Return the step in words.
 * @param {any} run
 * @param {Params} params
 * @param {number} step
 */
function inWords(run, params, step) {
  const T = params.X.length;
  const { now: t, back } = whereIs(step, T);
  const say = (/** @type {any[]} */ vector) => vector.flat().map((v) => shown(v)).join(", ");
  const of = `Step ${step} of ${2 * T}: `;
  if (step === 0) return `${of}the initial state h_0 = ${say(run.h[0])}.`;
  if (!back) {
    const how = params.scalar ? `${lineOfNumbers(run, t, params)} = ` : "";
    return `${of}forward, h_${t} = ${how}${say(run.h[t])}.`;
  }
  const { weight, derivative, window } = params;
  const later = t < T ? ` plus ${say(run.back[t])} from step ${t + 1}` : "";
  const arrives = `${say(run.direct[t])} from the loss${later} = ${say(run.dh[t])}`;
  const sums = run[`${derivative === "local" ? "sum_held_" : "sum_"}${weight}`][t];
  const whole = window < T ? `, within the window of ${window}` : ", the gradient";
  const end = t === 1 && derivative === "total" ? whole : "";
  const sum = `The sum of what reaches ${weight} is ${say(sums)}${end}.`;
  return `${of}back at time step ${t}, dL/dh_${t} = ${arrives}. ${sum}`;
}

/** @param {Values} values */
const fieldsFor = (values) => ({
  groups: [
    ...recurrentFields(values),
    {
      legend: "dS: the direct effect of each state on the loss",
      columns: Array.isArray(values.W_h) ? values.W_h.length : 1,
      fields: fieldsOf("dS", values.dS),
    },
  ],
  choices: [{ ...ACTIVATION_CHOICE, known: NAMES_WITH_SLOPE }],
  chosen: Array.isArray(values.W_h) ? "W_h 1,1" : "W_h",
});

/**
 * Say whether all fits together: what the loss sends has the shape of the states after the first.
 * @param {Values} values
 * @param {Limits} limits
 */
function fitThroughTime(values, limits) {
  const { X, W_h, dS, window, scale } = values;
  const [least, most] = limits.scale;
  const units = Array.isArray(W_h) ? W_h.length : undefined;
  const isState = (/** @type {any} */ d) =>
    units === undefined ? !Array.isArray(d) : d.length === units;
  return agree(values) && dS.length === X.length && dS.every(isState) && X.length > 0 &&
    Number.isInteger(window) && window >= 1 && window <= X.length && scale >= least &&
    scale <= most;
}

export default widget({
  kind: "bptt-stepper",
  label: "Stepper for backpropagation through time",
  params: THROUGH_TIME,
  words: ({ derivatives, weights }) => ({
    activation: NAMES_WITH_SLOPE,
    derivative: derivatives,
    weight: weights,
  }),
  valid: fitThroughTime,
  linkable: (tried, first, limits) =>
    fitThroughTime(tried, limits) && agreesWith(tried, first, limits) &&
    tried.X.length === first.X.length,
  steps: ({ X }) => 2 * X.length,
  presets: "A gradient that",
  python: (values, step, model) => inPython(values, step, model.get("limits")),
  film,
  view,
});
