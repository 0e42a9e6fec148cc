// The activations: for each one record, from which everything else about it follows.

import { sum } from "./algebra.js";

/**
 * An elementwise function f, its derivative, and how both are written; the fields have the names
 * that they have in rnncore.activations.
 * @typedef {object} Activation
 * @property {(z: number) => number} value f(z)
 * @property {((h: number) => number) | null} slope f′(z) from the output h = f(z); null where the
 *   derivative needs z
 * @property {(z: number, h: number) => number} derivative f′(z); h is f(z)
 * @property {string} formula f(z)
 * @property {string} derivative_formula f′(z), in z and h
 * @property {string} code f(z) in the code that is shown
 * @property {string} derivative_code f′(z) there, in z and h, as a factor
 * @property {[number, number]} bounds all values lie between them
 * @property {number} steepest the largest derivative
 * @property {[number, number]} range the values that a chart of f shows
 */

/**
 * Make a record; give `slope`, or `derivative` where that needs z.
 * @param {Omit<Activation, "slope" | "derivative"> & Partial<Activation>} record
 * @returns {Activation}
 */
export function activation({ slope = null, derivative, ...rest }) {
  if (slope) return { ...rest, slope, derivative: (_z, h) => slope(h) };
  if (derivative) return { ...rest, slope, derivative };
  throw new Error("An activation needs a slope or a derivative.");
}

/** @type {Record<string, Activation>} */
export const ACTIVATIONS = {
  linear: activation({
    value: (z) => z,
    slope: () => 1,
    formula: "z",
    derivative_formula: "1",
    code: "z",
    derivative_code: "1",
    bounds: [-Infinity, Infinity],
    steepest: 1,
    range: [-6.5, 6.5],
  }),
  tanh: activation({
    value: Math.tanh,
    slope: (h) => 1 - h * h,
    formula: "tanh z",
    derivative_formula: "1 − h²",
    code: "np.tanh(z)",
    derivative_code: "(1 - h**2)",
    bounds: [-1, 1],
    steepest: 1,
    range: [-1.25, 1.25],
  }),
  sigmoid: activation({
    value(z) {
      const e = Math.exp(-Math.abs(z)); // at most 1, so nothing overflows
      return (z >= 0 ? 1 : e) / (1 + e);
    },
    slope: (h) => h * (1 - h),
    formula: "1 / (1 + e^−z)",
    derivative_formula: "h (1 − h)",
    code: "sigmoid(z)",
    derivative_code: "h * (1 - h)",
    bounds: [0, 1],
    steepest: 0.25,
    range: [-0.2, 1.2],
  }),
  relu: activation({
    value: (z) => (Number.isNaN(z) ? z : Math.max(z, 0)),
    slope: (h) => (Number.isNaN(h) ? h : Number(h > 0)),
    formula: "the larger of z and 0",
    derivative_formula: "1 where h > 0, else 0",
    code: "relu(z)",
    derivative_code: "(h > 0)",
    bounds: [0, Infinity],
    steepest: 1,
    range: [-1, 6.5],
  }),
  hard_sigmoid: activation({
    value: (z) => (Number.isNaN(z) ? z : Math.min(Math.max(z / 6 + 0.5, 0), 1)),
    slope: (h) => (Number.isNaN(h) ? h : Number(h > 0 && h < 1) / 6),
    formula: "z / 6 + 1 / 2, cut off at 0 and 1",
    derivative_formula: "1 / 6 where 0 < h < 1, else 0",
    code: "hard_sigmoid(z)",
    derivative_code: "(0 < h < 1) / 6",
    bounds: [0, 1],
    steepest: 1 / 6,
    range: [-0.2, 1.2],
  }),
};
export const NAMES = Object.keys(ACTIVATIONS);
/** Those whose derivative needs no z: what goes back in time shows the states alone. */
export const NAMES_WITH_SLOPE = NAMES.filter((name) => ACTIVATIONS[name].slope);

/**
 * Return f′ of each number of a row.
 * @param {string} name of the activation
 * @param {number[]} z
 * @param {number[]} h f(z)
 */
export function derivatives(name, z, h) {
  const { derivative } = ACTIVATIONS[name];
  return h.map((value, j) => derivative(z[j], value));
}

/**
 * Return the text before and after z in the code of f(z): np.tanh( and ).
 * @param {string} name of the activation
 * @returns {[string, string]}
 */
export function codeAround(name) {
  const [before, behind] = ACTIVATIONS[name].code.split(/\bz\b/);
  return [before, behind];
}

/**
 * Return the softmax of a row of numbers: its exponentials, divided by their sum.
 * @param {number[]} row
 * @returns {number[]}
 */
export function softmax(row) {
  const most = Math.max(...row);
  const exponentials = row.map((z) => Math.exp(z - most)); // the largest exponent is 0
  const total = sum(exponentials);
  return exponentials.map((value) => value / total);
}
