// What the panels share: the symbol and the mark of each array, the words of a mistake.

import { svg, symbol, tspans } from "../shared/dom.js";

/** The symbol that an array lights up with; its gradient has a "d" before it. */
export const SYM = { X: "x", W_x: "W_x", W_h: "W_h", b: "b", h0: "h_prev" };

// The class and the path of a mark for each array: its shape is the second cue beside its colour.
const MARKS = {
  X: ["x", "M-4,-4 L4,4 M-4,4 L4,-4"],
  W_x: ["W", "M0,-5 L5,4 L-5,4 z"],
  W_h: ["W", "M-4,-4 H4 V4 H-4 z"],
  b: ["W", "M0,-5.5 L5.5,0 L0,5.5 L-5.5,0 z"],
  h0: ["h", "M-4.5,0 a4.5,4.5 0 1,0 9,0 a4.5,4.5 0 1,0 -9,0 z"],
};

/**
 * Return the mark of an array.
 * @param {string} name
 * @param {Record<string, string>} attributes
 */
export const mark = (name, attributes = {}) =>
  svg("path", { class: `mark ${MARKS[name][0]}`, d: MARKS[name][1], ...attributes });

/**
 * Return words with the symbols among them set as such.
 * @param {string} text
 * @returns {import("../shared/types.d.ts").Child[]}
 */
export function withSymbols(text) {
  const set = (word) => (word.includes("_") ? symbol(word) : [word]);
  return text.split(" ").flatMap((word, i) => [i ? " " : "", ...set(word)]);
}

/**
 * Return the same for a drawing.
 * @param {string} text
 * @returns {import("../shared/types.d.ts").Child[]}
 */
export function drawn(text) {
  return text.split(" ").flatMap((word, i, { length }) => {
    const space = i < length - 1 ? " " : "";
    if (!word.includes("_")) return [`${word}${space}`];
    return [...tspans(word), svg("tspan", { dy: -4 }, space || "\u200b")];
  });
}
