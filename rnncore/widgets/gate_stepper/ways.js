// The gradient from the memory of this step to those before: along the memory, and around it.

import { html, NONE, noteChange, put, renew, svg, symbol, tag } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { shown, shownBriefly } from "../shared/numbers.js";
import { plot } from "../shared/plot.js";
import { markOf } from "./curves.js";
import { waysBack } from "./trace.js";

/** @typedef {import("./parts.js").State} State */

/**
 * A way back: whose it is, its name among the ways, the mark of its curve, and its gate.
 * @typedef {{ cell: string, name: string, curve: string, letter: string, gate?: string }} Way
 */

/** @type {Way[]} */
const WAYS = [
  { cell: "LSTM", name: "dc", curve: "c", letter: "c", gate: "f" },
  { cell: "GRU", name: "dh_gru", curve: "h_gru", letter: "h", gate: "z" },
  { cell: "simple", name: "dh_simple", curve: "h_simple", letter: "h" },
];
const LEAST = -2, MOST = 4; // what the chart has room for

/**
 * Make the chart of all steps, and the table of step 1.
 * @param {any} limits
 */
export function waysPanel(limits) {
  const box = html("div", { class: "ways-chart" });
  const rows = WAYS.map(wayRow);
  const heads = ["by step 1", "by all paths", "along the memory", "through h"];
  const names = heads.map((text) => html("th", { scope: "col" }, text));
  const table = html(
    "table",
    { class: "readout ways" },
    html("thead", {}, html("tr", {}, ...names)),
    html("tbody", {}, ...rows.map(({ tr }) => tr)),
  );
  const element = group("way-back", "How the gradient goes back");
  put(element, {}, title(), box, legend(), table);
  let chart, lines;
  return {
    element,
    draw(timesteps) {
      chart = plot({
        ...{ width: box.clientWidth || 640, height: 176, title: "How the gradient goes back" },
        ...{ xName: "step k", yName: "derivative" },
      });
      lines = WAYS.map((way) => lineOf(way, timesteps));
      put(chart.marks, {}, ...lines.flatMap(({ along, all, dots }) => [along, all, ...dots]));
      put(box, {}, chart.element);
    },
    update({ params, run }, t) {
      const ways = waysBack(params, limits, run, t);
      chart.scale({ x: [0, params.X.length], y: rangeOf(ways), whole: true });
      lines.forEach((line) => showLine(chart, line, ways, t));
      rows.forEach((row) => row.update(ways, t));
      chart.describe(inWords(ways, t));
    },
  };
}

function title() {
  const d = (letter) => [`d`, ...symbol(`${letter}_t`), "/d", ...symbol(`${letter}_k`)];
  return html(
    "p",
    { class: "ways-title" },
    html("b", {}, "How the gradient goes back. "),
    "How much of a gradient that reaches the memory of this step ",
    html("i", {}, "t"),
    " arrives at the memory of an earlier step ",
    html("i", {}, "k"),
    ": ",
    html("span", { "data-sym": "dc" }, ...d("c")),
    ", or ",
    html("span", { "data-sym": "dh" }, ...d("h")),
    ".",
  );
}

function legend() {
  const [f, z, W_h] = [html("i", {}, "f"), html("i", {}, "z"), symbol("W_h")];
  return html(
    "p",
    { class: "legend" },
    html(
      "small",
      {},
      "Thick: by all paths. Thin: along the memory only, which is the product of ",
      f,
      " (in the GRU, of ",
      z,
      "). The rest goes through ",
      html("i", {}, "h"),
      " and ",
      ...W_h,
      " into the gates and candidates.",
    ),
  );
}

const lineOf = (/** @type {Way} */ { name, curve, gate }, timesteps) => ({
  name,
  gate,
  along: svg("path", { class: "curve along" }),
  all: svg("path", { class: `curve ${curve}` }),
  dots: Array.from({ length: timesteps + 1 }, () => markOf(curve)),
});

// All that is drawn, as far as there is room, and 0 and 1.
function rangeOf(ways) {
  const drawn = Object.keys(ways).filter((name) => !name.endsWith("around"));
  const all = drawn.flatMap((name) => ways[name]).filter((v) => v >= LEAST && v <= MOST);
  const halves = (value, round) => round(2 * value) / 2;
  return [
    halves(Math.min(0, ...all), Math.floor),
    halves(Math.max(1, ...all), Math.ceil),
  ];
}

function showLine(chart, { name, gate, along, all, dots }, ways, t) {
  const path = (list) => chart.path(t > 0 ? list.map((value, k) => [k, value]) : []);
  put(all, { d: path(ways[name]) });
  put(along, { d: gate ? path(ways[`${name}_along`]) : "" });
  dots.forEach((dot, k) => {
    const value = ways[name][k];
    if (t === 0 || k > t || value < LEAST || value > MOST) {
      return noteChange(dot, "none") && put(dot, { ...NONE, visibility: "hidden" });
    }
    const [x, y] = chart.at(k, value);
    if (!noteChange(dot, `${x} ${y} ${value} ${t}`)) return;
    const transform = `translate(${x.toFixed(2)} ${y.toFixed(2)})`;
    put(dot, { ...tag(name, [t, k], value), transform, visibility: null });
  });
}

// What arrives at step 1, by all paths and by each.
function wayRow(/** @type {Way} */ { cell, name, letter, gate }) {
  const head = html("th", { scope: "row" });
  const names = gate ? [name, `${name}_along`, `${name}_around`] : [name];
  const numbers = names.map(() => html("span", { class: "num", "data-sym": `d${letter}` }));
  const cells = [0, 1, 2].map((k) => html("td", {}, numbers[k] ?? null));
  const update = (ways, t) => {
    if (noteChange(head, t)) {
      put(
        head,
        {},
        `${cell} `,
        ...(t ? ["d", ...symbol(`${letter}_${t}`), "/d", ...symbol(`${letter}_1`)] : []),
      );
    }
    names.forEach((one, k) =>
      renew(numbers[k], t ? one : null, [t, 1], ways[one][1], undefined, shownBriefly)
    );
  };
  return { tr: html("tr", {}, head, ...cells), update };
}

function inWords(ways, t) {
  if (t === 0) return "No step has been done yet.";
  const parts = WAYS.map(({ cell, name }) => `${cell} ${shown(ways[name][1])}`);
  return `Of a gradient at step ${t}, this arrives at step 1: ${parts.join(", ")}.`;
}
