// How the memory of each cell is drawn, in the chart and in the table below it.

import { put, svg } from "../shared/dom.js";

/**
 * A curve: whose memory it is, its name in the run and its letter; and for a memory the share that
 * is left of step 1, with the gate that leaves it.
 * @typedef {{ cell: string, name: string, letter: string, left?: string, gate?: string }} Curve
 */

/** @type {Curve[]} */
export const CURVES = [
  { cell: "LSTM", name: "c", letter: "c", left: "left_lstm", gate: "f" },
  { cell: "LSTM", name: "h", letter: "h" },
  { cell: "GRU", name: "h_gru", letter: "h", left: "left_gru", gate: "z" },
  { cell: "simple", name: "h_simple", letter: "h", left: "left_simple" },
];

const SHAPES = {
  c: () => svg("circle", { r: 3.5 }),
  h: () => svg("circle", { r: 2.5 }),
  h_gru: () => svg("rect", { x: -3, y: -3, width: 6, height: 6 }),
  h_simple: () => svg("path", { d: "M0,-4 L4,3 H-4 z" }),
};

/**
 * Make the mark of a number of that curve, around (0, 0).
 * @param {string} name
 */
export const markOf = (name) => put(SHAPES[name](), { class: `mark ${name}` });
