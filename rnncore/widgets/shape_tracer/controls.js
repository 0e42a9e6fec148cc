// The field for the shape of the input, and the switches of the layers.

import { html, put, write } from "../shared/dom.js";
import { textInput } from "../shared/frame/fields.js";
import { activeIn } from "../shared/frame/focus.js";
import { clipped, shapeText } from "../shared/numbers.js";
import { readInput } from "./trace.js";

/**
 * Make the field that takes a shape as text; the last good one stays, and a line says why.
 * @param {import("../shared/types.d.ts").Frame} frame
 */
export function shapeField({ model, save, signal, limits }) {
  const input = textInput({ "aria-label": "shape of the input", size: 18 });
  const refused = html("span", { class: "error", role: "status" });
  const refusal = () =>
    `A shape has one to four whole numbers from 1 to ${limits.most}, such as (None, 250, 32),` +
    ` and only the first may be None. “${clipped(input.value)}” is not one, so it stays ${
      model.get("shape")
    }.`;

  // `final`: the reader has ended the editing, so that a text that is no shape is refused.
  const take = (final) => {
    const shape = readInput(input.value, limits);
    const bad = shape === null && final;
    put(input, { "aria-invalid": bad ? "true" : null });
    write(refused, bad ? refusal() : "");
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

// Each with its parameter, its words, and the parameter's value where it is on and off.
const SWITCHES = [
  { param: "return_sequences", words: "return_sequences", on: true, off: false },
  { param: "kind", words: "one step: the cell", on: "SimpleRNNCell", off: "SimpleRNN" },
  { param: "tokens", words: "Embedding before", on: 5000, off: 0 },
  { param: "outputs", words: "Dense after", on: 1, off: 0 },
];

/**
 * Make the switches that change the layers.
 * @param {import("../shared/types.d.ts").Frame} frame
 */
export function switches({ save, signal }) {
  const all = SWITCHES.map(({ param, words, on, off }) => {
    const box = html("input", { type: "checkbox", role: "switch" });
    box.addEventListener("change", () => save({ [param]: box.checked ? on : off }), { signal });
    const update = (values) => {
      box.checked = values[param] !== off;
    };
    return { row: html("label", { class: "switch" }, box, ` ${words}`), update };
  });
  return {
    element: html("div", { class: "toggles" }, ...all.map(({ row }) => row)),
    update: (values) => all.forEach(({ update }) => update(values)),
  };
}
