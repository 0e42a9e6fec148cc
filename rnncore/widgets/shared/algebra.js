// Sums and products of numbers, vectors (lists), matrices (lists of rows), and nested lists.

/** @import { Matrix, Path, Value, Vector } from "./types.d.ts" */

/** @param {Vector} v */
export const sum = (v) => v.reduce((total, value) => total + value, 0);

/** @param {Vector} v */
export const product = (v) => v.reduce((total, value) => total * value, 1);

/**
 * @param {Vector} v
 * @param {Vector} w
 */
export const dot = (v, w) => v.reduce((total, value, i) => total + value * w[i], 0);

/**
 * @param {Matrix} W
 * @param {number} j
 * @returns {Vector}
 */
export const column = (W, j) => W.map((row) => row[j]);

/**
 * Return the sum of a column.
 * @param {Matrix} W
 * @param {number} j
 */
export const columnSum = (W, j) => W.reduce((total, row) => total + row[j], 0);

/**
 * @param {number} n
 * @returns {Vector}
 */
export const zeros = (n) => Array(n).fill(0);

/**
 * Return 0, 1, …, n − 1.
 * @param {number} n
 */
export const range = (n) => [...Array(n).keys()];

/**
 * Return a + b of nested lists.
 * @param {Value} a
 * @param {Value} b
 * @returns {Value}
 */
export const plus = (a, b) => Array.isArray(a) ? a.map((part, i) => plus(part, b[i])) : a + b;

/**
 * Return the products of two vectors, number by number.
 * @param {Vector} v
 * @param {Vector} w
 */
export const times = (v, w) => v.map((value, i) => value * w[i]);

/**
 * Return v^T w: a row for each number of v.
 * @param {Vector} v
 * @param {Vector} w
 * @returns {Matrix}
 */
export const outer = (v, w) => v.map((a) => w.map((b) => a * b));

/**
 * Return each row of W times a number of its own: the products that v W adds up.
 * @param {Vector} v (rows)
 * @param {Matrix} W (rows, columns)
 * @returns {Matrix}
 */
export const scaledRows = (v, W) => W.map((row, i) => row.map((w) => v[i] * w));

/**
 * Return a matrix times a number.
 * @param {number} factor
 * @param {Matrix} W
 * @returns {Matrix}
 */
export const scaled = (factor, W) => W.map((row) => row.map((w) => factor * w));

/**
 * Return v W: the sum over the rows, one number for each column.
 * @param {Vector} v (rows)
 * @param {Matrix} W (rows, columns)
 * @returns {Vector}
 */
export const rowTimes = (v, W) =>
  W[0].map((_, j) => v.reduce((total, value, i) => total + value * W[i][j], 0));

/**
 * Return v W^T: one number for each row.
 * @param {Vector} v (columns)
 * @param {Matrix} W (rows, columns)
 * @returns {Vector}
 */
export const rowTimesTransposed = (v, W) => W.map((row) => dot(v, row));

/**
 * Return all numbers of nested lists.
 * @param {Value} value
 * @returns {Vector}
 */
export const flat = (value) => [value].flat(Infinity);

/**
 * Return f of every number, in the same nesting; f gets the path to it, too.
 * @param {Value} value
 * @param {(value: Value, path: Path) => Value} f
 * @param {Path} path
 * @returns {Value}
 */
export const mapped = (value, f, path = []) =>
  Array.isArray(value) ? value.map((part, i) => mapped(part, f, [...path, i])) : f(value, path);

/**
 * Return the number, or the part, at a place of nested lists.
 * @param {Value} value
 * @param {Path} path
 * @returns {Value}
 */
export const numberAt = (value, path) => path.reduce((inner, i) => inner[i], value);

/**
 * Return a copy of nested lists with another number at a place.
 * @param {Value} value
 * @param {Path} path
 * @param {Value} number
 * @returns {Value}
 */
export function replaced(value, [i, ...rest], number) {
  if (i === undefined) return number;
  return value.map((/** @type {Value} */ inner, /** @type {number} */ k) =>
    k === i ? replaced(inner, rest, number) : inner
  );
}

/**
 * Return nested lists of the same lengths that hold this number everywhere.
 * @param {Value} value
 * @param {number} number
 * @returns {Value}
 */
export const filledLike = (value, number) => mapped(value, () => number);

/**
 * Return the lengths of nested lists, those of the first where they differ; [] for a number.
 * @param {Value} value
 * @returns {number[]}
 */
export const lengths = (value) =>
  Array.isArray(value) ? [value.length, ...lengths(value[0] ?? 0)] : [];

/**
 * Say whether two values hold the same.
 * @param {Value} a
 * @param {Value} b
 */
export const equal = (a, b) =>
  a === b ||
  (!(Array.isArray(a) && Array.isArray(b) && a.length !== b.length) &&
    JSON.stringify(a) === JSON.stringify(b));

/**
 * Say whether all is zero: what needs no mention.
 * @param {Value} value
 */
export const isPlain = (value) => flat(value).every((v) => v === 0);

/**
 * Return the length of a vector; infinite where one of its numbers is.
 * @param {Vector} v
 */
export const sizeOf = (v) => v.every(Number.isFinite) ? Math.hypot(...v) : Infinity;

/**
 * Return the largest factor by which a matrix lengthens a vector.
 *
 * One-sided Jacobi: turn the rows, two by two, until all are at right angles; the longest is it.
 * @param {Matrix} matrix
 */
export function spectralNorm(matrix) {
  const most = Math.max(...matrix.flat().map(Math.abs));
  if (most === 0) return 0;
  const rows = matrix.map((row) => row.map((w) => w / most));
  for (let sweep = 0, turned = true; turned && sweep < 40; sweep += 1) {
    turned = false;
    for (let i = 0; i < rows.length; i += 1) {
      for (let j = i + 1; j < rows.length; j += 1) turned = turn(rows, i, j) || turned;
    }
  }
  return most * Math.sqrt(Math.max(...rows.map((row) => dot(row, row))));
}

/**
 * Turn two rows in their plane to a right angle, in place; false where they are at one already.
 * @param {Matrix} rows
 * @param {number} i
 * @param {number} j
 */
function turn(rows, i, j) {
  const [p, q] = [rows[i], rows[j]];
  const slant = dot(p, q);
  if (Math.abs(slant) <= 1e-15 * Math.sqrt(dot(p, p) * dot(q, q))) return false;
  const half = (dot(q, q) - dot(p, p)) / (2 * slant);
  const tan = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(1, half));
  const cos = 1 / Math.hypot(1, tan);
  rows[i] = p.map((v, k) => cos * (v - tan * q[k]));
  rows[j] = q.map((v, k) => cos * (v + tan * p[k]));
  return true;
}
