// The numbers of an activation at a point, and of the map h → f(h W_h + c), step by step.

import { ACTIVATIONS } from "../shared/activations.js";
import { fixedPoints } from "./fixed_points.js";

/**
 * @typedef {object} Values
 * @property {string} activation
 * @property {number} z where value and slope are read
 * @property {number} W_h
 * @property {number} c what comes in at every step
 * @property {number} h0
 */
/**
 * @typedef {object} Limits
 * @property {number} steps how often the map is applied
 * @property {Record<string, number>} reach each number lies between − and + this
 */
/**
 * @typedef {object} Run
 * @property {number} value f(z)
 * @property {number} slope f'(z)
 * @property {number[]} h the states, t = 0 … steps
 * @property {(number | null)[]} sum h_{t-1} W_h + c; null at 0
 * @property {(number | null)[]} step_slope dh_t/dh_{t-1}; null at 0
 * @property {number[]} nudge dh_t/dh_0
 * @property {number[]} fixed the fixed points, the least first
 * @property {number[]} fixed_slope the map's slope at each of them
 */

/**
 * Return value and slope, the states, and the fixed points.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Run}
 */
export function trace({ activation, z, W_h, c, h0 }, { steps, reach }) {
  const f = ACTIVATIONS[activation];
  const [h, sum, step_slope, nudge] = [[h0], [null], [null], [1]];
  for (let t = 1; t <= steps; t += 1) {
    sum.push(c + h[t - 1] * W_h);
    h.push(f.value(sum[t]));
    step_slope.push(W_h * f.derivative(sum[t], h[t]));
    nudge.push(nudge[t - 1] * step_slope[t]);
  }
  const value = f.value(z);
  const fixed = fixedPoints(activation, W_h, c, reach.h0);
  const fixed_slope = fixed.map((at) => W_h * f.derivative(at * W_h + c, at));
  return { value, slope: f.derivative(z, value), h, sum, step_slope, nudge, fixed, fixed_slope };
}
