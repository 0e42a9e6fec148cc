// What to guess before a step.

import { ACTIVATIONS } from "../shared/activations.js";
import { column, dot, sum } from "../shared/algebra.js";
import { tellingSlips } from "../shared/recurrent.js";

/** @import { Question } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */

/**
 * Return what to guess at step t, and what the usual slips would give.
 * @param {Run} run
 * @param {Layer} params
 * @param {number} t
 * @returns {Question}
 */
export function questionAt(run, { W_x, W_h, b, activation, scalar }, t) {
  const f = ACTIVATIONS[activation].value;
  const [before, right] = [run.h[t - 1], run.h[t][0]];
  const [w_x, w_h] = [column(W_x, 0), column(W_h, 0)];
  const from_x = dot(run.x[t], w_x);
  /** @type {[number, string][]} */
  const slips = [
    [
      f(from_x + sum(before) + sum(w_h) + b[0]),
      "add the recurrent weight instead of multiplying by it",
    ],
    [f(from_x + b[0]), "leave the previous state out"],
    [f(dot(before, w_h) + b[0]), "leave the input out"],
    [run.z[t][0], "stop before the activation"],
    [before[0], "pass the old state on unchanged"],
  ];
  const part = scalar ? "" : ", unit 1";
  return { name: `h_${t}`, part, value: right, slips: tellingSlips(right, slips) };
}
