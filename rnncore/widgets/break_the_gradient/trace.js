// The backward pass with any of six mistakes, and the numerical gradient it is compared with.

import { ACTIVATIONS } from "../shared/activations.js";
import {
  dot,
  filledLike,
  flat,
  mapped,
  numberAt,
  outer,
  plus,
  rowTimes,
  rowTimesTransposed,
  sum,
  times,
} from "../shared/algebra.js";

/** @import { Matrix, Vector } from "../shared/types.d.ts" */

/**
 * What there is a gradient of.
 * @typedef {{ X: Matrix, W_x: Matrix, W_h: Matrix, b: Vector, h0: Vector }} Arrays
 *
 * The parameters: the arrays, what the loss sends to each state, and each mistake: made or not.
 * @typedef {Arrays & { dS: Matrix } & Record<string, any>} Values
 *
 * The mistakes, each with its words; half the width of a numerical gradient's step; the largest
 * error of a right gradient, and what an error is at least a share of; the largest number and
 * the most time steps, features and units.
 * @typedef {{
 *   mistakes: [string, string][], epsilon: number, tolerance: number, small: number,
 *   bound: number, largest: { timesteps: number, features: number, units: number },
 * }} Limits
 */

export const ARRAYS = ["X", "W_x", "W_h", "b", "h0"];

function statesOf({ X, W_x, W_h, b, h0 }) {
  const h = [h0];
  X.forEach((x, k) => {
    const z = plus(plus(rowTimes(x, W_x), rowTimes(h[k], W_h)), b);
    h.push(z.map(ACTIVATIONS.tanh.value));
  });
  return h;
}

/** Return the gradients, each line right or mistaken; null where NumPy refuses to compute. */
function backward({ X, W_x, W_h, b, dS }, h, made) {
  if (made.no_transpose_x && W_x.length !== W_h.length) return null;
  const back = (dz, W, wrong) => wrong ? rowTimes(dz, W) : rowTimesTransposed(dz, W);
  const add = (total, part) => made.no_accumulation ? part : plus(total, part);
  const g = { X: [], W_x: filledLike(W_x, 0), W_h: filledLike(W_h, 0), b: filledLike(b, 0) };
  let next = g.b;
  for (let k = X.length - 1; k >= 0; k -= 1) {
    const dh = made.no_future ? dS[k] : plus(dS[k], next);
    const dz = made.no_slope ? dh : times(dh, h[k + 1].map(ACTIVATIONS.tanh.slope));
    g.X[k] = back(dz, W_x, made.no_transpose_x);
    g.W_x = add(g.W_x, outer(X[k], dz));
    g.W_h = add(g.W_h, outer(h[made.same_state ? k + 1 : k], dz));
    g.b = add(g.b, dz);
    next = back(dz, W_h, made.no_transpose);
  }
  return { ...g, h0: next };
}

/**
 * Return (L(w + ε) − L(w − ε)) / 2ε for every number w.
 *
 * Two forward passes run side by side, `p` with w + ε and `m` with w − ε, and their difference is
 * carried along as a number of its own: subtracting the two losses would leave the rounding of
 * both.
 */
function numericalGradients(values, epsilon) {
  const [p, m] = [0, 1].map(() =>
    Object.fromEntries(ARRAYS.map((name) => [name, mapped(values[name], (value) => value)]))
  );
  const slope = (name) => (value, path) => {
    const last = path.at(-1);
    const [inP, inM] = [p, m].map((side) => numberAt(side[name], path.slice(0, -1)));
    [inP[last], inM[last]] = [value + epsilon, value - epsilon];
    const result = riseBetween(p, m, values.dS) / (inP[last] - inM[last]);
    inP[last] = inM[last] = value;
    return result;
  };
  return byName((name) => mapped(values[name], slope(name)));
}

const byName = (of, prefix = "") =>
  Object.fromEntries(ARRAYS.map((name) => [`${prefix}${name}`, of(name)]));

/** Return the loss with the arrays `p`, minus that with the arrays `m`. */
function riseBetween(p, m, dS) {
  let h = [p.h0, m.h0, p.h0.map((value, j) => value - m.h0[j])];
  let rise = 0;
  for (let k = 0; k < dS.length; k += 1) {
    h = stepOfBoth(p, m, k, h);
    rise += dot(dS[k], h[2]);
  }
  return rise;
}

/** Return the next state of both passes, and the difference of the two. */
function stepOfBoth(p, m, k, h) {
  const next = [[], [], []];
  const x = [p.X[k], m.X[k], p.X[k].map((value, i) => value - m.X[k][i])];
  for (let j = 0; j < p.b.length; j += 1) {
    const z = [p.b[j], m.b[j], p.b[j] - m.b[j]];
    addProducts(z, x, p.W_x, m.W_x, j);
    addProducts(z, h, p.W_h, m.W_h, j);
    next[0].push(Math.tanh(z[0]));
    next[1].push(Math.tanh(z[1]));
    // tanh a − tanh b = tanh(a − b) (1 − tanh a · tanh b)
    next[2].push(Math.tanh(z[2]) * (1 - next[0][j] * next[1][j]));
  }
  return next;
}

/** Add to z = [z_p, z_m, z_p − z_m] the products with column j of the two matrices. */
function addProducts(z, v, W_p, W_m, j) {
  const [p, m, d] = v;
  for (let i = 0; i < p.length; i += 1) {
    const [wp, wm] = [W_p[i][j], W_m[i][j]];
    z[0] += p[i] * wp;
    z[1] += m[i] * wm;
    z[2] += (d[i] * (wp + wm) + (p[i] + m[i]) * (wp - wm)) / 2;
  }
}

const largestOf = (small, ...all) => Math.max(small, ...flat(all).map(Math.abs));

function relativeError(a, b, { small }) {
  const [as, bs] = [flat(a), flat(b)];
  const off = Math.max(...as.map((value, i) => Math.abs(value - bs[i])));
  return off / largestOf(small, as, bs);
}

/** Return whether NumPy refuses to compute. @param {number[]} errors of the five gradients */
export const isRefused = (errors) => Number.isNaN(errors[0]);

/**
 * Return the names of the gradients that are wrong.
 * @param {number[]} errors
 * @param {Limits} limits
 */
export const wrongNames = (errors, { tolerance }) => ARRAYS.filter((_, i) => errors[i] > tolerance);

/**
 * Return for each number of a gradient whether it is wrong: off by a share of the largest.
 * @param {Record<string, any>} run
 * @param {string} name
 * @param {Limits} limits
 */
export function wrongPlaces(run, name, { tolerance, small }) {
  const [a, b] = [run[`d${name}`], run[`numerical_${name}`]];
  const most = tolerance * largestOf(small, a, b);
  return mapped(a, (value, path) => Math.abs(value - numberAt(b, path)) > most);
}

/**
 * Return the number of a combination of mistakes: number i makes those whose bits i has.
 * @param {Record<string, any>} made
 * @param {Limits} limits
 */
export const combinationOf = (made, { mistakes }) =>
  sum(mistakes.map(([kind], i) => (made[kind] ? 2 ** i : 0)));

/**
 * Return the gradients with the mistakes that are made, the numerical ones, and their errors.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Record<string, any>}
 */
export function trace(values, limits) {
  const h = statesOf(values);
  const numerical = numericalGradients(values, limits.epsilon);
  const errors = (g) =>
    ARRAYS.map((name) => (g ? relativeError(g[name], numerical[name], limits) : NaN));
  const g = backward(values, h, values);
  const alone = limits.mistakes.map(([kind]) => errors(backward(values, h, { [kind]: true })));
  const width = 2 * limits.epsilon;
  return {
    h,
    L: sum(values.dS.map((row, k) => dot(row, h[k + 1]))),
    run: width,
    ...byName((name) => (g ? g[name] : filledLike(values[name], NaN)), "d"),
    ...byName((name) => numerical[name], "numerical_"),
    ...byName((name) => mapped(numerical[name], (value) => width * value), "rise_"),
    error: errors(g),
    alone,
    alone_worst: alone.map((each) => Math.max(...each)),
  };
}
