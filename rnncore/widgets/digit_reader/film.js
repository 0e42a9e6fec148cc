// The film strip: the ink of each row, the ten probabilities, what the network says.

import { range } from "../shared/algebra.js";
import { stepsOf, table } from "../shared/film.js";
import { trace } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

const SHADES = "·░▒▓█"; // of a pixel

/** Rounds as Python does, a half to the even shade. @param {number} ink */
function shade(ink) {
  const near = Math.round(4 * ink);
  return SHADES[(4 * ink) % 1 === 0.5 && near % 2 ? near - 1 : near];
}

/** @type {Film} */
export function film({ values, limits, id, model }) {
  const run = trace({ image: values.image, weights: model.get("weights") });
  const classes = range(limits.classes).map(String);
  const rows = run.h.map((/** @type {unknown} */ _, /** @type {number} */ t) => {
    if (t === 0) return ["0", "", ...classes.map(() => ""), "nothing read yet"];
    const p = run.p[t].map((/** @type {number} */ value) => value.toFixed(2));
    return [String(t), `<code>${run.x[t].map(shade).join("")}</code>`, ...p, String(run.says[t])];
  });
  const caption = "A digit, read row by row, with the probability of every class after each row";
  return table(caption, ["row", "ink", ...classes, "says"], rows, stepsOf(id, rows));
}
