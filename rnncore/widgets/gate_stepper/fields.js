// What the reader can change: the fields, and what fits in them.

import { fieldsOf } from "../shared/frame/editor.js";

const ROWS = ["W_x", "W_h", "b"];
const WEIGHTS = { lstm: ["i", "f", "c̃", "o"], gru: ["z", "r", "h̃"] }; // the columns, as in Keras

/**
 * Say whether all parameters have their shapes and lie within their bounds.
 * @param {any} values
 * @param {import("./trace.js").Limits} limits
 */
export function valid(values, limits) {
  const { X, lstm, gru, simple, h0, c0, held, since, cell, reset, b_reset } = values;
  const { gates, free, cells, resets, most_steps, largest } = limits;
  const isSmall = (v) => Math.abs(v) <= largest;
  const isOpening = (v) => v === free || (v >= 0 && v <= 1);
  const isStep = (n) => Number.isInteger(n) && n >= 1 && n <= most_steps;
  const isMatrix = (value, columns) =>
    Array.isArray(value) && value.length === ROWS.length &&
    value.every((row) => isList(row, columns, isSmall));
  return Array.isArray(X) && isStep(X.length) && isList(X, X.length, isSmall) &&
    isMatrix(lstm, 4) && isMatrix(gru, 3) && isList(simple, 3, isSmall) &&
    isList([h0, c0, b_reset], 3, isSmall) && resets.includes(reset) &&
    (reset === "after" || b_reset === 0) && isList(held, gates.length, isOpening) &&
    isStep(since) && cells.includes(cell);
}

const isList = (value, length, fits) =>
  Array.isArray(value) && value.length === length &&
  value.every((v) => Number.isFinite(v) && fits(v));

/**
 * Return a field for every number, and a column for each gate.
 * @param {import("./trace.js").Values} values
 * @param {import("./trace.js").Limits} limits
 */
export function editorFields({ X, h0, c0, reset }, { largest }) {
  const group = (legend, columns, fields) => ({
    legend,
    columns,
    fields: fields.map((field) => ({ ...field, min: -largest, max: largest })),
  });
  const initial = [...fieldsOf("h0", h0, "h_prev", "h 0"), ...fieldsOf("c0", c0, "c_prev", "c 0")];
  const simple = ROWS.map((row, i) => ({ param: "simple", path: [i], sym: row, name: row }));
  const lstm = "LSTM: a row for W_x, W_h and b, a column for each of i f c̃ o";
  const groups = [
    group(lstm, 4, matrix("lstm")),
    group("GRU: the same, for z r h̃; b′ if r comes after the product", 3, [
      ...matrix("gru"),
      ...(reset === "after" ? fieldsOf("b_reset", 0, "b", "b′ h̃") : []),
    ]),
    group("the simple update", 3, simple),
    group("initial states: h of all three, c of the LSTM", 3, initial),
    group("inputs: one number per step", 5, fieldsOf("X", X, "x", "x")),
  ];
  return { groups, chosen: "W_x f" };
}

const matrix = (param) =>
  ROWS.flatMap((row, i) =>
    WEIGHTS[param].map((gate, j) => ({ param, path: [i, j], sym: row, name: `${row} ${gate}` }))
  );
