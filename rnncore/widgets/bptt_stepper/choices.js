// What the reader looks at: the weight, the derivative, and how far a window lets a gradient go.

import { html, put, symbol, write } from "../shared/dom.js";
import { toolbar } from "../shared/frame/toolbar.js";

/** @import { Child, Frame } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

/**
 * Make the buttons of a choice.
 * @param {Pick<Frame, "save" | "signal">} frame
 * @param {string} param
 * @param {Child[]} label
 * @param {[string, ...Child[]][]} options each a value and what its button shows
 */
function choice({ save, signal }, param, label, options) {
  const buttons = options.map(([value, ...parts]) => {
    const button = html("button", { type: "button" }, ...parts);
    button.addEventListener("click", () => save({ [param]: value }), { signal });
    return { value, button };
  });
  const name = html("span", { "aria-hidden": "true" }, ...label);
  return {
    element: html(
      "div",
      { class: "choice", ...toolbar(name.textContent ?? "") },
      name,
      ...buttons.map(({ button }) => button),
    ),
    update: (/** @type {string} */ now) =>
      buttons.forEach(({ value, button }) =>
        put(button, { "aria-pressed": String(value === now) })
      ),
  };
}

/**
 * Make the choices of a weight and of a derivative.
 * @param {Frame} frame
 */
export function choicesPanel(frame) {
  const { weights, derivatives } = frame.limits;
  const derivative = choice(
    frame,
    "derivative",
    ["derivative ", ...symbol("dL/dh_t")],
    derivatives.map((/** @type {string} */ word) => [word, word]),
  );
  const weight = choice(
    frame,
    "weight",
    ["weight"],
    weights.map((/** @type {string} */ name) => [name, ...symbol(name)]),
  );
  return {
    element: html("div", { class: "choices" }, weight.element, derivative.element),
    update(/** @type {Params} */ params) {
      derivative.update(params.derivative);
      weight.update(params.weight);
    },
  };
}

/**
 * Make the slider of the window, which stands under the columns of the picture.
 * @param {Pick<Frame, "save" | "signal">} frame
 */
export function windowPanel({ save, signal }) {
  const range = html("input", { type: "range", min: 1, step: 1, "aria-label": "Window" });
  range.addEventListener("input", () => save({ window: Number(range.value) }), { signal });
  const words = html("span", { class: "window-words" });
  const label = html("span", {}, "window: ", words);
  const element = html("label", { class: "through-window" }, label, range);
  return {
    element,
    update(/** @type {Params} */ { window, X }) {
      put(range, { max: X.length, "aria-valuetext": `${window} of ${X.length} steps` });
      range.value = String(window);
      write(words, window < X.length ? `${window} of ${X.length} steps` : "all steps");
    },
    /** Put value k under the first column that a gradient from the last one reaches. */
    place(/** @type {number} */ room, /** @type {number} */ first, /** @type {number} */ last) {
      const style = `--from: ${first}px; --long: ${Math.max(44, last - first)}px`;
      put(element, { style: room < 0 || first < 96 ? null : style });
    },
  };
}
