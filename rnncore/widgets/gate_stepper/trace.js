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
 * @property {string} reset where the reset gate of the GRU stands: before the product, or after it
 * @property {number} b_reset the bias that only the second form has
 */
/**
 * @typedef {object} Limits
 * @property {string[]} gates those that a hand can hold, in the order of `held`
 * @property {number} free what `held` has for a gate that is free
 * @property {string[]} cells
 * @property {string[]} resets
 * @property {number} most_steps
 * @property {number} largest what an input, a weight or a state may be, either side of 0
 */
/** @typedef {Record<string, number | null>} Hand how far each gate is held open; null: free */
/** @typedef {Record<string, (number | null)[]>} Run see `trace` in Python */
/** @typedef {Record<string, number[]>} Ways of one step t: a number for each step k up to it */

const { value: sigmoid, slope: sigmoidSlope } = ACTIVATIONS.sigmoid;
const tanhSlope = ACTIVATIONS.tanh.slope;

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
export function runOf(values, limits) {
  const { X, lstm, simple, h0, c0, since } = values;
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
    keep(t, gruStep(values, x, run.h_gru[k], gate));
    keep(t, simpleStep(simple, x, run.h_simple[k]));
    if (t > 1) {
      left.left_lstm *= run.f[t];
      left.left_gru *= run.z[t];
      left.left_simple *= simple[1] * tanhSlope(run.h_simple[t]);
    }
    keep(t, left);
  });
  return run;
}

/**
 * Return every number of `runOf`, and the ways back from every step.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Record<string, any[]>}
 */
export function trace(values, limits) {
  const run = runOf(values, limits);
  /** @type {Record<string, number[][]>} */
  const all = {};
  run.c.forEach((_, t) => {
    for (const [name, list] of Object.entries(waysBack(values, limits, run, t))) {
      (all[name] ??= []).push(list);
    }
  });
  return { ...run, ...all };
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

function gruStep({ gru: weights, reset: form, b_reset }, x, h, gate) {
  const [sum_z, sum_r] = [0, 1].map((k) => weighted(weights, k, x, h));
  const [z, r] = [gate("z", sum_z), gate("r", sum_r)];
  const [W_x, W_h, b] = weights.map((row) => row[2]);
  const inner = form === "before" ? h : h * W_h + b_reset;
  const reset = r * inner;
  const sum_h = x * W_x + b + (form === "before" ? reset * W_h : reset);
  const h_tilde = Math.tanh(sum_h);
  const parts = { rest: 1 - z, kept_gru: z * h, written_gru: (1 - z) * h_tilde };
  return {
    sum_z,
    sum_r,
    sum_h,
    z,
    r,
    inner,
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

/**
 * Return the derivatives of the memory of step t by that of every step k up to it: by all paths,
 * along the line of c (of the GRU's h), and around it, by way of h and the weights.
 * @param {Values} values
 * @param {Limits} limits
 * @param {Run} run
 * @param {number} t
 * @returns {Ways}
 */
export function waysBack(values, limits, run, t) {
  const hand = handOf(values, limits);
  /** @type {Ways} */
  const ways = { dc: [], dh_gru: [], dh_simple: [], dc_along: [], dh_gru_along: [] };
  let now = { dh: 0, dc: 1, dh_gru: 1, dh_simple: 1, dc_along: 1, dh_gru_along: 1 };
  for (let k = t; k >= 0; k -= 1) {
    // c_k also has an effect by way of h_k = o tanh(c_k).
    const by_h = k > 0 ? now.dh * run.o[k] * (1 - run.tanh_c[k] ** 2) : 0;
    for (const [name, list] of Object.entries(ways)) {
      list[k] = name === "dc" ? now.dc + by_h : now[name];
    }
    if (k === 0) break;
    const isFree = (gate) => k < values.since || hand[gate] === null;
    const slope = (gate) => isFree(gate) ? sigmoidSlope(run[gate][k]) : 0;
    now = {
      ...lstmBack(values.lstm[1], run, k, slope, now.dh, now.dc + by_h),
      dh_gru: gruBack(values, run, k, slope, now.dh_gru),
      dh_simple: now.dh_simple * tanhSlope(run.h_simple[k]) * values.simple[1],
      dc_along: now.dc_along * run.f[k],
      dh_gru_along: now.dh_gru_along * run.z[k],
    };
  }
  const around = (name) => ways[name].map((value, k) => value - ways[`${name}_along`][k]);
  return { ...ways, dc_around: around("dc"), dh_gru_around: around("dh_gru") };
}

function lstmBack(W_h, run, k, slope, dh, dc) {
  const sums = [
    dc * run.c_tilde[k] * slope("i"),
    dc * run.c[k - 1] * slope("f"),
    dc * run.i[k] * tanhSlope(run.c_tilde[k]),
    dh * run.tanh_c[k] * slope("o"),
  ];
  const before = sums.reduce((total, sum, column) => total + sum * W_h[column], 0);
  return { dh: before, dc: dc * run.f[k] };
}

function gruBack({ gru, reset }, run, k, slope, dh) {
  const [W_z, W_r, W] = gru[1];
  const [z, r, h_tilde, h] = [run.z[k], run.r[k], run.h_tilde[k], run.h_gru[k - 1]];
  const dz = dh * (h - h_tilde) * slope("z");
  const dh_tilde = dh * (1 - z) * tanhSlope(h_tilde) * W;
  const dr = reset === "before"
    ? dh_tilde * h * slope("r")
    : dh * (1 - z) * tanhSlope(h_tilde) * run.inner[k] * slope("r");
  return dh_tilde * r + dh * z + dz * W_z + dr * W_r;
}
