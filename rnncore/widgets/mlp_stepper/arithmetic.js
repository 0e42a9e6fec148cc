// The arithmetic of one number: the row and the column that meet, or its activation written out.

import { range } from "../shared/algebra.js";
import { html, number, put, words } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { factor, shown } from "../shared/numbers.js";
import { counted, shapeSpan, sym } from "./scene.js";

/** Make the panel; its products come from `more`, as collapse and trace give them. */
export function arithmeticPanel() {
  const element = group("sum", "The arithmetic of this step", true);
  /** @param {import("./scene.js").Scene} scene @param {number[][]} products */
  function update(scene, products) {
    const lines = scene.step === 0
      ? [inputLine(scene)]
      : scene.bends
      ? activationLines(scene)
      : sumLines(scene, products[scene.i]);
    put(element, {}, ...lines.map((parts) => html("p", {}, ...parts)));
  }
  return { element, update };
}

const small = (...parts) => html("small", {}, ...parts);
const numberOf = (name, index, value, text, light) =>
  number(name, index, value, text(value), light);

function inputLine({ inputs, vector, shapeOf }) {
  const shape = shapeOf(inputs);
  const what = vector
    ? `one example of ${counted(inputs, "number")}, no batch axis`
    : `${counted(shape[0], "example")} in rows, ${counted(inputs, "number")} each`;
  const remark = small(`  ${what}`);
  return words`${sym("x_0", "x")} is the input, shape ${shapeSpan(shape)}${remark}`;
}

/** Return a number of z or x in the row that is looked at. */
const inRow = ({ at, r, run }, name, layer, j, text, light = name) =>
  numberOf(name, at(layer, r, j), run[name][layer][r][j], text, light);

/** Return what is looked at, by name and place. */
const spot = ({ place }, name, light) => [sym(name, light), small(place)];

function activationLines(scene) {
  const { i, c, units, activation, shapeOf } = scene;
  const z = (j, text = factor) => inRow(scene, "z", i + 1, j, text);
  const each = {
    softmax: "softmax takes a whole row and makes it sum to 1",
    linear: "linear leaves each number as it is",
  }[activation] ?? `${activation} takes each number by itself`;
  const remark = small(`  ${each}`);
  const shape = () => shapeSpan(shapeOf(units));
  const bent = html("b", {}, inRow(scene, "x", i + 1, c, shown, "x_next"));
  const written = writtenOut(activation, z, c, units);
  return [
    words`${shape()} → ${shape()}${remark}`,
    [...spot(scene, `x_${i + 1}`, "x_next"), " = ", ...written],
    ["= ", bent],
  ];
}

/** Write f(z_c) out; z(j, text) gives the number j of the row, `units` how many it has. */
function writtenOut(name, z, c, units) {
  const power = (...parts) => ["e", html("sup", {}, ...parts)];
  if (name === "linear") return [z(c, shown)];
  if (name === "relu") return ["max(0, ", z(c, shown), ")"];
  if (name === "tanh") return ["tanh(", z(c, shown), ")"];
  if (name === "sigmoid") return ["1 / (1 + ", ...power("−", z(c)), ")"];
  if (name !== "softmax") return [`${name}(`, z(c, shown), ")"];
  const all = range(units).flatMap((j) => [j ? " + " : "", ...power(z(j, shown))]);
  return [...power(z(c, shown)), " / (", ...all, ")"];
}

function sumLines(scene, products) {
  const { i, c, inputs, units, shapeOf, weights, bias } = scene;
  const before = shapeOf(inputs);
  const [left, right] = [shapeSpan(before, before.length - 1), shapeSpan([inputs, units], 0)];
  const gone = small(`  ${inputs} meets ${inputs}, and both are gone`);
  const b = () => numberOf("B", [i, c], bias[c], factor, "b");
  const pair = (k) => {
    const weight = numberOf("W", [i, k, c], weights[k][c], factor, "W");
    return html("span", { class: "pair" }, inRow(scene, "x", i, k, factor), " × ", weight);
  };
  const product = (value, k) => numberOf("products", [i, k], value, k ? factor : shown, "");
  const z = html("b", {}, inRow(scene, "z", i + 1, c, shown));
  return [
    words`${left} @ ${right} + ${shapeSpan([units])} → ${shapeSpan(shapeOf(units))}${gone}`,
    [...spot(scene, `z_${i + 1}`, "z"), " = ", meeting(scene)],
    ["= ", ...added([...range(inputs).map(pair), b()])],
    ["= ", ...added([...products.map(product), b()])],
    ["= ", z],
  ];
}

const added = (parts) => parts.flatMap((part, k) => (k ? [" + ", part] : [part]));

/** Name the row, the column and the number of the bias that meet. */
function meeting({ i, r, c, vector }) {
  const [x, W, b] = [sym(`x_${i}`, "x"), sym(`W_${i}`, "W"), sym(`B_${i}`, "b")];
  const row = vector ? "" : `row ${r + 1} of `;
  return small(...words`${row}${x} · column ${c + 1} of ${W} + number ${c + 1} of ${b}`);
}
