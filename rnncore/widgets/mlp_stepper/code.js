// The code that runs: the loop over the layers, and the call that gives the same in Python.

import { html, noteChange } from "../shared/dom.js";
import { codeLines, group } from "../shared/frame/frame.js";
import { python } from "../shared/numbers.js";
import { counted, sceneOf } from "./scene.js";
import { layers } from "./trace.js";

/** Make the panel with the lines of the loop, that which runs marked. */
export function codePanel() {
  const element = group("code", "The code that runs", true);
  const span = (text, name) => html("span", { "data-sym": name }, text);
  const comment = (text) => html("span", { class: "comment" }, `  # ${text}`);

  /** @param {import("./scene.js").Scene} scene */
  function update({ step, i, L, activation, values: { activations } }) {
    if (!noteChange(element, [step, activations].join())) return;
    const rounds = step === 0 ? `${counted(L, "round")}` : `i = ${i} of 0 … ${L - 1}`;
    const [x, W, B] = [span("x[i]", "x"), span("W[i]", "W"), span("B[i]", "b")];
    const apply = `f[${i}] is ${activation}`;
    codeLines(element, [
      [span("x", ""), " = [", span("x0", i === 0 ? "x" : ""), "]"],
      ["for i in range(len(W)):", comment(rounds)],
      ["    ", span("z", "z"), " = ", x, " @ ", W, " + ", B],
      ["    ", span("x.append", "x_next"), "(f[i](", span("z", "z"), "))", comment(apply)],
      ...(step === 2 * L ? [["y = x[-1]", comment(`x[${L}], the output`)]] : []),
    ], step === 0 ? 0 : 3 - (step % 2));
  }
  return { element, update };
}

/**
 * Return code that computes every array, and the number that is looked at.
 * @param {import("./trace.js").Values} values
 * @param {number} step
 */
export function inPython(values, step) {
  const { W, B, activations } = values;
  const { x } = layers(values);
  const { i, r, c, vector } = sceneOf(step, values, null);
  const array = (value) => `np.array(${python(value)})`;
  const list = (arrays) => ["[", ...arrays.map((each) => `    ${array(each)},`), "]"].join("\n");
  const names = activations.map((name) => `"${name}"`).join(", ");
  const index = (column) => (vector ? `[${column}]` : `[${r}, ${column}]`);
  const looked = step === 0 ? "x[0]" : step % 2 ? `z[${i}]` : `x[${i + 1}]`;
  return [
    "import numpy as np",
    "from rnncore import mlp",
    "",
    `x0 = ${array(vector ? x[0][0] : x[0])}`,
    `W = ${list(W)}`,
    `B = ${list(B)}`,
    `x = mlp.forward(x0, W, B, [${names}])`,
    "z = [x[i] @ W[i] + B[i] for i in range(len(W))]",
    `number = ${looked}${index(step === 0 ? 0 : c)}`,
    "",
  ].join("\n");
}
