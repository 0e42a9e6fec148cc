// What to guess before a step: forward the state, back what arrives one step earlier.

import { ACTIVATIONS } from "../shared/activations.js";
import { column, dot, times } from "../shared/algebra.js";
import { tellingSlips } from "../shared/recurrent.js";
import { whereIs } from "./steps.js";

/** @import { Question } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

/**
 * Return what to guess, and what the usual slips would give.
 * @param {Record<string, any>} run
 * @param {Params} params
 * @param {number} step
 * @returns {Question}
 */
export function questionAt(run, params, step) {
  const { now: t, back } = whereIs(step, params.X.length);
  return back ? backward(run, params, t) : forward(run, params, t);
}

/** @param {Params} params */
const unitOf = ({ scalar }) => (scalar ? "" : ", unit 1");

/**
 * @param {Record<string, any>} run
 * @param {Params} params
 * @param {number} t
 * @returns {Question}
 */
function forward(run, params, t) {
  const { W_x, W_h, b, activation } = params;
  const f = ACTIVATIONS[activation].value;
  const value = run.h[t][0];
  const slips = tellingSlips(value, [
    [f(dot(run.x[t], column(W_x, 0)) + b[0]), "leave the previous state out"],
    [f(dot(run.h[t - 1], column(W_h, 0)) + b[0]), "leave the input out"],
    [run.z[t][0], "stop before the activation"],
  ]);
  return { name: `h_${t}`, part: unitOf(params), value, slips };
}

/**
 * @param {Record<string, any>} run
 * @param {Params} params
 * @param {number} t
 * @returns {Question}
 */
function backward(run, params, t) {
  const { W_h } = params;
  const value = run.back[t - 1][0];
  const through = (/** @type {number[]} */ vector) => dot(vector, W_h[0]);
  // Where the window stops something, these would leave that out as well.
  /** @type {[number, string][]} */
  const whole = [
    [through(run.dh[t]), "leave out the slope of the activation"],
    [through(times(run.back[t], run.slope[t])), "leave out the direct effect"],
  ];
  const stops = run.dz[t].some((/** @type {number} */ d, /** @type {number} */ i) =>
    d !== run.dz_on[t][i]
  );
  const slips = tellingSlips(value, [
    [dot(run.dz_on[t], column(W_h, 0)), "forget the transpose, and use a column of W_h"],
    [through(run.dz[t]), "let through what the window stops"],
    [run.dz_on[t][0], "leave out W_h"],
    [through(times(run.direct[t], run.slope[t])), "leave out the carried gradient"],
    ...(stops ? [] : whole),
    [
      run.dz_on[t][0] * run.h[t - 1][0],
      "multiply by the state, as for dL/dW_h, instead of by W_h",
    ],
  ]);
  const part = `${unitOf(params)}, what comes back from step ${t}`;
  return { name: `dL/dh_${t - 1}`, part, value, slips };
}
