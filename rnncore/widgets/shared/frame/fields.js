// Number fields that refuse what is not a finite number, in words, and keep the last good value;
// and one slider for whichever field was chosen last.

import { html, put, write } from "../dom.js";
import { clipped, readNumber, shown } from "../numbers.js";
import { activeIn } from "./focus.js";
import { refusals } from "./refusals.js";

/** @import { Attributes, Field } from "../types.d.ts" */

/**
 * A field as it is on the page.
 * @typedef {object} Entry
 * @property {HTMLInputElement} input
 * @property {ReturnType<typeof refusals>} refusal what is wrong with what was typed
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
      entry.refusal.element,
    );
  }

  /**
   * Show a value that has changed, but not over what is being typed.
   * @param {string} name
   * @param {number} value
   */
  function update(name, value) {
    const entry = entryOf(name);
    keep(entry, value);
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
 * Make a field of text, which gives all that is pasted: one of type "number" drops what it does not
 * know, a minus sign or a comma, and takes the rest.
 * @param {Attributes} attributes
 */
export const textInput = (attributes) =>
  html("input", {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    ...attributes,
  });

/**
 * @param {{ name: string, whole: boolean, min: number, max: number }} field
 * @returns {Entry}
 */
function entryFor({ name, whole, min, max }) {
  const input = textInput({
    role: "spinbutton",
    inputmode: whole && min >= 0 ? "numeric" : null, // a keypad of a phone may lack the minus sign
    "aria-label": name,
    "aria-valuemin": Number.isFinite(min) ? min : null,
    "aria-valuemax": Number.isFinite(max) ? max : null,
  });
  const wanted = wantedOf({ whole, min, max });
  return { input, refusal: refusals(), value: NaN, wanted, whole, min, max };
}

/**
 * Note the value of now; what was said of the one before is no longer true.
 * @param {Entry} entry
 * @param {number} value
 */
function keep(entry, value) {
  if (Object.is(entry.value, value)) return;
  entry.value = value;
  put(entry.input, { "aria-valuenow": value });
  entry.refusal.refuse(null, "");
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
 * Return the value that is typed, or why there is none that the field takes.
 * @param {Entry} entry
 * @returns {{ value: number | null, why: string }}
 */
function typedIn({ input, whole, min, max }) {
  const text = input.value.trim();
  if (text === "") return { value: null, why: "the field was empty" };
  const { value, why } = readNumber(text);
  if (value === null) return { value, why };
  const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? { value, why } : { value: null, why: `you typed ${clipped(text)}` };
}

/**
 * Whether the reader is in the middle of this: of a text that is no number yet, or says the same.
 * @param {HTMLInputElement} input
 * @param {number} value
 */
function isBeingTyped(input, value) {
  if (input !== activeIn(input)) return false;
  const typed = readNumber(input.value).value;
  return typed === null || typed === value;
}

/**
 * Return the next value upwards or downwards, as the arrow keys of a number field give it.
 * @param {Entry} entry
 * @param {number} value
 * @param {number} by 1 or −1
 */
function stepped({ whole, min, max }, value, by) {
  const parts = whole ? 1 : 10;
  if (value + by / parts === value) return value; // too large to have neighbours a step away
  const round = by > 0 ? Math.floor : Math.ceil;
  return Math.min(Math.max(round(value * parts + by * (1 + 1e-9)) / parts, min), max);
}

/**
 * @param {string} name
 * @param {Entry} entry
 * @param {{ onValue: (value: number) => void, choose: (name: string) => void,
 *   signal: AbortSignal }} options
 */
function listen(name, entry, { onValue, choose, signal }) {
  const { input, refusal } = entry;
  let before = 0; // the value when the editing began: what stays if it ends in nonsense
  const refuse = (/** @type {string} */ why) => {
    const stays = `so it stays ${shown(entry.value)}`;
    refusal.refuse(input, why && `${name} takes ${entry.wanted}, but ${why}, ${stays}.`);
  };
  const commit = () => {
    const { value, why } = typedIn(entry);
    if (value === null) {
      if (entry.value !== before) onValue(before);
      keep(entry, before);
      refuse(why);
    }
    before = entry.value;
    input.value = String(before);
  };
  const take = () => {
    const { value } = typedIn(entry);
    refuse("");
    if (value !== null) onValue(value);
  };
  /** @type {(type: string, handler: (event: any) => void) => void} */
  const on = (type, handler) => input.addEventListener(type, handler, { signal });
  on("focus", () => {
    before = entry.value;
    choose(name);
  });
  on("input", take);
  on("blur", commit);
  on("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[/** @type {string} */ (event.key)];
    if (event.key === "Enter") commit(); // the focus stays
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    input.value = String(stepped(entry, typedIn(entry).value ?? entry.value, by));
    take();
  });
}
