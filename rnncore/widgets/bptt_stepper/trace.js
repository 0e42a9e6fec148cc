// The gradient through time, every intermediate of every step, as rnncore.bptt has it.

import { ACTIVATIONS, derivatives } from "../shared/activations.js";
import {
  outer,
  plus,
  range,
  rowTimes,
  rowTimesTransposed,
  scaled,
  sizeOf,
  spectralNorm,
  sum,
  times,
} from "../shared/algebra.js";
import { asMatrices, forward } from "../shared/cell.js";

/** @import { Matrix, Values, Vector } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */

/**
 * What comes back; index t is that of the equations, and null where there is nothing.
 * @typedef {object} Errors
 * @property {Vector[]} back what comes back to h_t from later steps (units), t = 0 … T
 * @property {Vector[]} dh dL/dh_t (units), t = 0 … T
 * @property {Vector[]} dz dL/dz_t (units)
 * @property {Vector[]} dz_on the part of dz that the window lets go on (units)
 * @property {Matrix[]} from_dz the rows of W_h times dz_on, whose sums go back (units, units)
 */

/**
 * Return every number of every step. Row i of W_h belongs to unit i of the state before, column j
 * to unit j of the state: forward sums the columns, backward the rows.
 * @param {Values} values
 * @param {{ reach: number, weights: string[] }} limits
 * @returns {Record<string, any>}
 */
export function trace(values, limits) {
  const params = asMatrices(values);
  const { W_x, W_h, activation, scalar } = params;
  const given = scalar ? values.dS.map((/** @type {number} */ d) => [d]) : values.dS;
  const direct = [null, ...given];
  const run = forward(params);
  const slope = run.h.map((h, t) => t === 0 ? null : derivatives(activation, run.z[t], h));
  const going = goBack(direct, slope, W_h, values.window);
  const last = direct.length - 1;
  const uncut = values.window < last ? goBack(direct, slope, W_h, last).dz : going.dz;
  return {
    ...run,
    recur: run.from_h.map((rows) => rows && sumOfRows(rows)),
    slope,
    direct,
    ...going,
    untransposed: going.dz_on.map((dz) => dz && rowTimes(dz, W_h)),
    dx: going.dz.map((dz) => dz && rowTimesTransposed(dz, W_x)),
    ...eachAdds(run, { slope, direct, dz: going.dz, uncut }, limits.weights),
    ...reachOf(params, direct[last], values.scale, limits.reach),
  };
}

/** @param {Matrix} rows */
const sumOfRows = (rows) => rows[0].map((_, j) => sum(rows.map((row) => row[j])));

/**
 * Go from the last step to the first. A window keeps apart what entered at different steps, the
 * youngest first, since each part goes its own way to its own end.
 * @param {(Vector | null)[]} direct
 * @param {(Vector | null)[]} slope
 * @param {Matrix} W_h
 * @param {number} window
 * @returns {Errors}
 */
function goBack(direct, slope, W_h, window) {
  const last = direct.length - 1;
  const none = W_h.map(() => 0);
  const added = (parts) => parts.reduce(plus, none);
  const out = { back: [], dh: [], dz: [null], dz_on: [null], from_dz: [null] };
  out.back[last] = none;
  let parts = [];
  for (let t = last; t > 0; t -= 1) {
    out.dh[t] = plus(direct[t], out.back[t]);
    const arrives = window < last ? [direct[t], ...parts] : [out.dh[t]];
    const errors = arrives.map((part) => times(part, slope[t]));
    // The oldest stays behind.
    const onward = window < last && t > 1 ? errors.slice(0, window - 1) : errors;
    out.dz[t] = added(errors);
    out.dz_on[t] = added(onward);
    out.from_dz[t] = W_h.map((row) => times(out.dz_on[t], row));
    out.back[t - 1] = out.from_dz[t].map(sum);
    parts = onward.map((part) => rowTimesTransposed(part, W_h));
  }
  out.dh[0] = out.back[0];
  return out;
}

/**
 * Return what each step adds to the gradient of each weight, and the sums from the last step back:
 * of the total derivative (d…), of what the loss sends directly (held_…), of the local derivative
 * (local_…), and of the total one without a window (whole_…).
 * @param {Run} run
 * @param {Record<string, (Vector | null)[]>} errors
 * @param {string[]} weights
 */
function eachAdds(run, { slope, direct, dz, uncut }, weights) {
  const held = slope.map((s, t) => s && times(direct[t], s));
  const each = {};
  for (const weight of weights) {
    each[`local_${weight}`] = addsTo(weight, slope, run);
    each[`d${weight}`] = addsTo(weight, dz, run);
    each[`held_${weight}`] = addsTo(weight, held, run);
    each[`sum_${weight}`] = sumsBack(each[`d${weight}`]);
    each[`sum_held_${weight}`] = sumsBack(each[`held_${weight}`]);
    each[`whole_${weight}`] = sumsBack(addsTo(weight, uncut, run))[1];
  }
  return each;
}

/**
 * Return what errors add to a weight: the number that met it, times an error.
 * @param {string} weight
 * @param {(Vector | null)[]} errors
 * @param {Run} run
 */
function addsTo(weight, errors, { x, h }) {
  if (weight === "b") return errors;
  const met = weight === "W_x" ? (t) => x[t] : (t) => h[t - 1];
  return errors.map((error, t) => error && outer(met(t), error));
}

/**
 * Return what the variable of the code holds after each step back.
 * @param {any[]} each what each step adds
 */
function sumsBack(each) {
  const sums = [null];
  const last = each.length - 1;
  for (let t = last; t > 0; t -= 1) sums[t] = t === last ? each[t] : plus(sums[t + 1], each[t]);
  return sums;
}

/**
 * Return how much of what enters at the last of many steps arrives k steps back, with W_h scaled
 * and the inputs repeated.
 * @param {Layer} params
 * @param {Vector} enters
 * @param {number} scale
 * @param {number} steps
 */
function reachOf(params, enters, scale, steps) {
  const { X, W_h, activation } = params;
  const larger = scaled(scale, W_h);
  const long = range(steps).map((k) => X[k % X.length]);
  const { z, h } = forward({ ...params, X: long, W_h: larger });
  const reach = [sizeOf(enters)];
  let dh = enters;
  for (let t = steps; t > 0; t -= 1) {
    dh = rowTimesTransposed(times(dh, derivatives(activation, z[t], h[t])), larger);
    reach.push(sizeOf(dh));
  }
  const most = spectralNorm(larger) * ACTIVATIONS[activation].steepest;
  return {
    reach,
    bound: reach.map((_, k) => reach[0] * most ** k),
    most,
    limit: most ** steps,
    left: reach[0] > 0 ? reach[steps] / reach[0] : 0,
  };
}
