// The film strip: the inputs, the gates of the chosen unit, the states.

import { range } from "../shared/algebra.js";
import { stepsOf, table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";
import { NAMES } from "./told.js";
import { runOf } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */
/** @import { Layer } from "./layer.js" */

const [MOST_STEPS, MOST_UNITS, MOST_FEATURES] = [60, 6, 4];

/**
 * @param {Layer} layer
 * @returns {Film}
 */
export const filmOf = (layer) => ({ values: { x, unit }, id }) => {
  const { kind, features, units } = layer;
  const run = runOf(layer, x);
  const last = Math.min(x.length, MOST_STEPS);
  run.extend(last);
  const names = run.opens ? NAMES[kind] : [];
  const shownUnits = units <= MOST_UNITS ? range(units) : [unit - 1];
  const inputs = range(Math.min(features, MOST_FEATURES));
  const states = run.memories ? ["c", "h"] : ["h"];
  const head = [
    ...inputs.map((i) => `<i>x</i> ${i + 1}`),
    ...names.map((name) => `<i>${name}</i> ${unit}`),
    ...states.flatMap((state) => shownUnits.map((k) => `<i>${state}</i> ${k + 1}`)),
  ];
  const rows = range(last + 1).map((t) => {
    const opens = t ? run.at(t).opens : [];
    const before = t
      ? [...inputs.map((i) => run.x[t - 1][i]), ...names.map((_, g) => opens[g * units + unit - 1])]
      : [...inputs, ...names].map(() => NaN);
    const after = [...run.memories ? [run.c(t)] : [], run.h(t)]
      .flatMap((state) => shownUnits.map((k) => /** @type {Float64Array} */ (state)[k]));
    return [
      String(t),
      ...before.map((v) => Number.isNaN(v) ? "" : shown(v)),
      ...after.map((v) => shown(v)),
    ];
  });
  const gates = names.length ? `the gates and the candidate of unit ${unit}, ` : "";
  const left = x.length > last ? `; ${x.length - last} more steps are not shown` : "";
  const caption = `${kind}, ${features} → ${units}: the inputs, ${gates}and the state after each` +
    ` step${left}`;
  return table(caption, ["step", ...head], rows, stepsOf(id, rows));
};
