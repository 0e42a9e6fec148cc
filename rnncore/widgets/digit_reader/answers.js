// The classes after a step: bar, probability, logit.

import { range } from "../shared/algebra.js";
import { html, NONE, put, renew, symbol, tag, words, write } from "../shared/dom.js";

/**
 * Wrap parts that light up with a symbol.
 * @param {string} sym
 * @param {...any} parts
 */
export const lit = (sym, ...parts) => html("span", { "data-sym": sym }, ...parts);

/**
 * Make the place of a number.
 * @param {string} sym
 */
export const place = (sym) => html("span", { class: "num", "data-sym": sym });

/**
 * Make the table of the classes, and the line on how they come about.
 * @param {{ units: number, classes: number }} limits
 */
export function answersPanel({ units, classes }) {
  const rows = range(classes).map(classRow);
  const caption = html("caption");
  const heading = (...parts) => html("th", { scope: "col" }, ...parts);
  const table = html(
    "table",
    { class: "answers" },
    caption,
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        heading("digit"),
        html("td"),
        heading(lit("y", ...symbol("p_t"))),
        heading(lit("o", "logit")),
      ),
    ),
    html("tbody", {}, ...rows.map(({ tr }) => tr)),
  );
  const update = (run, t) => {
    write(
      caption,
      t === 0
        ? "No row has been read, so there is no answer yet"
        : `After row ${t} it says ${run.says[t]}`,
    );
    rows.forEach((row, k) => showClass(row, run, t, k));
  };
  return { element: html("div", {}, table, how(units, classes)), update };
}

function classRow(k) {
  const bar = html("span", { class: "meter" });
  const [p, logit] = [place("y"), place("o")];
  const cells = [html("td", { class: "track" }, bar), html("td", {}, p), html("td", {}, logit)];
  return { bar, p, logit, tr: html("tr", {}, html("th", { scope: "row" }, String(k)), ...cells) };
}

function showClass({ bar, p, logit, tr }, run, t, k) {
  const value = t ? run.p[t][k] : 0;
  renew(p, t ? "p" : null, [t, k], value);
  renew(logit, t ? "logits" : null, [t, k], run.logits[t]?.[k]);
  put(bar, { ...(t ? tag("p", [t, k], value) : NONE), style: `width: ${100 * value}%` });
  put(tr, { class: t && run.says[t] === k ? "lead" : "" });
}

function how(units, classes) {
  const [h, W_y, b_y] = [["h", "h_t"], ["W_y", "W_y"], ["b_y", "b_y"]]
    .map(([sym, text]) => lit(sym, ...symbol(text)));
  const shapes = `(${units},) @ (${units}, ${classes}) + (${classes},)`;
  return html(
    "p",
    { class: "how" },
    ...words`${lit("o", "logits")} = ${h} ${W_y} + ${b_y}`,
    html("br"),
    html("small", {}, shapes),
    html("br"),
    ...words`${lit("y", ...symbol("p_t"))} = softmax(${lit("o", "logits")})`,
    html("br"),
    html("small", {}, "e to the power of each, divided by the sum of all ten"),
  );
}
