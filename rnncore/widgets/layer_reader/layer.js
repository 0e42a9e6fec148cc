// A recurrent layer as the page has it: all gates side by side, rows for inputs, columns for units.

/** @typedef {Float64Array | Float32Array} Numbers */

/**
 * @typedef {object} Layer
 * @property {string} name
 * @property {"SimpleRNN" | "LSTM" | "GRU"} kind
 * @property {number} features
 * @property {number} units
 * @property {string} activation
 * @property {string} [recurrent_activation]
 * @property {boolean} [reset_after] of a GRU
 * @property {boolean} reverse whether it reads from the last row to the first
 * @property {string} dtype
 * @property {string} [code] what makes it in Python
 * @property {number} count how many parameters it has where it comes from
 * @property {Numbers} W_x (features, gates · units)
 * @property {Numbers} W_h (units, gates · units)
 * @property {Numbers} b (gates · units)
 * @property {Numbers | null} b_h (gates · units), the second bias of a GRU
 */

/** How many sums there are of each kind, and what the strip can show: h, c, and the gates. */
export const GATES = { SimpleRNN: 1, LSTM: 4, GRU: 3 };
export const STRIPS = { SimpleRNN: 1, LSTM: 6, GRU: 4 };

/**
 * Return a layer that Python has packed; throw where it is none.
 * @param {any} packed
 * @returns {Layer}
 */
export function unpacked(packed) {
  const { kind, features, units, dtype } = packed;
  const columns = GATES[/** @type {Layer["kind"]} */ (kind)] * units;
  const array = (/** @type {string} */ text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return dtype === "float32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
  };
  const [W_x, W_h, b] = [array(packed.W_x), array(packed.W_h), array(packed.b)];
  if (W_x.length !== features * columns || W_h.length !== units * columns) throw new Error("shape");
  const count = W_x.length + W_h.length + b.length;
  return { ...packed, count, W_x, W_h, ...biases(b, columns) };
}

/**
 * Return the two biases of what is stored as one array; zeros where there is none.
 * @param {Numbers} b (), (columns) or (2, columns)
 * @param {number} columns
 */
export const biases = (b, columns) => ({
  b: b.length ? b.subarray(0, columns) : new Float64Array(columns),
  b_h: b.length > columns ? b.subarray(columns) : null,
});
