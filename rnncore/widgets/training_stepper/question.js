// What to guess before an update: the next W_h.

import { shown } from "../shared/numbers.js";
import { tellingSlips } from "../shared/recurrent.js";
import { isCut } from "./arithmetic.js";
import { plainly } from "./parts.js";

/** @import { Question } from "../shared/types.d.ts" */
/** @typedef {import("./widget.js").State} State */

/**
 * Return what to guess before update k, and what the usual slips would give.
 * @param {State} state
 * @param {number} k
 * @returns {Question}
 */
export function questionAt(state, k) {
  const { run, values } = state;
  const { rate, momentum, optimiser } = values;
  const [before, g, raw] = [run.W_h[k - 1], run.used_h[k - 1], run.dW_h[k - 1]];
  const v = k > 1 ? run.v_h[k - 1] : 0;
  const given = [
    ["W_h", shown(before)],
    [isCut(state, k - 1) ? "clipped gradient" : "gradient", shown(g)],
    ["rate", plainly(rate)],
    ...(optimiser === "momentum" ? [["momentum", shown(momentum)], ["old v", shown(v)]] : []),
    ...(optimiser === "Adam" ? [["m̂", shown(run.m_hat_h[k])], ["v̂", shown(run.v_hat_h[k])]] : []),
  ];
  const change = run.W_h[k] - before;
  /** @type {[number, string][]} */
  const slips = [
    [before - change, "go the other way (an update goes against the gradient)"],
    ...slipsOf(optimiser, { before, change, rate, g, raw, v, momentum }),
  ];
  return {
    name: "W_h",
    part: ` after update ${k} (${given.map((pair) => pair.join(" = ")).join(", ")})`,
    value: run.W_h[k],
    slips: tellingSlips(run.W_h[k], slips),
  };
}

/**
 * @param {string} optimiser
 * @param {Record<string, number>} numbers
 * @returns {[number, string][]}
 */
function slipsOf(optimiser, { before, change, rate, g, raw, v, momentum }) {
  if (optimiser === "Adam") {
    return [
      [before + change / rate, "leave the rate out"],
      [before - rate * g, "take a step of SGD"],
    ];
  }
  const kept = optimiser === "momentum" ? momentum * v : 0;
  return [
    [before + kept - g, "leave the rate out"],
    [before + kept - rate * raw, "use the gradient before it is clipped"],
    ...(/** @type {[number, string][]} */ (optimiser === "momentum"
      ? [
        [before - rate * g, "leave the velocity out"],
        [before + v - rate * g, "keep all of the old velocity"],
      ]
      : [])),
  ];
}
