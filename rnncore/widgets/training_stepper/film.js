// The film strip: the point, the loss and the gradient after each update, or after every few.

import { range } from "../shared/algebra.js";
import { math, table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";
import { runOf } from "./trace.js";

/** @import { Film, Values } from "../shared/types.d.ts" */

const ROWS = 60; // about

/** @type {Film} */
export function film({ values, limits, id }) {
  const run = runOf(values, limits);
  const done = run.loss.length - 1;
  const every = Math.ceil(done / ROWS) || 1;
  const steps = range(done + 1).filter((k) => k % every === 0 || k === done);
  const names = ["W_x", "W_h", "loss", "dW_x", "dW_h"];
  const rows = steps.map((k) => [String(k), ...names.map((name) => shown(run[name][k]))]);
  const [W_x, W_h] = [math("W", "x"), math("W", "h")];
  const head = ["update", W_x, W_h, "loss <i>L</i>", `∂<i>L</i>/∂${W_x}`, `∂<i>L</i>/∂${W_h}`];
  const end = Number.isFinite(run.loss[done])
    ? ""
    : " Then the loss or its gradient is too large for a float.";
  const caption = `Counting ones in sequences of ${values.timesteps} steps by gradient descent on` +
    ` ${W_x} and ${W_h}: ${told(values)}.${end}`;
  return table(caption, head, rows, steps.map((k) => `${id}?step=${k}`));
}

/** @param {Values} values */
function told({ optimiser, momentum, rate, clip, clip_by }) {
  const how = optimiser === "momentum" ? `momentum ${shown(momentum)}` : optimiser;
  const clipped = clip ? `, clipped by ${clip_by} at ${shown(clip)}` : "";
  return `${how}, rate ${shown(rate, 6)}${clipped}`;
}
