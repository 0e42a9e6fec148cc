// One hidden unit, worked out: what comes in, times its weights; the sum; tanh. Then the verdict.

import { range } from "../shared/algebra.js";
import { html, put, renew, symbol, words } from "../shared/dom.js";
import { factor, shown } from "../shared/numbers.js";
import { unitChoice } from "../shared/readout.js";

/** @typedef {[string, number[], number]} Shown the array of a number, its place there, its value */

const lit = (sym, ...parts) => html("span", { "data-sym": sym }, ...parts);
const place = (sym) => html("span", { class: "num", "data-sym": sym });

/**
 * Make the choice of a unit, its table, and the verdict.
 * @param {import("./trace.js").Limits} limits
 * @param {{ save: (changes: object) => void, signal: AbortSignal }} frame
 */
export function workingsPanel(limits, { save, signal }) {
  const choice = unitChoice(limits.units, save, signal);
  const [terms, answer] = [termTable(limits), verdictLines()];
  const none = html("p");
  const parts = [choice.element, none, terms.element, answer.element];
  function update(run, t, unit) {
    const isHeld = t > 0 && Number.isNaN(run.z[t][0]);
    choice.update(unit);
    put(none, { hidden: t > 0 && !isHeld });
    if (t === 0 || isHeld) put(none, {}, ...(t === 0 ? beginning(limits.units) : holding(t)));
    put(terms.element, { hidden: t === 0 || isHeld });
    if (t > 0 && !isHeld) terms.update(run, t, unit);
    answer.update(run, t);
  }
  return { element: html("div", { class: "workings" }, ...parts), update };
}

const beginning = (units) =>
  words`No word has been read, so ${lit("h", ...symbol("h_0"))} is ${String(units)} zeros.`;

const holding = (t) =>
  words`Step ${String(t)} is padding, and it is masked: ${lit("h", ...symbol(`h_${t}`))} = ${
    lit("h_prev", ...symbol(`h_${t - 1}`))
  }, and nothing is computed.`;

// A row for each number that comes in, then their sum and its tanh.
function termTable({ columns, units }) {
  const x = range(columns).map(() => termRow("x", "W_x"));
  const h = range(units).map(() => termRow("h_prev", "W_h"));
  const [b, z, out] = [sumRow("b"), sumRow("z"), sumRow("h")];
  const heads = ["comes in", "× its weight", "product"];
  const head = html("tr", {}, ...heads.map((name) => html("th", { scope: "col" }, name)));
  const rows = [...x, ...h, b, z, out].map(({ tr }) => tr);
  const element = html(
    "table",
    { class: "terms" },
    html("thead", {}, head),
    html("tbody", {}, ...rows),
  );
  const update = (run, t, unit) => {
    const j = unit - 1;
    x.forEach((row, i) =>
      fillTerm(row, [`x_${t}`, i], ["x", [t, i], run.x[t][i]], ["W_x", [i, j], run.W_x[i][j]], [
        "from_x",
        [t, i, j],
        run.from_x[t][i][j],
      ])
    );
    h.forEach((row, i) =>
      fillTerm(row, [`h_${t - 1}`, i], ["h", [t - 1, i], run.h[t - 1][i]], [
        "W_h",
        [i, j],
        run.W_h[i][j],
      ], [
        "from_h",
        [t, i, j],
        run.from_h[t][i][j],
      ])
    );
    fillSum(b, [lit("b", html("i", {}, "b"), `[${j}]`)], ["b", [j], run.b[j]]);
    fillSum(z, words`${lit("z", ...symbol(`z_${t}`), `[${j}]`)}, the sum of the products`, ["z", [
      t,
      j,
    ], run.z[t][j]]);
    const tanh = words`${lit("h", ...symbol(`h_${t}`), `[${j}]`)} = tanh(${shown(run.z[t][j])})`;
    fillSum(out, tanh, ["h", [t, j], run.h[t][j]]);
  };
  return { element, update };
}

function termRow(sym, weight) {
  const [name, incoming, times, result] = [html("span"), place(sym), place(weight), place("")];
  const cells = [times, result].map((cell) => html("td", {}, cell));
  const head = html("th", { scope: "row", "data-sym": sym }, name, " ", incoming);
  return { name, incoming, times, result, tr: html("tr", {}, head, ...cells) };
}

function sumRow(sym) {
  const [head, result] = [html("th", { scope: "row", colspan: 2 }), place(sym)];
  return { head, result, tr: html("tr", { class: `sum-of ${sym}` }, head, html("td", {}, result)) };
}

/**
 * @param {ReturnType<typeof termRow>} row
 * @param {[string, number]} of
 * @param {Shown} coming
 * @param {Shown} weight
 * @param {Shown} product
 */
function fillTerm({ name, incoming, times, result }, [text, i], coming, weight, product) {
  put(name, {}, ...symbol(text), `[${i}] =`);
  renew(incoming, ...coming);
  renew(times, ...weight, undefined, factor);
  renew(result, ...product);
}

/**
 * @param {ReturnType<typeof sumRow>} row
 * @param {any[]} parts
 * @param {Shown} value
 */
function fillSum({ head, result }, parts, value) {
  put(head, {}, ...parts);
  renew(result, ...value);
}

// From the state to the probability.
function verdictLines() {
  const [h, W_y, b_y] = [["h", "h_t"], ["W_y", "W_y"], ["b_y", "b_y"]]
    .map(([sym, text]) => lit(sym, ...symbol(text)));
  const [product, bias, logit, p] = [place(""), place("b_y"), place("o"), place("y")];
  const element = html(
    "p",
    { class: "answer" },
    ...words`${lit("o", "logit")} = ${h}${W_y} + ${b_y} = ${product} + ${bias} = ${logit}`,
    html("br"),
    ...words`${lit("y", ...symbol("p_t"))} = σ(${lit("o", "logit")}) = ${html("b", {}, p)}`,
  );
  const update = (run, t) => {
    renew(product, "h_W_y", [t], run.h_W_y[t]);
    renew(bias, "b_y", [0], run.b_y[0], undefined, factor);
    renew(logit, "logit", [t], run.logit[t]);
    renew(p, "p", [t], run.p[t]);
  };
  return { element, update };
}
