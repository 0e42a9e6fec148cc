// What the panels share: the state of the widget, and symbols in text and code.

import { html, symbol, words } from "../shared/dom.js";
import { codeSymbol } from "../shared/recurrent.js";

/**
 * What is shown now; the view keeps one and changes it in place.
 * @typedef {object} State
 * @property {import("./trace.js").Values} params
 * @property {import("./trace.js").Run} run
 * @property {import("./trace.js").Hand} hand
 */

/**
 * Say whether a hand holds this gate at step t.
 * @param {State} state
 * @param {string} gate
 * @param {number} t
 */
export const isHeld = ({ params, hand }, gate, t) =>
  t >= params.since && (hand[gate] ?? null) !== null;

/**
 * Make a symbol in a line of text, which lights up with its like.
 * @param {string} text
 * @param {string} sym
 */
export const sym = (text, sym) => html("span", { "data-sym": sym }, ...symbol(text));

/**
 * Return x W_x + h W_h + b in code, for some columns of the weights.
 * @param {string} columns such as [:2]
 * @param {any[]} reset what stands before h
 */
export function weightedSum(columns = "", reset = []) {
  const [x, h] = [codeSymbol("x", "x"), codeSymbol("h", "h_prev")];
  const [W_x, W_h, b] = ["W_x", "W_h", "b"].map((weight) =>
    codeSymbol(`${weight}${columns}`, weight)
  );
  return words`${x}*${W_x} + ${reset}${h}*${W_h} + ${b}`;
}
