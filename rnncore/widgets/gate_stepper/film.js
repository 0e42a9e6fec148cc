// The film strip: the gates, the candidates, the states of every step.

import { stepsOf, table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";
import { handOf, runOf } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

const NAMES = ["x", "i", "f", "o", "c_tilde", "c", "h", "z", "r", "h_tilde", "h_gru", "h_simple"];

/** @type {Film} */
export function film({ values: given, limits, id }) {
  const values = /** @type {import("./trace.js").Values} */ (given);
  const run = runOf(values, limits);
  const rows = run.h.map((_, t) => [
    String(t),
    ...NAMES.map((name) => run[name]?.[t] ?? null).map((v) => v === null ? "" : shown(v)),
  ]);
  const [t, x, i, ...others] = ["t", "x", "i", "f", "o", "c̃", "c", "h"].map((n) => `<i>${n}</i>`);
  const gru = ["GRU <i>z</i>", "<i>r</i>", "<i>h̃</i>", "<i>h</i>"];
  const head = [t, x, `LSTM ${i}`, ...others, ...gru, "simple <i>h</i>"];
  const held = Object.entries(handOf(values, limits)).filter(([, value]) => value !== null)
    .map(([gate, value]) => `${gate} = ${shown(Number(value))}`);
  const byHand = held.length ? `; from step ${values.since} on ${held.join(", ")} by hand` : "";
  const after = values.reset === "after"
    ? `; the GRU's reset after the product, b′ = ${shown(values.b_reset)}`
    : "";
  const caption = "Every step of an LSTM (c = f · c + i · c̃, h = o · tanh(c)), a GRU" +
    ` (h = z · h + (1 − z) · h̃) and the simple update${byHand}${after}`;
  return table(caption, head, rows, stepsOf(id, rows));
}
