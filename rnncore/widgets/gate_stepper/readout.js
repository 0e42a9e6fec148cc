// A row for each memory: what it is now, and what is left in it of step 1.

import { html, put, svg, symbol, updated, words } from "../shared/dom.js";
import { CURVES, markOf } from "./curves.js";
import { sym } from "./parts.js";

/** Make the table. */
export function readoutPanel() {
  const rows = CURVES.map(readoutRow);
  const heads = ["memory", "now", "what is left of step 1"];
  const element = html(
    "table",
    { class: "readout" },
    html("thead", {}, html("tr", {}, ...heads.map((text) => html("th", { scope: "col" }, text)))),
    html("tbody", {}, ...rows.map(({ tr }) => tr)),
  );
  const update = (state, t) => rows.forEach((row) => row.update(state, t));
  return { element, update };
}

function readoutRow(curve) {
  const { cell, name, letter, left, gate } = curve;
  const head = html("th", { scope: "row" }, sampleOf(name), ` ${cell} `, html("i", {}, letter));
  const [now, share] = [html("td"), html("td")];
  const renewed = updated();
  const update = (state, t) => {
    const isPower = Boolean(gate) && state.hand[gate] !== null && state.params.since <= 2 && t > 2;
    renewed(`${t} ${isPower}`, (num) => {
      const value = num(name, [t], () => state.run[name][t], { sym: letter });
      put(now, {}, sym(`${letter}_${t}`, letter), " = ", value);
      if (!left || t === 0) return put(share, {}, html("span"));
      const product = num(left, [t], () => state.run[left][t], { sym: "" });
      const power = isPower ? powerOf(num, state, gate, t) : [];
      return put(share, {}, factorsOf(curve, t), power, product);
    });
  };
  return { tr: html("tr", {}, head, now, share), update };
}

// A piece of the curve.
const sampleOf = (name) =>
  svg(
    "svg",
    { class: "sample", viewBox: "0 0 34 14", width: 34, height: 14, "aria-hidden": "true" },
    svg("path", { class: `curve ${name}`, d: "M1,7 H33" }),
    svg("g", { transform: "translate(17 7)" }, markOf(name)),
  );

// What is multiplied, in symbols.
function factorsOf({ gate }, t) {
  if (!gate) return ["d", ...symbol(`h_${t}`), "/d", ...symbol("h_1"), " = "];
  if (t === 1) return ["all: "];
  const last = t === 2 ? [] : [t > 3 ? " ⋯ " : " · ", ...symbol(`${gate}_${t}`)];
  return [html("span", { "data-sym": gate }, ...symbol(`${gate}_2`), ...last), " = "];
}

// The same for a gate that has been held since step 2.
function powerOf(num, state, gate, t) {
  const index = Object.keys(state.hand).indexOf(gate);
  const opening = num("held", [index], () => state.hand[gate], { sym: gate });
  return words`${opening}${html("sup", {}, String(t - 1))} = `;
}
