// The backward pass with any of six mistakes, and the numerical gradient it is compared with.

import { numberAt } from "../shared/algebra.js";

export const ARRAYS = ["X", "W_x", "W_h", "b", "h0"];
export const MISTAKES = {
  no_transpose: "no transpose of W_h",
  no_transpose_x: "no transpose of W_x",
  no_slope: "no activation slope",
  no_accumulation: "no accumulation over time",
  same_state: "h_t for h_t−1",
  no_future: "gradient from the future dropped",
};
export const KINDS = Object.keys(MISTAKES);
const EPSILON = Math.cbrt(Number.EPSILON); // the step of rnncore.gradcheck
export const TOLERANCE = 1e-7; // the largest relative error of a gradient that is called right
const SMALL = 1e-3; // beside gradients that are all smaller, an error is a share of this
export const BOUND = 10; // of every number

const column = (W, j) => W.map((row) => row[j]);
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const zerosLike = (value) => (Array.isArray(value) ? value.map(zerosLike) : 0);
const nansLike = (value) => (Array.isArray(value) ? value.map(nansLike) : NaN);
export const flat = (value) => [value].flat(3);

function statesOf({ X, W_x, W_h, b, h0 }) {
  const h = [h0];
  X.forEach((x, k) =>
    h.push(b.map((bias, j) => Math.tanh(dot(x, column(W_x, j)) + dot(h[k], column(W_h, j)) + bias)))
  );
  return h;
}

// The backward pass, each line right or mistaken; null where NumPy refuses.
function backward({ X, W_x, W_h, b, dS }, h, made) {
  if (made.no_transpose_x && W_x.length !== W_h.length) return null;
  const out = { X: [], W_x: zerosLike(W_x), W_h: zerosLike(W_h), b: zerosLike(b) };
  let next = zerosLike(b);
  // dz W^T is a product with the rows of W; without the transpose, with its columns.
  const back = (dz, W, wrong) => W.map((row, i) => dot(dz, wrong ? column(W, i) : row));
  for (let k = X.length - 1; k >= 0; k -= 1) {
    const dh = dS[k].map((value, j) => (made.no_future ? value : value + next[j]));
    const dz = dh.map((value, j) => (made.no_slope ? value : value * (1 - h[k + 1][j] ** 2)));
    const add = (old, value) => (made.no_accumulation ? value : old + value);
    const outer = (total, from) =>
      total.map((row, i) => row.map((old, j) => add(old, from[i] * dz[j])));
    out.X[k] = back(dz, W_x, made.no_transpose_x);
    out.W_x = outer(out.W_x, X[k]);
    out.W_h = outer(out.W_h, h[made.same_state ? k + 1 : k]);
    out.b = out.b.map((old, j) => add(old, dz[j]));
    next = back(dz, W_h, made.no_transpose);
  }
  return { ...out, h0: next };
}

// (L(w + ε) - L(w - ε)) / 2ε for every number.  Two forward passes run side by side, p with w + ε
// and m with w - ε, and their difference is carried along as a number of its own, for subtracting
// the two losses would leave the rounding of both: tanh a - tanh b = tanh(a - b) (1 - tanh a tanh b).
function numericalGradients(values) {
  const [p, m] = [0, 1].map(() =>
    Object.fromEntries(ARRAYS.map((name) => [name, mapped(values[name], (value) => value)]))
  );
  const units = values.b.length;

  function rise() {
    let [hp, hm] = [p.h0, m.h0];
    let dh = hp.map((value, j) => value - hm[j]);
    let total = 0;
    for (let k = 0; k < values.X.length; k += 1) {
      const [np, nm, nd] = [new Array(units), new Array(units), new Array(units)];
      for (let j = 0; j < units; j += 1) {
        let [zp, zm, dz] = [p.b[j], m.b[j], p.b[j] - m.b[j]];
        const add = (ap, am, da, Wp, Wm) => {
          for (let i = 0; i < ap.length; i += 1) {
            zp += ap[i] * Wp[i][j];
            zm += am[i] * Wm[i][j];
            dz += ((da ? da[i] : ap[i] - am[i]) * (Wp[i][j] + Wm[i][j]) +
              (ap[i] + am[i]) * (Wp[i][j] - Wm[i][j])) / 2;
          }
        };
        add(p.X[k], m.X[k], null, p.W_x, m.W_x);
        add(hp, hm, dh, p.W_h, m.W_h);
        [np[j], nm[j]] = [Math.tanh(zp), Math.tanh(zm)];
        nd[j] = Math.tanh(dz) * (1 - np[j] * nm[j]);
        total += values.dS[k][j] * nd[j];
      }
      [hp, hm, dh] = [np, nm, nd];
    }
    return total;
  }
  return Object.fromEntries(ARRAYS.map((name) => [
    name,
    mapped(values[name], (value, path) => {
      const last = path.at(-1);
      const [inP, inM] = [p, m].map((side) => numberAt(side[name], path.slice(0, -1)));
      [inP[last], inM[last]] = [value + EPSILON, value - EPSILON];
      const slope = rise() / (inP[last] - inM[last]);
      inP[last] = inM[last] = value;
      return slope;
    }),
  ]));
}

export const mapped = (
  value,
  f,
  path = [],
) => (Array.isArray(value)
  ? value.map((inner, i) => mapped(inner, f, [...path, i]))
  : f(value, path));

export const largestOf = (...all) => Math.max(SMALL, ...flat(all).map(Math.abs));

function relativeError(a, b) {
  const [as, bs] = [flat(a), flat(b)];
  return Math.max(...as.map((value, i) => Math.abs(value - bs[i]))) / largestOf(as, bs);
}

export function trace(values) {
  const h = statesOf(values);
  const numerical = numericalGradients(values);
  const errors = (g) => ARRAYS.map((name) => (g ? relativeError(g[name], numerical[name]) : NaN));
  const g = backward(values, h, values);
  const alone = KINDS.map((kind) => errors(backward(values, h, { [kind]: true })));
  const named = (prefix, of) =>
    Object.fromEntries(ARRAYS.map((name) => [`${prefix}${name}`, of(name)]));
  return {
    h,
    L: values.dS.reduce((sum, row, k) => sum + dot(row, h[k + 1]), 0),
    run: 2 * EPSILON,
    ...named("d", (name) => (g ? g[name] : nansLike(values[name]))),
    ...named("numerical_", (name) => numerical[name]),
    ...named("rise_", (name) => mapped(numerical[name], (value) => 2 * EPSILON * value)),
    error: errors(g),
    alone,
    alone_worst: alone.map((each) => Math.max(...each)),
  };
}
