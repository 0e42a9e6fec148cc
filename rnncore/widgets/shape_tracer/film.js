// The film strip: the shape after each layer, and its parameters.

import { escaped, table } from "../shared/film.js";
import { shapeText } from "../shared/numbers.js";
import { layersOf, trace } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

/** @type {Film} */
export function film({ values, limits }) {
  const given = /** @type {import("./trace.js").Values} */ (values);
  const { shapes, masks, parameters, error } = trace(given, limits);
  const rows = layersOf(given, limits).map(({ name, copies, parameters: arrays }, k) => {
    const shape = shapes[k + 1] ? shapeText(shapes[k + 1]) : "–";
    const sum = arrays.map(([, lengths]) => lengths.join(" × ")).join(" + ");
    const products = copies > 1 ? `${copies} × (${sum})` : sum;
    const count = String(parameters[k]).replace(/\B(?=(\d{3})+$)/g, " ");
    return [name, `${shape}${masks[k + 1] ? ", masked" : ""}`, `${products} = ${count}`];
  });
  const caption = escaped(`The shape after each layer. ${error}`.trim());
  const input = ["input", shapeText(shapes[0] ?? []), ""];
  return table(caption, ["layer", "shape", "parameters"], [input, ...rows]);
}
