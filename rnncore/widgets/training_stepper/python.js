// The rnncore calls that give the path.

import { python } from "../shared/numbers.js";

/** @import { Model, Values } from "../shared/types.d.ts" */

/**
 * Return the call that makes the optimiser.
 * @param {Values} values
 */
export function optimiserInPython({ optimiser, rate, momentum, clip, clip_by }) {
  const limit = clip_by === "norm" ? "global_clipnorm" : "clipvalue";
  const options = [
    python(rate),
    ...(optimiser === "momentum" ? [`momentum=${python(momentum)}`] : []),
    ...(clip > 0 ? [`${limit}=${python(clip)}`] : []),
  ];
  return `${optimiser === "Adam" ? "Adam" : "SGD"}(${options.join(", ")})`;
}

/**
 * Return the code that takes the updates that are done.
 * @param {Values} values
 * @param {number} step
 * @param {Pick<Model, "get">} model
 */
export function inPython(values, step, model) {
  const { examples, seed } = model.get("limits");
  const optimiser = optimiserInPython(values);
  return [
    "import numpy as np",
    "from rnncore.bptt import backpropagate",
    "from rnncore.losses import mean_squared_error",
    `from rnncore.optimisers import ${optimiser.split("(")[0]}`,
    "from rnncore.states import compute_states",
    "from rnncore.tasks import count_ones",
    "",
    `x, y = count_ones(${examples}, ${values.timesteps}, np.random.default_rng(${seed}))`,
    "X, y = x[..., 0], y[:, 0]",
    `weights = {"W_x": np.array(${python(values.W_x)}), "W_h": np.array(${python(values.W_h)})}`,
    `optimiser = ${optimiser}`,
    "path = []  # W_x, W_h and the loss",
    `for k in range(${step + 1}):`,
    "    S = compute_states(X, **weights)",
    "    loss, dy = mean_squared_error(S[:, -1], y)",
    '    path.append((float(weights["W_x"]), float(weights["W_h"]), loss))',
    `    if k < ${step}:`,
    "        dS = np.zeros_like(S[:, 1:])",
    "        dS[:, -1] = dy  # the loss reads only the last state",
    "        gradients = backpropagate(X, S, dS, **weights)",
    "        optimiser.update(weights, gradients._asdict())",
    "path = np.array(path)",
    "",
  ].join("\n");
}
