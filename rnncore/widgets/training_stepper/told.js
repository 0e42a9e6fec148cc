// Sentences: what an update has done, and why the gradient is as long as it is.

import { html, put, updated, words } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { isCut } from "./arithmetic.js";
import { isInside } from "./surface_panel.js";

/** @typedef {import("./widget.js").State} State */

const ARROW =
  "The red arrow is the gradient, which points uphill. If the gradient is ten times as" +
  " long, the arrow is 8 pixels longer. The clipped gradient is dashed. Press on the surface to" +
  " start from there.";

/**
 * Return the update in words, for those who listen.
 * @param {State} state
 * @param {number} k
 */
export function inWords(state, k) {
  const { run, done } = state;
  const place = `W_x = ${shown(run.W_x[k])}, W_h = ${shown(run.W_h[k])}, loss ${
    shown(run.loss[k])
  }`;
  const of = k === 0 ? `Start: ${place}.` : `Update ${k} of ${done}: ${place}.`;
  const gradient = `The gradient has length ${shown(run.norm[k])}.`;
  const clip = isCut(state, k) ? ` Clipping takes it down to ${shown(usedNorm(run, k))}.` : "";
  const end = endOf(state, k);
  return Number.isFinite(run.loss[k]) ? `${of} ${gradient}${clip}${end}` : `${of}${end}`;
}

/**
 * @param {Record<string, any>} run
 * @param {number} k
 */
const usedNorm = (run, k) => Math.hypot(run.used_x[k], run.used_h[k]);

/**
 * Say what is to be told of the end of a path, or of a point outside the picture.
 * @param {State} state
 * @param {number} k
 */
function endOf({ run, done, values }, k) {
  if (!Number.isFinite(run.loss[k])) {
    return " It has diverged. The loss or its gradient is larger than a float can hold, and a" +
      " further update would make the weights NaN. So the path ends here.";
  }
  const outside = isInside(run, k) ? "" : " This point is outside the picture.";
  const ahead = k === done - 1 && !Number.isFinite(run.loss[done]) && done <= values.updates;
  const next = " After the next update, the loss or its gradient is too large for a float.";
  return outside + (ahead ? next : "");
}

/** Make the line under the pictures. */
export function saysPanel() {
  const element = html("p", { class: "says" });
  const beside = html("small", {});
  const parts = updated(), besideParts = updated();
  /** @type {State} */
  let now;
  return {
    element,
    legend: html("p", { class: "legend" }, beside),
    update(/** @type {State} */ state, /** @type {number} */ k) {
      now = state;
      const end = endOf(state, k);
      parts(`${k} ${isCut(state, k)} ${end}`, (num) => {
        put(element, {}, ...sentence(num, () => now, k), end);
      });
      besideParts("", (num) => {
        const loss = num("beside", [], () => now.beside, { sym: "y" });
        const T = num("timesteps", [], () => now.values.timesteps, { sym: "" });
        const [W_x, W_h] = ["x", "h"].map((w) => [html("i", {}, "W"), html("sub", {}, w)]);
        put(
          beside,
          {},
          ...words`How narrow is the valley? At ${W_x} = 1, ${W_h} = 1.05, beside the minimum, `,
          ...words`the loss is ${loss} for ${html("i", {}, "T")} = ${T}. ${ARROW}`,
        );
      });
    },
  };
}

/**
 * @param {import("../shared/dom.js").MakeNumber} num
 * @param {() => State} latest
 * @param {number} k
 */
function sentence(num, latest, k) {
  const at = (/** @type {string} */ name, /** @type {string} */ sym) =>
    num(name, [k], () => latest().run[name][k], { sym });
  const name = k === 0 ? "At the start" : `After ${k} update${k === 1 ? "" : "s"}`;
  if (!Number.isFinite(latest().run.loss[k])) return [];
  return words`${name}, the loss is ${at("loss", "y")}, and the gradient has length ${
    at("norm", "dW")
  }.`;
}
