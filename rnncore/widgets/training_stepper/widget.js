// Training, one update at a time: the path on the loss surface, and the gradient through time.

import { html, put } from "../shared/dom.js";
import { widget } from "../shared/frame/frame.js";
import { arithmeticPanel } from "./arithmetic.js";
import { codePanel } from "./code.js";
import { equationPanel } from "./equation.js";
import { film } from "./film.js";
import { inPython } from "./python.js";
import { questionAt } from "./question.js";
import { settingsPanel } from "./settings.js";
import { surfacePanel } from "./surface_panel.js";
import { throughTime } from "./through_time.js";
import { inWords, saysPanel } from "./told.js";
import { atPoint, doneOf, runOf, taskOf } from "./trace.js";

/** @import { Field, Frame, Limits, Values, View } from "../shared/types.d.ts" */

/**
 * What is shown now; the view keeps one and changes it in place.
 * @typedef {object} State
 * @property {Values} values
 * @property {Record<string, any[]>} run
 * @property {number} done the last update of the path
 * @property {number} beside the loss beside the minimum
 */

const NUMBERS = ["W_x", "W_h", "rate", "momentum", "clip", "timesteps", "updates"];

const BESIDE = 634; // pixels: from this width on the two pictures stand side by side
const BELOW = 50; // what stands under the second of them
const LOW = 190; // its height under the first

/**
 * @param {Frame} frame
 * @returns {View}
 */
function view(frame) {
  const { limits, root, whenSeen } = frame;
  const settings = settingsPanel(frame);
  const surface = surfacePanel(frame);
  const through = throughTime(limits.bounds.timesteps[1]);
  const says = saysPanel();
  const [equation, sum, code] = [equationPanel(), arithmeticPanel(), codePanel()];
  /** @type {State} */
  const state = { values: {}, run: {}, done: 0, beside: 0 };

  const draw = () => {
    surface.draw();
    const isBeside = root.clientWidth >= BESIDE;
    through.draw(isBeside ? surface.height() - BELOW : LOW);
  };
  function show(/** @type {number} */ k) {
    settings.update(state.values);
    whenSeen(surface.element, () => surface.update(state, k));
    whenSeen(through.element, () => through.update(state, k));
    says.update(state, k);
    equation.update(state.values.optimiser);
    whenSeen(sum.element, () => sum.update(state, k));
    code.update(state.values, k);
  }

  put(root, { "data-mode": "scalar" });
  return {
    head: [
      settings.element,
      html("div", { class: "drawing pictures" }, surface.element, through.element),
      says.element,
    ],
    body: [
      says.legend,
      equation.element,
      html("div", { class: "beside" }, sum.element, code.element),
    ],
    compute(values) {
      const beside = atPoint(taskOf(values.timesteps, limits), ...pair(limits.beside)).loss;
      Object.assign(state, {
        values,
        run: runOf(values, limits),
        done: doneOf(values, limits),
        beside,
      });
    },
    shape: () => 0,
    build: draw,
    fields: () => ({ groups: [group(limits)], chosen: "W_h" }),
    show,
    words: (k) => inWords(state, k),
    question: (k) => questionAt(state, k),
    resized: draw,
  };
}

/** @type {(value: any) => [number, number]} */
const pair = ([a, b]) => [a, b];

/** @param {Limits} limits */
const group = ({ bounds }) => ({
  legend: "the start, the optimiser, the task, and how many updates there are",
  columns: 4,
  fields: NUMBERS.map((name) => /** @type {Field} */ ({
    ...{ param: name, path: [], name, sym: name, min: bounds[name][0], max: bounds[name][1] },
    whole: isWhole(name),
  })),
});

/** @param {string} name */
const isWhole = (name) => name === "timesteps" || name === "updates";

/**
 * Say whether each number lies within its bounds, and each word is known.
 * @param {Values} values
 * @param {Limits} limits
 */
const valid = (values, { bounds, optimisers, clips }) =>
  optimisers.includes(values.optimiser) && clips.includes(values.clip_by) &&
  NUMBERS.every((name) => {
    const value = values[name];
    const [least, most] = bounds[name];
    return typeof value === "number" && value >= least && value <= most &&
      (!isWhole(name) || Number.isInteger(value));
  });

export default widget({
  kind: "training-stepper",
  label: "Stepper for training",
  params: [
    "W_x",
    "W_h",
    "timesteps",
    "optimiser",
    "rate",
    "momentum",
    "clip",
    "clip_by",
    "updates",
  ],
  words: ({ optimisers, clips }) => ({ optimiser: optimisers, clip_by: clips }),
  valid,
  steps: doneOf,
  presets: "A descent that",
  python: inPython,
  film,
  view,
});
