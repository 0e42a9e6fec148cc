// The activations: the value f(z), and the slope in terms of the output h = f(z), as in rnncore.

import { sum } from "./algebra.js";

export const ACTIVATIONS = {
  linear: { value: (z) => z, slope: () => 1 },
  tanh: { value: Math.tanh, slope: (h) => 1 - h * h },
  sigmoid: {
    value(z) {
      const e = Math.exp(-Math.abs(z)); // at most 1, so nothing overflows
      return (z >= 0 ? 1 : e) / (1 + e);
    },
    slope: (h) => h * (1 - h),
  },
  relu: {
    value: (z) => (Number.isNaN(z) ? z : Math.max(z, 0)),
    slope: (h) => (Number.isNaN(h) ? h : Number(h > 0)),
  },
};
export const NAMES = Object.keys(ACTIVATIONS);

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
