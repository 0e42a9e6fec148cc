// The arithmetic of one step back, each line beside the forward line that it undoes: scalar form.

import { ACTIVATIONS } from "../shared/activations.js";
import { openOf, shutOf } from "../shared/arithmetic.js";
import { html, number, put, words } from "../shared/dom.js";
import { factor, shown } from "../shared/numbers.js";
import { named } from "./named.js";

/** @import { Child, Children } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

/**
 * What the lines of a step are made of: the numbers of a run, by name, and the names of step t.
 * @typedef {ReturnType<typeof atStep>} Step
 */

/**
 * Show pairs of lines: what went forward, and what comes back.
 * @param {HTMLElement} box
 */
export function backwardLines(box) {
  return (
    /** @type {Record<string, any>} */ run,
    /** @type {number} */ t,
    /** @type {Params} */ params,
  ) => {
    const step = atStep(run, t, params);
    const heads = ["went forward", "comes back"].map((text) => html("span", {}, text));
    const pairs = [statePair, slopePair, stateWeightPair, inputPair, biasPair];
    put(box, {}, html("p", { class: "pair heads" }, ...heads), ...pairs.map((pair) => pair(step)));
  };
}

/**
 * @param {Record<string, any>} run
 * @param {number} t
 * @param {Params} params
 */
function atStep(run, t, params) {
  const one = (/** @type {string} */ name, time = t) => [run[name][time]].flat(2)[0];
  return {
    t,
    params,
    last: params.X.length,
    one,
    num: (/** @type {string} */ name, sym = name, time = t) =>
      number(name, [time], one(name, time), factor(one(name, time)), sym),
    result: (/** @type {string} */ name, sym = name, time = t) =>
      html("b", {}, number(name, [time], one(name, time), shown(one(name, time)), sym)),
    parameter: (/** @type {string} */ name, /** @type {number} */ value) =>
      number(name, [], value, factor(value), name),
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
  const into = t < last ? words` and into ${zAfter()}` : "; no later step uses it";
  const later = t < last ? words` + ${num("back", "dh")} from step ${String(t + 1)} = ` : " = ";
  return pair(words`${h()} goes into L${into}`, [
    words`${dh()} = ${num("direct", "dS")} from L${later}${result("dh")}`,
  ]);
}

/** @param {Step} step */
function slopePair(step) {
  const { t, params, one, h, z, dh, dz, num, result } = step;
  const [open, shut] = [openOf(params.activation), shutOf(params.activation)];
  const value = open ? words` = ${number("h", [t], one("h"))}` : [];
  const inside = number("z", [t], one("z"));
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
function stateWeightPair({ t, last, params, one, z, dz, before, num, result, parameter }) {
  const { W_h, window } = params;
  const stays = window < last && t > 1 && one("dz_on") !== one("dz"); // some of it ends here
  const weight = () => parameter("W_h", W_h[0][0]);
  const met = () => num("h", "h_prev", t - 1);
  const name = () => named("W_h", "W_h");
  const lets = words`The window of ${String(window)} lets through ${num("dz_on", "dz")} of `;
  const ends = words`${dz()}: what entered at step ${String(t + window - 1)} ends here.`;
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
function inputPair({ params, x, dz, num, result, parameter }) {
  const weight = parameter("W_x", params.W_x[0][0]);
  return pair(words`+ ${x()}${named("W_x", "W_x")} = ${num("x")} × ${weight}`, [
    [
      ...words`${named("dL/dW_x", "dW_x")} gets ${x()} · ${dz()} = `,
      ...words`${num("x")} × ${num("dz")} = ${result("dW_x")}`,
    ],
  ]);
}

/** @param {Step} step */
const biasPair = ({ params, dz, result, parameter }) =>
  pair(words`+ ${named("b", "b")} = ${parameter("b", params.b[0])}`, [
    words`${named("dL/db", "db")} gets ${dz()} = ${result("db")}`,
  ]);
