// The unrolled graph, walked both ways: states to the right, and under them their gradients,
// dashed, to the left; what the loss sends comes in from below.

import { range } from "../shared/algebra.js";
import { arrowhead, noteChange, put, renew, svg, tspans, write } from "../shared/dom.js";
import { shown, shownBriefly } from "../shared/numbers.js";

/** @import { Attributes, Children } from "../shared/types.d.ts" */
/** @import { Params, Where } from "./steps.js" */

const X_ROW = 26; // the height of an input
const X_TOP = 22;
const MIDDLE = { "text-anchor": "middle", "dominant-baseline": "central" };

/**
 * Draw a network; `update` shows a run as far as a step.
 * @param {Params} params
 * @param {number} width
 */
export function bpttPicture(params, width) {
  const plan = planOf(params, width);
  const { timesteps, size, top, tall, column, at } = plan;
  const arrows = { forth: arrowhead(), back: arrowhead() };
  put(/** @type {Element} */ (arrows.back.defs.firstChild), { class: "back" });
  const band = svg("rect", { class: "band", y: 2, width: column, height: size.height - 4, rx: 8 });
  const frame = svg("rect", { class: "window", y: top.dh - 26, height: tall + 36, rx: 10 });
  const columns = range(timesteps + 1).map((t) => columnOf(t, plan, arrows));
  const description = svg("desc");
  const element = svg(
    "svg",
    {
      class: plan.narrow ? "unrolled narrow" : "unrolled",
      role: "img",
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
    },
    svg("title", {}, "The network unrolled in time, and the backward pass through it"),
    description,
    arrows.forth.defs,
    arrows.back.defs,
    band,
    frame,
    ...rowNames(plan),
    ...columns.map(({ came }) => came),
    ...columns.map(({ went }) => went),
  );
  return {
    element,
    width: size.width,
    at,
    update(
      /** @type {Record<string, any>} */ run,
      /** @type {Params} */ { window },
      /** @type {Where} */ where,
    ) {
      const scale = { h: largest(run.h), d: largest([...run.dh, ...run.direct.slice(1)]) };
      put(band, { x: at(where.now) - column / 2 });
      put(frame, frameOf(plan, run.direct, window));
      columns.forEach((made, t) => {
        fillColumn(made, plan, run, t, where, scale);
        if (t > 0) showWay(made, plan, run, t, where, window);
      });
      write(description, inWords(timesteps, where));
    },
  };
}

/**
 * Where everything goes, in pixels.
 * @typedef {ReturnType<typeof planOf>} Plan
 */

/**
 * @param {Params} params
 * @param {number} width
 */
function planOf({ X, W_x, W_h, scalar }, width) {
  const [timesteps, features, units] = [X.length, W_x.length, W_h.length];
  const narrow = width < 420;
  const left = narrow ? 2 : 66; // room for the names of the rows
  const column = Math.min(130, Math.max(narrow ? 62 : 74, (width - left - 4) / (timesteps + 1)));
  const cell = { width: column * (narrow ? 0.7 : 0.6), height: scalar ? 34 : 28 };
  const tall = units * cell.height;
  const h = X_TOP + features * X_ROW + 44;
  const dh = h + tall + 46;
  const dS = dh + tall + 52;
  const sizes = { timesteps, features, units, scalar, narrow, column, cell, tall };
  return {
    ...sizes,
    top: { h, dh, dS },
    size: { width: left + (timesteps + 1) * column + 4, height: dS + tall + 8 },
    at: (/** @type {number} */ t) => left + (t + 0.5) * column,
    inCell: (/** @type {number} */ value) =>
      cell.width < 62 || shown(value).length > 7 ? shownBriefly(value) : shown(value),
  };
}

/**
 * @param {number} x
 * @param {number} y
 * @param {Attributes} attributes
 * @param {Children[]} content
 */
const text = (x, y, attributes, ...content) => svg("text", { x, y, ...attributes }, ...content);

/** @param {Plan} plan */
function rowNames({ narrow, features, top, tall }) {
  /** @type {[string, number][]} */
  const rows = [
    ["input", X_TOP + (features * X_ROW) / 2 - 2],
    ["state", top.h + tall / 2 - 2],
    ["gradient", top.dh + tall / 2 - 2],
    ["from the", top.dS + tall / 2 - 9],
    ["loss L", top.dS + tall / 2 + 5],
  ];
  const style = { class: "row-name", "dominant-baseline": "central" };
  return narrow ? [] : rows.map(([name, y]) => text(2, y, style, name));
}

/**
 * Draw the numbers of one vector, each in a cell of its own, over a bar that shows its size.
 * @param {string} kind
 * @param {number} x the middle
 * @param {number} y
 * @param {number} count
 * @param {Plan} plan
 */
function stack(kind, x, y, count, { cell }) {
  const height = kind === "x" ? X_ROW : cell.height;
  const corners = kind === "d" ? 6 : 0; // those of a gradient are round, and its bar is shorter
  return range(count).map((j) => ({
    box: svg("rect", {
      class: `${kind}-box`,
      x: x - cell.width / 2,
      y: y + j * height,
      width: cell.width,
      height: height - 4,
      rx: kind === "d" ? 11 : 4,
    }),
    bar: svg("rect", {
      class: `${kind}-bar`,
      "data-full": cell.width / 2 - corners,
      y: y + (j + 1) * height - 10,
      height: 4,
      width: 0,
    }),
    label: text(x, y + j * height + height / 2 - (kind === "x" ? 2 : 4), {
      ...MIDDLE,
      class: `${kind}-num`,
    }),
  }));
}

/** @typedef {{ forth: ReturnType<typeof arrowhead>, back: ReturnType<typeof arrowhead> }} Arrows */

/**
 * Draw the column of a time step: what went forward, and what came back.
 * @param {number} t
 * @param {Plan} plan
 * @param {Arrows} arrows
 */
function columnOf(t, plan, arrows) {
  const { at, top, features, units, narrow } = plan;
  const x = at(t);
  const made = {
    x: t === 0 ? [] : stack("x", x, X_TOP, features, plan),
    h: stack("s", x, top.h, units, plan),
    dh: stack("d", x, top.dh, units, plan),
    dS: t === 0 ? [] : stack("d", x, top.dS, units, plan),
    went: svg("g", { class: "went" }),
    came: svg("g", { class: "came" }),
    way: t === 0 ? null : wayBack(t, plan, arrows.back),
  };
  if (made.way) {
    const { toBefore, fromLoss, name, back, cut, line, slope } = made.way;
    made.went.append(
      ...edgesForth(t, plan, arrows.forth),
      text(x, X_TOP - 10, { ...MIDDLE, class: "x-name" }, ...tspans(`x_${t}`)),
    );
    const parts = [toBefore, fromLoss, name, back, cut, line, slope];
    made.came.append(
      ...parts.filter((part) => part !== null),
      nameOver("d", t, top.dS, `dS_${t}`, plan),
      ...made.dS.flatMap(({ box, bar, label }) => [box, bar, label]),
    );
  }
  made.went.append(
    nameOver("h", t, top.h, `h_${t}`, plan),
    ...made.x.flatMap(({ box, label }) => [box, label]),
    ...made.h.flatMap(({ box, bar, label }) => [box, bar, label]),
  );
  made.came.append(
    nameOver("d", t, top.dh, `${narrow ? "dh" : "dL/dh"}_${t}`, plan),
    ...made.dh.flatMap(({ box, bar, label }) => [box, bar, label]),
  );
  return made;
}

/**
 * @param {string} kind
 * @param {number} t
 * @param {number} y
 * @param {string} name
 * @param {Plan} plan
 */
const nameOver = (kind, t, y, name, { at, cell, narrow }) =>
  text(
    at(t) - cell.width / 2 + (narrow ? -8 : 1),
    y - 8,
    { class: `${kind}-name` },
    ...tspans(name),
  );

/**
 * @param {string} kind
 * @param {string} sym
 * @param {string} d
 * @param {ReturnType<typeof arrowhead>} head
 */
const edge = (kind, sym, d, head) =>
  svg("path", { class: `edge ${kind}`, "data-sym": sym, d, "marker-end": head.url });

/**
 * Return the height of a name over an arrow; on a phone there is room for it under the cells only.
 * @param {Plan} plan
 * @param {number} row
 * @param {number} over
 */
const nameAt = ({ narrow, tall }, row, over) => (narrow ? row + tall + 10 : over);

/**
 * Draw the arrows into a state, and their names.
 * @param {number} t
 * @param {Plan} plan
 * @param {ReturnType<typeof arrowhead>} head
 */
function edgesForth(t, plan, head) {
  const { at, cell, features, top, tall } = plan;
  const [x, from, to] = [at(t), at(t - 1) + cell.width / 2, at(t) - cell.width / 2];
  const [bottom, middle] = [X_TOP + features * X_ROW, top.h + tall / 2 - 2];
  const name = (/** @type {string} */ sym) => ({ class: "edge-name", "data-sym": sym });
  const y = nameAt(plan, top.h, middle - 11);
  return [
    edge("", "W_x", `M${x},${bottom - 2} V${top.h - 4}`, head),
    text(x + 6, bottom + 15, name("W_x"), ...tspans("W_x")),
    edge("", "W_h", `M${from},${middle} H${to - 3}`, head),
    text((from + to) / 2 - 2, y, { ...MIDDLE, ...name("W_h") }, ...tspans("W_h")),
  ];
}

/**
 * Draw the way back from a state to the one before, and from the loss to it.
 * @param {number} t
 * @param {Plan} plan
 * @param {ReturnType<typeof arrowhead>} head
 */
function wayBack(t, plan, head) {
  const { at, cell, top, tall, scalar, narrow } = plan;
  const [x, from, to] = [at(t), at(t - 1) + cell.width / 2, at(t) - cell.width / 2];
  const [gap, middle] = [(from + to) / 2, top.dh + tall / 2 - 2];
  const transposed = scalar ? [] : [svg("tspan", { class: "sub", dy: -11 }, "T")];
  const nameX = gap - (scalar ? 2 : 5);
  const nameClass = { ...MIDDLE, class: "edge-name", "data-sym": "W_h" };
  const hasNumbers = scalar && !narrow;
  const [cutA, cutB] = [`M${gap - 4},${middle + 7} l3,-11`, `M${gap + 1},${middle + 7} l3,-11`];
  const slopeName = { class: "slope-num" };
  const down = `M${x},${top.h + tall - 3} V${top.dh - (narrow ? 3 : 22)}`;
  return {
    toBefore: edge("back", "W_h", `M${to},${middle} H${from + 3}`, head),
    fromLoss: edge("back", "dS", `M${x},${top.dS - 2} V${top.dh + tall + 1}`, head),
    name: text(nameX, nameAt(plan, top.dh, middle - 13), nameClass, ...tspans("W_h"), transposed),
    back: hasNumbers ? text(gap, middle + 17, { ...MIDDLE, class: "d-num small" }) : null,
    cut: t < 2 ? null : svg("path", { class: "cut", d: `${cutA} ${cutB}` }),
    line: svg("path", { class: "slope", d: down }),
    slope: hasNumbers ? text(x + 7, top.h + tall + 12, slopeName, "f′ ", svg("tspan")) : null,
  };
}

/**
 * Fill the cells of a column.
 * @param {ReturnType<typeof columnOf>} made
 * @param {Plan} plan
 * @param {Record<string, any>} run
 * @param {number} t
 * @param {Where} where
 * @param {{ h: number, d: number }} scale the largest of either
 */
function fillColumn(made, plan, run, t, { now, forth, to }, scale) {
  const hasGone = t <= forth;
  const hasCome = t >= Math.max(to, 1) || (t === 0 && to <= 1);
  const role = (/** @type {string} */ sym) =>
    t === now ? sym : t === now - 1 ? `${sym}_prev` : null;
  made.went.classList.toggle("reached", hasGone);
  made.came.classList.toggle("reached", hasCome);
  for (const part of [made.went, made.came]) part.classList.toggle("now", t === now);
  const fill = (cells, name, values, isReached, size, sym) =>
    cells.forEach((cell, j) => fillCell(cell, plan, name, [t, j], values[j], isReached, size, sym));
  fill(made.x, "x", run.x[t], true, 0, t === now ? "x" : null);
  fill(made.h, "h", run.h[t], hasGone, scale.h, role("h"));
  fill(made.dh, "dh", run.dh[t], hasCome, scale.d, role("dh"));
  fill(made.dS, "direct", run.direct[t], true, scale.d, t === now ? "dS" : null);
}

/**
 * @param {{ box: SVGElement, bar: SVGElement, label: SVGElement }} cell
 * @param {Plan} plan
 * @param {string} name
 * @param {[number, number]} place the time step and the unit
 * @param {number} value
 * @param {boolean} isReached
 * @param {number} size the largest, whose bar fills half a cell; 0: no bars
 * @param {string | null} sym
 */
function fillCell(
  { box, bar, label },
  { at, scalar, inCell },
  name,
  [t, j],
  value,
  isReached,
  size,
  sym,
) {
  renew(label, isReached ? name : null, scalar ? [t] : [t, j], value, sym, inCell);
  put(box, { "data-sym": sym });
  const isDrawn = isReached && size && !Number.isNaN(value);
  const long = isDrawn ? Math.min(1, Math.abs(value) / size) * Number(bar.dataset.full) : 0;
  const x = value > 0 ? at(t) : at(t) - long;
  if (noteChange(bar, `${x} ${long}`)) {
    put(bar, { x, width: long, "data-bar": `${name},${t},${j}` });
  }
}

/**
 * Show how a gradient comes to step t, and goes from it.
 * @param {ReturnType<typeof columnOf>} made
 * @param {Plan} plan
 * @param {Record<string, any>} run
 * @param {number} t
 * @param {Where} where
 * @param {number} window
 */
function showWay({ way }, { timesteps }, run, t, { to }, window) {
  const { toBefore, fromLoss, cut, back, slope } = /** @type {ReturnType<typeof wayBack>} */ (way);
  const enters = (/** @type {number} */ k) => k <= timesteps && isEntering(run.direct[k]);
  const reach = t > 1 ? Math.min(window, timesteps) - 1 : window;
  const passes = range(reach).some((k) => enters(t + k));
  const isCut = t > 1 && window < timesteps && enters(t + window - 1);
  const hasCome = t >= Math.max(to, 1);
  put(fromLoss, { class: `edge back${enters(t) ? "" : " idle"}` });
  put(toBefore, { class: `edge back${passes ? "" : " idle"}` });
  if (cut) put(cut, { visibility: isCut && !passes ? null : "hidden" });
  if (!back || !slope) return;
  const number = /** @type {Element} */ (slope.lastChild);
  renew(back, hasCome ? "back" : null, [t - 1], run.back[t - 1][0], null, shownBriefly);
  renew(number, hasCome ? "slope" : null, [t], run.slope[t][0], null, shownBriefly);
  put(slope, { visibility: hasCome ? null : "hidden" });
}

/** @param {number[]} direct */
const isEntering = (direct) => direct.some((d) => d !== 0);

/** @param {(number[] | null)[]} vectors */
const largest = (vectors) => Math.max(0, ...vectors.flat().map(Math.abs).filter(Number.isFinite));

/**
 * Return the frame around what is reached by the gradient that enters last; where there is no
 * window, or nothing enters, it is hidden.
 * @param {Plan} plan
 * @param {(number[] | null)[]} direct
 * @param {number} window
 * @returns {Attributes}
 */
function frameOf({ timesteps, at, cell, column }, direct, window) {
  const last = direct.findLastIndex((d) => d !== null && isEntering(d));
  if (window >= timesteps || last < 1) return { visibility: "hidden" };
  const first = last > window ? last - window + 1 : 0; // what comes to step 1 goes on to h_0
  const long = (last - first) * column + cell.width + 14;
  return { x: at(first) - cell.width / 2 - 7, width: long, visibility: null };
}

/**
 * @param {number} timesteps
 * @param {Where} where
 */
function inWords(timesteps, { forth, to }) {
  const done = to <= timesteps ? `; gradients back to step ${to}` : "";
  const how = "The backward pass runs against the arrows of the states.";
  return `${timesteps} inputs; states up to h_${forth}${done}. ${how}`;
}
