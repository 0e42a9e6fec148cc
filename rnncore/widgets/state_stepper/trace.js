// Every number of the steps, and what becomes of a state over 50 steps.

import { plus, rowTimes, sizeOf } from "../shared/algebra.js";
import { asMatrices, forward } from "../shared/cell.js";

// norm[t] and norm_linear[t]: the size of h_t with f and without, t = 0 … horizon (the inputs, then silence); share[t][k]: what
// step k adds to h_t where f is linear, (x_k W_x + b) W_h^(t-k); k = 0 is the initial state, and
// the sum over k is h_linear[t].
export function memory(params, { horizon }) {
  const silence = asMatrices(params).W_x.map(() => 0);
  const X = Array.from({ length: horizon }, (_, k) => asMatrices(params).X[k] ?? silence);
  const sizes = (activation) => forward({ ...asMatrices(params), X, activation }).h.map(sizeOf);
  const h_linear = forward({ ...params, activation: "linear" }).h;
  return {
    norm: sizes(params.activation),
    norm_linear: sizes("linear"),
    h_linear,
    share: shares(asMatrices(params)),
  };
}

function shares({ X, W_x, W_h, b, h0 }) {
  const rows = [[h0]];
  X.forEach((x, k) => {
    rows.push([...rows[k].map((share) => rowTimes(share, W_h)), plus(rowTimes(x, W_x), b)]);
  });
  return rows;
}

/**
 * Every number of every step.
 * @param {any} values the parameters
 * @param {{ horizon: number }} limits
 */
export const trace = (values, limits) => ({ ...forward(values), ...memory(values, limits) });
