// A step in words, and as a question: what the usual slips give for the number that comes next.

import { ACTIVATIONS } from "../shared/activations.js";
import { column, dot, sum } from "../shared/algebra.js";
import { factor, shapeText, shown } from "../shared/numbers.js";
import { counted } from "./scene.js";

/** @typedef {import("./scene.js").Scene} Scene */

/** Say the step in words. @param {Scene} scene */
export function inWords(scene) {
  const { step, i, L, r, c, run, inputs, units, weights, bias, shapeOf, place } = scene;
  const of = `Step ${step} of ${2 * L}`;
  if (step === 0) return `${of}: the input x_0, shape ${shapeText(shapeOf(inputs))}.`;
  const shape = shapeText(shapeOf(units));
  if (scene.bends) {
    const count = `${counted(L, "matrix", "matrices")}, ${L + 1} arrays`;
    const end = step === 2 * L ? ` The loop ends: ${count}.` : "";
    return `${of}, i = ${i}: x_${i + 1} = ${scene.activation}(z_${
      i + 1
    }), shape ${shape}${place}:` +
      ` ${shown(run.x[i + 1][r][c])}.${end}`;
  }
  const [before, W, b] = [shapeOf(inputs), [inputs, units], [units]].map(shapeText);
  const terms = run.x[i][r].map((value, k) => `${factor(value)} × ${factor(weights[k][c])}`);
  return `${of}, i = ${i}: z_${i + 1}, shape ${before} @ ${W} + ${b} → ${shape}${place}:` +
    ` ${[...terms, factor(bias[c])].join(" + ")} = ${shown(run.z[i + 1][r][c])}.`;
}

/** Return what to guess before a step: its name and place, its value, and slips far from it. */
export function questionOf(/** @type {Scene} */ scene) {
  const { i, r, c, run, bends, place } = scene;
  const [name, values] = bends ? ["x", run.x] : ["z", run.z];
  const value = values[i + 1][r][c];
  const isFar = ([wrong]) =>
    Number.isFinite(wrong) && Math.abs(wrong - value) > 1e-2 * Math.max(1, Math.abs(value));
  const slips = (bends ? activationSlips : sumSlips)(scene).filter(isFar);
  return { name: `${name}_${i + 1}`, part: place, value, slips };
}

const f = (name, z) => ACTIVATIONS[name].value(z);

/** Pairs: what comes out, and "if you …". */
function activationSlips({ i, r, c, run, activation }) {
  const row = run.z[i + 1][r];
  const z = row[c];
  const e = Math.exp(z);
  const slips = {
    relu: [[Math.abs(z), "drop the sign, where relu gives 0"]],
    linear: [[f("relu", z), "cut at 0, as relu does"]],
    softmax: [
      [e, "leave out the division by the sum of the row"],
      [z / sum(row), "leave out the exponential"],
      [f("sigmoid", z), "take the number by itself, as sigmoid does"],
    ],
    tanh: [[f("sigmoid", z), "use sigmoid instead of tanh"]],
    sigmoid: [
      [f("tanh", z), "use tanh instead of sigmoid"],
      [e / (1 - e), "read the plus in the denominator as a minus"],
    ],
  };
  return [[z, "leave the activation out"], ...(slips[activation] ?? [])];
}

function sumSlips({ i, r, c, run, weights, bias, activation, inputs, units }) {
  const [x, z] = [run.x[i], run.z[i + 1]];
  const [row, right] = [x[r], z[r][c]];
  const beside = (n, k) => (k + 1 < n ? k + 1 : k - 1);
  const [r2, c2] = [beside(x.length, r), beside(units, c)];
  const products = row.map((value, k) => value * weights[k][c]);
  const square = () => [dot(row, weights[c]) + bias[c], `use a row of W_${i} instead of a column`];
  return [
    [right - bias[c], "leave the bias out"],
    ...(c2 >= 0 ? [[z[r][c2], `use column ${c2 + 1} of W_${i}`]] : []),
    ...(r2 >= 0 ? [[z[r2][c], `use row ${r2 + 1} of x_${i}`]] : []),
    ...(inputs === units ? [square()] : []),
    ...(activation === "softmax" ? [] : [[f(activation, right), `go on to ${activation}`]]),
    [
      sum(row) + sum(column(weights, c)) + bias[c],
      "add the row and the column instead of multiplying them",
    ],
    [right - sum(products.slice(1)), "stop after the first product"],
  ];
}
