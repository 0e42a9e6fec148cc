// The arithmetic of the simple recurrent cell: h_t = f(x_t W_x + h_{t-1} W_h + b).

import { ACTIVATIONS } from "./activations.js";

// Scalars become 1 × 1 matrices, so that one cell serves both forms; `scalar` says which it was.
export function asMatrices({ X, W_x, W_h, b, h0, activation }) {
  const scalar = !Array.isArray(W_x);
  return scalar
    ? { scalar, X: X.map((x) => [x]), W_x: [[W_x]], W_h: [[W_h]], b: [b], h0: [h0], activation }
    : { scalar, X, W_x, W_h, b, h0, activation };
}

// Every intermediate of every step. z[t] and h[t] are those of the equations (z[0] is unused);
// x[t] is X[t - 1]. Shapes: h[t] (units), from_x[t] (features, units), from_h[t] (units, units).
export function forward(params) {
  const { X, W_x, W_h, b, h0, activation } = asMatrices(params);
  const f = ACTIVATIONS[activation].value;
  const out = { x: [null], from_x: [null], from_h: [null], z: [null], h: [h0.slice()] };
  X.forEach((x, k) => {
    const before = out.h[k];
    const from_x = W_x.map((row, i) => row.map((w) => x[i] * w));
    const from_h = W_h.map((row, i) => row.map((w) => before[i] * w));
    const sum = (products, j) => products.reduce((total, row) => total + row[j], 0);
    const z = b.map((bias, j) => sum(from_x, j) + sum(from_h, j) + bias);
    out.x.push(x);
    out.from_x.push(from_x);
    out.from_h.push(from_h);
    out.z.push(z);
    out.h.push(z.map(f));
  });
  return out;
}
