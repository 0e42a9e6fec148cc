// The fields for every input and weight, laid out as the matrices are, and what can be chosen.

import { numberAt, replaced } from "../algebra.js";
import { html, put } from "../dom.js";
import { fields } from "./fields.js";
import { activeIn } from "./focus.js";

/** @import { Choice, Editable, Field, Group, Model, Path, Value, Values } from "../types.d.ts" */

/**
 * @typedef {object} Editor
 * @property {HTMLElement} element
 * @property {(editable: Editable) => void} build make the fields
 * @property {() => void} update show the values of now
 * @property {(name: string) => void} choose let the slider move that field
 * @property {() => void} stop
 */

/**
 * Make the editor, without fields at first.
 * @param {{ model: Model, save: (changes: Values) => void, title?: string }} options
 * @returns {Editor}
 */
export function editor({ model, save, title = "Change the numbers" }) {
  const element = html("details", { class: "editor" });
  let abort = new AbortController();
  /** @type {Field[]} */
  let all;
  /** @type {ReturnType<typeof fields>} */
  let fieldsNow;
  /** @type {ReturnType<typeof selectOf>[]} */
  let selects;
  const set =
    (/** @type {{ param: string, path?: Path }} */ { param, path = [] }) =>
    (/** @type {Value} */ value) => save({ [param]: replaced(model.get(param), path, value) });

  /** @param {Editable} editable */
  function build({ groups, choices = [], slider = true }) {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    all = groups.flatMap(({ fields }) => fields);
    const byName = new Map(all.map((field) => [field.name, field]));
    fieldsNow = fields({
      signal,
      change: (name, value) => set(/** @type {Field} */ (byName.get(name)))(value),
    });
    selects = choices.map((choice) => selectOf(choice, set(choice), signal));
    const made = groups.map((group) =>
      fieldset(group, (field) => fieldsNow.field(field, set(field)))
    );
    keepingFocus(element, () => {
      const rows = [...selects.map(({ row }) => row), slider ? fieldsNow.sliderRow : null];
      const matrices = html("div", { class: "matrices" }, ...made);
      put(element, {}, html("summary", {}, title), matrices, ...rows);
      update();
    });
  }

  function update() {
    all.forEach(({ param, path, name }) =>
      fieldsNow.update(name, numberAt(model.get(param), path))
    );
    selects.forEach(({ param, path, select }) => {
      select.value = numberAt(model.get(param), path);
    });
  }
  return {
    element,
    build,
    update,
    choose: (name) => fieldsNow.choose(name),
    stop: () => abort.abort(),
  };
}

/**
 * @param {Choice} choice
 * @param {(word: string) => void} set
 * @param {AbortSignal} signal
 */
function selectOf({ param, path = [], label, known }, set, signal) {
  const options = known.map((word) => html("option", { value: word }, word));
  const select = html("select", { "aria-label": label }, ...options);
  select.addEventListener("change", () => set(select.value), { signal });
  return { param, path, select, row: html("label", { class: "slider" }, `${label} `, select) };
}

/**
 * @param {Group} group
 * @param {(field: Field) => HTMLElement} make
 */
const fieldset = ({ legend, columns, fields }, make) =>
  html(
    "fieldset",
    { style: `--columns: ${columns}` },
    html("legend", {}, legend),
    html("div", { class: "grid" }, ...fields.map(make)),
  );

/**
 * Change what is in an element; the focus goes to what has the same label then.
 * @param {HTMLDetailsElement} element
 * @param {() => void} change
 */
function keepingFocus(element, change) {
  const active = activeIn(element);
  const label = active && element.contains(active) ? active.ariaLabel : null;
  const { open } = element;
  change();
  element.open = open;
  if (!label) return;
  /** @type {NodeListOf<HTMLElement>} */
  const labelled = element.querySelectorAll("[aria-label]");
  [...labelled].find((node) => node.ariaLabel === label)?.focus({ preventScroll: true });
}

/**
 * Return the fields of a number, a vector, or a matrix.
 * @param {string} param
 * @param {Value} value
 * @param {string} sym what they light up with
 * @param {string} name what precedes the place of each: W_h 2,3
 * @returns {Field[]}
 */
export const fieldsOf = (param, value, sym = param, name = param) => {
  const one = (/** @type {Path} */ path) => ({
    param,
    path,
    sym,
    name: path.length ? `${name} ${path.map((i) => i + 1).join()}` : name,
  });
  if (!Array.isArray(value)) return [one([])];
  return value.flatMap((row, i) =>
    Array.isArray(row) ? row.map((_, j) => one([i, j])) : [one([i])]
  );
};
