// Each gradient as a matrix: above, what the backward pass gives; below, the numerical one.

import { numberAt } from "../shared/algebra.js";
import { html, NONE, put, renew, svg, symbol, tag, write } from "../shared/dom.js";
import { lengths } from "../shared/algebra.js";
import { shapeText, shownBriefly } from "../shared/numbers.js";
import { mark, SYM } from "./marks.js";
import { ARRAYS, isRefused } from "./trace.js";

/**
 * Make the table of one gradient.
 * @param {string} name
 * @param {any} value of the array, a matrix or a vector
 * @param {import("./trace.js").Limits} limits
 */
export function gradientTable(name, value, limits) {
  const isMatrix = lengths(value).length === 2;
  const rows = isMatrix ? value : [value];
  const cells = rows.map((row, i) => row.map((_, j) => cell(name, isMatrix ? [i, j] : [j])));
  const caption = captionOf(name, value, limits);
  const body = cells.map((row) => html("tr", {}, ...row.map(({ element }) => element)));
  const element = html("table", { class: "gradient" }, caption.element, html("tbody", {}, ...body));

  function update(run) {
    caption.update(run);
    cells.flat().forEach((each) => each.update(run, isRefused(run.error)));
  }
  return { element, update };
}

/** Make the caption: mark, name and shape of the gradient, and whether it is right. */
function captionOf(name, value, limits) {
  const [said, errorAt] = [html("span"), html("span", { class: "num", "data-sym": "" })];
  const verdict = html("span", { class: "verdict" }, said, errorAt);
  const size = { viewBox: "-7 -7 14 14", width: 14, height: 14 };
  const glyph = svg("svg", { class: "glyph", ...size, "aria-hidden": "true" }, mark(name));
  const title = html("span", { "data-sym": `d${SYM[name]}` }, ...symbol(`d${name}`));
  const shape = html("small", {}, ` ${shapeText(lengths(value))} `);
  const element = html("caption", {}, glyph, title, shape, verdict);
  const at = ARRAYS.indexOf(name);

  function update({ error }) {
    if (isRefused(error)) {
      put(verdict, { class: "verdict " });
      write(said, "not computed");
      return renew(errorAt, "", [], NaN);
    }
    const wrong = error[at] > limits.tolerance;
    put(verdict, { class: `verdict ${wrong ? "wrong" : "right"}` });
    write(said, wrong ? "wrong by " : "right to ");
    renew(errorAt, "error", [at], error[at]);
  }
  return { element, update };
}

function cell(name, path) {
  const given = html("span", { class: "num", "data-sym": `d${SYM[name]}` });
  const sign = html("span", { class: "sign" });
  const right = html("span", { class: "num quiet" });
  const element = html("td", {}, html("span", {}, sign, given), right);

  function update(run, refused) {
    const [a, b] = [numberAt(run[`d${name}`], path), numberAt(run[`numerical_${name}`], path)];
    write(right, shownBriefly(b));
    put(right, tag(`numerical_${name}`, path, b));
    write(given, refused ? "–" : shownBriefly(a));
    put(given, refused ? NONE : tag(`d${name}`, path, a));
    const wrong = !refused && numberAt(run.wrong[name], path);
    write(sign, wrong ? "≠" : "");
    element.classList.toggle("wrong", wrong);
  }
  return { element, update };
}
