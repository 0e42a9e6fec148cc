// What a step looks at: the round of the loop, the row and the column; and small parts of text.

import { html, symbol } from "../shared/dom.js";
import { shapeText } from "../shared/numbers.js";
import { columnOf, rowOf } from "./trace.js";

/**
 * Everything that the panels show of a step.
 * @typedef {ReturnType<typeof sceneOf>} Scene
 */

/**
 * Return what step `step` looks at: the round `i` of `L`, its weights, the cell (r, c).
 * @param {number} step
 * @param {import("./trace.js").Values} values
 * @param {import("./trace.js").Run} run
 */
export function sceneOf(step, values, run) {
  const { x0, W, B, activations, form } = values;
  const i = Math.max(0, Math.ceil(step / 2) - 1);
  const [r, c] = [rowOf(values), columnOf(values, i)];
  const vector = form === "vector";
  return {
    ...{ step, i, L: W.length, r, c, values, run, vector },
    ...{ weights: W[i], bias: B[i], activation: activations[i] },
    ...{ inputs: W[i].length, units: B[i].length },
    bends: step === 2 * i + 2, // the activation is what is looked at, else the sum
    place: vector ? `, number ${c + 1}` : `, row ${r + 1}, column ${c + 1}`,
    shapeOf: (n) => (vector ? [n] : [x0.length, n]),
    at: (first, row, column) => (vector ? [first, column] : [first, row, column]),
  };
}

/** Return "1 layer", "2 layers". @param {number} n @param {string} one @param {string} [many] */
export const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** Return what an activation takes at a time. @param {string} name */
export const taken = (name) => (name === "softmax" ? "each row" : "each number");

/**
 * Return a shape as Python writes it; the number at place `meets` is marked.
 * @param {number[]} shape
 * @param {number} [meets]
 */
export function shapeSpan(shape, meets) {
  if (meets === undefined) return html("span", { class: "shape" }, shapeText(shape));
  const mark = (n, k) => k === meets ? html("b", { class: "meets" }, n) : String(n);
  const marked = shape.flatMap((n, k) => [k ? ", " : "", mark(n, k)]);
  return html("span", { class: "shape" }, "(", ...marked, shape.length === 1 ? ",)" : ")");
}

/**
 * Return a symbol that lights up with the others of that name.
 * @param {string} text
 * @param {string} name
 */
export const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));
