// What the chart of the activation and that of the map share.

import { newId, put, svg } from "../shared/dom.js";
import { plot } from "../shared/plot.js";

const POINTS = 160; // of a curve

/**
 * Make a chart as wide as its box allows.
 * @param {HTMLElement} box where it goes
 * @param {{ title: string, xName: string, yName: string }} names
 */
export function chartIn(box, names) {
  const width = Math.min(box.clientWidth || 320, 460);
  return { ...plot({ width, height: 240, ...names }), width };
}

/**
 * Put marks into a chart that are cut off where it ends.
 * @param {any} chart
 * @param {...SVGElement} marks
 */
export function putClipped(chart, ...marks) {
  const id = newId();
  const { left, right, top, bottom } = chart.box;
  const box = svg("rect", { x: left, y: top, width: right - left, height: bottom - top });
  put(
    chart.marks,
    {},
    svg("clipPath", { id }, box),
    svg("g", { "clip-path": `url(#${id})` }, ...marks),
  );
}

/**
 * Return the points (x, f(x)) of a curve from a to b.
 * @param {[number, number]} range
 * @param {(x: number) => number} f
 * @returns {[number, number][]}
 */
export const curve = ([a, b], f) =>
  Array.from({ length: POINTS + 1 }, (_, i) => a + ((b - a) * i) / POINTS).map((x) => [x, f(x)]);
