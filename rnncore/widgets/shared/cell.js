// The arithmetic of the simple recurrent cell: h_t = f(x_t W_x + h_{t-1} W_h + b).

import { ACTIVATIONS } from "./activations.js";
import { columnSum, scaledRows } from "./algebra.js";

/** @import { Matrix, Values, Vector } from "./types.d.ts" */

/**
 * The parameters of a layer and one sequence, as matrices.
 * @typedef {object} Layer
 * @property {boolean} scalar whether they came as numbers
 * @property {Matrix} X (timesteps, features)
 * @property {Matrix} W_x (features, units)
 * @property {Matrix} W_h (units, units)
 * @property {Vector} b (units)
 * @property {Vector} h0 (units)
 * @property {string} activation
 */

/**
 * Every intermediate of every step; index t is that of the equations, and what begins at step 1
 * has null at index 0.
 * @typedef {object} Run
 * @property {Vector[]} x x_t, which is X[t - 1] (features)
 * @property {Matrix[]} from_x the products of x_t W_x (features, units)
 * @property {Matrix[]} from_h the products of h_{t-1} W_h (units, units)
 * @property {Vector[]} z (units)
 * @property {Vector[]} h (units), from h_0 on
 */

/**
 * Make matrices of scalars, so that one cell serves both forms.
 * @param {Values} values
 * @returns {Layer}
 */
export function asMatrices({ X, W_x, W_h, b, h0, activation }) {
  if (Array.isArray(W_x)) return { scalar: false, X, W_x, W_h, b, h0, activation };
  const rows = X.map((/** @type {number} */ x) => [x]);
  return { scalar: true, X: rows, W_x: [[W_x]], W_h: [[W_h]], b: [b], h0: [h0], activation };
}

/**
 * Run the layer over its sequence.
 * @param {Values} values numbers or matrices
 * @returns {Run}
 */
export function forward(values) {
  const { X, W_x, W_h, b, h0, activation } = asMatrices(values);
  const f = ACTIVATIONS[activation].value;
  const none = /** @type {any} */ (null); // of what begins at step 1
  /** @type {Run} */
  const run = { x: [none], from_x: [none], from_h: [none], z: [none], h: [h0.slice()] };
  X.forEach((x, k) => {
    const from_x = scaledRows(x, W_x);
    const from_h = scaledRows(run.h[k], W_h);
    const z = b.map((bias, j) => columnSum(from_x, j) + columnSum(from_h, j) + bias);
    run.x.push(x);
    run.from_x.push(from_x);
    run.from_h.push(from_h);
    run.z.push(z);
    run.h.push(z.map(f));
  });
  return run;
}
