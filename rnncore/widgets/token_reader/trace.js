// Every number of one reading of a review.

import { ACTIVATIONS } from "../shared/activations.js";
import { dot, flat, mapped, plus, range, rowTimes, scaledRows } from "../shared/algebra.js";

/**
 * @typedef {object} Weights
 * @property {number[][]} table (tokens, columns)
 * @property {number[][]} W_x (columns, units)
 * @property {number[][]} W_h (units, units)
 * @property {number[]} b (units)
 * @property {number[][]} W_y (units, 1)
 * @property {number[]} b_y (1)
 */
/**
 * What Python gives; token 0 of the vocabulary is the padding, and `not` the place of that word:
 * before it are as many good words as bad ones, after it the fillers.
 * @typedef {{ vocabulary: string[], not: number, longest: number, padding: number,
 *   units: number, columns: number }} Limits
 */
/** @typedef {{ words: string, front: number, behind: number, mask: boolean }} Values */
/** @typedef {Record<string, any>} Run see `trace` in Python */

const BETWEEN = /[\s+.,;:!?"“”„()…–—]+/; // what may stand between words

/**
 * Return the words of a text, in small letters and without punctuation.
 * @param {string} text
 */
export const split = (text) => text.toLowerCase().split(BETWEEN).filter((word) => word);

/**
 * Return the tokens of a review and its padding.
 * @param {Values} values
 * @param {Limits} limits
 */
export const tokensOf = ({ words, front, behind }, { vocabulary }) => [
  ...range(front).map(() => 0),
  ...split(words).map((word) => vocabulary.indexOf(word)),
  ...range(behind).map(() => 0),
];

/**
 * Return every number of the reading, t = 0 … T; what begins with the first token has null at 0,
 * and what a masked step does not compute is NaN.
 * @param {Values & { weights: Weights }} values
 * @param {Limits} limits
 * @returns {Run}
 */
export function trace({ weights, ...values }, limits) {
  const tokens = tokensOf(values, limits);
  const start = weights.b.map(() => 0);
  const run = { ...weights, h: [start], token: [null], x: [null] };
  for (const name of ["from_x", "from_h", "z"]) run[name] = [null];
  tokens.forEach((token, k) => {
    const step = stepRead(weights.table[token], run.h[k], weights);
    const isHeld = values.mask && token === 0;
    const done = isHeld ? mapped(step, () => NaN) : step;
    run.token.push(token);
    run.x.push(weights.table[token]);
    ["from_x", "from_h", "z"].forEach((name, i) => run[name].push(done[i]));
    run.h.push(isHeld ? run.h[k] : step[2].map(Math.tanh));
  });
  return { ...run, ...verdicts(run.h, weights) };
}

function stepRead(x, before, { W_x, W_h, b }) {
  const z = plus(plus(rowTimes(x, W_x), rowTimes(before, W_h)), b);
  return [scaledRows(x, W_x), scaledRows(before, W_h), z];
}

function verdicts(h, { W_y, b_y }) {
  const h_W_y = h.map((state) => dot(state, flat(W_y)));
  const logit = h_W_y.map((value) => value + b_y[0]);
  return { h_W_y, logit, p: logit.map(ACTIVATIONS.sigmoid.value) };
}

/**
 * Return what a probability says, in words.
 * @param {number} p
 */
export const verdict = (p) => p > 0.75 ? "liked it" : p < 0.25 ? "did not like it" : "open";

/**
 * Return the words of a text that are not in the vocabulary.
 * @param {string} text
 * @param {Limits} limits
 */
export const unknownIn = (text, { vocabulary }) =>
  split(text).filter((word) => !vocabulary.includes(word));

/**
 * Return a review with single spaces; null where a text is none.
 * @param {string} text
 * @param {Limits} limits
 */
export function reviewIn(text, limits) {
  const words = split(text);
  const fits = words.length >= 1 && words.length <= limits.longest &&
    unknownIn(text, limits).length === 0;
  return fits ? words.join(" ") : null;
}
