// The arithmetic of one step, with the actual numbers: in lines (scalar) or as a table (vector).

import { html, noteChange, put, renew, symbol, updated, write } from "./dom.js";
import { isPlain } from "./frame/parameters.js";
import { factor } from "./numbers.js";

export const openOf = (activation) => (activation === "linear" ? "" : `${activation}(`);
export const shutOf = (activation) => (activation === "linear" ? "" : ")");

// 1 × 1 + 0.5 × 0.5, as plain text
export function lineOfNumbers(run, t, { W_x, W_h, b, activation }) {
  const products = `${factor(run.x[t][0])} × ${factor(W_x[0][0])} + ${factor(run.h[t - 1][0])} × ${
    factor(W_h[0][0])
  }`;
  return openOf(activation) + products + (isPlain(b) ? "" : ` + ${factor(b[0])}`) +
    shutOf(activation);
}

// The scalar update, line by line: symbols, numbers, products, result.
export function arithmeticLines(box) {
  const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));
  const lines = updated();
  let run, params; // the numbers of now, for lines that stay

  return (now, t, given) => {
    [run, params] = [now, given];
    const { activation, b } = params;
    lines(`${t} ${activation} ${isPlain(b)}`, (num) => {
      const one = (name, index, get, sym) => num(name, index, get, { sym, text: factor });
      const h = (k, sym) => one("h", [k], () => run.h[k][0], sym);
      if (t === 0) {
        const small = html("small", {}, "  the initial state, S[:, 0]");
        return put(
          box,
          {},
          html("p", {}, ...symbol("h_0"), " = ", num("h", [0], () => run.h[0][0]), small),
        );
      }
      const bias = (shown) => (isPlain(b) ? [] : [" + ", shown()]);
      const wrap = (...parts) => [openOf(activation), ...parts, shutOf(activation)];
      const [x, W_x, W_h] = [
        one("x", [t], () => run.x[t][0]),
        one("W_x", [], () => params.W_x[0][0]),
        one("W_h", [], () => params.W_h[0][0]),
      ];
      const b_ = () => one("b", [], () => params.b[0]);
      const parts = [
        [
          sym(`h_${t}`, "h"),
          " = ",
          ...wrap(
            sym(`x_${t}`, "x"),
            " · ",
            sym("W_x", "W_x"),
            " + ",
            sym(`h_${t - 1}`, "h_prev"),
            " · ",
            sym("W_h", "W_h"),
            ...bias(() => sym("b", "b")),
          ),
        ],
        ["= ", ...wrap(x, " × ", W_x, " + ", h(t - 1, "h_prev"), " × ", W_h, ...bias(b_))],
        [
          "= ",
          ...wrap(
            one("from_x", [t], () => run.from_x[t][0][0]),
            " + ",
            one("from_h", [t], () => run.from_h[t][0][0]),
            ...bias(b_),
          ),
        ],
        ...(activation === "linear" ? [] : [["= ", ...wrap(one("z", [t], () => run.z[t][0]))]]),
        ["= ", html("b", {}, num("h", [t], () => run.h[t][0]))],
      ];
      return put(box, {}, ...parts.map((line) => html("p", {}, ...line)));
    });
  };
}

// Every product of one vector update: a row per incoming number, a column per unit.
export function productTable(box, features, units) {
  const columns = [...Array(units).keys()];
  const slot = () => html("span", { class: "num" });
  const again = (...parts) => html("span", { class: "again" }, ...parts); // left out on a phone
  const row = (kind, inside = (made) => [made.num]) => {
    const head = html("th", { scope: "row" });
    const cells = columns.map(() => ({ num: slot() }));
    return {
      head,
      cells,
      tr: html(
        "tr",
        { class: kind },
        head,
        ...cells.map((cell) => html("td", {}, ...inside(cell))),
      ),
    };
  };
  // A number that comes in, times its row of the weight matrix.
  const products = (kind) => {
    const made = row(kind, (cell) => {
      cell.weight = slot();
      return [html("small", {}, "× ", cell.weight), cell.num];
    });
    return { ...made, incoming: slot() };
  };
  const rows = {
    x: Array.from({ length: features }, () => products("x")),
    h: columns.map(() => products("h")),
    b: row("b"),
    z: row("z"),
    out: row("out"),
  };
  const terms = [...rows.x, ...rows.h, rows.b, rows.z]; // what makes up h_t; h_0 has none
  const caption = html("caption");
  const heads = ["comes in", ...columns.map((j) => `unit ${j + 1}`)].map((text) =>
    html("th", { scope: "col" }, text)
  );
  const body = html("tbody");
  put(
    box,
    {},
    html(
      "table",
      { class: "products" },
      caption,
      html("thead", {}, html("tr", {}, ...heads)),
      body,
    ),
  );

  // All that a step and its activation name; the numbers come after.
  function label(t, activation) {
    write(
      caption,
      t === 0
        ? "Step 0: the initial state, before any input"
        : `Step ${t}: each number that comes in meets one row of a weight matrix`,
    );
    put(body, {}, ...(t === 0 ? [] : terms).map(({ tr }) => tr), rows.out.tr);
    const incoming = (list, of, word, sym) =>
      list.forEach(({ head, incoming }, i) =>
        put(head, { "data-sym": sym }, ...symbol(of), again(` ${word}`), ` ${i + 1}: `, incoming)
      );
    incoming(rows.x, `x_${t}`, "feature", "x");
    incoming(rows.h, `h_${t - 1}`, "unit", "h_prev");
    put(rows.b.head, { "data-sym": "b" }, html("i", {}, "b"));
    put(rows.z.head, {}, ...symbol(`z_${t}`), html("small", {}, again(" the column's sum")));
    const of = t === 0
      ? []
      : [html("small", {}, " = ", openOf(activation), ...symbol(`z_${t}`), shutOf(activation))];
    put(rows.out.head, { "data-sym": "h" }, ...symbol(`h_${t}`), ...of);
  }

  return (run, t, { W_x, W_h, b, activation }) => {
    if (noteChange(body, `${t} ${activation}`)) label(t, activation);
    const fill = (list, { name, time, sym, weight, W, products }) =>
      list.forEach(({ incoming, cells }, i) => {
        const from = run[name][time][i];
        renew(incoming, name, [time, i], from, sym);
        cells.forEach((cell, j) => {
          renew(cell.weight, weight, [i, j], W[i][j], weight, factor);
          renew(cell.num, products, [t, i, j], run[products][t][i][j], "");
        });
      });
    const sums = ({ cells }, name, index, values) =>
      cells.forEach(({ num }, j) => renew(num, name, [...index, j], values[j], name));
    if (t > 0) {
      fill(rows.x, { name: "x", time: t, sym: "x", weight: "W_x", W: W_x, products: "from_x" });
      fill(rows.h, {
        name: "h",
        time: t - 1,
        sym: "h_prev",
        weight: "W_h",
        W: W_h,
        products: "from_h",
      });
      sums(rows.b, "b", [], b);
      sums(rows.z, "z", [t], run.z[t]);
    }
    sums(rows.out, "h", [t], run.h[t]);
  };
}
