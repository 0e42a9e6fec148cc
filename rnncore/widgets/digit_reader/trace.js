// Every number of one reading of a digit.

import { softmax } from "../shared/activations.js";
import { plus, rowTimes, scaledRows } from "../shared/algebra.js";

/**
 * @typedef {object} Weights
 * @property {number[][]} W_x (8, units)
 * @property {number[][]} W_h (units, units)
 * @property {number[]} b (units)
 * @property {number[][]} W_y (units, classes)
 * @property {number[]} b_y (classes)
 */
/**
 * @typedef {object} Limits
 * @property {number} rows of the image, and pixels in each
 * @property {number} units of the network
 * @property {number} classes
 */
/** @typedef {Record<string, any>} Run see `trace` in Python */

/**
 * Return every number of the reading, t = 0 … 8; all but the weights and the states begin at step 1
 * and have null at 0.
 * @param {{ image: number[][], weights: Weights }} values
 * @returns {Run}
 */
export function trace({ image, weights }) {
  const run = { ...weights, h: [weights.b.map(() => 0)] };
  image.forEach((x, k) => {
    for (const [name, value] of Object.entries(rowRead(x, run.h[k], weights))) {
      (run[name] ??= [null]).push(value);
    }
  });
  return run;
}

function rowRead(x, before, { W_x, W_h, b, W_y, b_y }) {
  const from_x = scaledRows(x, W_x);
  const [x_W_x, h_W_h] = [rowTimes(x, W_x), rowTimes(before, W_h)];
  const z = plus(plus(x_W_x, h_W_h), b);
  const h = z.map(Math.tanh);
  const logits = plus(rowTimes(h, W_y), b_y);
  const says = logits.indexOf(Math.max(...logits));
  return { x, from_x, x_W_x, h_W_h, z, h, logits, p: softmax(logits), says };
}
