// What the steppers of the simple recurrent layer share: its parameters, their fields, their Python.

import { fieldsOf } from "./frame/editor.js";
import { equal, isPlain, lengths } from "./frame/parameters.js";
import { python } from "./numbers.js";

export const RECURRENT = ["X", "W_x", "W_h", "b", "h0", "activation"];

// Whether all shapes agree: while Python changes several parameters in turn, they do not.
export function agree({ X, W_x, W_h, b, h0 }) {
  if (!Array.isArray(W_x)) return ![W_h, b, h0].some(Array.isArray) && !X.some(Array.isArray);
  const units = W_h.length;
  const wide = (matrix, columns) =>
    Array.isArray(matrix) && matrix.every((row) => row.length === columns);
  return wide(X, W_x.length) && wide(W_x, units) && wide(W_h, units) && b.length === units &&
    h0.length === units;
}

// A link may change the numbers and the length of the sequence, but no other shape.
export const agreesWith = (values, first) =>
  agree(values) && values.X.length <= Math.max(60, first.X.length) &&
  ["W_x", "W_h", "b", "h0"].every((name) => equal(lengths(values[name]), lengths(first[name])));

// A field for every number.
export function recurrentFields({ X, W_x, W_h, b, h0 }) {
  const initial = fieldsOf("h0", h0, "h_prev").map((field, j) => ({
    ...field,
    name: Array.isArray(h0) ? `h 0,${j + 1}` : "h 0",
  }));
  const group = (legend, columns, ...fields) => ({ legend, columns, fields: fields.flat() });
  const x = fieldsOf("X", X, "x", "x");
  if (!Array.isArray(W_x)) {
    const weights = ["W_x", "W_h", "b"].map((name) => fieldsOf(name, 0));
    return [
      group("weights, bias, initial state", 4, ...weights, initial),
      group("inputs: one number per step", 4, x),
    ];
  }
  return [
    group("W_x: a row per feature, a column per unit", W_h.length, fieldsOf("W_x", W_x)),
    group("W_h: a row per previous unit, a column per unit", W_h.length, fieldsOf("W_h", W_h)),
    group("b: the bias of each unit", W_h.length, fieldsOf("b", b)),
    group("h 0: the initial state", W_h.length, initial),
    group("x: a row per step, a column per feature", W_x.length, x),
  ];
}

// The rnncore call that gives S; `options` holds the keywords it needs.
export function statesInPython({ X, W_x, W_h, b, h0, activation }) {
  const array = (value) => (Array.isArray(value) ? `np.array(${python(value)})` : python(value));
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
