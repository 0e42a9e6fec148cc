// A layer in words: what it is, and what became of the file's arrays.

import { shown } from "../shared/numbers.js";

/** @import { Layer } from "./layer.js" */
/** @import { Found } from "./named.js" */

/** The names of the sums of each kind, the candidate among them. */
export const NAMES = { SimpleRNN: ["h"], LSTM: ["i", "f", "c̃", "o"], GRU: ["z", "r", "h̃"] };

/** @param {Layer} layer */
export function inBrief({ kind, features, units, dtype, count, name, reverse }) {
  const way = reverse ? " It reads from the last row to the first, so step 1 is the last row." : "";
  const ones = (/** @type {number} */ n, /** @type {string} */ word) =>
    `${n} ${word}${n === 1 ? "" : "s"}`;
  return `${name === kind ? "" : `${name}: `}${kind}, ${ones(features, "feature")} → ` +
    `${ones(units, "unit")}, ${count} parameters, ${dtype}.${way}`;
}

/**
 * Say how the arrays of a file became those of the equations.
 * @param {Found} found
 * @param {Layer} layer
 */
export function howRead({ from, kind, names }, { reset_after }) {
  const [isTorch, isBiased] = [from === "PyTorch", names.length > 2];
  const words = [`The names are ${from}'s.`];
  if (isTorch) words.push("Its matrices are transposed: here each row belongs to an input.");
  if (kind === "LSTM") words.push(`Its gates are i f ${isTorch ? "g o, where g is c̃" : "c̃ o"}.`);
  if (kind === "GRU") {
    words.push(isTorch ? "Its gates r z n become z r h̃." : "Its gates are z r h̃.");
    const after = "r multiplies h W_h + b_h (reset_after=True, linear_before_reset=1 in ONNX).";
    words.push(reset_after ? after : "r multiplies h, before W_h does (reset_after=False).");
  } else if (isTorch && isBiased) words.push("Its two biases are added up: they act together.");
  if (!isBiased) words.push("It has no bias.");
  return words.join(" ");
}

/**
 * Return the step in words, for those who listen.
 * @param {import("./trace.js").Run} run
 * @param {number} t
 * @param {number} unit counted from 1
 */
export function inWords({ layer, h, c, x, done, at }, t, unit) {
  if (t === 0) return "No step has been done yet, and the state is zero.";
  if (t > done()) return `Step ${t} of ${x.length} is being computed.`;
  const { opens } = at(t);
  const names = opens ? NAMES[layer.kind] : [];
  const gates = names.map((name, g) => `${name} ${shown(opens[g * layer.units + unit - 1])}`);
  const memory = c(t);
  const parts = [...gates, ...(memory ? [`c ${shown(memory[unit - 1])}`] : [])];
  return `Step ${t} of ${x.length}. Unit ${unit}: ${
    [...parts, `h ${shown(h(t)[unit - 1])}`].join(", ")
  }.`;
}
