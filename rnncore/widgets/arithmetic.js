// The arithmetic of one step, with the actual numbers: in lines (scalar) or as a table (vector).

const openOf = (activation) => (activation === "linear" ? "" : `${activation}(`);
const shutOf = (activation) => (activation === "linear" ? "" : ")");

// 1 × 1 + 0.5 × 0.5, as plain text
function lineOfNumbers(run, t, { W_x, W_h, b, activation }) {
  const products = `${factor(run.x[t][0])} × ${factor(W_x[0][0])} + ${factor(run.h[t - 1][0])} × ${factor(W_h[0][0])}`;
  return openOf(activation) + products + (isPlain(b) ? "" : ` + ${factor(b[0])}`) + shutOf(activation);
}

// The scalar update, line by line: symbols, numbers, products, result.
function arithmeticLines(box) {
  const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));
  const num = (name, index, value, sym) => number(name, index, value, factor(value), sym);

  return (run, t, { W_x, W_h, b, activation }) => {
    const h = (k, sym) => num("h", [k], run.h[k][0], sym);
    if (t === 0) {
      const small = html("small", {}, "  the initial state, S[:, 0]");
      return put(box, {}, html("p", {}, ...symbol("h_0"), " = ", number("h", [0], run.h[0][0]), small));
    }
    const bias = (shown) => (isPlain(b) ? [] : [" + ", shown()]);
    const wrap = (...parts) => [openOf(activation), ...parts, shutOf(activation)];
    const b_ = () => num("b", [], b[0]);
    const lines = [
      [sym(`h_${t}`, "h"), " = ", ...wrap(sym(`x_${t}`, "x"), " · ", sym("W_x", "W_x"), " + ", sym(`h_${t - 1}`, "h_prev"), " · ", sym("W_h", "W_h"), ...bias(() => sym("b", "b")))],
      ["= ", ...wrap(num("x", [t], run.x[t][0]), " × ", num("W_x", [], W_x[0][0]), " + ", h(t - 1, "h_prev"), " × ", num("W_h", [], W_h[0][0]), ...bias(b_))],
      ["= ", ...wrap(num("from_x", [t], run.from_x[t][0][0]), " + ", num("from_h", [t], run.from_h[t][0][0]), ...bias(b_))],
      ...(activation === "linear" ? [] : [["= ", ...wrap(num("z", [t], run.z[t][0]))]]),
      ["= ", html("b", {}, number("h", [t], run.h[t][0]))],
    ];
    put(box, {}, ...lines.map((parts) => html("p", {}, ...parts)));
  };
}

// Every product of one vector update: a row per incoming number, a column per unit.
function productTable(box, features, units) {
  const columns = [...Array(units).keys()];
  const row = (kind) => {
    const head = html("th", { scope: "row" });
    const cells = columns.map(() => html("td"));
    return { head, cells, tr: html("tr", { class: kind }, head, ...cells) };
  };
  const rows = { x: Array.from({ length: features }, () => row("x")), h: columns.map(() => row("h")), b: row("b"), z: row("z"), out: row("out") };
  const terms = [...rows.x, ...rows.h, rows.b, rows.z]; // what makes up h_t; h_0 has none
  const caption = html("caption");
  const heads = ["comes in", ...columns.map((j) => `unit ${j + 1}`)].map((text) => html("th", { scope: "col" }, text));
  const body = html("tbody", {}, ...terms.map(({ tr }) => tr), rows.out.tr);
  put(box, {}, html("table", { class: "products" }, caption, html("thead", {}, html("tr", {}, ...heads)), body));
  const again = (...parts) => html("span", { class: "again" }, ...parts); // left out on a phone

  // The rows of one source: each number that comes in, times its row of the weight matrix.
  function fill(list, { name, word, sym, time, t, from, weight, W, products }) {
    list.forEach(({ head, cells }, i) => {
      const incoming = (text) => number(name, [time, i], from[i], text, sym);
      put(head, { "data-sym": sym }, ...symbol(`${name}_${time}`), again(` ${word}`), ` ${i + 1}: `, incoming(shown(from[i])));
      cells.forEach((cell, j) => {
        const factors = html("small", {}, again(incoming(factor(from[i])), " "), "× ", number(weight, [i, j], W[i][j], factor(W[i][j])));
        put(cell, {}, factors, number(name === "x" ? "from_x" : "from_h", [t, i, j], products[i][j], shown(products[i][j]), ""));
      });
    });
  }

  return (run, t, { W_x, W_h, b, activation }) => {
    terms.forEach(({ tr }) => put(tr, { hidden: t === 0 }));
    if (t === 0) {
      put(caption, {}, "Step 0: the initial state, before any input");
      terms.forEach(({ head, cells }) => [head, ...cells].forEach((cell) => cell.replaceChildren()));
    } else {
      put(caption, {}, `Step ${t}: each number that comes in meets one row of a weight matrix`);
      fill(rows.x, { name: "x", word: "feature", sym: "x", time: t, t, from: run.x[t], weight: "W_x", W: W_x, products: run.from_x[t] });
      fill(rows.h, { name: "h", word: "unit", sym: "h_prev", time: t - 1, t, from: run.h[t - 1], weight: "W_h", W: W_h, products: run.from_h[t] });
      put(rows.b.head, { "data-sym": "b" }, html("i", {}, "b"));
      rows.b.cells.forEach((cell, j) => put(cell, {}, number("b", [j], b[j])));
      put(rows.z.head, {}, ...symbol(`z_${t}`), html("small", {}, again(" the column's sum")));
      rows.z.cells.forEach((cell, j) => put(cell, {}, number("z", [t, j], run.z[t][j])));
    }
    const of = t === 0 ? [] : [html("small", {}, " = ", openOf(activation), ...symbol(`z_${t}`), shutOf(activation))];
    put(rows.out.head, { "data-sym": "h" }, ...symbol(`h_${t}`), ...of);
    rows.out.cells.forEach((cell, j) => put(cell, {}, number("h", [t, j], run.h[t][j])));
  };
}
