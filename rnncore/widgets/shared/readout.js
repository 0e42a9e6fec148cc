// What the readers of words and of digits share: a tanh layer, a dense layer on its last state.

import { html, put, words, write } from "./dom.js";
import { equationOf, symbolButton } from "./frame/frame.js";

/**
 * Make the equation of the state and of the answer, its symbols to be pressed.
 * @param {string} squash what the answer goes through, such as "softmax"
 */
export function readoutEquation(squash) {
  const [h, x, W_x, h_prev, W_h, b] = [
    ...[["h_t", "h"], ["x_t", "x"], ["W_x", "W_x"]],
    ...[["h_t−1", "h_prev"], ["W_h", "W_h"], ["b", "b"]],
  ].map(([text, sym]) => symbolButton(text, sym));
  const [p, h_again, W_y, b_y] = [["p_t", "y"], ["h_t", "h"], ["W_y", "W_y"], ["b_y", "b_y"]]
    .map(([text, sym]) => symbolButton(text, sym));
  const answer = words`${p} = ${squash}(${h_again}${W_y} + ${b_y})`;
  return equationOf(
    ...words`${h} = tanh(${x}${W_x} + ${h_prev} ${W_h} + ${b}),`,
    html("span", { class: "answer" }, ...answer),
  );
}

/**
 * Make the range that chooses a hidden unit.
 * @param {number} units
 * @param {(values: { unit: number }) => void} save
 * @param {AbortSignal} signal
 */
export function unitChoice(units, save, signal) {
  const bounds = { min: 1, max: units, step: 1 };
  const input = html("input", { type: "range", ...bounds, "aria-label": "Hidden unit" });
  input.addEventListener("input", () => save({ unit: Number(input.value) }), { signal });
  const name = html("output");
  const update = (/** @type {number} */ unit) => {
    write(name, `unit ${unit} of ${units}`);
    put(input, { "aria-valuetext": `unit ${unit}` });
    input.value = String(unit);
  };
  return { element: html("label", { class: "slider" }, name, input), update };
}
