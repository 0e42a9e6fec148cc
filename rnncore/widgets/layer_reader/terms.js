// One weighted sum of one unit, term by term; of a long one the largest terms.

import { html, number, put, write } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { GATES } from "./layer.js";
import { lit, named, of } from "./sums.js";
import { NAMES } from "./told.js";
import { terms } from "./trace.js";

/** @import { Look } from "./sums.js" */

const MOST = 12; // terms that are written out

/** Make the table of the terms. */
export function termsPanel() {
  const [caption, body] = [html("caption"), html("tbody")];
  const head = ["", "number", "× weight", "= product"]
    .map((text) => html(text ? "th" : "td", text ? { scope: "col" } : {}, text));
  const table = html(
    "table",
    { class: "terms" },
    caption,
    html("thead", {}, html("tr", {}, ...head)),
  );
  table.append(body);
  return {
    element: table,
    /** @param {Look} look */
    update(look) {
      const all = rowsOf(look);
      const chosen = all.length > MOST
        ? all.toSorted((a, b) => Math.abs(b.product) - Math.abs(a.product)).slice(0, MOST)
        : all;
      const { run: { layer: { kind } }, gate, unit, t } = look;
      const which = chosen.length < all.length
        ? `the ${MOST} largest of its ${all.length} terms`
        : "all terms";
      write(caption, `The sum of ${NAMES[kind][gate]}, unit ${unit + 1}, step ${t}: ${which}`);
      put(body, {}, ...chosen.map(rowElement), ...theRest(all, chosen, look));
    },
  };
}

/** @typedef {ReturnType<typeof rowsOf>[number]} Row */

/**
 * Return every product that the sum adds up, with its names and indices.
 * @param {Look} look
 */
function rowsOf({ run, t, unit, gate, now }) {
  const { layer, x } = run;
  const { units, kind, reset_after, W_x, W_h } = layer;
  const { met, from_x, from_h } = terms(run, t, gate, unit, now);
  const column = gate * units + unit;
  const columns = GATES[kind] * units;
  const isReset = kind === "GRU" && gate === 2 && !reset_after;
  const [name, time] = isReset ? ["reset", t] : ["h", t - 1];
  return [
    ...from_x.map((product, i) => ({
      ...{ product, of: "x", label: `x ${i + 1}`, i, t, sym: "x", gate, unit },
      ...{ name: "x", time: t, value: x[t - 1][i], weight: W_x[i * columns + column] },
    })),
    ...from_h.map((product, i) => ({
      ...{ product, of: "h", label: `${isReset ? "r · h" : "h"} ${i + 1}`, i, t, sym: "h_prev" },
      ...{ gate, unit, name, time, value: met[i], weight: W_h[i * columns + column] },
    })),
  ];
}

/** @param {Row} row */
function rowElement({ product, of, label, i, t, sym, gate, unit, name, time, value, weight }) {
  const numbers = [
    number(name, [time, i], value, undefined, sym),
    number(`W_${of}`, [i, gate, unit], weight),
    number(`from_${of}`, [t, i], product, undefined, ""),
  ];
  const cells = numbers.map((node) => html("td", {}, node));
  return html("tr", {}, html("th", { scope: "row" }, lit(sym, label)), ...cells);
}

/**
 * Return the rows below the terms: what is left out, the biases, and the sum.
 * @param {Row[]} all
 * @param {Row[]} chosen
 * @param {Look} look
 */
function theRest(all, chosen, { run: { layer }, t, unit, gate, now }) {
  const { units, b, b_h, kind, reset_after } = layer;
  const k = gate * units + unit;
  const line = (/** @type {any} */ label, /** @type {any} */ value, name = "") =>
    html(
      "tr",
      { class: name },
      html("th", { scope: "row", colspan: 3 }, ...label),
      html("td", {}, value),
    );
  const left = all.filter((row) => !chosen.includes(row));
  const rows = left.length
    ? [line(
      [`the other ${left.length} together`],
      html(
        "span",
        { class: "num" },
        shown(left.reduce((total, { product }) => total + product, 0)),
      ),
    )]
    : [];
  rows.push(line([of("b")], number("b", [gate, unit], b[k])));
  const isReset = kind === "GRU" && gate === 2 && reset_after;
  if (b_h) {
    rows.push(line([of("b_h")], number("b_h", [gate, unit], b_h[k], undefined, "b")));
  }
  if (isReset) {
    const whole = ["the terms of h", ...(b_h ? [" and ", of("b_h")] : []), ", times ", named("r")];
    rows.push(line(whole, number("reset", [t, unit], now.reset[unit], undefined, "h_prev")));
  }
  const label = isReset ? ["the terms of x, b and the line above: the sum"] : ["the sum"];
  rows.push(line(label, number("z", [t, gate, unit], now.z[k]), "total"));
  return rows;
}
