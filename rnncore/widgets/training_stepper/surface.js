// The loss over the two weights as contours, exactly: for one W_h it is a parabola in W_x.

import { range } from "../shared/algebra.js";

/** @import { Task } from "./trace.js" */

export const WINDOW = { x: [-2.5, 2.5], h: [-2, 3] }; // what of the weights is shown
export const LEVELS = range(17).map((k) => 10 ** (k / 2 - 2)); // 0.01 … 10⁶
const ROWS = 200; // of the window, at which a contour is computed
const NEAR_AN_END = [0.02, 0.1, 0.25, 0.5]; // further ones where a contour turns round
const HALVINGS = 24;

/**
 * The loss along one row of the surface: a W_x² − 2 b W_x + c.
 * @typedef {{ h: number, a: number, b: number, c: number }} Parabola
 *
 * A piece of the region below a level: for each W_h of it the least and the most W_x.
 * @typedef {{ h: number, least: number, most: number }[]} Piece
 */

/**
 * Return the loss along the row of a W_h.
 * @param {Task} task
 * @param {number} h
 * @returns {Parabola}
 */
export function parabolaAt({ timesteps, examples, x, ones }, h) {
  let [a, b, c] = [0, 0, 0];
  for (let i = 0; i < examples; i += 1) {
    let p = 0; // the state per W_x
    for (let k = i * timesteps; k < (i + 1) * timesteps; k += 1) p = p * h + x[k];
    a += p * p;
    b += p * ones[i];
    c += ones[i] * ones[i];
  }
  return { h, a: a / examples, b: b / examples, c: c / examples };
}

/**
 * Return the rows of the window.
 * @param {Task} task
 */
const rowsOf = (task) =>
  range(ROWS + 1).map((k) =>
    parabolaAt(task, WINDOW.h[0] + (k * (WINDOW.h[1] - WINDOW.h[0])) / ROWS)
  );

/**
 * Return how far below a level the row's least loss lies, times its steepness.
 * @param {Parabola} row
 * @param {number} level
 */
const room = ({ a, b, c }, level) => b * b - a * (c - level);

/**
 * Return where the loss of a row is below a level.
 * @param {Parabola} row
 * @param {number} level
 */
function between(row, level) {
  const middle = row.b / row.a;
  const half = Math.sqrt(Math.max(0, room(row, level))) / row.a;
  return { h: row.h, least: middle - half, most: middle + half };
}

/**
 * Return where the region below a level ends between a row that it reaches and one that it does
 * not, and further rows near that end; from the end inwards.
 * @param {Task} task
 * @param {number} level
 * @param {number} inside
 * @param {number} outside
 */
function endOf(task, level, inside, outside) {
  let [a, b] = [inside, outside];
  for (let k = 0; k < HALVINGS; k += 1) {
    const h = (a + b) / 2;
    if (room(parabolaAt(task, h), level) >= 0) a = h;
    else b = h;
  }
  return [0, ...NEAR_AN_END].map((share) =>
    between(parabolaAt(task, a + share * (inside - a)), level)
  );
}

/**
 * Return the pieces of the region below a level.
 * @param {Task} task
 * @param {Parabola[]} rows
 * @param {number} level
 */
function piecesBelow(task, rows, level) {
  /** @type {Piece[]} */
  const pieces = [];
  rows.forEach((row, k) => {
    const [before, after] = [rows[k - 1], rows[k + 1]];
    if (room(row, level) < 0) return;
    if (!before || room(before, level) < 0) {
      pieces.push(before ? endOf(task, level, row.h, before.h) : []);
    }
    const piece = pieces[pieces.length - 1];
    piece.push(between(row, level));
    if (after && room(after, level) < 0) {
      piece.push(...endOf(task, level, row.h, after.h).reverse());
    }
  });
  return pieces;
}

/**
 * Return for every level the pieces of the region below it.
 * @param {Task} task
 */
export function contoursOf(task) {
  const rows = rowsOf(task);
  return LEVELS.map((level) => ({ level, pieces: piecesBelow(task, rows, level) }));
}

/**
 * Return the loss at a point, from its row.
 * @param {Task} task
 * @param {number} W_x
 * @param {number} h
 */
export function lossAt(task, W_x, h) {
  const { a, b, c } = parabolaAt(task, h);
  return (a * W_x - 2 * b) * W_x + c;
}

/**
 * Return the W_h above the valley at which the loss reaches a level, for one W_x; null where that
 * is out of the window.
 * @param {Task} task
 * @param {number} W_x
 * @param {number} level
 */
export function heightOf(task, W_x, level) {
  let [low, high] = [1, WINDOW.h[1]];
  if (lossAt(task, W_x, high) < level || lossAt(task, W_x, low) > level) return null;
  for (let k = 0; k < HALVINGS; k += 1) {
    const h = (low + high) / 2;
    if (lossAt(task, W_x, h) < level) low = h;
    else high = h;
  }
  return low;
}
