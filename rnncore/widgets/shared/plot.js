// A small chart: axes with ticks, and a place for lines and dots; linear or logarithmic upwards.

import { equal } from "./algebra.js";
import { put, svg, tspans, write } from "./dom.js";
import { shownBriefly } from "./numbers.js";

/**
 * @typedef {[number, number]} Pair
 * @typedef {{ x: Pair, y: Pair, log?: boolean, whole?: boolean }} Scale the least and the most of
 *   either axis; `log`: logarithmic upwards; `whole`: ticks of x at whole numbers only
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Box
 */

/**
 * @typedef {object} Plot
 * @property {SVGElement} element
 * @property {SVGElement} marks where lines and dots go
 * @property {Box} box where they may be, in pixels
 * @property {(wanted: Scale) => void} scale set the axes
 * @property {(points: Pair[] | number[][]) => string} path the `d` of a line
 * @property {(x: number, y: number) => Pair} at the place of a point, in pixels
 * @property {(px: number) => number} from the x at a place
 * @property {(text: string) => void} describe say in words what is seen
 */

/**
 * Make an empty chart; `scale` comes before anything is drawn.
 * @param {{ width: number, height?: number, title: string, xName: string, yName: string }} options
 * @returns {Plot}
 */
export function plot({ width, height = 170, title, xName, yName }) {
  const box = { left: 58, right: width - 10, top: 10, bottom: height - 34 };
  const axes = svg("g", { class: "axes" });
  const marks = svg("g", { class: "marks" });
  const words = svg("desc");
  const element = svg(
    "svg",
    { class: "plot", role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, title),
    words,
    axes,
    marks,
    ...axisNames(box, height, xName, yName),
  );
  /** @type {Scale} */
  let range;
  /** @type {(x: number, y: number) => Pair} */
  const at = (x, y) => [toX(x), toY(y)];
  const toX = (/** @type {number} */ value) =>
    box.left + share(value, range.x) * (box.right - box.left);
  const up = (/** @type {number} */ value) => (range.log ? Math.log10(value) : value);
  const toY = (/** @type {number} */ value) =>
    box.bottom - share(up(value), [up(range.y[0]), up(range.y[1])]) * (box.bottom - box.top);

  return {
    element,
    marks,
    box,
    // The ticks move only when the range does; they are drawn anew.
    scale(wanted) {
      if (equal(wanted, range)) return;
      range = wanted;
      put(axes, {}, ...rules(range, box, at, width < 420 ? 4 : 8));
    },
    path: (points) => pathThrough(points, range, at, height),
    at,
    from: (px) =>
      range.x[0] + ((px - box.left) / (box.right - box.left)) * (range.x[1] - range.x[0]),
    describe: (text) => write(words, text),
  };
}

/**
 * Return where a value lies between two others: 0 at the first, 1 at the second.
 * @param {number} value
 * @param {Pair} pair
 */
const share = (value, [a, b]) => (value - a) / (b - a);

/**
 * @param {Box} box
 * @param {number} height
 * @param {string} xName
 * @param {string} yName
 */
function axisNames(box, height, xName, yName) {
  const middle = { class: "axis-name", "text-anchor": "middle" };
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const turned = { x: 11, y, transform: `rotate(-90 11 ${y})` };
  return [
    svg("text", { ...middle, x, y: height - 4 }, ...tspans(xName)),
    svg("text", { ...middle, ...turned }, ...tspans(yName)),
  ];
}

/**
 * Return the rules across, and the ticks of both axes.
 * @param {Scale} range
 * @param {Box} box
 * @param {(x: number, y: number) => Pair} at
 * @param {number} count of the ticks of x, about
 */
function rules(range, box, at, count) {
  const text = (
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {string} */ anchor,
    /** @type {string} */ content,
  ) =>
    svg(
      "text",
      { class: "tick", x, y, "text-anchor": anchor, "dominant-baseline": "central" },
      content,
    );
  const line = (/** @type {number} */ y, /** @type {string} */ name) =>
    svg("line", { class: name, x1: box.left, y1: y, x2: box.right, y2: y });
  const upwards = range.log ? powers(range.y) : ticks(range.y, 4);
  return [
    ...upwards.flatMap((v) => {
      const [, y] = at(range.x[0], v);
      return [
        line(y, v === (range.log ? 1 : 0) ? "zero" : "rule"),
        text(box.left - 6, y, "end", range.log ? powerOfTen(v) : shownBriefly(v)),
      ];
    }),
    line(box.bottom, "zero"),
    ...ticks(range.x, count, range.whole).map((v) =>
      text(at(v, range.y[0])[0], box.bottom + 12, "middle", shownBriefly(v))
    ),
  ];
}

/**
 * Return a path through the points that are finite and, on a logarithmic axis, above zero.
 * @param {Pair[] | number[][]} points
 * @param {Scale} range
 * @param {(x: number, y: number) => Pair} at
 * @param {number} height beyond which no line goes far
 */
function pathThrough(points, range, at, height) {
  let pen = "M";
  return points.map(([x, y]) => {
    if (!Number.isFinite(y) || (range.log && y <= 0)) {
      pen = "M";
      return "";
    }
    const [px, py] = at(x, y);
    const part = `${pen}${px.toFixed(2)},${clamp(py, -height, 2 * height).toFixed(2)}`;
    pen = "L";
    return part;
  }).join("");
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/**
 * Return round numbers that divide a range into about `count` parts.
 * @param {Pair} range
 * @param {number} count
 * @param {boolean} whole
 */
export function ticks([least, most], count, whole = false) {
  const raw = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const round = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const step = Math.max(round ?? NaN, whole ? 1 : 0);
  const first = Math.ceil(least / step - 1e-9);
  return Array.from(
    { length: Math.floor(most / step + 1e-9) - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
}

/**
 * Return about five powers of ten within a range; 1 is one of them where it lies within.
 * @param {Pair} range
 */
export function powers([least, most]) {
  const [a, b] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(most) + 1e-9)];
  const step = Math.max(1, Math.ceil((b - a) / 5));
  const first = Math.ceil(a / step) * step;
  return Array.from(
    { length: Math.floor((b - first) / step) + 1 },
    (_, i) => 10 ** (first + i * step),
  );
}

/**
 * Return a power of ten as text: 10⁻⁵, and those near 1 as they are.
 * @param {number} value
 */
export function powerOfTen(value) {
  const power = Math.round(Math.log10(value));
  if (Math.abs(power) < 3) return shownBriefly(value);
  const raised = (/** @type {string} */ digit) => digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)];
  return `10${[...String(power)].map(raised).join("")}`;
}
