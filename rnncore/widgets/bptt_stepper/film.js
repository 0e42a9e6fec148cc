// The film strip: the states, then their gradients and what each step adds.

import { math, stepsOf, table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";
import { trace } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

/** @type {Film} */
export function film({ values, limits, id }) {
  const run = trace(values, limits);
  const scalar = !Array.isArray(values.W_h);
  const T = values.X.length;
  const weight = values.weight;
  const text = (/** @type {any} */ value) => {
    if (!Array.isArray(value)) return shown(value);
    const inner = value.map(text).join(", ");
    return scalar ? inner : `[${inner}]`;
  };
  const state = (/** @type {number} */ t) => `${math("h", t)} = ${text(run.h[t])}`;
  const name = (/** @type {number} */ t) => `${math("dL/dh", t)} = ${text(run.dh[t])}`;
  const rows = [["0", "the initial state", state(0), "", ""]];
  for (let t = 1; t <= T; t += 1) rows.push([String(t), "forward", state(t), "", ""]);
  for (let t = T; t > 0; t -= 1) {
    const later = t < T ? ` + ${text(run.back[t])} from step ${t + 1}` : "";
    const split = `back: ${text(values.dS[t - 1])} from the loss${later}`;
    const reached = t === 1 ? `${name(t)}; ${name(0)}` : name(t);
    const added = [run[`d${weight}`][t], run[`sum_${weight}`][t]].map(text);
    rows.push([String(2 * T + 1 - t), split, reached, ...added]);
  }
  const names = { W_h: math("W", "h"), W_x: math("W", "x"), b: "<i>b</i>" };
  const times = scalar ? " · " : "<sup>T</sup> ";
  const factors = { W_h: math("h", "t−1") + times, W_x: math("x", "t") + times, b: "" };
  const product = factors[weight] + math("dL/dz", "t");
  const head = ["step", "what happens", "value", `adds to dL/d${names[weight]}`, "sum so far"];
  const caption = "Every step of the forward pass, then of the backward pass. Step <i>t</i> adds" +
    ` ${product} to dL/d${names[weight]}, and the last sum is the gradient.`;
  return table(caption, head, rows, stepsOf(id, rows));
}
