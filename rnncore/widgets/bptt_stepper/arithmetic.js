// The arithmetic of one step back, each line beside the forward line that it undoes: scalar form.

import { ACTIVATIONS } from "../shared/activations.js";
import { openOf, shutOf } from "../shared/arithmetic.js";
import { html, put, updated, words } from "../shared/dom.js";
import { factor, shown } from "../shared/numbers.js";
import { named } from "./named.js";

/** @import { Child, Children } from "../shared/types.d.ts" */
/** @import { MakeNumber } from "../shared/dom.js" */
/** @import { Params } from "./steps.js" */

/**
 * What the lines of a step are made of: the numbers of a run, by name, and the names of step t.
 * @typedef {ReturnType<typeof atStep> & { params: Params, stays: boolean }} Step `stays`: whether
 *   the window stops some of it here
 */

/**
 * Show pairs of lines: what went forward, and what comes back.
 * @param {HTMLElement} box
 */
export function backwardLines(box) {
  const lines = updated();
  /** @type {Latest} */
  let latest; // the numbers of now, for lines that stay
  return (
    /** @type {Record<string, any>} */ run,
    /** @type {number} */ t,
    /** @type {Params} */ params,
  ) => {
    latest = { run, params };
    const { X, window, activation } = params;
    const stays = window < X.length && t > 1 && oneOf(run.dz_on[t]) !== oneOf(run.dz[t]);
    lines([t, X.length, window, activation, stays].join(" "), (num) => {
      const step = { ...atStep(num, () => latest, t), params, stays };
      const heads = ["went forward", "comes back"].map((text) => html("span", {}, text));
      const pairs = [statePair, slopePair, stateWeightPair, inputPair, biasPair]
        .map((pair) => pair(step));
      put(box, {}, html("p", { class: "pair heads" }, ...heads), ...pairs);
    });
  };
}

/** @typedef {{ run: Record<string, any>, params: Params }} Latest */

/** @param {any} value a number, or lists around it */
const oneOf = (value) => [value].flat(2)[0];

/**
 * @param {MakeNumber} make
 * @param {() => Latest} latest
 * @param {number} t
 */
function atStep(make, latest, t) {
  const last = latest().params.X.length;
  const num = (/** @type {string} */ name, sym = name, time = t, text = factor) =>
    make(name, [time], () => oneOf(latest().run[name][time]), { sym, text });
  return {
    t,
    last,
    num,
    plain: (/** @type {string} */ name) => num(name, name, t, shown),
    result: (/** @type {string} */ name, sym = name, time = t) =>
      html("b", {}, num(name, sym, time, shown)),
    parameter: (/** @type {"W_x" | "W_h" | "b"} */ name) =>
      make(name, [], () => oneOf(latest().params[name]), { text: factor }),
    h: () => named(`h_${t}`, "h"),
    before: () => named(`h_${t - 1}`, "h_prev"),
    x: () => named(`x_${t}`, "x"),
    z: () => named(`z_${t}`, "z"),
    zAfter: () => named(`z_${t + 1}`, "z"),
    dh: () => named(`dL/dh_${t}`, "dh"),
    dz: () => named(`dL/dz_${t}`, "dz"),
  };
}

/**
 * @param {Children[]} forth
 * @param {Children[][]} back
 */
const pair = (forth, back) =>
  html(
    "div",
    { class: "pair" },
    html("p", { class: "forth" }, ...forth),
    html("div", { class: "back" }, ...back.map((line) => html("p", {}, ...line))),
  );

/** @param {Step} step */
function statePair({ t, last, h, zAfter, dh, num, result }) {
  const into = t < last ? words` and into ${zAfter()}` : ", and no later step uses it";
  const later = t < last ? words` + ${num("back", "dh")} from step ${String(t + 1)} = ` : " = ";
  return pair(words`${h()} goes into L${into}`, [
    words`${dh()} = ${num("direct", "dS")} from L${later}${result("dh")}`,
  ]);
}

/** @param {Step} step */
function slopePair(step) {
  const { params, h, z, dh, dz, num, plain, result } = step;
  const [open, shut] = [openOf(params.activation), shutOf(params.activation)];
  const value = open ? words` = ${plain("h")}` : [];
  const inside = plain("z");
  return pair(words`${h()} = ${open}${z()}${shut} = ${open}${inside}${shut}${value}`, [
    ...slopeLine(step),
    words`${dz()} = ${dh()} · f′(z) = ${num("dh")} × ${num("slope", "")} = ${result("dz")}`,
  ]);
}

/**
 * Return the line of the slope with its numbers, where a formula in h gives it.
 * @param {Step} step
 * @returns {Children[][]}
 */
function slopeLine({ params, num }) {
  const formula = ACTIVATIONS[params.activation].derivative_formula;
  const [first, ...rest] = formula.replace(" (", " × (").split("h");
  if (!rest.length || /[a-gi-z]/i.test(formula)) return []; // a number, or in words
  const parts = [first, ...rest.flatMap((text) => [num("h", "h"), text])];
  return [words`f′(z) = ${formula} = ${parts} = ${num("slope", "")}`];
}

/** @param {Step} step */
function stateWeightPair({ t, params, stays, z, dz, before, num, result, parameter }) {
  const { window } = params;
  const weight = () => parameter("W_h");
  const met = () => num("h", "h_prev", t - 1);
  const name = () => named("W_h", "W_h");
  const lets = words`The window of ${String(window)} lets through ${num("dz_on", "dz")} of `;
  const ends = words`${dz()}, because what entered at step ${String(t + window - 1)} ends here.`;
  const through = stays ? [] : words`${dz()} · ${name()} = `;
  const gets = named(`dL/dh_${t - 1}`, "dh_prev");
  const product = words`${num("dz_on", "dz")} × ${weight()} = ${result("back", "dh_prev", t - 1)}`;
  return pair(words`${z()} has ${before()}${name()} = ${met()} × ${weight()}`, [
    [
      ...words`${named("dL/dW_h", "dW_h")} gets ${before()} · ${dz()} = `,
      ...words`${met()} × ${num("dz")} = ${result("dW_h")}`,
    ],
    ...(stays ? [[html("small", {}, ...lets, ...ends)]] : []),
    words`${gets} gets ${through}${product}`,
  ]);
}

/** @param {Step} step */
function inputPair({ x, dz, num, result, parameter }) {
  const weight = parameter("W_x");
  return pair(words`+ ${x()}${named("W_x", "W_x")} = ${num("x")} × ${weight}`, [
    [
      ...words`${named("dL/dW_x", "dW_x")} gets ${x()} · ${dz()} = `,
      ...words`${num("x")} × ${num("dz")} = ${result("dW_x")}`,
    ],
  ]);
}

/** @param {Step} step */
const biasPair = ({ dz, result, parameter }) =>
  pair(words`+ ${named("b", "b")} = ${parameter("b")}`, [
    words`${named("dL/db", "db")} gets ${dz()} = ${result("db")}`,
  ]);
