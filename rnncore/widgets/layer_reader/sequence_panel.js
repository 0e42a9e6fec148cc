// Where the reader writes or pastes a sequence, or has one drawn by a seed.

import { html, noteChange, write } from "../shared/dom.js";
import { textInput } from "../shared/frame/fields.js";
import { refusals } from "../shared/frame/refusals.js";
import { python, readNumber } from "../shared/numbers.js";
import { uniform } from "./seeded.js";
import { readSequence } from "./sequence.js";

/** @import { Frame } from "../shared/types.d.ts" */
/** @import { Layer } from "./layer.js" */

const MOST_SHOWN = 2000; // numbers that the box is filled with
const SEEDS = 2 ** 32 - 1;

/**
 * Make the panel.
 * @param {Frame} frame
 * @param {() => { layer: Layer, most: number }} now the layer, and how many steps fit it
 * @param {(rows: number[][], seed: number | null) => void} use
 */
export function sequencePanel({ signal }, now, use) {
  const label = "The sequence, a row for each step";
  const box = html("textarea", { rows: 4, spellcheck: "false", "aria-label": label });
  const [steps, seed] = [["Steps", "20"], ["Seed", "1"]].map(([name, value]) =>
    textInput({ inputmode: "numeric", "aria-label": name, value })
  );
  const { element: error, refuse } = refusals("p");
  const what = html("small");
  const button = (/** @type {string} */ name, /** @type {() => void} */ press) => {
    const node = html("button", { type: "button" }, name);
    node.addEventListener("click", press, { signal });
    return node;
  };
  const take = button("Use these numbers", () => {
    const { layer, most } = now();
    const { rows, why } = readSequence(box.value, layer.features, most);
    refuse(box, why);
    if (rows) use(rows, null);
  });
  const draw = button("Draw numbers", () => {
    const { layer, most } = now();
    const [count, own] = [wholeIn(steps, 1, most), wholeIn(seed, 0, SEEDS)];
    const wrong = count === null
      ? `Steps takes a whole number from 1 to ${most}.`
      : `Seed takes a whole number from 0 to ${SEEDS}.`;
    const bad = [steps, seed][[count, own].indexOf(null)];
    refuse(bad ?? null, bad ? `${wrong} Nothing changed.` : "");
    if (count !== null && own !== null) use(uniform(own, count, layer.features), own);
  });
  const drawing = html(
    "div",
    { class: "buttons" },
    html("label", {}, "or ", steps, " steps"),
    html("label", {}, "from seed ", seed),
    draw,
  );
  return {
    element: html(
      "details",
      { class: "editor sequence" },
      html("summary", {}, "Give it a sequence"),
      ...[html("p", {}, what), box, html("div", { class: "buttons" }, take), drawing, error],
    ),
    /** @param {Layer} layer @param {number[][]} x */
    update(layer, x) {
      if (!noteChange(box, x)) return;
      refuse(null, "");
      fill(box, what, layer.features, x);
    },
  };
}

/**
 * Return the whole number in a field; null where there is none within the bounds.
 * @param {HTMLInputElement} input
 * @param {number} least
 * @param {number} most
 */
function wholeIn(input, least, most) {
  const { value } = readNumber(input.value);
  return value !== null && Number.isInteger(value) && value >= least && value <= most
    ? value
    : null;
}

/**
 * Write a sequence into its box.
 * @param {HTMLTextAreaElement} box
 * @param {HTMLElement} what
 * @param {number} features
 * @param {number[][]} x
 */
function fill(box, what, features, x) {
  const isLong = x.length * features > MOST_SHOWN;
  const lines = x.length === 1 ? "is 1 line" : `are ${x.length} lines`;
  const ending = isLong ? ", too much to be shown here." : ".";
  const numbers = features === 1 ? "one number" : `${features} numbers`;
  write(
    what,
    `Write a line for each step, with ${numbers} in it. Now there ${lines}${ending} ` +
      "Before the first step, the state is zero.",
  );
  const line = (/** @type {number[]} */ row) => row.map((v) => python(v).replace(/\.0$/, ""));
  box.value = isLong ? "" : x.map((row) => line(row).join(" ")).join("\n");
}
