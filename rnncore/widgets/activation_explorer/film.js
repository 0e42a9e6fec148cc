// The film strip: the states of the map, and its fixed points.

import { openOf, shutOf } from "../shared/arithmetic.js";
import { math, stepsOf, table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";
import { trace } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

/** @type {Film} */
export function film({ values, limits, id }) {
  const run = trace(/** @type {any} */ (values), limits);
  const { activation: name, W_h, c, z } = values;
  const line = (/** @type {string} */ h) =>
    `${openOf(name)}${h} × ${shown(W_h)} + ${shown(c)}${shutOf(name)}`;
  const rows = run.h.map((h, t) => [
    String(t),
    t ? line(shown(run.h[t - 1])) : "the initial state",
    ...[shown(h), shown(run.nudge[t])],
  ]);
  const h_t = math("h", "t");
  const caption = `${name} at <i>z</i> = ${shown(z)}: value ${shown(run.value)}, slope` +
    ` ${shown(run.slope)}. Every step of ${h_t} = ${line(math("h", "t−1"))}`;
  const nudge = `what a nudge to ${math("h", "0")} is multiplied by`;
  const states = table(caption, ["<i>t</i>", "the update", h_t, nudge], rows, stepsOf(id, rows));
  const points = run.fixed.map((h, i) => [shown(h), shown(run.fixed_slope[i])]);
  return states + table("The fixed points", ["<i>h</i>", "slope"], points);
}
