// Every number of the forward pass of an MLP.

import { ACTIVATIONS, NAMES, softmax } from "../shared/activations.js";
import { column, plus, rowTimes, times } from "../shared/algebra.js";

/**
 * The parameters: rows of inputs, and for each layer its weights (in, out), its bias (out) and
 * the name of its activation; `form` is "batch" or "vector"; `cell` is the row and the column of
 * each product that are written out.
 * @typedef {{
 *   x0: number[][], W: number[][][], B: number[][], activations: string[], form: string,
 *   cell: number[],
 * }} Values
 *
 * What can be drawn with every number readable, and the two forms.
 * @typedef {{ rows: number, layers: number, units: number, forms: string[] }} Limits
 *
 * The values of every layer in rows: x[0] … x[L]; z[1] … z[L], for z[0] there is null.
 * @typedef {{ x: number[][][], z: (number[][] | null)[] }} Run
 */

/** The activations that the last layer may have; the others have one of NAMES. */
export const KNOWN = [...NAMES, "softmax"];

const activate = (name, row) =>
  name === "softmax" ? softmax(row) : row.map(ACTIVATIONS[name].value);

/** Return the row of x W + b. */
const affine = (row, W, b) => plus(rowTimes(row, W), b);

/**
 * Return the row that is written out: that of `cell`, or the last there is; 0 for a vector.
 * @param {Values} values
 */
export const rowOf = (values) => values.form === "vector" ? 0 : exampleOf(values);
const exampleOf = ({ x0, cell }) => Math.min(cell[0], x0.length - 1);

/**
 * Return the column of W[i] that is written out: that of `cell`, or the last there is.
 * @param {Values} values
 * @param {number} i
 */
export const columnOf = ({ B, cell }, i) => Math.min(cell[1], B[i].length - 1);

/**
 * Return the values of every layer; a vector is a batch of one row.
 * @param {Values} values
 * @returns {Run}
 */
export function layers(values) {
  const { x0, W, B, activations, form } = values;
  const x = [form === "vector" ? [x0[exampleOf(values)]] : x0];
  const z = [null];
  W.forEach((weights, i) => {
    z.push(x[i].map((row) => affine(row, weights, B[i])));
    x.push(z[i + 1].map((row) => activate(activations[i], row)));
  });
  return { x, z };
}

/**
 * Return for each layer the products that the number looked at is the sum of.
 * @param {Run} run
 * @param {Values} values
 */
export function productsOf({ x }, values) {
  const row = rowOf(values);
  return values.W.map((W, i) => times(x[i][row], column(W, columnOf(values, i))));
}

/**
 * Return the weights and the bias of the one layer that all layers are without activations.
 * @param {Values} values
 */
export function collapsed({ W, B }) {
  const [[W_first, ...W_rest], [b_first, ...B_rest]] = [W, B];
  return {
    W_one: W_rest.reduce((rows, weights) => rows.map((row) => rowTimes(row, weights)), W_first),
    b_one: W_rest.reduce((b, weights, i) => affine(b, weights, B_rest[i]), b_first),
  };
}

/**
 * Return every intermediate; in the vector form x and z have no batch axis.
 * @param {Values} values
 */
export function trace(values) {
  const run = layers(values);
  const bare = (rows) => (values.form === "vector" && rows ? rows[0] : rows);
  return {
    x: run.x.map(bare),
    z: run.z.map(bare),
    products: productsOf(run, values),
    ...collapsed(values),
  };
}
