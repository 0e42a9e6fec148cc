// The way of the shape through the layers: a row for each shape, and one for what a layer does.

import { html, number, put, symbol } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { shapeText } from "../shared/numbers.js";
import { isCell, layersOf, widthOf } from "./trace.js";

/** Return a whole number in groups of three digits. @param {number} n */
export const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

const SAME = "↓ as it is";
const COLUMNS = ["", "batch", "timesteps", "features, then units"];

/** Return what becomes of each axis in a layer, [batch, timesteps, the last], in a few words. */
function fates(layer, shape, masked, values) {
  const { features, outputs, tokens, mask } = values;
  if (layer.role === "before") {
    const rows = `each token is one of ${grouped(tokens)} rows of ${grouped(features)}`;
    const masks = mask ? ", and token 0 is masked" : "";
    return [SAME, shape.length > 1 ? SAME : "", rows + masks];
  }
  if (layer.role === "after") {
    const by = `${grouped(widthOf(values))} × W ${shapeText([widthOf(values), outputs])}`;
    return [SAME, shape.length > 2 ? "↓ each step by itself" : "", by];
  }
  return recurrentFates(layer, shape, masked);
}

function recurrentFates({ copies, returnsAll, axes, parameters }, shape, masked) {
  const [[, W_x], [, W_h]] = parameters;
  const gates = W_x[1] / W_h[0];
  const columns = `${gates > 1 ? `${gates} × ` : ""}${grouped(W_h[0])}`; // one part for each gate
  const matrix = (rows) => `(${grouped(rows)}, ${columns})`;
  const one = `${grouped(W_x[0])} × W_x ${matrix(W_x[0])}, and the state × W_h ${matrix(W_h[0])}`;
  const last = copies > 1 ? `${one}; once from each end, side by side` : one;
  if (axes.length === 2) return [SAME, "", last];
  const held = masked ? "; a masked step leaves the state as it is" : "";
  const end = copies > 1 ? "the last state of each is returned" : "the last state is returned";
  const rounds = `${grouped(shape[1])} rounds, and ${end}${held}`;
  return [SAME, returnsAll ? `↓ one state for each step${held}` : rounds, last];
}

/** Return a cell for each axis, in the column of its kind: batch, time, features or units. */
function axisCells(shape, i, hasTime) {
  const columns = hasTime ? shape : [shape[0], undefined, ...shape.slice(1)];
  const places = hasTime ? [0, 1, 2, 3] : [0, undefined, 1, 2, 3];
  const kinds = ["batch", "x", i === 0 ? "x" : "h", "x"];
  return columns.slice(0, 4).map((n, column) => {
    if (n === undefined) return html("td", { class: "gone" }, "–");
    if (n === null) return html("td", {}, html("b", { class: "chip batch" }, "None"));
    const length = number("shapes", [i, places[column]], n, grouped(n), "");
    return html("td", {}, html("b", { class: `chip ${kinds[column]}` }, length));
  });
}

/** Return whether a shape has an axis of time; the input's may be read either way. */
function hasTime(shape, i, { tokens, kind }, { error }) {
  if (shape.length !== 2 || i > 0) return shape.length >= 3;
  return tokens > 0 || (!isCell(kind) && error !== "");
}

const row = (kind, head, cells) =>
  html("tr", { class: kind }, html("th", { scope: "row" }, ...head), ...cells);
const wide = (text) => [html("td", { colspan: 3 }, text)];
// The words of a cell, W_x and W_h set as symbols.
const withSymbols = (text) =>
  text.split(/\b(W_[xh])\b/).flatMap((part, k) => (k % 2 ? symbol(part) : [part]));

/** Return the rows of layer i: what it does with each axis, and the shape that it puts out. */
function layerRows(layer, i, run, values) {
  const { name } = layer;
  const [before, after] = [run.shapes[i], run.shapes[i + 1]];
  if (!before) return [row("fate waiting", [name], wide("not reached"))];
  if (!after) return [row("fate refused", [name], wide("✕ does not fit"))];
  const cells = fates(layer, before, run.masks[i], values).map((text) =>
    html("td", {}, ...withSymbols(text))
  );
  const arrow = html("span", { class: "arrow", "aria-hidden": "true" }, "= ");
  const axes = axisCells(after, i + 1, hasTime(after, i + 1, values, run));
  const mask = run.masks[i + 1]
    ? html("small", { class: "mask" }, `mask ${shapeText(after.slice(0, 2))}`)
    : null;
  return [row("fate", [name], cells), row("shape", [arrow, shapeText(after), mask], axes)];
}

/** Make the table of the shapes. */
export function pathPanel(limits) {
  const element = group("frame", "The shape after each layer", true);
  const head = COLUMNS.map((name) => html("th", { scope: "col" }, name));

  function update(run, values) {
    const [input] = run.shapes;
    const rows = [
      row("shape", ["input"], axisCells(input, 0, hasTime(input, 0, values, run))),
      ...layersOf(values, limits).flatMap((layer, i) => layerRows(layer, i, run, values)),
    ];
    const names = html("thead", {}, html("tr", {}, ...head));
    put(element, {}, html("table", { class: "trace" }, names, html("tbody", {}, ...rows)));
  }
  return { element, update };
}
