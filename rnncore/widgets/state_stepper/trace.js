// Every number of the steps, and what becomes of a state over many steps.

import { plus, range, rowTimes, sizeOf, zeros } from "../shared/algebra.js";
import { asMatrices, forward } from "../shared/cell.js";

/** @import { Values } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */

/**
 * What becomes of a state; index t is that of the equations.
 * @typedef {object} Memory
 * @property {number[]} norm the size of h_t, t = 0 … horizon: the inputs, then silence
 * @property {number[]} norm_linear the same without an activation
 * @property {number[][]} h_linear the states without an activation (timesteps + 1, units)
 * @property {number[][][]} share [t][k]: what step k adds to h_linear[t], which is
 *   (x_k W_x + b) W_h^(t-k); k = 0 is the share of the initial state
 */

/**
 * Return what becomes of a state.
 * @param {Layer} params
 * @param {{ horizon: number }} limits
 * @returns {Memory}
 */
export function memory(params, { horizon }) {
  const silence = zeros(params.W_x.length);
  const X = range(horizon).map((k) => params.X[k] ?? silence);
  const sizes = (/** @type {string} */ activation) =>
    forward({ ...params, X, activation }).h.map(sizeOf);
  return {
    norm: sizes(params.activation),
    norm_linear: sizes("linear"),
    h_linear: forward({ ...params, activation: "linear" }).h,
    share: shares(params),
  };
}

/**
 * Return the share that each step has in each state of the linear network.
 * @param {Layer} params
 */
function shares({ X, W_x, W_h, b, h0 }) {
  const rows = [[h0]];
  X.forEach((x, k) => {
    rows.push([...rows[k].map((share) => rowTimes(share, W_h)), plus(rowTimes(x, W_x), b)]);
  });
  return rows;
}

/**
 * Return every number of every step.
 * @param {Values} values
 * @param {{ horizon: number }} limits
 * @returns {Run & Memory}
 */
export const trace = (values, limits) => ({
  ...forward(values),
  ...memory(asMatrices(values), limits),
});
