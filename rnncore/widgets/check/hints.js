// The hints, which come one by one, and after the last of them the answer itself.

import { html, number, put, symbol, write } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";

const BACKTICK = "\u0060";
const SYMBOL = /\b((?:dL\/d|d)?[Whxz]_(?:t−1|\w))(?!\w)/;

/**
 * Set `code` that stands between backticks as such, and W_x, h_0 or dL/dW_h as a symbol.
 * @param {string} text
 * @returns {(string | Element)[]}
 */
export function prose(text) {
  const withSymbols = (part) =>
    part.split(SYMBOL).flatMap((piece, k) => (k % 2 ? symbol(piece) : [piece]));
  return text.split(BACKTICK).flatMap((part, i) =>
    i % 2 ? [html("code", {}, part)] : withSymbols(part)
  );
}

/**
 * Make the list of the hints and the button that opens one more.
 * @param {import("./trace.js").Exercise} exercise
 * @param {string[]} all the hints
 */
export function hintsPanel(exercise, all) {
  const element = html("ol", { class: "hints" });
  const more = html("button", { type: "button" });
  const solution = html("p", { class: "solution" }, "The answer: ", ...answerParts(exercise));

  // opened: how many are open; one more than there are hints shows the answer.
  function update(opened) {
    const count = Math.min(opened, all.length);
    while (element.childElementCount > count) element.lastChild.remove();
    for (let i = element.childElementCount; i < count; i += 1) {
      element.append(html("li", {}, ...prose(all[i])));
    }
    const isSolved = opened > all.length;
    if (!isSolved) solution.remove();
    else if (!solution.parentNode) element.after(solution);
    write(more, opened < all.length ? `Hint ${opened + 1} of ${all.length}` : "Show the answer");
    put(more, { "aria-disabled": String(isSolved) });
  }
  return { element, more, update, most: all.length + 1 };
}

function answerParts({ kind, expected }) {
  if (kind === "shapes") return [html("code", {}, expected.map(bracketed).join(", "))];
  if (kind === "shape") return [html("code", {}, bracketed(expected))];
  return nested(expected, []);
}
const bracketed = (shape) => `(${shape.join(", ")})`;

/** Return numbers in nested brackets, each with its place. */
function nested(value, index) {
  if (!Array.isArray(value)) return [number("expected", index, value, shown(value), "")];
  const inner = value.flatMap((part, i) => [i ? ", " : "", ...nested(part, [...index, i])]);
  return ["[", ...inner, "]"];
}
