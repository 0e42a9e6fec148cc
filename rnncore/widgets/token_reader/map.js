// The word vectors as a map: two numbers are a place.

import { range } from "../shared/algebra.js";
import { html, put, renew, svg, symbol, words, write } from "../shared/dom.js";
import { plot } from "../shared/plot.js";

const SIZE = 5; // of a mark, half its width
const MARKS = { // each kind has a shape of its own
  good: `M0,${-SIZE}L${SIZE},${SIZE}L${-SIZE},${SIZE}z`,
  bad: `M0,${SIZE}L${SIZE},${-SIZE}L${-SIZE},${-SIZE}z`,
  not: `M0,${-6}L6,0L0,6L-6,0z`,
  filler: "M-2,0a2,2 0 1,0 4,0a2,2 0 1,0 -4,0",
  padding: `M-5,-5L5,5M5,-5L-5,5`,
};
const LEGEND = [["good", "good"], ["bad", "bad"], ["not", "not"], ["filler", "filler"], [
  "padding",
  "padding",
]];

/**
 * Return what kind of word a token is.
 * @param {number} token
 * @param {import("./trace.js").Limits} limits
 */
export const kindOf = (token, { not }) =>
  token === 0
    ? "padding"
    : token <= not / 2
    ? "good"
    : token < not
    ? "bad"
    : token === not
    ? "not"
    : "filler";

/**
 * Make the map, and the line with the numbers of the word of now.
 * @param {number[][]} table
 * @param {import("./trace.js").Limits} limits
 */
export function mapPanel(table, limits) {
  const box = html("div", { class: "chart" });
  const place = html("p");
  const numbers = range(limits.columns).map(() => html("span", { class: "num" }));
  const word = html("b");
  const row = html("span");
  const x = html("span", { "data-sym": "x" }, ...symbol("x_t"), " = ");
  const list = numbers.flatMap((number, i) => (i ? [", ", number] : [number]));
  const now = html("span", {}, ...words`${word}: ${x}${row} = [${list}]`);
  const before = html(
    "span",
    {},
    "No word has been read yet. A word has two numbers, one for each axis of this map.",
  );
  put(place, {}, now, before);
  let chart, ring, label;

  function draw() {
    const width = Math.min(box.clientWidth || 300, 420);
    const [xs, ys] = range(2).map((i) => table.map((vector) => vector[i]));
    chart = plot({
      ...{ width, height: 216, title: "The rows of the table, each as a place" },
      ...{ xName: "first number", yName: "second number" },
    });
    chart.scale({ x: reach(xs), y: reach(ys) });
    const dots = table.map((vector, token) => {
      const [px, py] = chart.at(vector[0], vector[1]);
      const at = { transform: `translate(${px.toFixed(2)} ${py.toFixed(2)})` };
      const kind = kindOf(token, limits);
      const title = svg("title", {}, limits.vocabulary[token] || "padding");
      return svg("path", { class: `dot-of ${kind}`, d: MARKS[kind], ...at }, title);
    });
    ring = svg("circle", { class: "ring", r: 9, "data-sym": "x" });
    label = svg("text", { class: "map-word" });
    put(chart.marks, {}, ...dots, ring, label);
    chart.describe("Good words, bad words, not, the fillers and the padding lie apart.");
    put(box, {}, chart.element);
  }
  function update(run, t) {
    const token = run.token[t];
    put(now, { hidden: t === 0 });
    put(before, { hidden: t > 0 });
    for (const node of [ring, label]) put(node, { visibility: t ? null : "hidden" });
    numbers.forEach((number, i) => renew(number, t ? "x" : null, [t, i], run.x[t]?.[i]));
    if (!t) return;
    const [px, py] = chart.at(table[token][0], table[token][1]);
    const name = limits.vocabulary[token] || "padding";
    put(ring, { cx: px, cy: py });
    const isRight = px > (chart.box.left + chart.box.right) / 2;
    const anchor = isRight ? "end" : "start";
    put(label, { x: px + (isRight ? -13 : 13), y: py + 4, "text-anchor": anchor });
    write(label, name);
    write(word, name);
    write(row, `table[${token}]`);
  }
  const legend = html("p", { class: "legend" }, ...LEGEND.map(([kind, name]) => key(kind, name)));
  const heading = html("p", { class: "map-head" }, "The table, a place for each word");
  return { element: html("div", { class: "map" }, heading, box, legend, place), draw, update };
}

function key(kind, name) {
  const mark = svg("path", { class: `dot-of ${kind}`, d: MARKS[kind] });
  const picture = svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, mark);
  return html("small", {}, picture, ` ${name} `);
}

// A little more than all values.
function reach(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const more = 0.12 * (most - least);
  return /** @type {[number, number]} */ ([least - more, most + more]);
}
