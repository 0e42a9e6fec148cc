// The fixed points in a table, and the verdict above it.

import { html, number, put, write } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { away } from "./fixed_points.js";
import { nearby, verdict } from "./verdict.js";

/** Make the verdict on the map, and a row for each of its fixed points, at most three. */
export function fixedPanel() {
  const says = html("p", { class: "says" });
  const rows = [0, 1, 2].map(() => {
    const cells = [html("th", { scope: "row" }), html("td"), html("td")];
    return { cells, tr: html("tr", {}, ...cells) };
  });
  const heads = ["fixed point h", "slope there", "nearby states"];
  const table = html(
    "table",
    { class: "products fixed-points" },
    html("thead", {}, html("tr", {}, ...heads.map((text) => html("th", { scope: "col" }, text)))),
    html("tbody", {}, ...rows.map(({ tr }) => tr)),
  );
  return {
    elements: [says, html("div", { class: "terms" }, table)],
    update(values, run) {
      write(says, verdict(values, run));
      put(table, { hidden: run.fixed.length === 0 });
      rows.forEach((row, i) => showRow(row, values, run, i));
    },
  };
}

function showRow({ cells, tr }, values, { fixed, fixed_slope }, i) {
  const isThere = i < fixed.length;
  put(tr, { hidden: !isThere });
  if (!isThere) return cells.forEach((cell) => cell.replaceChildren());
  const [h, slope] = [fixed[i], fixed_slope[i]];
  const mark = html("span", { "aria-hidden": "true" }, away(values, h, slope) < 0 ? "● " : "○ ");
  put(cells[0], {}, mark, number("fixed", [i], h, shown(h), ""));
  put(cells[1], {}, number("fixed_slope", [i], slope, shown(slope), "dh"));
  return write(cells[2], nearby(values, h, slope));
}
