// The code of the whole calculation, then what is shown at a step.

import { python } from "../shared/numbers.js";
import { statesInPython } from "../shared/recurrent.js";
import { whereIs } from "./steps.js";

/** @import { Limits, Values } from "../shared/types.d.ts" */

/**
 * @param {Values} values
 * @param {number} step
 * @param {Limits} limits
 */
export function inPython(values, step, limits) {
  const { X, activation, dS, window, weight, derivative } = values;
  const { now: t, back } = whereIs(step, X.length);
  const lines = statesInPython(values);
  const states = lines.at(-1) ?? "";
  const options = `X, S, dS, W_x, W_h, activation="${activation}"`;
  const limit = window < X.length ? `, window=${window}` : "";
  lines.splice(2, 0, "from rnncore.bptt import backpropagate, contributions, jacobian_product");
  lines.push(
    `dS = np.array([${python(dS)}])`,
    `gradients = backpropagate(${options}${limit})`,
    `each = contributions(${options}${limit})`,
    `h = S[0, ${back ? X.length : t}]`,
  );
  if (back) {
    lines.push(
      `adds = each.${weight}[${t - 1}]  # time step ${t}`,
      `sum_so_far = each.${weight}[${t - 1}:].sum(axis=0)`,
    );
  }
  if (derivative === "local") {
    lines.push(`alone = contributions(${options}, window=1).${weight}  # with h_{t-1} held`);
  }
  return [...lines, "", ...chartInPython(values, states, limits.reach), ""].join("\n");
}

/**
 * @param {Values} values
 * @param {string} states the line that computes them
 * @param {number} reach
 */
function chartInPython({ W_h, activation, scale }, states, reach) {
  const vectors = Array.isArray(W_h);
  const shape = `(1, ${reach}${vectors ? ", len(W_x)" : ""})`;
  const entering = "dS[0, -1]";
  return [
    `# The chart: ${reach} steps, with the inputs repeated and W_h scaled`,
    `X_long, W_scaled = np.resize(X, ${shape}), ${python(scale)} * W_h`,
    states.replace(
      "S = compute_states(X, W_x, W_h",
      "S_long = compute_states(X_long, W_x, W_scaled",
    ),
    `J = jacobian_product(S_long, W_scaled, activation="${activation}")[0]`,
    vectors
      ? `left = np.linalg.norm(${entering} @ J) / np.linalg.norm(${entering})`
      : "left = abs(J)",
  ];
}
