import {
  column,
  dot,
  equal,
  filledLike,
  isPlain,
  lengths,
  mapped,
  numberAt,
  outer,
  plus,
  product,
  replaced,
  rowTimes,
  rowTimesTransposed,
  scaled,
  scaledRows,
  sizeOf,
  spectralNorm,
  sum,
} from "../../../rnncore/widgets/shared/algebra.js";
import { near, same } from "../../support/same.js";

const W = [[1, 2, 3], [4, 5, 6]];

Deno.test("algebra: products of vectors and matrices, by hand", () => {
  same([sum([1, 2, 3]), product([2, 3, 4]), dot([1, 2], [3, 4])], [6, 24, 11]);
  same(rowTimes([1, -1], W), [-3, -3, -3]);
  same(rowTimesTransposed([1, 0, -1], W), [-2, -2]);
  same(outer([1, 2], [3, 4]), [[3, 4], [6, 8]]);
  same(scaledRows([2, 10], W), [[2, 4, 6], [40, 50, 60]]);
  same([scaled(2, [[1, 2]]), column(W, 1)], [[[2, 4]], [2, 5]]);
});

Deno.test("algebra: nested lists", () => {
  same(plus([[1], [2]], [[3], [4]]), [[4], [6]]);
  same(mapped([[1], [2]], (v, path) => v + path[0]), [[1], [3]]);
  same([numberAt(W, [1, 2]), numberAt(7, [])], [6, 7]);
  same(replaced(W, [0, 1], 9), [[1, 9, 3], [4, 5, 6]]);
  same(W[0][1], 2); // and the old list stays
  same([lengths(W), lengths([]), lengths(1)], [[2, 3], [0], []]);
  same([isPlain([[0, -0], [0, 0]]), isPlain([0, 1]), isPlain(0)], [true, false, true]);
  same([equal(W, structuredClone(W)), equal([1], [[1]]), filledLike([[3], [4]], 0)], [
    true,
    false,
    [[0], [0]],
  ]);
});

Deno.test("algebra: a length beyond the floats is infinite, and none sooner", () => {
  near(sizeOf([3e200, 4e200]) / 5e200, 1);
  same([sizeOf([1, Infinity]), sizeOf([NaN])], [Infinity, Infinity]);
});

Deno.test("algebra: the spectral norm is the largest factor of a length", () => {
  same(spectralNorm([[0, 0], [0, 0]]), 0);
  near(spectralNorm([[3, 0], [0, -4]]), 4);
  near(spectralNorm([[1, 1], [0, 1]]), (1 + Math.sqrt(5)) / 2); // the golden ratio
  near(spectralNorm([[0, 2, 0], [0, 0, 2], [2, 0, 0]]), 2);
  near(spectralNorm([[1e200, 0], [0, 1]]) / 1e200, 1);
  const wave = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => Math.sin(7 * i + 3 * j + i * j)));
  near(spectralNorm(wave), powerMethod(wave), 1e-9);
});

/** The same by another way: multiply a vector by W^T W, again and again. */
function powerMethod(/** @type {number[][]} */ matrix) {
  let v = matrix[0].map((_, i) => 1 + i / 7);
  for (let k = 0; k < 500; k += 1) {
    const next = rowTimes(rowTimesTransposed(v, matrix), matrix);
    v = next.map((value) => value / sizeOf(next));
  }
  return sizeOf(rowTimesTransposed(v, matrix));
}
