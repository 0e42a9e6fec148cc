// The shares that all steps have in a state: without an activation they add up to it.

import { isPlain, range } from "../shared/algebra.js";
import { html, put, symbol, updated, words } from "../shared/dom.js";

/** @import { Child, Path } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */
/** @import { MakeNumber } from "../shared/dom.js" */
/** @import { Inside } from "./memory.js" */
/** @import { Memory } from "./trace.js" */

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
  const rows = updated();
  /** @type {Run & Memory} */
  let run; // the numbers of now, for rows that stay
  return {
    title: "Without an activation: all steps are one linear map",
    elements: [terms],
    fill(now, params, t) {
      run = now;
      const { activation, b, h0, scalar } = params;
      const adds = isSame(now.h_linear[t], now.h[t]);
      rows([t, activation, adds, isPlain(b), isPlain(h0), h0.length, scalar].join(" "), (num) => {
        const numbers = numbersOf(num, () => run, params);
        const body = html("tbody", {}, ...shareRows(numbers, params, t), ...sumRows(numbers, t));
        const verdict = html("p", {}, ...verdictOf(activation, t, adds));
        put(terms, {}, html("table", { class: "products" }, body), verdict);
      });
    },
  };
}

/**
 * Make the rows of the shares, each a step.
 * @param {ReturnType<typeof numbersOf>} numbers
 * @param {Layer} params
 * @param {number} t
 */
function shareRows(numbers, params, t) {
  const first = isPlain(params.h0) ? 1 : 0; // an initial state of 0 adds nothing
  return range(t + 1 - first).map((i) => {
    const k = i + first;
    const head = [...sourceOf(k, isPlain(params.b)), " ", ...powerOf(t - k)];
    return row("", head, numbers("share", [t, k], (run) => run.share[t][k], ""));
  });
}

/**
 * Make the rows of the sum, and of the state that it is compared with.
 * @param {ReturnType<typeof numbersOf>} numbers
 * @param {number} t
 */
const sumRows = (numbers, t) => [
  row("z", ["the sum"], numbers("h_linear", [t], (run) => run.h_linear[t], "")),
  row("out", symbol(`h_${t}`), numbers("h", [t], (run) => run.h[t], "h")),
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
 * Return a function that makes the numbers of a row, one for each unit.
 * @param {MakeNumber} num
 * @param {() => Run & Memory} latest
 * @param {Layer} params
 */
const numbersOf = (num, latest, { h0, scalar }) =>
(
  /** @type {string} */ name,
  /** @type {Path} */ index,
  /** @type {(run: Run & Memory) => number[]} */ get,
  /** @type {string} */ sym,
) => h0.map((_, j) => num(name, scalar ? index : [...index, j], () => get(latest())[j], { sym }));

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
 * Whether two rows of numbers differ by no more than rounding.
 * @param {number[]} a
 * @param {number[]} b
 */
const isSame = (a, b) =>
  a.every((value, j) => Math.abs(value - b[j]) <= 1e-12 * Math.max(1, Math.abs(value)));

/**
 * @param {string} activation
 * @param {number} t
 * @param {boolean} adds whether the rows add up to the state
 */
function verdictOf(activation, t, adds) {
  const state = symbol(`h_${t}`);
  if (activation === "linear") {
    return words`The rows add up to ${state}, so all steps so far are one linear map of the inputs.`;
  }
  return adds
    ? words`With ${activation} the rows happen to add up to ${state}. With other numbers they may not.`
    : words`With ${activation} the rows don't add up to ${state}. The steps are not one linear map.`;
}
