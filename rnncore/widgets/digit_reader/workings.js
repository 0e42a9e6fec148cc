// One hidden unit, worked out: its column of W_x meets the row; the rest of z; tanh.

import { range } from "../shared/algebra.js";
import { html, put, renew, symbol, words, write } from "../shared/dom.js";
import { unitChoice } from "../shared/readout.js";
import { lit, place } from "./answers.js";

const x = () => lit("x", ...symbol("x_t"));
const W_x = () => lit("W_x", ...symbol("W_x"));
const z = () => lit("z", ...symbol("z_t"));

/**
 * Make the choice of a unit, and its tables.
 * @param {{ rows: number, units: number }} limits
 * @param {{ save: (changes: object) => void, signal: AbortSignal }} frame
 */
export function workingsPanel({ rows, units }, { save, signal }) {
  const choice = unitChoice(units, save, signal);
  const zeros = words`${lit("h", ...symbol("h_0"))} is ${
    String(units)
  } zeros: no row has been read.`;
  const start = html("p", {}, ...zeros);
  const [products, terms] = [productTable(rows), termTable(rows, units)];
  const tables = [products, terms];
  const parts = [choice.element, start, ...tables.map(({ element }) => element)];
  function update(run, t, unit) {
    choice.update(unit);
    put(start, { hidden: t > 0 });
    for (const table of tables) {
      put(table.element, { hidden: t === 0 });
      table.update(run, t, unit);
    }
  }
  return { element: html("div", { class: "workings" }, ...parts), update };
}

// A number of step t; nothing at step 0.
const fill = (cell, name, index, value, t) => renew(cell, t ? name : null, index, value);

// The pixels of the row, each times its weight.
function productTable(rows) {
  const [caption, column, total] = [html("caption"), html("small"), place("x")];
  const pixels = range(rows).map(pixelRow);
  const heads = [["pixel"], [x()], ["× ", W_x(), column], ["product"]];
  const head = heads.map((parts) => html("th", { scope: "col" }, ...parts));
  const sum = words`their sum, one number of ${x()} ${W_x()}`;
  const label = html("th", { scope: "row", colspan: 3 }, ...sum);
  const last = html("tr", { class: "total" }, label, html("td", {}, total));
  const element = html(
    "table",
    { class: "products-of-unit" },
    caption,
    html("thead", {}, html("tr", {}, ...head)),
    html("tbody", {}, ...pixels.map(({ tr }) => tr), last),
  );
  const update = (run, t, unit) => {
    const j = unit - 1;
    write(caption, `Row ${t} meets the weights of unit ${unit}`);
    write(column, `[:, ${j}]`);
    pixels.forEach(({ cells }, i) => {
      fill(cells[0], "x", [t, i], run.x[t]?.[i], t);
      fill(cells[1], "W_x", [i, j], run.W_x[i][j], t);
      fill(cells[2], "from_x", [t, i, j], run.from_x[t]?.[i][j], t);
    });
    fill(total, "x_W_x", [t, j], run.x_W_x[t]?.[j], t);
  };
  return { element, update };
}

function pixelRow(i) {
  const cells = [place("x"), place("W_x"), place("")];
  const label = html("th", { scope: "row" }, `pixel ${i + 1}`);
  return { cells, tr: html("tr", {}, label, ...cells.map((cell) => html("td", {}, cell))) };
}

/**
 * Return what z and h are made of: the array, the place of its number, its heading, its shape.
 * @type {(rows: number, units: number) => { key: string, number: any, head: any, shape: string }[]}
 */
function termsOf(rows, units) {
  const [h, W_h] = [lit("h_prev", ...symbol("h_t−1")), lit("W_h", ...symbol("W_h"))];
  const vector = `(${units},)`;
  const term = (key, sym, head, shape = vector) => ({ key, number: place(sym), head, shape });
  return [
    term("x_W_x", "x", words`${x()} ${W_x()}`, `(${rows},) @ (${rows}, ${units})`),
    term("h_W_h", "h_prev", words`+ ${h} ${W_h}`, `(${units},) @ (${units}, ${units})`),
    term("b", "b", words`+ ${lit("b", html("i", {}, "b"))}`),
    term("z", "z", words`= ${z()}`),
    term("h", "h", words`${lit("h", ...symbol("h_t"))} = tanh ${z()}`),
  ];
}

function termTable(rows, units) {
  const terms = termsOf(rows, units);
  const label = html("th", { scope: "row" });
  const row = (first, cells) => html("tr", {}, first, ...cells);
  const heads = terms.map(({ head }) => html("th", { scope: "col" }, ...head));
  const shapes = terms.map(({ shape }) => html("td", { class: "shape" }, shape));
  const numbers = terms.map(({ number }) => html("td", {}, number));
  const element = html(
    "table",
    { class: "terms" },
    html(
      "caption",
      {},
      `Then come ${units} such products with the state before, the bias, and tanh`,
    ),
    html("thead", {}, row(html("td"), heads)),
    html("tbody", {}, row(html("th", { scope: "row" }, "shapes"), shapes), row(label, numbers)),
  );
  const update = (run, t, unit) => {
    const j = unit - 1;
    write(label, `unit ${unit}`);
    for (const { key, number } of terms) {
      if (key === "b") fill(number, key, [j], run.b[j], t);
      else fill(number, key, [t, j], run[key][t]?.[j], t);
    }
  };
  return { element, update };
}
