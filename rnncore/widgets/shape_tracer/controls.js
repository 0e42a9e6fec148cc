// The field for the shape of the input, and the switches of the layers.

import { range } from "../shared/algebra.js";
import { html, put } from "../shared/dom.js";
import { textInput } from "../shared/frame/fields.js";
import { activeIn } from "../shared/frame/focus.js";
import { refusals } from "../shared/frame/refusals.js";
import { clipped, shapeText } from "../shared/numbers.js";
import { isCell, readInput } from "./trace.js";

/**
 * Make the field that takes a shape as text; the last good one stays, and a line says why.
 * @param {import("../shared/types.d.ts").Frame} frame
 */
export function shapeField({ model, save, signal, limits }) {
  const input = textInput({ "aria-label": "shape of the input", size: 18 });
  const { element: refused, refuse } = refusals();
  const refusal = () =>
    `A shape has one to four whole numbers from 1 to ${limits.most}, such as (None, 250, 32),` +
    ` and only the first may be None. “${clipped(input.value)}” is not one, so the input stays ${
      model.get("shape")
    }.`;

  // `final`: the reader has ended the editing, so that a text that is no shape is refused.
  const take = (final) => {
    const shape = readInput(input.value, limits);
    const bad = shape === null && final;
    refuse(input, bad ? refusal() : "");
    if (shape) save({ shape: shapeText(shape) });
    if (final) input.value = shape ? shapeText(shape) : model.get("shape");
  };
  input.addEventListener("input", () => take(false), { signal });
  input.addEventListener("change", () => take(true), { signal }); // Enter, too

  // What is being typed stays, as long as it means the shape of now.
  function update({ shape }) {
    const typed = readInput(input.value, limits);
    const typing = input === activeIn(input);
    if (!typing || (typed && shapeText(typed) !== shape)) input.value = shape;
  }
  const label = html("label", {}, "input shape ", input);
  return { element: html("div", { class: "asked" }, label, refused), update };
}

/**
 * A switch: whether it is on, what it changes, and whether it is of any use.
 * @typedef {object} Switch
 * @property {string} words
 * @property {(values: any) => boolean} isOn
 * @property {(on: boolean, values: any) => object} change
 * @property {(values: any) => boolean} [isUseful]
 */

/** @type {Switch[]} */
const SWITCHES = [
  {
    words: "return_sequences",
    isOn: ({ return_sequences }) => return_sequences,
    change: (on) => ({ return_sequences: on }),
  },
  {
    words: "one step: the cell",
    isOn: ({ kind }) => isCell(kind),
    // A cell has no steps to be read from both ends, nor to be masked.
    change: (on, { kind }) =>
      on
        ? { kind: `${kind}Cell`, bidirectional: false, mask: false }
        : { kind: kind.replace("Cell", "") },
  },
  {
    words: "Embedding before",
    isOn: ({ tokens }) => tokens > 0,
    change: (on) => (on ? { tokens: 5000 } : { tokens: 0, mask: false }),
  },
  {
    words: "Dense after",
    isOn: ({ outputs }) => outputs > 0,
    change: (on) => ({ outputs: on ? 1 : 0 }),
  },
  {
    words: "two directions",
    isOn: ({ bidirectional }) => bidirectional,
    change: (on, { kind }) => ({ bidirectional: on, kind: kind.replace("Cell", "") }),
  },
  {
    words: "a mask for token 0",
    isOn: ({ mask }) => mask,
    change: (on, { kind, tokens }) =>
      on ? { mask: true, tokens: tokens || 5000, kind: kind.replace("Cell", "") } : { mask: false },
  },
  {
    words: "lower layers return all states",
    isOn: (values) => values.lower_return_sequences,
    change: (on) => ({ lower_return_sequences: on }),
    isUseful: ({ stacked, kind }) => stacked > 1 && !isCell(kind),
  },
];

const FIRST = 4; // switches that stand in sight, the others are folded up

/** Say whether the layers are other than those that are in sight at first. */
const isStacked = ({ kind, stacked, bidirectional, mask }) =>
  stacked > 1 || bidirectional || mask || !kind.startsWith("SimpleRNN");

/**
 * Make the switches and lists that change the layers.
 * @param {import("../shared/types.d.ts").Frame} frame
 */
export function switches({ save, signal, values, limits }) {
  const made = SWITCHES.map(({ words, isOn, change, isUseful = () => true }) => {
    const box = html("input", { type: "checkbox", role: "switch" });
    box.addEventListener("change", () => save(change(box.checked, values())), { signal });
    const row = html("label", { class: "switch" }, box, ` ${words}`);
    const update = (now) => {
      box.checked = isOn(now);
      put(row, { hidden: !isUseful(now) });
    };
    return { row, update };
  });
  const kinds = Object.keys(limits.gates);
  const kind = list("layer", kinds, ({ kind }) => kind.replace("Cell", ""), (name) => ({
    kind: isCell(values().kind) ? `${name}Cell` : name,
  }));
  const counts = range(limits.stacked).map((i) => String(i + 1));
  const stacked = list("how many", counts, ({ stacked }) => String(stacked), (count) => ({
    stacked: Number(count),
  }));
  function list(label, options, chosen, change) {
    const select = html(
      "select",
      { "aria-label": label },
      ...options.map((word) => html("option", {}, word)),
    );
    select.addEventListener("change", () => save(change(select.value)), { signal });
    const update = (now) => {
      select.value = chosen(now);
    };
    return { row: html("label", { class: "list" }, `${label} `, select), update };
  }
  const more = [kind, stacked, ...made.slice(FIRST)];
  const [above, below] = [made.slice(0, FIRST), more].map((some) =>
    html("div", { class: "toggles" }, ...some.map(({ row }) => row))
  );
  const details = html(
    "details",
    { class: "more" },
    html("summary", {}, "More layers, other layers, two directions, a mask"),
    below,
  );
  let was = false;
  function update(now) {
    [...made, kind, stacked].forEach((one) => one.update(now));
    const is = isStacked(now);
    if (is && !was) details.open = true; // a link or a preset has gone there
    was = is;
  }
  return { element: html("div", {}, above, details), update };
}
