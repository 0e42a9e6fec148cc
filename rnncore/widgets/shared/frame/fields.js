// Number fields that refuse what is not a finite number, in words, and keep the last good value;
// and one slider for whichever field was chosen last.

import { html, put, write } from "../dom.js";
import { shown } from "../numbers.js";
import { activeIn } from "./focus.js";

/** @import { Field } from "../types.d.ts" */

/**
 * A field as it is on the page.
 * @typedef {object} Entry
 * @property {HTMLInputElement} input
 * @property {HTMLElement} error what is wrong with what was typed
 * @property {number} value the last good one
 * @property {string} wanted what it takes, in words
 * @property {boolean} whole
 * @property {number} min
 * @property {number} max
 */

/**
 * Keep the fields of an editor.
 * @param {object} options
 * @param {(name: string, value: number) => void} options.change what the slider does
 * @param {AbortSignal} options.signal
 */
export function fields({ change, signal }) {
  /** @type {Map<string, Entry>} */
  const all = new Map();
  const { slider, label, sliderRow } = sliderParts();
  /** @type {string} */
  let chosen;
  slider.addEventListener("input", () => change(chosen, Number(slider.value)), { signal });

  const entryOf = (/** @type {string} */ name) => /** @type {Entry} */ (all.get(name));
  const choose = (/** @type {string} */ name) => {
    chosen = name;
    write(label, `drag ${name}`);
    put(slider, { "aria-label": `Drag ${name}`, ...reachOf(entryOf(name)) });
    slider.value = String(entryOf(name).value);
  };

  /**
   * Make a field.
   * @param {Field} field
   * @param {(value: number) => void} onValue what happens as soon as a good value is typed
   */
  function field({ name, sym, whole = false, min = -Infinity, max = Infinity }, onValue) {
    const entry = entryFor({ name, whole, min, max });
    all.set(name, entry);
    listen(name, entry, { onValue, choose, signal });
    return html(
      "span",
      { class: "field", "data-sym": sym },
      html("span", { class: "field-name", "aria-hidden": "true" }, name),
      entry.input,
      entry.error,
    );
  }

  /**
   * Show a value that has changed, but not over what is being typed.
   * @param {string} name
   * @param {number} value
   */
  function update(name, value) {
    const entry = entryOf(name);
    entry.value = value;
    if (entry.input.value !== String(value) && !isBeingTyped(entry.input, value)) {
      entry.input.value = String(value);
    }
    if (name === chosen && Number(slider.value) !== value) choose(name);
  }
  return { field, update, choose, sliderRow };
}

function sliderParts() {
  const slider = html("input", { type: "range", min: -2, max: 2, step: 0.05 });
  const label = html("span", { class: "slider-name" });
  const small = html("small", {}, "moves the field chosen last");
  return { slider, label, sliderRow: html("label", { class: "slider" }, label, slider, small) };
}

/**
 * Return how far the slider goes, as attributes: the value lies within.
 * @param {Entry} entry
 */
function reachOf({ whole, min, max, value }) {
  const [least, most] = whole
    ? [Math.max(min, 0), Math.min(max, 2 * value + 10)]
    : [Math.max(min, -2), Math.min(max, 2)];
  return {
    step: whole ? 1 : 0.05,
    min: Math.min(least, Math.floor(value)),
    max: Math.max(most, Math.ceil(value)),
  };
}

/**
 * @param {{ name: string, whole: boolean, min: number, max: number }} field
 * @returns {Entry}
 */
function entryFor({ name, whole, min, max }) {
  const error = html("span", { class: "error", role: "status" });
  const input = html("input", {
    type: "number",
    step: whole ? 1 : 0.1,
    min: Number.isFinite(min) ? min : null,
    max: Number.isFinite(max) ? max : null,
    "aria-label": name,
    autocomplete: "off",
  });
  return { input, error, value: 0, wanted: wantedOf({ whole, min, max }), whole, min, max };
}

/**
 * Return what a field takes, in words.
 * @param {{ whole: boolean, min: number, max: number }} field
 */
export function wantedOf({ whole, min, max }) {
  const isBounded = Number.isFinite(min) || Number.isFinite(max);
  const kind = whole ? "a whole number" : isBounded ? "a number" : "a finite number";
  if (!isBounded) return kind;
  return Number.isFinite(max)
    ? `${kind} from ${shown(min)} to ${shown(max)}`
    : `${kind} of at least ${min}`;
}

/**
 * Return the value that is typed; null where it is none, or not one that the field takes.
 * @param {Entry} entry
 */
function typedIn({ input, whole, min, max }) {
  const text = input.value.trim();
  const value = Number(text);
  const fits = text !== "" && Number.isFinite(value) && value >= min && value <= max;
  return fits && (!whole || Number.isInteger(value)) ? value : null;
}

/**
 * Whether the reader is in the middle of this: of a field that is empty, or says the same.
 * @param {HTMLInputElement} input
 * @param {number} value
 */
const isBeingTyped = (input, value) =>
  input === activeIn(input) &&
  (Number(input.value) === value || input.value === "" || input.validity.badInput);

/**
 * @param {string} name
 * @param {Entry} entry
 * @param {{ onValue: (value: number) => void, choose: (name: string) => void,
 *   signal: AbortSignal }} options
 */
function listen(name, entry, { onValue, choose, signal }) {
  const { input, error } = entry;
  let before = 0; // the value when the editing began: what stays if it ends in nonsense
  const refuse = (/** @type {string} */ why) => {
    put(input, { "aria-invalid": why ? "true" : null });
    const stays = `so it stays ${shown(entry.value)}`;
    write(error, why ? `${name} takes ${entry.wanted}; ${why}, ${stays}.` : "");
  };
  const commit = () => {
    if (typedIn(entry) === null) {
      if (entry.value !== before) onValue(before);
      entry.value = before;
      const text = input.value.trim();
      refuse(
        input.validity.badInput || text ? `${text || "this"} was none` : "the field was empty",
      );
    }
    before = entry.value;
    input.value = String(before);
  };
  input.addEventListener("focus", () => {
    before = entry.value;
    choose(name);
  }, { signal });
  input.addEventListener("input", () => {
    const value = typedIn(entry);
    if (value === null) return;
    refuse("");
    onValue(value);
  }, { signal });
  input.addEventListener("blur", commit, { signal });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit(); // the focus stays
  }, { signal });
}
