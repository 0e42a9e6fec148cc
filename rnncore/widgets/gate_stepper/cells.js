// The cells that stand side by side; everything else about a cell is in its own file.

import { GRU } from "./gru.js";
import { LSTM } from "./lstm.js";
import { SIMPLE } from "./simple.js";

/** @typedef {import("./parts.js").State} State */
/**
 * @typedef {object} Cell
 * @property {string} name
 * @property {string} about its states, in words
 * @property {string[]} states their names in the run
 * @property {string[]} gates those that a hand can hold, as they stand below the drawing
 * @property {() => import("./drawing.js").Drawing} draw
 * @property {(params: import("./trace.js").Values) => any[]} equation the parts of its equation
 * @property {(num: any, state: State, t: number) => any[][]} lines the arithmetic of a step
 * @property {(loop: any[], byHand: any[][], params: import("./trace.js").Values) => any[][]} code
 *   the loop as Python
 * @property {(state: State, t: number) => any} question what to guess at a step
 */

/** @type {Cell[]} */
export const CELLS = [LSTM, GRU, SIMPLE];

/**
 * Return the cell of that name.
 * @param {string} name
 */
export const cellOf = (name) => CELLS.find((cell) => cell.name === name);
