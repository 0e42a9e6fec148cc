// The arithmetic of one update, with the actual numbers.

import { html, put, updated, words } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { factor } from "../shared/numbers.js";
import { sym } from "./parts.js";

/** @import { MakeNumber } from "../shared/dom.js" */
/** @import { Child } from "../shared/types.d.ts" */
/** @typedef {import("./widget.js").State} State */

const WEIGHTS = [["W_x", "x"], ["W_h", "h"]]; // and what their numbers end in

/** Make the lines of an update; they are made anew where their form changes. */
export function arithmeticPanel() {
  const element = group("sum", "The arithmetic of this update", true);
  const renewed = updated();
  /** @type {State} */
  let now;
  return {
    element,
    update(/** @type {State} */ state, /** @type {number} */ k) {
      now = state;
      const { values, run } = state;
      const isClipped = k > 0 && isCut(state, k - 1);
      const isWithin = Number.isFinite(run.loss[k]);
      const form = [k, values.optimiser, values.clip > 0, values.clip_by, isClipped, isWithin];
      renewed(form.join(" "), (num) => {
        const lines = k === 0 ? startLines(num, () => now) : updateLines(num, () => now, k);
        put(element, {}, ...lines.map((line) => html("p", {}, ...line)));
      });
    },
  };
}

/**
 * Say whether clipping changes the gradient after k updates.
 * @param {State} state
 * @param {number} k
 */
export const isCut = ({ run, values }, k) =>
  values.clip > 0 && (run.used_x[k] !== run.dW_x[k] || run.used_h[k] !== run.dW_h[k]);

/**
 * Return a maker of the numbers of the run, and of the settings.
 * @param {MakeNumber} num
 * @param {() => State} latest
 */
const makers = (num, latest) => ({
  at: (/** @type {string} */ name, /** @type {number} */ k, sym = name, text = undefined) =>
    num(name, [k], () => latest().run[name][k], { sym, ...(text ? { text } : {}) }),
  set: (/** @type {string} */ name) => num(name, [], () => latest().values[name], { sym: "" }),
});

/**
 * @param {MakeNumber} num
 * @param {() => State} latest
 */
function startLines(num, latest) {
  const { at } = makers(num, latest);
  const start = html("small", {}, "  the start");
  return [
    words`${sym("W_x", "W_x")} = ${at("W_x", 0)}, ${sym("W_h", "W_h")} = ${at("W_h", 0)}${start}`,
    words`${html("i", {}, "L")} = ${at("loss", 0, "y")}`,
  ];
}

/**
 * @param {MakeNumber} num
 * @param {() => State} latest
 * @param {number} k
 */
function updateLines(num, latest, k) {
  const { at } = makers(num, latest);
  const lines = [gradientLine(num, latest, k - 1)];
  if (latest().values.clip > 0) lines.push(clipLine(num, latest, k - 1));
  const change = latest().values.optimiser === "Adam" ? adamLines : velocityLines;
  lines.push(...change(num, latest, k));
  const L = html("i", {}, "L");
  lines.push(
    words`${L} goes from ${at("loss", k - 1, "y")} to ${html("b", {}, at("loss", k, "y"))}`,
  );
  return lines;
}

/**
 * @param {MakeNumber} num
 * @param {() => State} latest
 * @param {number} k
 */
function gradientLine(num, latest, k) {
  const { at } = makers(num, latest);
  const [dW_x, dW_h] = [at("dW_x", k, "dW"), at("dW_h", k, "dW")];
  const long = at("norm", k, "dW");
  return words`${sym("dW_x", "dW")} = ${dW_x}, ${sym("dW_h", "dW")} = ${dW_h}, length ${long}`;
}

/**
 * @param {MakeNumber} num
 * @param {() => State} latest
 * @param {number} k
 */
function clipLine(num, latest, k) {
  const { at, set } = makers(num, latest);
  const { values } = latest();
  const cut = isCut(latest(), k);
  const [x, h, limit] = [at("used_x", k, "dW_used"), at("used_h", k, "dW_used"), set("clip")];
  if (!cut) return words`within the limit of ${limit}, so it stays ${x}, ${h}`;
  return values.clip_by === "norm"
    ? words`clipped, × ${limit} / ${at("norm", k, "dW")}: ${x}, ${h}`
    : words`clipped, each to at most ${limit}: ${x}, ${h}`;
}

/**
 * @param {MakeNumber} num
 * @param {() => State} latest
 * @param {number} k
 * @returns {Child[][]}
 */
function velocityLines(num, latest, k) {
  const { at, set } = makers(num, latest);
  const isPlain = latest().values.optimiser === "SGD";
  return WEIGHTS.flatMap(([W, w]) => {
    const [before, gradient] = [at(W, k - 1, W, factor), at(`used_${w}`, k - 1, "dW_used", factor)];
    const result = html("b", {}, at(W, k));
    if (isPlain) {
      return [words`${sym(W, W)} = ${before} − ${set("rate")} × ${gradient} = ${result}`];
    }
    const v = sym(`v_${w}`, "v");
    const kept = k > 1 ? at(`v_${w}`, k - 1, "v", factor) : "0";
    const velocity = words`${set("momentum")} × ${kept} − ${set("rate")} × ${gradient}`;
    return [
      words`${v} = ${velocity} = ${at(`v_${w}`, k, "v")}`,
      words`${sym(W, W)} = ${before} + ${at(`v_${w}`, k, "v", factor)} = ${result}`,
    ];
  });
}

/**
 * @param {MakeNumber} num
 * @param {() => State} latest
 * @param {number} k
 * @returns {Child[][]}
 */
function adamLines(num, latest, k) {
  const { at, set } = makers(num, latest);
  return WEIGHTS.flatMap(([W, w]) => {
    const gradient = at(`used_${w}`, k - 1, "dW_used", factor);
    const again = at(`used_${w}`, k - 1, "dW_used", factor);
    const before = (/** @type {string} */ name) =>
      k > 1 ? at(`${name}_${w}`, k - 1, name, factor) : "0";
    const kept = (/** @type {string} */ name) => at(`${name}_${w}`, k, name);
    const hat = (/** @type {string} */ name) => at(`${name}_hat_${w}`, k, name, factor);
    const corrected = (/** @type {string} */ name, /** @type {string} */ beta) =>
      words`${sym(`${name}̂_${w}`, name)} = ${kept(name)} / (1 − ${beta}${
        html("sup", {}, String(k))
      }) = ${at(`${name}_hat_${w}`, k, name)}`;
    const square = html("sup", {}, "2");
    return [
      words`${sym(`m_${w}`, "m")} = 0.9 × ${before("m")} + 0.1 × ${gradient} = ${kept("m")}`,
      words`${sym(`v_${w}`, "v")} = 0.999 × ${before("v")} + 0.001 × ${again}${square} = ${
        kept("v")
      }`,
      corrected("m", "0.9"),
      corrected("v", "0.999"),
      words`${sym(W, W)} = ${at(W, k - 1, W, factor)} − ${set("rate")} × ${hat("m")} / √${
        hat("v")
      } = ${html("b", {}, at(W, k))}`,
    ];
  });
}
