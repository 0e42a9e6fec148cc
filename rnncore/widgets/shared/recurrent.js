// What the steppers of the simple recurrent layer share: its parameters, their fields, their code.

import { codeAround, NAMES } from "./activations.js";
import { equal, isPlain, lengths } from "./algebra.js";
import { html } from "./dom.js";
import { fieldsOf } from "./frame/editor.js";
import { python } from "./numbers.js";

/** @import { Child, Group, Limits, Matrix, Value, Values } from "./types.d.ts" */
/** @import { Layer } from "./cell.js" */

export const RECURRENT = ["X", "W_x", "W_h", "b", "h0", "activation"];

/** The choice of the activation, as the editor takes it. */
export const ACTIVATION_CHOICE = { param: "activation", label: "activation", known: NAMES };

/**
 * Say whether all shapes agree: while Python changes several parameters in turn, they do not.
 * @param {Values} values
 */
export function agree({ X, W_x, W_h, b, h0 }) {
  if (!Array.isArray(W_x)) return ![W_h, b, h0].some(Array.isArray) && !X.some(Array.isArray);
  const units = W_h.length;
  return isWide(X, W_x.length) && isWide(W_x, units) && isWide(W_h, units) && b.length === units &&
    h0.length === units;
}

/**
 * @param {Value} matrix
 * @param {number} columns
 */
const isWide = (matrix, columns) =>
  Array.isArray(matrix) && matrix.every((row) => row.length === columns);

/**
 * Say whether a link may ask for the values: it may change the numbers and the length of the
 * sequence, but no other shape.
 * @param {Values} values
 * @param {Values} first
 * @param {Limits} limits timesteps: the most that a link may ask for
 */
export const agreesWith = (values, first, limits) =>
  agree(values) && values.X.length <= Math.max(limits.timesteps, first.X.length) &&
  ["W_x", "W_h", "b", "h0"].every((name) => equal(lengths(values[name]), lengths(first[name])));

/**
 * Return a field for every number.
 * @param {Values} values
 * @returns {Group[]}
 */
export function recurrentFields({ X, W_x, W_h, b, h0 }) {
  const initial = fieldsOf("h0", h0, "h_prev").map((field, j) => ({
    ...field,
    name: Array.isArray(h0) ? `h 0,${j + 1}` : "h 0",
  }));
  const x = fieldsOf("X", X, "x", "x");
  if (!Array.isArray(W_x)) {
    const weights = ["W_x", "W_h", "b"].flatMap((name) => fieldsOf(name, 0));
    return [
      { legend: "weights, bias, initial state", columns: 4, fields: [...weights, ...initial] },
      { legend: "inputs: one number per step", columns: 4, fields: x },
    ];
  }
  const units = W_h.length;
  const group = (
    /** @type {string} */ legend,
    /** @type {import("./types.d.ts").Field[]} */ fields,
    columns = units,
  ) => ({ legend, columns, fields });
  return [
    group("W_x: a row per feature, a column per unit", fieldsOf("W_x", W_x)),
    group("W_h: a row per previous unit, a column per unit", fieldsOf("W_h", W_h)),
    group("b: the bias of each unit", fieldsOf("b", b)),
    group("h 0: the initial state", initial),
    group("x: a row per step, a column per feature", x, W_x.length),
  ];
}

/**
 * Return the rnncore call that gives S, line by line.
 * @param {Values} values
 */
export function statesInPython({ X, W_x, W_h, b, h0, activation }) {
  const array = (/** @type {Value} */ value) =>
    Array.isArray(value) ? `np.array(${python(value)})` : python(value);
  const batch = X.length
    ? `np.array([${python(X)}])`
    : `np.zeros((${[1, 0, ...lengths(W_x).slice(0, 1)].join(", ")}))`;
  const lines = [`X = ${batch}`, `W_x = ${array(W_x)}`, `W_h = ${array(W_h)}`];
  const options = [];
  if (!isPlain(b)) lines.push(`b = ${array(b)}`) && options.push("b=b");
  if (activation !== "linear") options.push(`activation="${activation}"`);
  if (!isPlain(h0)) lines.push(`h0 = np.array([${python(h0)}])`) && options.push("h0=h0");
  return [
    "import numpy as np",
    "from rnncore.states import compute_states",
    "",
    ...lines,
    `S = compute_states(${["X", "W_x", "W_h", ...options].join(", ")})`,
  ];
}

/**
 * Return the slips that lead to another number than the right one.
 * @param {number} right
 * @param {[number, string][]} slips
 */
export const tellingSlips = (right, slips) =>
  slips.filter(([wrong]) => Math.abs(wrong - right) > 1e-2 * Math.max(1, Math.abs(right)));

/**
 * Return a symbol in a line of code.
 * @param {string} text
 * @param {string} name what it lights up with
 */
export const codeSymbol = (text, name) => html("span", { "data-sym": name }, text);

/**
 * Return the line of code that makes the array of states.
 * @param {Layer} params
 * @returns {Child[]}
 */
export function zerosLine({ X, W_h, h0, scalar }) {
  const shape = [1, X.length + 1, ...(scalar ? [] : [W_h.length])];
  return [`S = np.zeros((${shape.join(", ")}))`, isPlain(h0) ? "" : "; S[:, 0] = h0"];
}

/**
 * Return the line of code that computes a state.
 * @param {Layer} params
 * @param {{ state: string, x: string, before: string }} names as the code writes them
 * @returns {Child[]}
 */
export function updateLine({ activation, b, scalar }, { state, x, before }) {
  const times = scalar ? "*" : " @ ";
  const [open, shut] = codeAround(activation);
  return [
    "    ",
    codeSymbol(state, "h"),
    ` = ${open}`,
    codeSymbol(x, "x"),
    times,
    codeSymbol("W_x", "W_x"),
    " + ",
    codeSymbol(before, "h_prev"),
    times,
    codeSymbol("W_h", "W_h"),
    ...(isPlain(b) ? [] : [" + ", codeSymbol("b", "b")]),
    shut,
  ];
}
