// Every number of a reading by its name, as `trace` in Python: of a small layer.

import { unpacked } from "../../../rnncore/widgets/layer_reader/layer.js";
import { runOf, terms } from "../../../rnncore/widgets/layer_reader/trace.js";

/**
 * @param {any} values
 * @returns {Record<string, any>}
 */
export function trace({ layer: packed, x, chosen, unit, gate }) {
  const layer = unpacked(packed[chosen - 1]);
  const run = runOf(layer, x);
  const times = [...Array(x.length + 1).keys()];
  run.extend(x.length);
  /** @type {Record<string, any>} */
  const found = weightsOf(layer);
  found.x = [null, ...run.x];
  found.h = times.map((t) => [...run.h(t)]);
  if (run.memories) found.c = times.map((t) => [.../** @type {Float64Array} */ (run.c(t))]);
  for (const t of times.slice(1)) {
    const { h: _h, c: _c, ...now } = run.at(t);
    const { from_x, from_h } = terms(run, t, gate - 1, unit - 1, run.at(t));
    for (const [name, value] of Object.entries({ ...now, from_x, from_h })) {
      (found[name] ??= [null]).push([...value]);
    }
  }
  return found;
}

function weightsOf({ W_x, W_h, b, b_h }) {
  return { W_x: [...W_x], W_h: [...W_h], b: [...b], ...(b_h ? { b_h: [...b_h] } : {}) };
}
