// The Python code that gives what is shown: the layer, the sequence, and the states.

import { equal } from "../shared/algebra.js";
import { python } from "../shared/numbers.js";

/** @import { Layer } from "./layer.js" */
/** @import { Found } from "./named.js" */
/** @import { Open } from "./source.js" */

/**
 * @param {object} shown
 * @param {Layer} shown.layer
 * @param {number[][]} shown.x
 * @param {Open | null} shown.file
 * @param {number} shown.chosen
 * @param {{ seed: number, rows: number[][] } | null} shown.drawn how x was made, if by a seed
 * @param {number} step
 */
export function inPython({ layer, x, file, chosen, drawn }, step) {
  const made = file ? ofFile(file, chosen, layer) : written(layer);
  const rows = drawn && equal(drawn.rows, x)
    ? `np.random.default_rng(${drawn.seed}).uniform(-1, 1, (${x.length}, ${layer.features}))`
    : `np.array(${python(x)})`;
  const read = layer.reverse ? "  # from the last row to the first" : "";
  return [
    "import numpy as np",
    ...made.imports,
    "",
    ...made.lines,
    `x = ${rows}`,
    `states = layer.forward(x[np.newaxis])[0]${read}`,
    ...(step ? [`h = states[${step - 1}]  # after step ${step}`] : []),
    "",
  ].join("\n");
}

/**
 * Return the options of a layer as PyTorch's and Keras' readers take them.
 * @param {Layer} layer
 */
const optionsOf = (layer) =>
  [
    "return_sequences=True",
    ...["activation", "recurrent_activation"].filter((name) => name in layer)
      .map((name) => `${name}="${/** @type {any} */ (layer)[name]}"`),
    ...(layer.reset_after === false ? ["reset_after=False"] : []),
  ].join(", ");

/**
 * Return the code that makes a layer, as Python has written it; of a large one, which layer it is.
 * @param {Layer} layer
 */
const written = ({ kind, name, code }) => ({
  imports: code ? [`from rnncore.layers import ${kind}`] : ["import rnncore"],
  lines: code ? [`layer = ${code}`] : [`# layer: the rnncore layer of ${name} in your model`],
});

/**
 * Return the code that reads a layer out of a file.
 * @param {Open} file
 * @param {number} chosen
 * @param {Layer} layer
 */
function ofFile({ opened }, chosen, layer) {
  const { from, kind, names } = opened.layers[chosen - 1];
  const path = JSON.stringify(opened.name);
  const half = layer.dtype.includes("bfloat16");
  const load = opened.isNpz ? { imports: [], line: `w = dict(np.load(${path}))` } : half
    ? {
      imports: ["from safetensors.torch import load_file"],
      line: `w = {name: array.float() for name, array in load_file(${path}).items()}`,
    }
    : { imports: ["from safetensors.numpy import load_file"], line: `w = load_file(${path})` };
  const arrays = names.map((name) => `w[${JSON.stringify(name)}]`);
  const parts = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].slice(0, arrays.length);
  const isTorch = from === "PyTorch";
  const made = isTorch
    ? [
      "from_torch",
      kind === "SimpleRNN" ? "RNN" : kind,
      `{${arrays.map((text, k) => `"${parts[k]}": ${text}`).join(", ")}}`,
    ]
    : ["from_keras", kind, `[${arrays.join(", ")}]`];
  return {
    imports: [...load.imports, `from rnncore.interop import ${made[0]}`],
    lines: [
      load.line,
      `layer = ${made[0]}("${made[1]}", ${made[2]}, ${optionsOf(layer)})`,
      ...(layer.reverse ? ["layer.reverse = True"] : []),
    ],
  };
}
