// The film strip: each word, its row of the table, the state, the verdict.

import { stepsOf, table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";
import { trace, verdict } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

/** @type {Film} */
export function film({ values, limits, id, model }) {
  const weights = model.get("weights");
  const run = trace({ .../** @type {any} */ (values), weights }, limits);
  const text = (/** @type {number[]} */ numbers) => numbers.map((v) => shown(v, 2)).join(", ");
  const padding = values.mask ? "padding, masked" : "padding";
  const word = (/** @type {number} */ t) => limits.vocabulary[run.token[t]] || padding;
  const rows = run.h.map((/** @type {number[]} */ h, /** @type {number} */ t) => [
    String(t),
    ...t ? [word(t), text(run.x[t])] : ["nothing read yet", ""],
    ...[text(h), run.p[t].toFixed(3), verdict(run.p[t])],
  ]);
  const caption =
    "A review, read word by word: p is the probability, so far, that its author liked it";
  const head = ["<i>t</i>", "word", "row of the table", "state", "p", "verdict"];
  return table(caption, head, rows, stepsOf(id, rows));
}
