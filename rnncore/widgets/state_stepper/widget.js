// The hidden-state update, one time step at a time: scalar (system S4) and vector form.

import { NAMES } from "../shared/activations.js";
import { isPlain } from "../shared/algebra.js";
import {
  arithmeticLines,
  lineOfNumbers,
  openOf,
  productTable,
  shutOf,
} from "../shared/arithmetic.js";
import { asMatrices, forward } from "../shared/cell.js";
import { html, noteChange, put, words, write } from "../shared/dom.js";
import { codeLines, equationOf, group, symbolButton, widget } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import {
  ACTIVATION_CHOICE,
  agree,
  agreesWith,
  RECURRENT,
  recurrentFields,
  statesInPython,
  updateLine,
  zerosLine,
} from "../shared/recurrent.js";
import { film } from "./film.js";
import { memoryPanels } from "./memory.js";
import { questionAt } from "./question.js";
import { picturePanel } from "./unrolled.js";

/** @import { Frame, Values, View } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */
/** @import { ShowStep } from "../shared/arithmetic.js" */

/**
 * @param {Frame} frame
 * @returns {View}
 */
function view({ values, root, save, signal, limits, whenSeen }) {
  const equation = equationPanel();
  const picture = picturePanel();
  const sum = group("sum", "The arithmetic of this step", true);
  const code = codePanel();
  const memory = memoryPanels({ save, signal, limits, whenSeen });
  /** @type {Layer} */
  let params;
  /** @type {Run} */
  let run;
  /** @type {ShowStep} */
  let showArithmetic;

  function draw() {
    picture.draw(params);
    memory.draw(Math.min(picture.width(), 640));
  }
  function build() {
    put(root, { "data-mode": params.scalar ? "scalar" : "vector" });
    draw();
    showArithmetic = params.scalar
      ? arithmeticLines(sum)
      : productTable(sum, params.W_x.length, params.W_h.length);
  }
  function show(t) {
    equation.update(params);
    whenSeen(picture.element, () => picture.update(run, t));
    whenSeen(sum, () => showArithmetic(run, t, params));
    code.update(params, t);
    memory.update(run, params, t);
  }

  return {
    head: [equation.element, picture.element, legend()],
    body: [html("div", { class: "beside" }, sum, code.element), ...memory.elements],
    compute(given) {
      params = asMatrices(given);
      run = forward(params);
    },
    shape: () => [params.scalar, params.X.length, params.W_x.length, params.W_h.length],
    build,
    fields: () => ({
      groups: recurrentFields(values()),
      choices: [ACTIVATION_CHOICE],
      chosen: params.scalar ? "W_h" : "W_h 1,1",
    }),
    show,
    words: (t) => inWords(run, params, t),
    question: (t) => questionAt(run, params, t),
    resized: draw,
  };
}

const legend = () =>
  html(
    "p",
    { class: "legend" },
    html("small", {}, "Each bar in S shows the size and the sign of a state."),
  );

// Its parts are made once, so that a symbol that has the focus keeps it.
function equationPanel() {
  const open = html("span"), shut = html("span");
  const bias = html("span", {}, " + ", symbolButton("b", "b"));
  const from_x = [symbolButton("x_t", "x"), symbolButton("W_x", "W_x")];
  const from_h = [symbolButton("h_t−1", "h_prev"), symbolButton("W_h", "W_h")];
  const parts = words`${symbolButton("h_t", "h")} = ${open}${from_x} + ${from_h}${bias}${shut}`;
  return {
    element: equationOf(...parts),
    update(/** @type {Layer} */ { activation, b }) {
      write(open, openOf(activation));
      write(shut, shutOf(activation));
      put(bias, { hidden: isPlain(b) });
    },
  };
}

function codePanel() {
  const element = group("code", "The code that runs", true);
  return {
    element,
    update(/** @type {Layer} */ params, /** @type {number} */ t) {
      const T = params.X.length;
      const { activation, b, h0, scalar } = params;
      const forms = [t, T, scalar, h0.length, activation, isPlain(b), isPlain(h0)];
      if (!noteChange(element, forms.join(" "))) return;
      const remark = html("span", { class: "comment" }, t > 0 ? `  # k = ${t - 1}` : "");
      const names = { state: "S[:, k+1]", x: "X[:, k]", before: "S[:, k]" };
      const loop = [`for k in range(${T}):`, remark];
      codeLines(element, [zerosLine(params), loop, updateLine(params, names)], t === 0 ? 0 : 2);
    },
  };
}

/**
 * Return the step in words.
 * @param {Run} run
 * @param {Layer} params
 * @param {number} t
 */
function inWords(run, params, t) {
  const of = `Step ${t} of ${params.X.length}: `;
  const h = run.h[t].map((value) => shown(value)).join(", ");
  if (t === 0) return `${of}the initial state h_0 = ${h}.`;
  const how = params.scalar ? `${lineOfNumbers(run, t, params)} = ` : "";
  return `${of}h_${t} = ${how}${h}.`;
}

/**
 * Return the code that gives what is shown.
 * @param {Values} values
 * @param {number} step
 */
function inPython(values, step) {
  const state = `h = S[0, ${step}]${Array.isArray(values.W_x) ? "  # one number per unit" : ""}`;
  return [...statesInPython(values), state, ""].join("\n");
}

export default widget({
  kind: "state-stepper",
  label: "Stepper for the hidden-state update",
  params: RECURRENT,
  words: { activation: NAMES },
  valid: agree,
  linkable: agreesWith,
  steps: ({ X }) => X.length,
  presets: "A memory that",
  python: inPython,
  film,
  view,
});
