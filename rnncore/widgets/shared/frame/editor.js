// The fields for every input and weight, laid out as the matrices are, and what can be chosen.

import { html, put } from "../dom.js";
import { fields } from "./fields.js";
import { numberAt, replaced } from "./parameters.js";

// groups: [{legend, columns, fields: [{param, path, name, sym, whole, min, max}]}], each field
// under the name a reader counts by: W_h 2,3 is row 2, column 3.  choices: [{param, path, label, known}].
export function editor({ model, save, title = "Change the numbers" }) {
  const element = html("details", { class: "editor" });
  let abort = new AbortController();
  let fieldsNow, all, selects;

  function build({ groups, choices = [], slider = true }) {
    const open = element.open;
    const focused = element.contains(element.getRootNode().activeElement)
      ? element.getRootNode().activeElement.ariaLabel
      : null;
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    all = groups.flatMap(({ fields }) => fields);
    const set = ({ param, path }) => (value) =>
      save({ [param]: replaced(model.get(param), path, value) });
    fieldsNow = fields({
      signal,
      change: (name, value) => set(all.find((f) => f.name === name))(value),
    });
    selects = choices.map(({ param, path = [], label, known }) => {
      const select = html(
        "select",
        { "aria-label": label },
        ...known.map((word) => html("option", { value: word }, word)),
      );
      select.addEventListener("change", () => set({ param, path })(select.value), { signal });
      return { param, path, select, row: html("label", { class: "slider" }, `${label} `, select) };
    });
    const made = groups.map(({ legend, columns, fields }) =>
      html(
        "fieldset",
        { style: `--columns: ${columns}` },
        html("legend", {}, legend),
        html(
          "div",
          { class: "grid" },
          ...fields.map((field) => fieldsNow.field(field, set(field))),
        ),
      )
    );
    put(
      element,
      {},
      html("summary", {}, title),
      html("div", { class: "matrices" }, ...made),
      ...selects.map(({ row }) => row),
      slider ? fieldsNow.sliderRow : null,
    );
    element.open = open;
    update();
    if (focused) {
      [...element.querySelectorAll("[aria-label]")].find((node) => node.ariaLabel === focused)
        ?.focus({ preventScroll: true });
    }
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

// The fields of a number, a vector, or a matrix.
export const fieldsOf = (param, value, sym = param, name = param) => {
  const one = (path) => ({
    param,
    path,
    sym,
    name: path.length ? `${name} ${path.map((i) => i + 1).join()}` : name,
  });
  if (!Array.isArray(value)) return [one([])];
  return value.flatMap((
    row,
    i,
  ) => (Array.isArray(row) ? row.map((_, j) => one([i, j])) : [one([i])]));
};
