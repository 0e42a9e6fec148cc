// The way of the shape through the layers: a row for each shape, and one for what a layer does.

import { html, number, put, symbol } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { shapeText } from "../shared/numbers.js";
import { layersOf } from "./trace.js";

/** Return a whole number in groups of three digits. @param {number} n */
export const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

const SAME = "↓ as it is";
const COLUMNS = ["", "batch", "timesteps", "features, then units"];

/** Return what becomes of each axis in a layer, [batch, timesteps, the last], in a few words. */
function fates(name, shape, values) {
  const { features, units, outputs, tokens } = values;
  if (name === "Embedding") {
    const rows = `each token is one of ${grouped(tokens)} rows of ${grouped(features)}`;
    return [SAME, shape.length > 1 ? SAME : "", rows];
  }
  if (name === "Dense") {
    const by = `${grouped(units)} × W ${shapeText([units, outputs])}`;
    return [SAME, shape.length > 2 ? "↓ each step by itself" : "", by];
  }
  return recurrentFates(shape, values);
}

function recurrentFates(shape, { features, units, kind, return_sequences }) {
  const last = `${grouped(features)} × W_x ${shapeText([features, units])},` +
    ` and the state × W_h ${shapeText([units, units])}`;
  if (kind === "SimpleRNNCell") return [SAME, "", last];
  const rounds = `${grouped(shape[1])} rounds, and the last state is returned`;
  return [SAME, return_sequences ? "↓ one state for each step" : rounds, last];
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
  return tokens > 0 || (kind === "SimpleRNN" && error !== "");
}

const row = (kind, head, cells) =>
  html("tr", { class: kind }, html("th", { scope: "row" }, ...head), ...cells);
const wide = (text) => [html("td", { colspan: 3 }, text)];
// The words of a cell, W_x and W_h set as symbols.
const withSymbols = (text) =>
  text.split(/\b(W_[xh])\b/).flatMap((part, k) => (k % 2 ? symbol(part) : [part]));

/** Return the rows of layer i: what it does with each axis, and the shape that it puts out. */
function layerRows({ name }, i, run, values) {
  const [before, after] = [run.shapes[i], run.shapes[i + 1]];
  if (!before) return [row("fate waiting", [name], wide("not reached"))];
  if (!after) return [row("fate refused", [name], wide("✕ does not fit"))];
  const cells = fates(name, before, values).map((text) => html("td", {}, ...withSymbols(text)));
  const arrow = html("span", { class: "arrow", "aria-hidden": "true" }, "= ");
  const axes = axisCells(after, i + 1, hasTime(after, i + 1, values, run));
  return [row("fate", [name], cells), row("shape", [arrow, shapeText(after)], axes)];
}

/** Make the table of the shapes. */
export function pathPanel() {
  const element = group("frame", "The shape after each layer", true);
  const head = COLUMNS.map((name) => html("th", { scope: "col" }, name));

  function update(run, values) {
    const [input] = run.shapes;
    const rows = [
      row("shape", ["input"], axisCells(input, 0, hasTime(input, 0, values, run))),
      ...layersOf(values).flatMap((layer, i) => layerRows(layer, i, run, values)),
    ];
    const names = html("thead", {}, html("tr", {}, ...head));
    put(element, {}, html("table", { class: "trace" }, names, html("tbody", {}, ...rows)));
  }
  return { element, update };
}
