// Sums and products of numbers, vectors (lists) and matrices (lists of rows).

export const sum = (v) => v.reduce((total, value) => total + value, 0);
export const product = (v) => v.reduce((total, value) => total * value, 1);
export const dot = (v, w) => v.reduce((total, value, i) => total + value * w[i], 0);
export const column = (W, j) => W.map((row) => row[j]);
export const zeros = (n) => Array(n).fill(0);
export const range = (n) => [...Array(n).keys()];

// a + b of nested lists; a · b of vectors, number by number.
export const plus = (a, b) => Array.isArray(a) ? a.map((part, i) => plus(part, b[i])) : a + b;
export const times = (v, w) => v.map((value, i) => value * w[i]);

// v^T w: a row for each number of v.
export const outer = (v, w) => v.map((a) => w.map((b) => a * b));

// v W: the sum over the rows, one number for each column; and v W^T, one for each row.
export const rowTimes = (v, W) =>
  W[0].map((_, j) => v.reduce((total, value, i) => total + value * W[i][j], 0));
export const rowTimesTransposed = (v, W) => W.map((row) => dot(v, row));

// All numbers of nested lists.
export const flat = (value) => [value].flat(Infinity);

// f of every number, in the same nesting; f gets the path to it, too.
export const mapped = (value, f, path = []) =>
  Array.isArray(value) ? value.map((part, i) => mapped(part, f, [...path, i])) : f(value, path);

/**
 * Return the number, or the part, at a place of nested lists.
 * @param {any} value
 * @param {number[]} path
 */
export const numberAt = (value, path) => path.reduce((inner, i) => inner[i], value);

/**
 * Return nested lists of the same lengths that hold this number everywhere.
 * @param {any} value
 * @param {number} number
 * @returns {any}
 */
export const filledLike = (value, number) => mapped(value, () => number);

// The length of a vector; infinite where it is beyond the floats.
export const sizeOf = (v) => v.every(Number.isFinite) ? Math.hypot(...v) : Infinity;

// The largest factor by which a matrix lengthens a vector: turn its rows, two by two, until all
// stand at right angles (one-sided Jacobi); the longest is it.
export function spectralNorm(matrix) {
  const most = Math.max(...matrix.flat().map(Math.abs));
  if (most === 0) return 0;
  const rows = matrix.map((row) => row.map((w) => w / most));
  for (let sweep = 0, turned = true; turned && sweep < 40; sweep += 1) {
    turned = false;
    for (let i = 0; i < rows.length; i += 1) {
      for (let j = i + 1; j < rows.length; j += 1) {
        const [p, q] = [rows[i], rows[j]];
        const slant = dot(p, q);
        if (Math.abs(slant) <= 1e-15 * Math.sqrt(dot(p, p) * dot(q, q))) continue;
        turned = true;
        const half = (dot(q, q) - dot(p, p)) / (2 * slant);
        const tan = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(1, half));
        const cos = 1 / Math.hypot(1, tan);
        rows[i] = p.map((v, k) => cos * (v - tan * q[k]));
        rows[j] = q.map((v, k) => cos * (v + tan * p[k]));
      }
    }
  }
  return most * Math.sqrt(Math.max(...rows.map((row) => dot(row, row))));
}
