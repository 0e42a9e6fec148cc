// The unrolled graph over the matrix S: one column per time step, drawn once, then filled.

import { range } from "../shared/algebra.js";
import { arrowhead, noteChange, put, renew, svg, tspans, write } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";
import { shown, shownBriefly } from "../shared/numbers.js";

/** @import { Attributes, Children } from "../shared/types.d.ts" */
/** @import { Layer, Run } from "../shared/cell.js" */

const TOP = 26;
const X_ROW = 30; // the height of an input
const MIDDLE = { "text-anchor": "middle", "dominant-baseline": "central" };

/** Make the frame that the drawing scrolls in, where it is wider than the screen. */
export function picturePanel() {
  const element = group("drawing frame", "Unrolled network; arrow keys step through time", true);
  let width = 0; // what it is drawn for
  /** @type {ReturnType<typeof unrolled>} */
  let picture;
  return {
    element,
    width: () => width,
    draw(/** @type {Layer} */ params) {
      width = element.clientWidth || 640;
      picture = unrolled(params, width);
      put(element, {}, picture.element);
    },
    update(/** @type {Run} */ run, /** @type {number} */ t) {
      picture.update(run, t);
      if (noteChange(picture.element, t) && element.scrollWidth > element.clientWidth) {
        element.scrollLeft = picture.leftOf(t) - element.clientWidth / 2;
      }
    },
  };
}

/**
 * Draw a network; `update` shows a run as far as a step.
 * @param {Layer} params
 * @param {number} width
 */
function unrolled(params, width) {
  const plan = planOf(params, width);
  const { timesteps, column, size, at } = plan;
  const arrow = arrowhead();
  const band = svg("rect", { class: "band", y: 2, width: column, height: size.height - 4, rx: 8 });
  const columns = range(timesteps + 1).map((t) => columnOf(t, plan, arrow.url));
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
    svg("title", {}, "The network unrolled in time"),
    description,
    arrow.defs,
    band,
    ...rowNames(plan),
    ...columns.map(({ group }) => group),
  );

  return {
    element,
    update(/** @type {Run} */ run, /** @type {number} */ step) {
      // Bars share one scale: the largest finite |h| of the whole run fills half a cell.
      const scale = Math.max(1e-300, ...run.h.flat().map(Math.abs).filter(Number.isFinite));
      put(band, { x: at(step) - column / 2 });
      columns.forEach((column, t) => fillColumn(column, plan, run, t, step, scale));
      const done = `${step} of ${timesteps} updates done.`;
      write(description, `${timesteps} inputs, ${timesteps + 1} states; ${done}`);
    },
    leftOf: (/** @type {number} */ t) => at(t) - column / 2,
  };
}

/**
 * Where everything goes, in pixels.
 * @typedef {ReturnType<typeof planOf>} Plan
 */

/**
 * @param {Layer} params
 * @param {number} width
 */
function planOf({ X, W_x, W_h, scalar }, width) {
  const [timesteps, features, units] = [X.length, W_x.length, W_h.length];
  const narrow = width < 420;
  const left = narrow ? 4 : 46; // room for the names of the rows
  const least = narrow ? (timesteps > 9 ? 46 : 42) : 54;
  const column = Math.min(104, Math.max(least, (width - left - 4) / (timesteps + 1)));
  const inNodes = scalar && column >= 78; // else the states stand in S alone
  const cell = { width: column - (narrow ? 3 : 6), height: scalar ? 44 : 34 };
  const radius = inNodes ? 24 : narrow ? 13 : 17;
  const xBottom = TOP + features * X_ROW;
  const node = xBottom + 44 + radius;
  const sTop = node + radius + 44;
  const sizes = { features, units, timesteps, scalar, narrow, column, cell, radius, inNodes };
  return {
    ...sizes,
    xBottom,
    node,
    sTop,
    at: (/** @type {number} */ t) => left + (t + 0.5) * column,
    size: { width: left + (timesteps + 1) * column + 4, height: sTop + units * cell.height + 6 },
    inCell: (/** @type {number} */ value) =>
      column < 78 || shown(value).length > 8 ? shownBriefly(value) : shown(value),
  };
}

/**
 * @param {number} x
 * @param {number} y
 * @param {Attributes} attributes
 * @param {Children} content
 */
const text = (x, y, attributes, content = "") => svg("text", { x, y, ...attributes }, content);

/** @param {Plan} plan */
function rowNames({ narrow, node, sTop, units, cell }) {
  const name = (y, content) =>
    text(4, y, { class: "row-name", "dominant-baseline": "central" }, content);
  return narrow ? [] : [
    name(TOP - 12, "input"),
    name(node, "state"),
    name(sTop + (units * cell.height) / 2 - 2, "S"),
  ];
}

/**
 * Draw the column of a time step.
 * @param {number} t
 * @param {Plan} plan
 * @param {string} arrow
 */
function columnOf(t, plan, arrow) {
  const { at, node, radius, inNodes, scalar, column, sTop } = plan;
  const x = at(t);
  const inputs = t === 0 ? [] : range(plan.features).map((i) => inputOf(x, i, plan));
  const cells = range(plan.units).map((j) => stateOf(t, j, plan));
  const circle = svg("circle", { class: "node", cx: x, cy: node, r: radius });
  const nodeClass = { ...MIDDLE, class: inNodes ? "h-num" : "h-name" };
  const inNode = text(x, node, nodeClass, inNodes ? "" : tspans(`h_${t}`));
  const down = svg("path", { class: "edge down", d: `M${x},${node + radius} V${sTop - 20}` });
  const place = `S[${scalar ? ":" : 0},${column < 72 ? "" : " "}${t}]`;
  const heading = text(x, sTop - 11, { ...MIDDLE, class: "heading" }, place);
  const group = svg("g", { class: "time" });
  group.append(
    ...(t === 0 ? [] : edgesInto(t, plan, arrow)),
    ...inputs.flatMap((c) => [c.box, c.label]),
    circle,
    inNode,
    down,
    heading,
    ...cells.flatMap((c) => [c.box, c.bar, c.label]),
  );
  if (t > 0) group.append(text(x, TOP - 12, { ...MIDDLE, class: "x-name" }, tspans(`x_${t}`)));
  return { group, inputs, circle, inNode, cells };
}

/**
 * @param {number} x
 * @param {number} i
 * @param {Plan} plan
 */
function inputOf(x, i, { cell }) {
  const y = TOP + i * X_ROW;
  const box = { class: "x-box", x: x - cell.width / 2, y, width: cell.width, height: X_ROW - 4 };
  const label = text(x, y + X_ROW / 2 - 2, { ...MIDDLE, class: "x-num" });
  return { box: svg("rect", { ...box, rx: 4 }), label };
}

/**
 * @param {number} t
 * @param {number} j
 * @param {Plan} plan
 */
function stateOf(t, j, { at, cell, sTop, scalar }) {
  const y = sTop + j * cell.height;
  const size = { x: at(t) - cell.width / 2, y, width: cell.width, height: cell.height - 4 };
  const bar = svg("rect", {
    class: "bar",
    "data-bar": scalar ? `${t}` : `${t},${j}`,
    "data-full": cell.width / 2,
    y: y + cell.height - 10,
    height: 6,
    width: 0,
  });
  const label = text(at(t), y + cell.height / 2 - 5, { ...MIDDLE, class: "s-num" });
  return { box: svg("rect", { class: "s-box", ...size, rx: 4 }), bar, label };
}

/**
 * Draw the arrows into a state: from its input, and from the state before.
 * @param {number} t
 * @param {Plan} plan
 * @param {string} arrow
 */
function edgesInto(t, { at, node, radius, xBottom }, arrow) {
  const [before, x] = [at(t - 1), at(t)];
  const edge = (sym, d) => svg("path", { class: "edge", "data-sym": sym, d, "marker-end": arrow });
  const name = (sym, x, y, more = {}) =>
    text(x, y, { ...more, class: "edge-name", "data-sym": sym }, tspans(sym));
  return [
    edge("W_x", `M${x},${xBottom} V${node - radius - 3}`),
    name("W_x", x + 6, xBottom + 20),
    edge("W_h", `M${before + radius},${node} H${x - radius - 3}`),
    name("W_h", (x + before) / 2 - 2, node - Math.max(11, radius * 0.9), MIDDLE),
  ];
}

/**
 * Show the numbers of a column, and how far the steps have gone.
 * @param {ReturnType<typeof columnOf>} column
 * @param {Plan} plan
 * @param {Run} run
 * @param {number} t
 * @param {number} step
 * @param {number} scale the size that fills half a cell
 */
function fillColumn({ group, inputs, circle, inNode, cells }, plan, run, t, step, scale) {
  const { scalar, inCell } = plan;
  const isReached = t <= step;
  const sym = t === step ? "h" : t === step - 1 ? "h_prev" : null;
  const xSym = t === step ? "x" : null;
  group.classList.toggle("reached", isReached);
  group.classList.toggle("now", t === step);
  put(circle, { "data-sym": sym });
  inputs.forEach(({ box, label }, i) => {
    renew(label, "x", scalar ? [t] : [t, i], run.x[t][i], xSym, inCell);
    put(box, { "data-sym": xSym });
  });
  const name = isReached ? "h" : null;
  if (plan.inNodes) renew(inNode, name, [t], run.h[t][0], null, shownBriefly);
  cells.forEach(({ box, bar, label }, j) => {
    const value = run.h[t][j];
    put(bar, barOf(isReached ? value : NaN, scale, plan.at(t), plan.cell.width));
    renew(label, name, scalar ? [t] : [t, j], value, null, inCell);
    put(box, { "data-sym": sym });
  });
}

/**
 * Return the place of a bar: right of the middle where the value is positive, else left of it.
 * @param {number} value NaN: no bar
 * @param {number} scale the size of the longest bar
 * @param {number} middle
 * @param {number} width of the cell
 */
function barOf(value, scale, middle, width) {
  const long = Number.isNaN(value) ? 0 : (Math.min(1, Math.abs(value) / scale) * width) / 2;
  return { x: value > 0 ? middle : middle - long, width: long };
}
