// Every number of the forward pass of an MLP.

import { ACTIVATIONS, NAMES } from "../shared/activations.js";

export const KNOWN = [...NAMES, "softmax"];
export const FORMS = ["batch", "vector"];
// What can be drawn with every number readable.
export const MOST_ROWS = 4;
export const MOST_LAYERS = 4;
export const MOST_UNITS = 6;

export const indices = (n) => [...Array(n).keys()];
export const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

function activate(name, row) {
  if (name !== "softmax") return row.map(ACTIVATIONS[name].value);
  const most = Math.max(...row);
  const e = row.map((z) => Math.exp(z - most)); // the largest exponent is 0
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}

// One row through x W + b.
const affine = (row, W, b) =>
  b.map((bias, j) => row.reduce((sum, x, k) => sum + x * W[k][j], 0) + bias);

// The row and the column of each product that are written out: `cell`, or the last there is.
export const rowOf = (
  { x0, form, cell },
) => (form === "vector" ? 0 : Math.min(cell[0], x0.length - 1));
export const columnOf = ({ B, cell }, i) => Math.min(cell[1], B[i].length - 1);

// Every layer, with values in rows, whatever the form: x[i] and z[i] are those of the equations
// (z[0] is unused).
export function layers({ x0, W, B, activations, form, cell }) {
  const x = [form === "vector" ? [x0[Math.min(cell[0], x0.length - 1)]] : x0];
  const z = [null];
  W.forEach((weights, i) => {
    z.push(x[i].map((row) => affine(row, weights, B[i])));
    x.push(z[i + 1].map((row) => activate(activations[i], row)));
  });
  return { x, z };
}

// Every intermediate: in the vector form the arrays have no batch axis.  W_one and b_one are the
// one layer that all layers are without activations.
export function trace(values) {
  const { W, B, form } = values;
  const { x, z } = layers(values);
  const bare = (rows) => (form === "vector" && rows ? rows[0] : rows);
  const row = rowOf(values);
  return {
    x: x.map(bare),
    z: z.map(bare),
    products: W.map((weights, i) =>
      x[i][row].map((value, k) => value * weights[k][columnOf(values, i)])
    ),
    W_one: W.slice(1).reduce(
      (rows, weights) => rows.map((r) => affine(r, weights, weights[0].map(() => 0))),
      W[0],
    ),
    b_one: W.slice(1).reduce((b, weights, i) => affine(b, weights, B[i + 1]), B[0]),
  };
}
