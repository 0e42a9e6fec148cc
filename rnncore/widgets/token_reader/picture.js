// A row for each token: the word, its row of the table, the state after it, and the verdict.

import { flat, range } from "../shared/algebra.js";
import { NONE, put, renew, svg, tag, tspans, write } from "../shared/dom.js";
import { shownBriefly } from "../shared/numbers.js";
import { verdict } from "./trace.js";

const LEFT = 24; // the number of the step stands there
const WORD = 82;
const END = 58; // p as a number
const GAP = 12;
const TOP = 38;
const MANY = 16; // rows, from which on they are lower

/** @typedef {ReturnType<typeof placesOf>} Places */

/**
 * Make the picture, for one width and one review.
 * @param {import("./trace.js").Limits} limits
 * @param {{ width: number, words: string[], table: number[][] }} given `words`: "" for padding
 */
export function readingPicture(limits, { width, words, table }) {
  const places = placesOf(limits, width, words.length, table);
  const { height, row, unit } = places;
  const band = svg("rect", { class: "band", x: 0, width, height: row, rx: 6 });
  const column = { y: TOP, width: unit.wide, height: height - TOP };
  const unitBand = svg("rect", { class: "unit-band", ...column });
  const lines = ["start", ...words].map((word, t) => line(places, word, t));
  const description = svg("desc");
  const element = svg(
    "svg",
    { class: "reading", role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, "Each word, its row of the table, the state, and the verdict"),
    description,
    ...[band, unitBand, ...headings(places)],
    ...lines.map(({ group }) => group),
  );

  function update(run, step, chosen, mask) {
    put(band, { y: TOP + step * row });
    put(unitBand, { x: unit.at(chosen - 1) });
    lines.forEach((one, t) => showLine(one, run, { t, step, mask, places }));
    write(
      description,
      `${step} of ${words.length} tokens read; p is ${shownBriefly(run.p[step])}.`,
    );
  }
  const unitAt = (x) => { // counted from 1; null beside the units
    const j = Math.floor((x - unit.at(0)) / unit.wide);
    return j >= 0 && j < unit.count ? j + 1 : null;
  };
  return { element, update, unitAt };
}

// Where all stands: a column for the word, its numbers, the units, and the verdict.
function placesOf({ units, columns }, width, count, table) {
  const wide = width - LEFT - WORD - END - 2 * GAP;
  const [c, u] = [(0.2 * wide) / columns, (0.45 * wide) / units];
  const start = LEFT + WORD + columns * c + GAP;
  const row = count > MANY ? 19 : 24;
  const span = start + units * u + GAP;
  return {
    ...{ width, row, height: TOP + (count + 1) * row, half: row / 2 - 2 },
    largest: Math.max(...flat(table).map(Math.abs)),
    column: { count: columns, wide: c, at: (i) => LEFT + WORD + i * c },
    unit: { count: units, wide: u, at: (j) => start + j * u },
    chance: { at: (p) => span + p * 0.35 * wide },
  };
}

const text = (x, y, attributes, ...content) =>
  svg("text", { x, y, "dominant-baseline": "central", ...attributes }, ...content);

function headings({ column, unit, chance, height }) {
  const shape = (n) => svg("tspan", { class: "shape", dy: -4 }, ` (${n},)`);
  const middle = ({ at, count }) => (at(0) + at(count)) / 2;
  const centre = { "text-anchor": "middle" };
  const ends = [[0, "start", "0"], [0.5, "middle", "½"], [1, "end", "1"]];
  return [
    text(LEFT, 22, { class: "row-name" }, "word"),
    text(middle(column), 11, { class: "x-name", ...centre }, [
      ...tspans("x_t"),
      shape(column.count),
    ]),
    text(middle(unit), 11, { class: "h-name", ...centre }, [...tspans("h_t"), shape(unit.count)]),
    text(chance.at(0.5), 11, { class: "p-name", ...centre }, tspans("p_t")),
    ...ends.map(([p, anchor, label]) =>
      text(chance.at(p), 29, { class: "shape", "text-anchor": anchor }, label)
    ),
    svg("path", {
      class: "half",
      d: `M${chance.at(0.5)},${TOP}V${height}`,
    }),
  ];
}

function line({ row, column, unit, chance, width }, word, t) {
  const middle = TOP + (t + 0.5) * row;
  const axis = ({ at, count }) =>
    svg("line", { class: "axis", x1: at(0), x2: at(count), y1: middle, y2: middle });
  const bar = (name, { at, wide }, i) =>
    svg("rect", { class: name, x: at(i) + 0.5, width: Math.max(wide - 1, 1), height: 0 });
  const xs = t ? range(column.count).map((i) => bar("column", column, i)) : [];
  const bars = range(unit.count).map((j) => bar("unit", unit, j));
  const track = { x: chance.at(0), width: chance.at(1) - chance.at(0), y: middle - 5, height: 10 };
  const p = svg("rect", { class: "chance", y: middle - 5, height: 10, width: 0 });
  const number = text(width - 2, middle, { class: "p-num", "text-anchor": "end" });
  const parts = [
    text(16, middle, { class: "row-name", "text-anchor": "end" }, String(t)),
    text(LEFT, middle, { class: word ? "word" : "word none" }, word || "padding"),
    ...(t ? [axis(column)] : []),
    ...[axis(unit), svg("rect", { class: "track", ...track }), p, ...xs, ...bars, number],
  ];
  return { group: svg("g", {}, ...parts), xs, bars, p, number, middle, isPadding: t > 0 && !word };
}

function showLine(
  { group, xs, bars, p, number, middle, isPadding },
  run,
  { t, step, mask, places },
) {
  const reached = t <= step;
  const { half, largest, chance } = places;
  const state = t === step ? "h" : t === step - 1 ? "h_prev" : null;
  const isHeld = isPadding && mask;
  put(group, { class: `token${reached ? " reached" : ""}${isHeld ? " held" : ""}` });
  xs.forEach((bar, i) => {
    raise(bar, "x", [t, i], reached ? run.x[t][i] : null, middle, half / largest);
    put(bar, { "data-sym": t === step ? "x" : null });
  });
  bars.forEach((bar, j) => {
    raise(bar, "h", [t, j], reached ? run.h[t][j] : null, middle, half);
    put(bar, { "data-sym": state });
  });
  const [low, high] = [0.5, run.p[t]].sort((a, b) => a - b);
  const place = reached
    ? { x: chance.at(low), width: chance.at(high) - chance.at(low) }
    : { width: 0 };
  put(p, { ...(reached ? tag("p", [t], run.p[t]) : NONE), ...place });
  const side = verdict(run.p[t]).replaceAll(" ", "-");
  put(p, { class: `chance ${side}`, "data-sym": t === step ? "y" : null });
  renew(number, reached ? "p" : null, [t], run.p[t], undefined, shownBriefly);
}

// A bar upwards or downwards from the middle of its row; null: no bar.
function raise(bar, name, index, value, middle, scale) {
  if (value === null ? !bar.dataset.name : bar.dataset.value === String(value)) return;
  put(bar, value === null ? NONE : tag(name, index, value));
  bar.setAttribute("y", String(middle - Math.max(value, 0) * scale));
  bar.setAttribute("height", String(Math.abs(value) * scale));
}
