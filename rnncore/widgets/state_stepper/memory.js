// What becomes of a state: the switch of the activation, and two panels that are closed at first.

import { html, noteChange, write } from "../shared/dom.js";
import { sharesPanel } from "./shares.js";
import { sizesPanel } from "./sizes.js";
import { memory } from "./trace.js";

/** @import { Frame } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */
/** @import { Memory } from "./trace.js" */

/**
 * A part of a panel that is filled while that is open.
 * @typedef {object} Inside
 * @property {string} title
 * @property {HTMLElement[]} elements
 * @property {(run: Run & Memory, params: Layer, t: number) => void} fill
 */

/**
 * Make the switch and the panels.
 * @param {Pick<Frame, "save" | "signal" | "limits" | "whenSeen">} frame
 */
export function memoryPanels({ save, signal, limits, whenSeen }) {
  const activation = activationSwitch({ save, signal });
  const sizes = sizesPanel(limits);
  /** @type {() => [Run & Memory, Layer, number]} */
  let latest;
  const panels = [sizes, sharesPanel()].map((inside) =>
    closedPanel(inside, () => latest(), signal)
  );
  return {
    elements: [activation.element, ...panels.map(({ element }) => element)],
    draw: sizes.draw,
    /**
     * @param {Run} run
     * @param {Layer} params
     * @param {number} t
     */
    update(run, params, t) {
      activation.update(params.activation);
      /** @type {Run & Memory} */
      let all; // computed once, and only for a panel that is open
      latest = () => [all ??= { ...run, ...memory(params, limits) }, params, t];
      panels.forEach(({ element, update }) => whenSeen(element, update));
    },
  };
}

/**
 * Make the switch that turns the activation off, and on again.
 * @param {Pick<Frame, "save" | "signal">} frame
 */
function activationSwitch({ save, signal }) {
  let bent = "tanh"; // the activation that it turns on
  const toggle = html("input", { type: "checkbox", role: "switch" });
  const text = html("span", {});
  toggle.addEventListener("change", () => save({ activation: toggle.checked ? bent : "linear" }), {
    signal,
  });
  return {
    element: html("label", { class: "switch" }, toggle, text),
    update(/** @type {string} */ activation) {
      toggle.checked = activation !== "linear";
      if (toggle.checked) bent = activation;
      write(text, ` Activation ${bent}: ${toggle.checked ? "on" : "off"}`);
    },
  };
}

/**
 * Make a panel that costs nothing while it is closed: it is filled while it is open.
 * @param {Inside} inside
 * @param {() => [Run & Memory, Layer, number]} latest what is to be shown
 * @param {AbortSignal} signal
 */
function closedPanel({ title, elements, fill }, latest, signal) {
  const box = html("div");
  const element = html("details", { class: "panel" }, html("summary", {}, title), box);
  const update = () => {
    if (noteChange(box, element.open)) box.replaceChildren(...(element.open ? elements : []));
    if (element.open) fill(...latest());
  };
  element.addEventListener("toggle", update, { signal });
  return { element, update };
}
