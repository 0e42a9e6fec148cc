// How much padding there is around the review, and whether it is masked.

import { html, put, write } from "../shared/dom.js";

const SIDES = [["front", "padding before"], ["behind", "padding after"]];

/**
 * Make the two sliders and the switch.
 * @param {import("../shared/types.d.ts").Frame} frame
 */
export function paddingPanel({ save, signal, limits }) {
  const sides = SIDES.map(([param, label]) => {
    const bounds = { min: 0, max: limits.padding, step: 1 };
    const input = html("input", { type: "range", ...bounds, "aria-label": label });
    input.addEventListener("input", () => save({ [param]: Number(input.value) }), { signal });
    const count = html("output");
    const update = (values) => {
      write(count, `${label}: ${values[param]}`);
      input.value = String(values[param]);
    };
    return { row: html("label", { class: "slider" }, count, input), update };
  });
  const box = html("input", { type: "checkbox", role: "switch" });
  box.addEventListener("change", () => save({ mask: box.checked }), { signal });
  const mask = html("label", { class: "switch" }, box, " mask");
  const element = html("div", { class: "padding" }, ...sides.map(({ row }) => row), mask);
  const update = (values) => {
    sides.forEach((side) => side.update(values));
    box.checked = values.mask;
    put(mask, { title: "A masked step leaves the state as it is" });
  };
  return { element, update };
}
