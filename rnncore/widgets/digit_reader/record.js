// Beside each row of the pad: the state after it, a bar for each unit, and the probabilities.

import { range } from "../shared/algebra.js";
import { NONE, put, renew, svg, tag, tspans, write } from "../shared/dom.js";

const LEFT = 20; // the number of the row stands there
const RIGHT = 30; // what it says
const GAP = 10;

/** @typedef {ReturnType<typeof placesOf>} Places */

/**
 * Make the picture, for one width.
 * @param {{ rows: number, units: number, classes: number }} limits
 * @param {{ width: number, row: number, top: number }} size `row`: the height of one
 */
export function recordPicture(limits, size) {
  const places = placesOf(limits, size);
  const { width, height, row, top, unit } = places;
  const band = svg("rect", { class: "band", x: 0, width, height: row, rx: 6 });
  const column = { y: top, width: unit.wide, height: height - top };
  const unitBand = svg("rect", { class: "unit-band", ...column });
  const pointer = svg("path", { class: "unit-mark", d: "M0,0 l-4,-6 h8 z" });
  const lines = range(limits.rows).map((i) => line(places, i));
  const description = svg("desc");
  const element = svg(
    "svg",
    { class: "record", role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, "The state and the probabilities after each row"),
    description,
    ...[band, unitBand, pointer, ...headings(places)],
    ...lines.map(({ group }) => group),
  );
  let shownAt = null;

  function update(run, step, chosen) {
    put(band, { y: top + (step - 1) * row, visibility: step ? null : "hidden" });
    put(unitBand, { x: unit.at(chosen - 1) });
    put(pointer, { transform: `translate(${unit.at(chosen - 0.5).toFixed(2)} ${top - 2})` });
    if (step !== shownAt) lines.forEach((one, i) => nameRoles(one, i + 1, step));
    shownAt = step;
    lines.forEach((one, i) => showLine(one, run, i + 1, i < step, places));
    write(description, inWords(run, step, limits.rows));
  }
  const unitAt = (x) => { // counted from 1; null beside the units
    const j = Math.floor((x - LEFT) / unit.wide);
    return j >= 0 && j < unit.count ? j + 1 : null;
  };
  return { element, update, unitAt };
}

// Where all stands: the units to the left, the classes to the right.
function placesOf({ rows, units, classes }, { width, row, top }) {
  const wide = width - RIGHT - LEFT - GAP;
  const [u, c] = [(0.55 * wide) / units, (0.45 * wide) / classes];
  const start = LEFT + units * u + GAP;
  return {
    ...{ width, row, top, height: top + rows * row, half: row / 2 - 2, end: width - 14 },
    unit: { count: units, wide: u, at: (j) => LEFT + j * u },
    classes: { count: classes, wide: c, at: (k) => start + k * c },
  };
}

const text = (x, y, attributes, ...content) =>
  svg(
    "text",
    { x, y, "dominant-baseline": "central", "text-anchor": "middle", ...attributes },
    ...content,
  );

function headings({ top, unit, classes, end }) {
  const shape = (n) => svg("tspan", { class: "shape", dy: -4 }, `  (${n},)`);
  const middle = ({ at, count }) => (at(0) + at(count)) / 2;
  const h = [...tspans("h_t"), shape(unit.count)];
  const p = [...tspans("p_t"), shape(classes.count)];
  return [
    ...range(classes.count).map((k) =>
      text(classes.at(k + 0.5), top - 9, { class: "class-name" }, String(k))
    ),
    text(end, top - 9, { class: "row-name" }, "says"),
    text(middle(unit), 9, { class: "h-name" }, h),
    text(middle(classes), 9, { class: "p-name" }, p),
  ];
}

function line({ row, top, unit, classes, end }, i) {
  const [middle, floor] = [top + i * row + row / 2, top + (i + 1) * row - 3];
  const axis = ({ at, count }, y) =>
    svg("line", { class: "axis", x1: at(0), x2: at(count), y1: y, y2: y });
  const bar = (name, x, width) => svg("rect", { class: name, x, width, height: 0 });
  const bars = range(unit.count).map((j) => bar("unit", unit.at(j) + 0.5, unit.wide - 1));
  const chances = range(classes.count).map((k) =>
    bar("chance", classes.at(k) + 1, classes.wide - 2)
  );
  const says = text(end, middle, { class: "says" });
  const name = text(8, middle, { class: "row-name" }, String(i + 1));
  const axes = [axis(unit, middle), axis(classes, floor)];
  const group = svg("g", { class: "reading" }, name, ...axes, ...bars, ...chances, says);
  return { group, bars, chances, says, middle, floor };
}

// What lights up with a symbol.
function nameRoles({ group, bars, chances }, t, step) {
  const h = t === step ? "h" : t === step - 1 ? "h_prev" : null;
  put(group, { class: `reading${t === step ? " now" : ""}` });
  bars.forEach((bar) => put(bar, { "data-sym": h }));
  chances.forEach((bar) => put(bar, { "data-sym": t === step ? "y" : null }));
}

function showLine({ bars, chances, says, middle, floor }, run, t, reached, { row, half }) {
  bars.forEach((bar, j) => {
    const value = reached ? run.h[t][j] : null;
    raise(bar, "h", [t, j], value, middle - Math.max(value, 0) * half, Math.abs(value) * half);
  });
  chances.forEach((bar, k) => {
    const value = reached ? run.p[t][k] : null;
    const long = value * (row - 6);
    raise(bar, "p", [t, k], value, floor - long, long);
    bar.classList.toggle("lead", reached && run.says[t] === k);
  });
  const isNew = reached && t > 1 && run.says[t] !== run.says[t - 1];
  renew(says, reached ? "says" : null, [t], run.says[t], undefined, String);
  put(says, { class: `says${isNew ? " new" : ""}` });
}

// A bar, and where it stands: there are hundreds, so what stays is not touched. null: no bar.
function raise(bar, name, index, value, top, height) {
  if (value === null ? !bar.dataset.name : bar.dataset.value === String(value)) return;
  put(bar, value === null ? NONE : tag(name, index, value));
  bar.setAttribute("y", top);
  bar.setAttribute("height", height);
}

function inWords(run, step, rows) {
  if (!step) return "No row has been read yet.";
  return `${step} of ${rows} rows read. It says ${run.says.slice(1, step + 1).join(", then ")}.`;
}
