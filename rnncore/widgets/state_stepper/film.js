// The film strip: what comes in, the update, the state of every step.

import { flat, isPlain } from "../shared/algebra.js";
import { openOf, shutOf } from "../shared/arithmetic.js";
import { forward } from "../shared/cell.js";
import { math, stepsOf, table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";

/** @import { Film } from "../shared/types.d.ts" */

/** @type {Film} */
export function film({ values, id }) {
  const { h, x } = forward(values);
  const { activation, b } = values;
  const scalar = !Array.isArray(values.W_h);
  const text = (/** @type {any} */ value) => {
    const inner = flat(value).map((number) => shown(number)).join(", ");
    return scalar ? inner : `[${inner}]`;
  };
  const line = (/** @type {string[]} */ ...[x_t, before, W_x, W_h, bias]) => {
    const times = scalar ? " × " : " ";
    const terms = [`${x_t}${times}${W_x}`, `${before}${times}${W_h}`, ...isPlain(b) ? [] : [bias]];
    return `${openOf(activation)}${terms.join(" + ")}${shutOf(activation)}`;
  };
  const [x_t, before, h_t] = [math("x", "t"), math("h", "t−1"), math("h", "t")];
  const [W_x, W_h] = [math("W", "x"), math("W", "h")];
  const caption = line(x_t, before, W_x, W_h, "<i>b</i>").replaceAll(" × ", " ");
  const weights = scalar ? [text(values.W_x), text(values.W_h)] : [W_x, W_h];
  const rows = h.map((state, t) =>
    t === 0
      ? ["0", "", "the initial state", text(state)]
      : [`${t}`, text(x[t]), line(text(x[t]), text(h[t - 1]), ...weights, text(b)), text(state)]
  );
  const head = ["<i>t</i>", x_t, "the update", h_t];
  return table(`Every step: ${h_t} = ${caption}`, head, rows, stepsOf(id, rows));
}
