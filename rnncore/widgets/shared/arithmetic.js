// The arithmetic of one step, with the actual numbers: in lines (scalar) or as a table (vector).

import { ACTIVATIONS } from "./activations.js";
import { isPlain, range } from "./algebra.js";
import { html, noteChange, put, renew, symbol, updated, words, write } from "./dom.js";
import { factor } from "./numbers.js";

/** @import { Child, Children, Path } from "./types.d.ts" */
/** @import { Layer, Run } from "./cell.js" */
/** @import { MakeNumber } from "./dom.js" */

/**
 * Shows step t of a run.
 * @callback ShowStep
 * @param {Run} run
 * @param {number} t
 * @param {Layer} params
 * @returns {void}
 */

/**
 * Return what stands before the argument of an activation: tanh( or nothing.
 * @param {string} activation
 */
export const openOf = (
  activation,
) => (ACTIVATIONS[activation]?.formula === "z" ? "" : `${activation}(`);

/**
 * Return what comes after the argument.
 * @param {string} activation
 */
export const shutOf = (activation) => (openOf(activation) ? ")" : "");

/**
 * Return the update of a step as plain text: 1 × 1 + 0.5 × 0.5
 * @param {Run} run
 * @param {number} t
 * @param {Layer} params
 */
export function lineOfNumbers(run, t, { W_x, W_h, b, activation }) {
  const numbers = [run.x[t][0], W_x[0][0], run.h[t - 1][0], W_h[0][0], b[0]].map(factor);
  const [x, w_x, h, w_h, bias] = numbers;
  const products = `${x} × ${w_x} + ${h} × ${w_h}`;
  const sum = isPlain(b) ? products : `${products} + ${bias}`;
  return openOf(activation) + sum + shutOf(activation);
}

/**
 * Show the scalar update line by line: symbols, numbers, products, result.
 * @param {HTMLElement} box
 * @returns {ShowStep}
 */
export function arithmeticLines(box) {
  const lines = updated();
  /** @type {Run} */
  let run;
  /** @type {Layer} */
  let params; // the numbers of now, for lines that stay

  return (now, t, given) => {
    [run, params] = [now, given];
    lines(`${t} ${params.activation} ${isPlain(params.b)}`, (num) => {
      const latest = () => ({ run, params });
      const parts = t === 0 ? [initialLine(num, latest)] : updateLines(num, latest, t);
      put(box, {}, ...parts.map((line) => html("p", {}, ...line)));
    });
  };
}

/** @typedef {() => { run: Run, params: Layer }} Latest */

/**
 * @param {MakeNumber} num
 * @param {Latest} latest
 * @returns {Children[]}
 */
function initialLine(num, latest) {
  const h = num("h", [0], () => latest().run.h[0][0]);
  return words`${symbol("h_0")} = ${h}${html("small", {}, "  the initial state, S[:, 0]")}`;
}

/**
 * @param {MakeNumber} num
 * @param {Latest} latest
 * @param {number} t
 * @returns {Children[][]}
 */
function updateLines(num, latest, t) {
  const { activation, b } = latest().params;
  const wrap = (/** @type {Children[]} */ ...parts) => [
    openOf(activation),
    ...parts.flat(),
    shutOf(activation),
  ];
  const bias = (/** @type {() => Child} */ make) => (isPlain(b) ? [] : [" + ", make()]);
  const one = numbersOf(num, latest);
  const b_ = () => one("b", [], ({ params }) => params.b[0]);
  const numbers = words`${one("x", [t], ({ run }) => run.x[t][0])} × ${
    one("W_x", [], ({ params }) => params.W_x[0][0])
  } + ${one("h", [t - 1], ({ run }) => run.h[t - 1][0], "h_prev")} × ${
    one("W_h", [], ({ params }) => params.W_h[0][0])
  }`;
  const products = words`${one("from_x", [t], ({ run }) => run.from_x[t][0][0])} + ${
    one("from_h", [t], ({ run }) => run.from_h[t][0][0])
  }`;
  const z = () => one("z", [t], ({ run }) => run.z[t][0]);
  return [
    [sym(`h_${t}`, "h"), " = ", ...wrap(symbolsOf(t), bias(() => sym("b", "b")))],
    ["= ", ...wrap(numbers, bias(b_))],
    ["= ", ...wrap(products, bias(b_))],
    ...(openOf(activation) ? [["= ", ...wrap(z())]] : []),
    ["= ", html("b", {}, num("h", [t], () => latest().run.h[t][0]))],
  ];
}

/**
 * Make numbers that are written as factors.
 * @param {MakeNumber} num
 * @param {Latest} latest
 */
const numbersOf = (num, latest) =>
(
  /** @type {string} */ name,
  /** @type {Path} */ index,
  /** @type {(now: { run: Run, params: Layer }) => number} */ get,
  sym = name,
) => num(name, index, () => get(latest()), { sym, text: factor });

/**
 * @param {string} text
 * @param {string} name
 */
const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));

/** @param {number} t */
function symbolsOf(t) {
  const [x, before] = [sym(`x_${t}`, "x"), sym(`h_${t - 1}`, "h_prev")];
  return words`${x} · ${sym("W_x", "W_x")} + ${before} · ${sym("W_h", "W_h")}`;
}

/**
 * Show every product of one vector update: a row for each number that comes in, a column for each
 * unit.
 * @param {HTMLElement} box
 * @param {number} features
 * @param {number} units
 * @returns {ShowStep}
 */
export function productTable(box, features, units) {
  const rows = {
    x: range(features).map(() => productRow("x", units)),
    h: range(units).map(() => productRow("h", units)),
    b: sumRow("b", units),
    z: sumRow("z", units),
    out: sumRow("out", units),
  };
  const caption = html("caption");
  const heads = ["comes in", ...range(units).map((j) => `unit ${j + 1}`)];
  const cells = heads.map((text) => html("th", { scope: "col" }, text));
  const body = html("tbody");
  const head = html("thead", {}, html("tr", {}, ...cells));
  put(box, {}, html("table", { class: "products" }, caption, head, body));

  return (run, t, params) => {
    if (noteChange(body, `${t} ${params.activation}`)) {
      write(caption, captionOf(t));
      const terms = t === 0 ? [] : [...rows.x, ...rows.h, rows.b, rows.z]; // h_0 has none
      put(body, {}, ...terms.map(({ tr }) => tr), rows.out.tr);
      labelRows(rows, t, params.activation);
    }
    if (t > 0) fillTerms(rows, run, t, params);
    fillSums(rows.out, "h", [t], run.h[t]);
  };
}

const slot = () => html("span", { class: "num" });

/**
 * @typedef {object} SumRow
 * @property {HTMLElement} tr
 * @property {HTMLElement} head
 * @property {HTMLElement[]} nums a number for each unit
 *
 * @typedef {SumRow & { incoming: HTMLElement, weights: HTMLElement[] }} ProductRow
 * @typedef {{ x: ProductRow[], h: ProductRow[], b: SumRow, z: SumRow, out: SumRow }} Rows
 */

/**
 * @param {string} kind
 * @param {number} units
 * @returns {SumRow}
 */
function sumRow(kind, units) {
  const head = html("th", { scope: "row" });
  const nums = range(units).map(slot);
  const cells = nums.map((num) => html("td", {}, num));
  return { head, nums, tr: html("tr", { class: kind }, head, ...cells) };
}

/**
 * Make the row of a number that comes in, times its row of the weight matrix.
 * @param {string} kind
 * @param {number} units
 * @returns {ProductRow}
 */
function productRow(kind, units) {
  const head = html("th", { scope: "row" });
  const [nums, weights] = [range(units).map(slot), range(units).map(slot)];
  const cells = nums.map((num, j) => html("td", {}, html("small", {}, "× ", weights[j]), num));
  const tr = html("tr", { class: kind }, head, ...cells);
  return { head, nums, weights, incoming: slot(), tr };
}

/** @param {number} t */
const captionOf = (t) =>
  t === 0
    ? "Step 0: the initial state, before any input"
    : `Step ${t}: each number that comes in meets one row of a weight matrix`;

/**
 * Write all that a step and its activation name; the numbers come after.
 * @param {Rows} rows
 * @param {number} t
 * @param {string} activation
 */
function labelRows(rows, t, activation) {
  // Left out on a phone.
  const again = (/** @type {string} */ text) => html("span", { class: "again" }, text);
  const incoming = (
    /** @type {ProductRow[]} */ list,
    /** @type {string} */ of,
    /** @type {string} */ word,
    /** @type {string} */ sym,
  ) =>
    list.forEach(({ head, incoming }, i) =>
      put(head, { "data-sym": sym }, ...symbol(of), again(` ${word}`), ` ${i + 1}: `, incoming)
    );
  incoming(rows.x, `x_${t}`, "feature", "x");
  incoming(rows.h, `h_${t - 1}`, "unit", "h_prev");
  put(rows.b.head, { "data-sym": "b" }, html("i", {}, "b"));
  put(rows.z.head, {}, ...symbol(`z_${t}`), html("small", {}, again(" the column's sum")));
  const z = [" = ", openOf(activation), ...symbol(`z_${t}`), shutOf(activation)];
  const of = t === 0 ? null : html("small", {}, ...z);
  put(rows.out.head, { "data-sym": "h" }, ...symbol(`h_${t}`), of);
}

/**
 * @param {Rows} rows
 * @param {Run} run
 * @param {number} t
 * @param {Layer} params
 */
function fillTerms(rows, run, t, { W_x, W_h, b }) {
  rows.x.forEach((row, i) => {
    renew(row.incoming, "x", [t, i], run.x[t][i], "x");
    fillProducts(row, "W_x", i, W_x[i], "from_x", [t, i], run.from_x[t][i]);
  });
  rows.h.forEach((row, i) => {
    renew(row.incoming, "h", [t - 1, i], run.h[t - 1][i], "h_prev");
    fillProducts(row, "W_h", i, W_h[i], "from_h", [t, i], run.from_h[t][i]);
  });
  fillSums(rows.b, "b", [], b);
  fillSums(rows.z, "z", [t], run.z[t]);
}

/**
 * @param {ProductRow} row
 * @param {string} weight
 * @param {number} i
 * @param {number[]} weights
 * @param {string} name
 * @param {Path} index
 * @param {number[]} products
 */
function fillProducts(row, weight, i, weights, name, index, products) {
  row.nums.forEach((num, j) => {
    renew(row.weights[j], weight, [i, j], weights[j], weight, factor);
    renew(num, name, [...index, j], products[j], "");
  });
}

/**
 * @param {SumRow} row
 * @param {string} name
 * @param {Path} index
 * @param {number[]} values
 */
function fillSums(row, name, index, values) {
  row.nums.forEach((num, j) => renew(num, name, [...index, j], values[j], name));
}
