// The fields of an MLP, and what fits in them.

import { NAMES } from "../shared/activations.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { put } from "../shared/dom.js";
import { KNOWN } from "./trace.js";

/**
 * Return a field for every number, and the choices of the activations and of the form.
 * @param {import("./trace.js").Values} values
 * @param {import("./trace.js").Limits} limits
 */
export function editorFields({ x0, W, B, activations }, limits) {
  const inner = (param, value, i, light) =>
    fieldsOf(param, value, light, `${param}[${i}]`)
      .map((field) => ({ ...field, path: [i, ...field.path] }));
  const group = (legend, columns, fields) => ({ legend, columns, fields });
  const layers = W.flatMap((weights, i) => [
    group(
      `W[${i}]: a row for each number that comes in, a column for each unit`,
      B[i].length,
      inner("W", weights, i, "W"),
    ),
    group(`B[${i}]: the bias of each unit`, B[i].length, inner("B", B[i], i, "b")),
  ]);
  const choices = activations.map((_, i) => ({
    ...{ param: "activations", path: [i], label: `activation f[${i}]` },
    known: i === W.length - 1 ? KNOWN : NAMES,
  }));
  return {
    groups: [
      group("x0: a row for each example", x0[0].length, fieldsOf("x0", x0, "x")),
      ...layers,
    ],
    choices: [...choices, { param: "form", label: "what goes in", known: limits.forms }],
    chosen: "W[0] 1,1",
  };
}

/**
 * Make the fields of round i symbols, which light up; the others are none.
 * @param {Element} root
 * @param {number} i
 */
export function nameFields(root, i) {
  const light = { x0: i === 0 ? "x" : null, [`W[${i}]`]: "W", [`B[${i}]`]: "b" };
  root.querySelectorAll(".field").forEach((field) =>
    put(field, { "data-sym": light[field.firstChild.textContent.split(" ")[0]] })
  );
}

/**
 * Return whether all fits together, and can be drawn.
 * @param {import("./trace.js").Values} values
 * @param {import("./trace.js").Limits} limits
 */
export function fits({ x0, W, B, activations, form, cell }, limits) {
  const upTo = (list, most) => Array.isArray(list) && list.length >= 1 && list.length <= most;
  const isVector = (row, n) =>
    upTo(row, limits.units) && row.length === n && !row.some(Array.isArray);
  const isMatrix = (rows, most) =>
    upTo(rows, most) && rows.every((row) => isVector(row, rows[0].length));
  const isWhole = (n, most) => Number.isInteger(n) && n >= 0 && n < most;
  if (!isMatrix(x0, limits.rows) || !upTo(W, limits.layers)) return false;
  if (!W.every((weights) => isMatrix(weights, limits.units))) return false;
  if (B.length !== W.length || activations.length !== W.length) return false;
  const comesIn = (i) => (i ? W[i - 1][0].length : x0[0].length);
  const known = (i) => (i === W.length - 1 ? KNOWN : NAMES);
  return W.every((weights, i) => weights.length === comesIn(i)) &&
    W.every((weights, i) => isVector(B[i], weights[0].length)) &&
    activations.every((name, i) => known(i).includes(name)) && limits.forms.includes(form) &&
    cell.length === 2 && isWhole(cell[0], limits.rows) && isWhole(cell[1], limits.units);
}
