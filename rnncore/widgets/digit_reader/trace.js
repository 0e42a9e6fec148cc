// Every number of one reading of a digit.

export const ROWS = 8;
export const CLASSES = [...Array(10).keys()];
export const EIGHT = [...Array(ROWS).keys()];
export const BLANK = EIGHT.map(() => EIGHT.map(() => 0));
export const UNITS = 40; // of the stored network

// Every number of the reading, t = 1 … 8 (index 0 is unused); h[0] is the initial state.
export function trace({ image, weights }) {
  const { W_x, W_h, b, W_y, b_y } = weights;
  const times = (v, M) => M[0].map((_, j) => v.reduce((sum, value, i) => sum + value * M[i][j], 0));
  const out = {
    ...weights,
    x: [null],
    from_x: [null],
    x_W_x: [null],
    h_W_h: [null],
    z: [null],
    h: [b.map(() => 0)],
    logits: [null],
    p: [null],
    says: [null],
  };
  image.forEach((x, k) => {
    const from_x = W_x.map((row, i) => row.map((w) => x[i] * w));
    const x_W_x = times(x, W_x);
    const h_W_h = times(out.h[k], W_h);
    const z = b.map((bias, j) => x_W_x[j] + h_W_h[j] + bias);
    const h = z.map(Math.tanh);
    const logits = times(h, W_y).map((value, c) => value + b_y[c]);
    const p = softmax(logits);
    const says = logits.indexOf(Math.max(...logits));
    Object.entries({ x, from_x, x_W_x, h_W_h, z, h, logits, p, says }).forEach(([name, value]) =>
      out[name].push(value)
    );
  });
  return out;
}

function softmax(logits) {
  const most = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - most)); // at most 1, so nothing overflows
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}
