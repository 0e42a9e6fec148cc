// The film strip: which check catches which mistake, first those that are made now.

import { table } from "../shared/film.js";
import { shown } from "../shared/numbers.js";
import { combinationOf, isRefused, trace, wrongNames } from "./trace.js";

/** @import { Film } from "../shared/types.d.ts" */

/** @type {Film} */
export function film({ values, limits, id, model }) {
  const run = trace(/** @type {any} */ (values), limits);
  const { learnt, accuracy } = model.get("training");
  const findings = (/** @type {number[]} */ errors, /** @type {number} */ combination) => {
    const trained = `${learnt[combination]} of ${accuracy[0].length} runs learn the task`;
    if (isRefused(errors)) return ["NumPy stops", "never reached", trained];
    const wrong = wrongNames(errors, limits).join(", ");
    const worst = `wrong: ${wrong}, relative error ${shown(Math.max(...errors))}`;
    return ["all fit", wrong ? worst : "all right", trained];
  };
  /** @type {[string, string][]} */
  const all = limits.mistakes;
  const made = all.filter(([kind]) => values[kind]);
  const words = made.map(([, told]) => told).join("; ") || "no mistake";
  const rows = [
    [`as shown: ${words}`, ...findings(run.error, combinationOf(values, limits))],
    ...all.map(([, told], i) => [told, ...findings(run.alone[i], 2 ** i)]),
  ];
  const off = (/** @type {string} */ kind) =>
    made.map(([other]) => other === kind ? "" : `${other}=false&`).join("");
  const ids = all.map(([kind]) => `${id}?${off(kind)}${kind}=true`);
  const head = ["mistake", "the shapes", "the gradient check", "training"];
  const caption = "Which check catches which mistake. Training uses another network, with as many" +
    " features as units, so that all shapes fit there.";
  return table(caption, head, rows, [`${id}?step=0`, ...ids]);
}
