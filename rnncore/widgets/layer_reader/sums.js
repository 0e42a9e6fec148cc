// The weighted sums of one unit, a row for each gate, and what becomes of them.

import { html, number, put, symbol, words, write } from "../shared/dom.js";
import { NAMES } from "./told.js";

/** @import { Child } from "../shared/types.d.ts" */
/** @import { Layer } from "./layer.js" */
/** @import { Run, Step } from "./trace.js" */

/**
 * What is looked at: step t, and unit and gate counted from 0.
 * @typedef {{ run: Run, t: number, unit: number, gate: number, now: Step }} Look
 */

/**
 * Wrap parts that light up with a symbol.
 * @param {string} sym
 * @param {...Child} parts
 */
export const lit = (sym, ...parts) => html("span", { "data-sym": sym }, ...parts);

/**
 * Return a gate or a state as a symbol.
 * @param {string} name i, or c_t−1
 */
export const named = (name) =>
  lit(SYMS[name] ?? (/[ch]_.*−1/.test(name) ? "h_prev" : name[0]), ...symbol(name));

/** @type {Record<string, string>} */
const SYMS = { i: "gate", f: "gate", o: "gate", z: "gate", r: "gate", "c̃": "z", "h̃": "z" };

/** @param {string} name */
export const of = (name) => lit(name === "b_h" ? "b" : name, ...symbol(name));

/**
 * Return the name of an activation in an equation.
 * @param {string} [name]
 */
export const functionOf = (name = "") => name === "sigmoid" ? "σ" : name === "linear" ? "" : name;

/**
 * Make the table of the sums, whose names choose which is written out, and the lines below it.
 * @param {(gate: number) => void} choose
 * @param {AbortSignal} signal
 */
export function sumsPanel(choose, signal) {
  const [head, body, caption] = [html("thead"), html("tbody"), html("caption")];
  const table = html("table", { class: "sums" }, caption, head, body);
  const after = html("div", { class: "after" });
  /** @type {HTMLElement[]} */
  let buttons = [];

  function build(/** @type {Layer} */ layer) {
    const names = NAMES[layer.kind];
    buttons = names.map((name, g) => {
      const label = `Write out ${name}`;
      const button = html("button", { type: "button", "aria-label": label }, ...symbol(name));
      button.addEventListener("click", () => choose(g + 1), { signal });
      return button;
    });
    put(head, {}, html("tr", {}, html("td"), ...headings(layer)));
    const rows = buttons.map((button) => html("tr", {}, html("th", { scope: "row" }, button)));
    put(body, {}, ...rows);
  }
  function update(/** @type {Look} */ look) {
    const { run: { layer }, t, unit, gate, now } = look;
    write(caption, `Unit ${unit + 1} in step ${t}`);
    buttons.forEach((button, g) => {
      put(button, { "aria-pressed": String(g === gate) });
      put(/** @type {Element} */ (button.closest("tr")), { class: g === gate ? "chosen" : "" });
    });
    [...body.children].forEach((row, g) => {
      const cells = columnsOf(layer).map((name) => html("td", {}, sumAt(name, look, g)));
      put(row, {}, /** @type {Element} */ (row.firstChild), ...cells);
    });
    put(after, {}, ...linesAfter(look, now).map((line) => html("p", {}, ...line)));
  }
  return { element: html("div", {}, table, after), build, update };
}

/** @param {Layer} layer */
const columnsOf = ({ kind, b_h }) => [
  ...["x_W_x", "h_W_h", "b"],
  ...(b_h ? ["b_h"] : []),
  "z",
  kind === "SimpleRNN" ? "h" : "opens",
];

/** @param {Layer} layer */
function headings(layer) {
  /** @type {Record<string, Child[]>} */
  const heads = {
    x_W_x: [named("x_t"), " ", of("W_x")],
    h_W_h: [named("h_t−1"), " ", of("W_h")],
    b: [of("b")],
    b_h: [of("b_h")],
    z: [lit("z", "sum")],
    opens: ["value"],
    h: [named("h_t")],
  };
  return columnsOf(layer).map((name) => html("th", { scope: "col" }, ...heads[name]));
}

/**
 * @param {string} name
 * @param {Look} look
 * @param {number} g
 */
function sumAt(name, { run: { layer }, t, unit, now }, g) {
  const k = g * layer.units + unit;
  const sym =
    { x_W_x: "x", h_W_h: "h_prev", z: "z", b: "b", b_h: "b", h: "h", opens: "gate" }[name];
  if (name === "b" || name === "b_h") {
    return number(name, [g, unit], /** @type {any} */ (layer[name])[k], undefined, sym);
  }
  if (name === "h") return number("h", [t, unit], now.h[unit], undefined, sym);
  return number(name, [t, g, unit], now[name][k], undefined, sym);
}

/**
 * Return what follows the sums, line by line.
 * @param {Look} look
 * @param {Step} now
 * @returns {Child[][]}
 */
function linesAfter({ run, t, unit }, now) {
  const { layer, h, c } = run;
  const { kind, units } = layer;
  const num = (/** @type {string} */ name, /** @type {string} */ sym = name) =>
    number(name, [t, unit], now[name][unit], undefined, sym);
  const gate = (/** @type {number} */ g) =>
    number("opens", [t, g, unit], now.opens[g * units + unit], undefined, g === 2 ? "z" : "gate");
  const before = (/** @type {string} */ name, /** @type {any} */ of) =>
    number(name, [t - 1, unit], of(t - 1)[unit], undefined, "h_prev");
  const f = functionOf(layer.activation);
  if (kind === "SimpleRNN") return [words`${named("h_t")} = ${f}(sum)`];
  const opened = `= ${functionOf(layer.recurrent_activation)}(sum)`;
  if (kind === "LSTM") {
    return [
      words`${named("i")}, ${named("f")}, ${named("o")} ${opened}, ${named("c̃")} = ${f}(sum)`,
      words`${named("c_t")} = ${gate(1)} × ${before("c", c)} + ${gate(0)} × ${gate(2)} = ${
        num("kept", "c")
      } + ${num("written", "c")} = ${num("c")}`,
      words`${named("h_t")} = ${gate(3)} × ${num("f_c", "c")} = ${num("h")}`,
    ];
  }
  const met = layer.reset_after
    ? words`(${named("h_t−1")} ${of("W_h")}${layer.b_h ? [" + ", of("b_h")] : null})`
    : [named("h_t−1")];
  return [
    words`${named("z")}, ${named("r")} ${opened}, ${named("h̃")} = ${f}(sum)`,
    words`${named("r")} · ${met} = ${gate(1)} × … = ${num("reset", "h_prev")}`,
    words`${named("h_t")} = ${gate(0)} × ${before("h", h)} + (1 − ${gate(0)}) × ${gate(2)} = ${
      num("kept", "h")
    } + ${num("written", "h")} = ${num("h")}`,
  ];
}
