// The arithmetic of LSTM, GRU and the simple update, one feature and one unit each.

import { ACTIVATIONS } from "../shared/activations.js";

/**
 * @typedef {object} Values
 * @property {number[]} X (timesteps)
 * @property {number[][]} lstm the rows W_x, W_h, b; the columns i f c o
 * @property {number[][]} gru the rows W_x, W_h, b; the columns z r h
 * @property {number[]} simple W_x, W_h, b
 * @property {number} h0
 * @property {number} c0
 * @property {number[]} held how far each gate is open, or `free`
 * @property {number} since the first step at which gates are held
 * @property {string} cell the one to look at
 */
/**
 * @typedef {object} Limits
 * @property {string[]} gates those that a hand can hold, in the order of `held`
 * @property {number} free what `held` has for a gate that is free
 * @property {string[]} cells
 * @property {number} most_steps
 * @property {number} largest what an input, a weight or a state may be, either side of 0
 */
/** @typedef {Record<string, number | null>} Hand how far each gate is held open; null: free */
/** @typedef {Record<string, (number | null)[]>} Run see `trace` in Python */

const sigmoid = ACTIVATIONS.sigmoid.value;

/**
 * Return how far each gate is held open, by name.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Hand}
 */
export const handOf = ({ held }, { gates, free }) =>
  Object.fromEntries(gates.map((gate, k) => [gate, held[k] === free ? null : held[k]]));

/**
 * Return every number of every step, under the names of Python's `trace`; all but the states begin
 * at step 1 and have null at 0.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Run}
 */
export function trace(values, limits) {
  const { X, lstm, gru, simple, h0, c0, since } = values;
  const hand = handOf(values, limits);
  const run = { c: [c0], h: [h0], h_gru: [h0], h_simple: [h0] };
  const keep = (t, numbers) => {
    for (const [name, value] of Object.entries(numbers)) (run[name] ??= [null])[t] = value;
  };
  const left = { left_lstm: 1, left_gru: 1, left_simple: 1 }; // of step 1
  X.forEach((x, k) => {
    const t = k + 1;
    const gate = (name, sum) => (t >= since ? hand[name] : null) ?? sigmoid(sum);
    keep(t, { x });
    keep(t, lstmStep(lstm, x, run.h[k], run.c[k], gate));
    keep(t, gruStep(gru, x, run.h_gru[k], gate));
    keep(t, simpleStep(simple, x, run.h_simple[k]));
    if (t > 1) {
      left.left_lstm *= run.f[t];
      left.left_gru *= run.z[t];
      left.left_simple *= simple[1] * ACTIVATIONS.tanh.slope(run.h_simple[t]);
    }
    keep(t, left);
  });
  return run;
}

// The sums are carried out as in rnncore, the inputs' share and the bias first.
const weighted = ([W_x, W_h, b], k, x, h) => x * W_x[k] + b[k] + h * W_h[k];

function lstmStep(weights, x, h, c_prev, gate) {
  const [sum_i, sum_f, sum_c, sum_o] = [0, 1, 2, 3].map((k) => weighted(weights, k, x, h));
  const [i, f, o] = [gate("i", sum_i), gate("f", sum_f), gate("o", sum_o)];
  const c_tilde = Math.tanh(sum_c);
  const [kept, written] = [f * c_prev, i * c_tilde];
  const c = written + kept;
  const tanh_c = Math.tanh(c);
  const sums = { sum_i, sum_f, sum_c, sum_o };
  return { ...sums, i, f, c_tilde, o, kept, written, c, tanh_c, h: o * tanh_c };
}

function gruStep(weights, x, h, gate) {
  const [sum_z, sum_r] = [0, 1].map((k) => weighted(weights, k, x, h));
  const [z, r] = [gate("z", sum_z), gate("r", sum_r)];
  const reset = r * h;
  const sum_h = weighted(weights, 2, x, reset);
  const h_tilde = Math.tanh(sum_h);
  const parts = { rest: 1 - z, kept_gru: z * h, written_gru: (1 - z) * h_tilde };
  return {
    sum_z,
    sum_r,
    sum_h,
    z,
    r,
    reset,
    h_tilde,
    ...parts,
    h_gru: h_tilde + z * (h - h_tilde),
  };
}

function simpleStep(/** @type {number[]} */ [W_x, W_h, b], x, h) {
  const from_h = h * W_h;
  const sum_simple = x * W_x + b + from_h;
  return { sum_simple, from_h, h_simple: Math.tanh(sum_simple) };
}
