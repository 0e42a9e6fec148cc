// The presets: a row of buttons, of which those that are on are pressed.

import { equal } from "../algebra.js";
import { html, put, write } from "../dom.js";
import { read } from "./parameters.js";
import { toolbar } from "./toolbar.js";

/** @import { Model, Spec, Values } from "../types.d.ts" */

/**
 * @typedef {object} Chips
 * @property {HTMLElement} element
 * @property {() => void} update
 */

/**
 * Make a button for each preset, and one for the start values.
 * @param {object} options
 * @param {Spec} options.spec
 * @param {Model} options.model
 * @param {Values} options.first the start values
 * @param {(changes: Values) => void} options.save
 * @param {HTMLElement} options.note where the note of a preset goes
 * @param {AbortSignal} options.signal
 * @returns {Chips}
 */
export function presetChips({ spec, model, first, save, note, signal }) {
  const shown = spec.params.filter((name) => name !== "step" && !spec.looks?.includes(name));
  const presets = [...(model.get("presets") ?? []), { name: "start values" }];
  const chips = presets.map(({ name, note: words = "", ...changes }) => {
    const chip = html("button", { type: "button", class: "preset" }, name);
    const all = () => ({ ...first, ...read(model, spec.looks ?? []), ...changes });
    chip.addEventListener("click", () => {
      save(all());
      queueMicrotask(() => write(note, words)); // after the change has been shown
    }, { signal });
    const isOn = () => shown.every((param) => equal(all()[param], model.get(param)));
    const update = () => put(chip, { "aria-pressed": String(isOn()) });
    return { chip, update: Object.keys(changes).length ? update : () => {} };
  });
  const title = chips.length > 1 && spec.presets ? html("span", {}, spec.presets) : null;
  return {
    element: html(
      "div",
      { class: "presets", ...toolbar("Presets") },
      title,
      ...chips.map(({ chip }) => chip),
    ),
    update: () => chips.forEach(({ update }) => update()),
  };
}
