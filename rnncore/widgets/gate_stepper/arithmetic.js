// The arithmetic of a step of the cell that is looked at, with the actual numbers.

import { numberAt } from "../shared/algebra.js";
import { html, put, updated, words } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { factor } from "../shared/numbers.js";
import { isHeld, sym } from "./parts.js";

/** @typedef {import("./parts.js").State} State */

/** Make the lines of a step; they are made anew where it changes, else only their numbers are. */
export function arithmeticPanel() {
  const element = group("sum", "The arithmetic of this step", true);
  const renewed = updated();
  const update = (cell, state, t) => {
    const held = Object.keys(state.hand).map((gate) => isHeld(state, gate, t));
    renewed(`${cell.name} ${state.params.reset} ${t} ${held}`, (num) => {
      const lines = t > 0 ? cell.lines(num, state, t) : initialLines(num, cell, state);
      put(element, {}, ...lines.map((parts) => html("p", {}, parts)));
    });
  };
  return { element, update };
}

const initialLines = (num, { states }, { run }) =>
  states.map((name) => {
    const state = sym(`${name[0]}_0`, name[0]);
    const value = html("b", {}, num(name, [0], () => run[name][0], { sym: name[0] }));
    const initial = html("small", {}, "  the initial state");
    return words`${state} = ${value}${initial}`;
  });

/**
 * Return what makes the numbers of a step: a factor `n`, and a `result` in bold.
 * @param {any} num
 * @param {State} state
 * @param {number} t
 */
export function numbersAt(num, state, t) {
  const n = (name, sym = "", back = 0) =>
    num(name, [t - back], () => state.run[name][t - back], { sym, text: factor });
  const result = (name, sym = name) =>
    html("b", {}, num(name, [t], () => state.run[name][t], { sym }));
  return { n, result };
}

/**
 * Return the line σ(x × W_x + h × W_h + b) = σ(sum) = value, or one that says that a hand holds it.
 * @param {any} num
 * @param {State} state
 * @param {number} t
 * @param {object} options
 * @param {string} options.kind whose weights
 * @param {string} options.before the state that comes in
 * @param {string} options.name the result
 * @param {string} [options.letter] how that is written
 * @param {string} options.sum the weighted sum
 * @param {string} [options.f]
 * @param {number} [options.column] of the weights
 * @param {boolean} [options.reset] whether r is in it
 */
export function weightedLine(num, state, t, options) {
  const { name, letter = name, sum, f = "σ" } = options;
  const { n, result } = numbersAt(num, state, t);
  const of = name === "h_simple" ? "h" : name;
  const [left, value] = [sym(`${letter}_${t}`, of), result(name, of)];
  if (isHeld(state, name, t)) {
    return words`${left} = ${value}${html("small", {}, "  held by hand")}`;
  }
  const total = num(sum, [t], () => state.run[sum][t], { sym: "" });
  return words`${left} = ${f}(${weighted(num, state, n, options)}) = ${f}(${total}) = ${value}`;
}

function weighted(num, state, n, { kind, before, column = null, reset = false }) {
  const weight = (row, sym) => {
    const index = column === null ? [row] : [row, column];
    return num(kind, index, () => numberAt(state.params[kind], index), { sym, text: factor });
  };
  const [W_x, W_h, b] = [weight(0, "W_x"), weight(1, "W_h"), weight(2, "b")];
  const [x, h] = [n("x", "x"), n(before, "h_prev", 1)];
  if (reset && state.params.reset === "after") {
    const b_reset = num("b_reset", [], () => state.params.b_reset, { sym: "b", text: factor });
    return words`${x} × ${W_x} + ${b} + ${n("r", "r")} × (${h} × ${W_h} + ${b_reset})`;
  }
  return words`${x} × ${W_x} + ${reset ? words`${n("r", "r")} × ` : []}${h} × ${W_h} + ${b}`;
}
