// Number fields that refuse what is not a finite number, in words, and keep the last good value;
// and one slider for whichever field was chosen last.

import { html, put, write } from "../dom.js";
import { shown } from "../numbers.js";

export function fields({ change, signal }) {
  const all = new Map(); // name -> {input, error, value}
  const slider = html("input", { type: "range", min: -2, max: 2, step: 0.05 });
  const sliderLabel = html("span", { class: "slider-name" });
  const sliderRow = html(
    "label",
    { class: "slider" },
    sliderLabel,
    slider,
    html("small", {}, "moves the field chosen last"),
  );
  let chosen = null;

  const choose = (name) => {
    const field = all.get(name);
    chosen = name;
    write(sliderLabel, `drag ${name}`);
    const reach = field.whole
      ? [Math.max(field.min, 0), Math.min(field.max, 2 * field.value + 10)]
      : [Math.max(field.min, -2), Math.min(field.max, 2)];
    const [least, most] = [
      Math.min(reach[0], Math.floor(field.value)),
      Math.max(reach[1], Math.ceil(field.value)),
    ];
    put(slider, {
      "aria-label": `Drag ${name}`,
      step: field.whole ? 1 : 0.05,
      min: least,
      max: most,
    });
    slider.value = field.value;
  };
  const refuse = (name, why) => {
    const { input, error, value, wanted } = all.get(name);
    put(input, { "aria-invalid": why ? "true" : null });
    write(error, why ? `${name} takes ${wanted}; ${why}, so it stays ${shown(value)}.` : "");
  };

  // whole: integers alone; min, max: the bounds.
  function field({ name, sym, whole = false, min = -Infinity, max = Infinity }, onValue) {
    const error = html("span", { class: "error", role: "status" });
    const bounds = {
      min: Number.isFinite(min) ? min : null,
      max: Number.isFinite(max) ? max : null,
    };
    const input = html("input", {
      type: "number",
      step: whole ? 1 : 0.1,
      ...bounds,
      "aria-label": name,
      autocomplete: "off",
    });
    const range = bounds.min === null && bounds.max === null
      ? ""
      : bounds.max === null
      ? ` of at least ${min}`
      : ` from ${shown(min)} to ${shown(max)}`;
    const wanted = `${whole ? "a whole number" : range ? "a number" : "a finite number"}${range}`;
    all.set(name, { input, error, value: 0, wanted, whole, min, max });
    const read = () => {
      const text = input.value.trim();
      const value = Number(text);
      const fits = text !== "" && Number.isFinite(value) && value >= min && value <= max &&
        !(whole && !Number.isInteger(value));
      return fits ? value : null;
    };
    const on = (type, handler) => input.addEventListener(type, handler, { signal });
    let before = 0; // the value when the editing began: what stays if it ends in nonsense
    on("focus", () => {
      before = all.get(name).value;
      choose(name);
    });
    on("input", () => {
      const value = read();
      if (value === null) return;
      refuse(name, "");
      onValue(value);
    });
    const commit = () => {
      if (read() === null) {
        if (all.get(name).value !== before) onValue(before);
        all.get(name).value = before;
        refuse(
          name,
          input.validity.badInput || input.value.trim() !== ""
            ? `${input.value.trim() || "this"} was none`
            : "the field was empty",
        );
      }
      input.value = before = all.get(name).value;
    };
    on("blur", commit);
    on("keydown", (event) => {
      if (event.key === "Enter") commit(); // the focus stays
    });
    return html(
      "span",
      { class: "field", "data-sym": sym },
      html("span", { class: "field-name", "aria-hidden": "true" }, name),
      input,
      error,
    );
  }

  slider.addEventListener("input", () => change(chosen, Number(slider.value)), { signal });

  function update(name, value) {
    const entry = all.get(name);
    entry.value = value;
    if (entry.input.value !== String(value)) {
      const typing = entry.input === entry.input.getRootNode().activeElement;
      if (
        !typing ||
        (Number(entry.input.value) !== value && entry.input.value !== "" &&
          !entry.input.validity.badInput)
      ) entry.input.value = value;
    }
    if (name === chosen && Number(slider.value) !== value) choose(name);
  }
  return { field, update, choose, sliderRow };
}
