// The equation of the cell that is looked at.

import { html, noteChange, put, words } from "../shared/dom.js";
import { equationOf, symbolButton } from "../shared/frame/frame.js";

/** Make the equation; its symbols stay while the cell does, so that one with the focus keeps it. */
export function equationPanel() {
  const element = equationOf();
  const update = (cell, params) => {
    if (!noteChange(element, `${cell.name} ${params.reset}`)) return;
    put(element, {}, ...cell.equation(params));
  };
  return { element, update };
}

/**
 * Make a part that stays on one line.
 * @param {any[]} parts
 */
export const equationPart = (parts) => html("span", { class: "part" }, parts);

/**
 * Return x_t W_x + h_{t-1} W_h + b, made of symbols that can be pressed.
 * @param {any[]} reset what stands before h_{t-1}
 */
export function weightedEquation(reset = []) {
  const [x, W_x, b] = [["x_t", "x"], ["W_x", "W_x"], ["b", "b"]].map(([a, s]) =>
    symbolButton(a, s)
  );
  const [h, W_h] = [symbolButton("h_t−1", "h_prev"), symbolButton("W_h", "W_h")];
  return words`${x} ${W_x} + ${reset}${h} ${W_h} + ${b}`;
}
