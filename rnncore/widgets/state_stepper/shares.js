// The shares that all steps have in a state: without an activation they add up to it.

import { isPlain } from "../shared/algebra.js";
import { html, number, put, symbol, words } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";

/** @import { Child, Path } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */
/** @import { Inside } from "./memory.js" */
/** @import { Memory } from "./trace.js" */

const NO_MAP = "the steps are no linear map any more.";

/**
 * Make the panel.
 * @returns {Inside}
 */
export function sharesPanel() {
  const terms = html("div", {
    class: "terms",
    role: "group",
    "aria-label": "The share of each step",
    tabindex: 0,
  });
  return {
    title: "Without an activation: all steps are one linear map",
    elements: [terms],
    fill(run, params, t) {
      const body = html("tbody", {}, ...shareRows(run, params, t), ...sumRows(run, params, t));
      const verdict = html("p", {}, ...verdictOf(params.activation, t));
      put(terms, {}, html("table", { class: "products" }, body), verdict);
    },
  };
}

/**
 * Make the rows of the shares, each a step.
 * @param {Run & Memory} run
 * @param {Layer} params
 * @param {number} t
 */
function shareRows(run, params, t) {
  const first = isPlain(params.h0) ? 1 : 0; // an initial state of 0 adds nothing
  return run.share[t].slice(first).map((share, i) => {
    const k = i + first;
    const head = [...sourceOf(k, isPlain(params.b)), " ", ...powerOf(t - k)];
    return row("", head, numbersOf("share", [t, k], share, params.scalar, ""));
  });
}

/**
 * Make the rows of the sum, and of the state that it is compared with.
 * @param {Run & Memory} run
 * @param {Layer} params
 * @param {number} t
 */
const sumRows = (run, { scalar }, t) => [
  row("z", ["the sum"], numbersOf("h_linear", [t], run.h_linear[t], scalar, "")),
  row("out", symbol(`h_${t}`), numbersOf("h", [t], run.h[t], scalar, "h")),
];

/**
 * @param {string} kind
 * @param {Child[]} head
 * @param {HTMLElement[]} numbers
 */
const row = (kind, head, numbers) =>
  html(
    "tr",
    { class: kind },
    html("th", { scope: "row" }, ...head),
    ...numbers.map((cell) => html("td", {}, cell)),
  );

/**
 * @param {string} name
 * @param {Path} index
 * @param {number[]} values a number for each unit
 * @param {boolean} scalar
 * @param {string} sym
 */
const numbersOf = (name, index, values, scalar, sym) =>
  values.map((v, j) => number(name, scalar ? index : [...index, j], v, shown(v), sym));

/**
 * Return what comes in at a step: h_0, x_k W_x, or (x_k W_x + b).
 * @param {number} k
 * @param {boolean} withoutBias
 */
function sourceOf(k, withoutBias) {
  if (k === 0) return symbol("h_0");
  const product = [...symbol(`x_${k}`), ...symbol("W_x")];
  return withoutBias ? product : words`(${product} + ${html("i", {}, "b")})`;
}

/**
 * Return W_h to a power; nothing for 0.
 * @param {number} power
 */
const powerOf = (power) => [
  ...(power > 0 ? symbol("W_h") : []),
  ...(power > 1 ? [html("sup", {}, String(power))] : []),
];

/**
 * @param {string} activation
 * @param {number} t
 */
function verdictOf(activation, t) {
  const state = symbol(`h_${t}`);
  return activation === "linear"
    ? words`The rows add up to ${state}: the steps so far are one linear map of the inputs.`
    : words`With ${activation} the rows add up to something else than ${state}: ${NO_MAP}`;
}
