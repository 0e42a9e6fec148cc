// The film strip: what each step computes, the shapes, the numbers.

import { lengths } from "../shared/algebra.js";
import { bracketed, math, stepsOf, table } from "../shared/film.js";
import { shapeText } from "../shared/numbers.js";
import { trace } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

const shape = (/** @type {any} */ array) => shapeText(lengths(array));

/** A batch has a line for each row. */
const numbers = (/** @type {any} */ array) =>
  Array.isArray(array[0]) ? array.map(bracketed).join("<br>") : bracketed(array);

/** @type {Film} */
export function film({ values, id }) {
  const { W, B, activations } = values;
  const { x, z } = trace(/** @type {any} */ (values));
  const rows = [["0", `${math("x", 0)}, the input`, shape(x[0]), numbers(x[0])]];
  activations.forEach((/** @type {string} */ f, /** @type {number} */ i) => {
    const [x_i, W_i, B_i] = ["x", "W", "B"].map((letter) => math(letter, i));
    const [after, sum] = [math("x", i + 1), math("z", i + 1)];
    const given = `${W_i} = ${bracketed(W[i])}, ${B_i} = ${bracketed(B[i])}`;
    const total = `${sum} = ${x_i} ${W_i} + ${B_i}<br><small>${given}</small>`;
    const put = shape(z[i + 1]);
    const shapes = `${shape(x[i])} @ ${shape(W[i])} + ${shape(B[i])} → ${put}`;
    rows.push([String(2 * i + 1), total, shapes, numbers(z[i + 1])]);
    const bent = `${after} = ${f}(${sum})`;
    rows.push([String(2 * i + 2), bent, `${put} → ${shape(x[i + 1])}`, numbers(x[i + 1])]);
  });
  const n = W.length;
  const counted = n === 1 ? "1 layer: 1 matrix" : `${n} layers: ${n} matrices`;
  const caption = `Every step of ${counted}, ${n + 1} arrays of values`;
  const head = ["step", "what is computed", "shapes", "numbers"];
  return table(caption, head, rows, stepsOf(id, rows));
}
