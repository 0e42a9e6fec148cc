// The rnncore calls that give the states.

import { python } from "../shared/numbers.js";
import { handOf } from "./trace.js";

/** @import { Model } from "../shared/types.d.ts" */

const COLUMNS = { lstm: ["i", "f", "c", "o"], gru: ["z", "r", "h"] }; // of the weights

/**
 * Return the calls for the first `step` inputs. A gate that is held has no weights, and the bias
 * that opens it so far.
 * @param {import("./trace.js").Values} values
 * @param {number} step
 * @param {Pick<Model, "get">} model
 * @returns {string}
 */
export function inPython(values, step, model) {
  const { X, lstm, gru, simple, h0, c0, reset, b_reset } = values;
  const state = (value) => `np.array([[${python(value)}]])`;
  const rows = (/** @type {number[][]} */ [W_x, W_h]) => `[${python(W_x)}], [${python(W_h)}]`;
  const layer = (/** @type {number[][]} */ weights) => `${rows(weights)}, ${python(weights[2])}`;
  const gruCall = reset === "before"
    ? `GRU(${layer(gru)}, reset_after=False)`
    : `GRU(${rows(gru)}, ${python([gru[2], [0, 0, b_reset]])})`;
  const [W_x, W_h, b] = simple.map(python);
  const simpleRun = `h_simple = simple.forward(X[:, :${step}], h_simple)`;
  const runs = [...runLines(values, step, handOf(values, model.get("limits"))), simpleRun];
  return [
    "import numpy as np",
    "from rnncore.layers import GRU, LSTM, SimpleRNN",
    "",
    `X = np.array(${python(X)}).reshape(1, ${X.length}, 1)`,
    `lstm = LSTM(${layer(lstm)})  # i f c o`,
    `gru = ${gruCall}  # z r h`,
    `simple = SimpleRNN([[${W_x}]], [[${W_h}]], [${b}])`,
    `h = h_gru = h_simple = ${state(h0)}`,
    `c = ${state(c0)}`,
    "",
    ...(step > 0 ? runs : ["# step 0: the initial states"]),
    "",
  ].join("\n");
}

// The run in one part, or in two: before a hand is laid on, and after.
function runLines({ since, reset }, step, hand) {
  const holding = Object.keys(COLUMNS).flatMap((layer) => holdLines(layer, hand, reset));
  const before = Math.min(since - 1, step);
  if (!holding.length || before === step) return run(`:${step}`);
  return [
    ...(before > 0 ? [...run(`:${before}`), ""] : []),
    `# by hand from step ${since} on: no weights, and a bias`,
    ...holding,
    ...run(`${before || ""}:${step}`),
  ];
}

const run = (steps) => [
  `lstm.forward(X[:, ${steps}], h, c)`,
  "h, c = lstm.state",
  `h_gru = gru.forward(X[:, ${steps}], h_gru)`,
];

const holdLines = (layer, hand, reset) =>
  COLUMNS[layer].flatMap((gate, column) => {
    const v = hand[gate] ?? null;
    if (v === null) return [];
    const row = layer === "gru" && reset === "after" ? "0, " : ""; // the biases of the inputs
    const [W_x, W_h, b] = ["W_x", "W_h", "b"].map((name) => `${layer}.parameters["${name}"]`);
    return [
      `${W_x}[:, ${column}] = ${W_h}[:, ${column}] = 0.0`,
      `${b}[${row}${column}] = ${python(biasFor(v))}  # ${gate} = σ of it = ${v}`,
    ];
  });

// The bias that opens a gate without weights: σ(b) = v.
const biasFor = (v) => (v === 0 ? -1000 : v === 1 ? 1000 : Math.log(v / (1 - v)));
