// Numbers in rows, in cells that are made once and then filled.

import { range } from "../shared/algebra.js";
import { html, NONE, put, tag, write } from "../shared/dom.js";

/**
 * What a matrix shows: the name of its numbers, the place of one, its text, whether they are
 * known, and the class of a cell.
 * @typedef {{
 *   name: string, at: (r: number, c: number) => number[], text: (value: number) => string,
 *   reached?: boolean, look?: (r: number, c: number) => string,
 * }} Look
 */

/**
 * Make a matrix of empty cells.
 * @param {string} kind
 * @param {number} rows
 * @param {number} columns
 * @param {(r: number, c: number) => Element[]} inner what stands in a cell before its number
 */
export function matrix(kind, rows, columns, inner = () => []) {
  const cells = range(rows).map((r) => range(columns).map((c) => cell(kind, inner(r, c))));
  const lines = cells.map((row) => html("span", { class: "cells" }, ...row.map(({ box }) => box)));
  const element = html("div", { class: `matrix ${kind}`, role: "group" }, ...lines);

  /**
   * Show rows of numbers; cells without one are hidden.
   * @param {number[][]} values
   * @param {Look} look
   */
  function fill(values, look) {
    lines.forEach((line, r) => put(line, { hidden: r >= values.length }));
    cells.forEach((row, r) => row.forEach((cell, c) => cell.fill(values[r]?.[c], r, c, look)));
  }
  return { element, cells, fill };
}

/** Make a cell; its number is touched only by fill. */
function cell(kind, inner) {
  const num = html("span", { class: "num" });
  const box = html(kind === "z" ? "label" : "span", { class: "cell" }, ...inner, num);

  /** @type {(value: number | undefined, r: number, c: number, look: Look) => void} */
  function fill(value, r, c, { name, at, text, reached = true, look }) {
    const there = value !== undefined;
    const known = there && reached;
    put(box, { hidden: !there, class: there ? `cell ${look?.(r, c) ?? ""}` : "cell" });
    put(num, known ? tag(name, at(r, c), value) : NONE);
    write(num, known ? text(value) : "");
  }
  return { box, num, fill };
}
