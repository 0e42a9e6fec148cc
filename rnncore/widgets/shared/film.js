// Film strips: the tables that stand for a widget on paper, as film.py makes them.

import { shown } from "./numbers.js";

/** @import { Value } from "./types.d.ts" */

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };

/**
 * Return a text as HTML.
 * @param {string} text
 */
export const escaped = (text) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]);

/**
 * Return a symbol as HTML.
 * @param {string} letter
 * @param {string | number} subscript
 */
export const math = (letter, subscript) => `<i>${letter}<sub>${subscript}</sub></i>`;

/**
 * Return numbers in brackets, rows in brackets of their own: [[1, 2], [3, 4]].
 * @param {Value} value
 * @returns {string}
 */
export const bracketed = (value) =>
  Array.isArray(value) ? `[${value.map(bracketed).join(", ")}]` : shown(value);

/**
 * Return the names of rows that belong to steps 0, 1, …
 * @param {string} id
 * @param {ArrayLike<unknown>} rows
 */
export const stepsOf = (id, rows) => Array.from(rows, (_, t) => `${id}?step=${t}`);

/**
 * Return a table as HTML; each id is the fragment that leads to the step of its row.
 * @param {string} caption
 * @param {string[]} head the names of the columns
 * @param {string[][]} rows
 * @param {string[]} [ids]
 */
export function table(caption, head, rows, ids) {
  const names = head.map((cell) => `<th scope="col">${cell}</th>`).join("");
  const body = rows.map(([first, ...rest], i) => {
    const name = ids ? ` id="${escaped(ids[i])}"` : "";
    const data = rest.map((cell) => `<td>${cell}</td>`).join("");
    return `<tr${name}><th scope="row">${first}</th>${data}</tr>`;
  });
  const top = names && `<thead><tr>${names}</tr></thead>`;
  return `<table><caption>${caption}</caption>${top}<tbody>${body.join("")}</tbody></table>`;
}
