// Every number of a layer that reads a sequence; of a large one, only those that are looked at.

import { ACTIVATIONS } from "../shared/activations.js";
import { GATES } from "./layer.js";

/** @import { Layer, Numbers } from "./layer.js" */

/**
 * What one step computes; gates · units numbers in x_W_x, h_W_h, z and opens, units in the others.
 * @typedef {Record<string, Float64Array>} Step
 */

/**
 * Return v W, added to `out`.
 * @param {ArrayLike<number>} v (rows)
 * @param {Numbers} W (rows, columns)
 * @param {Float64Array} out (columns), or a part of them
 * @param {number} columns
 * @param {number} from the first column
 */
function addProduct(v, W, out, columns, from = 0) {
  const count = out.length;
  for (let i = 0; i < v.length; i += 1) {
    const [value, start] = [v[i], i * columns + from];
    if (value === 0) continue;
    for (let j = 0; j < count; j += 1) out[j] += value * W[start + j];
  }
  return out;
}

/**
 * Compute one step.
 * @param {Layer} layer
 * @param {ArrayLike<number>} x (features)
 * @param {Float64Array} h (units) the state before
 * @param {Float64Array | null} c (units) the memory before, of an LSTM
 * @returns {Step}
 */
export function step(layer, x, h, c) {
  const { W_x, W_h, b, units, kind } = layer;
  const columns = GATES[kind] * units;
  const x_W_x = addProduct(x, W_x, new Float64Array(columns), columns);
  if (kind === "GRU") return gruStep(layer, x_W_x, h);
  const h_W_h = addProduct(h, W_h, new Float64Array(columns), columns);
  const z = x_W_x.map((value, j) => value + h_W_h[j] + b[j]);
  if (kind === "LSTM") return lstmStep(layer, { x_W_x, h_W_h, z }, /** @type {any} */ (c));
  return { x_W_x, h_W_h, z, h: z.map(ACTIVATIONS[layer.activation].value) };
}

/**
 * @param {Layer} layer
 * @returns {[(z: number) => number, (z: number) => number]} of the candidate, and of the gates
 */
const functionsOf = ({ activation, recurrent_activation }) => [
  ACTIVATIONS[activation].value,
  ACTIVATIONS[/** @type {string} */ (recurrent_activation)].value,
];

/**
 * @param {Layer} layer
 * @param {{ x_W_x: Float64Array, h_W_h: Float64Array, z: Float64Array }} sums
 * @param {Float64Array} before
 * @returns {Step}
 */
function lstmStep(layer, sums, before) {
  const { units } = layer;
  const [f, open] = functionsOf(layer);
  const opens = sums.z.map((z, j) => (Math.floor(j / units) === 2 ? f(z) : open(z)));
  const at = (/** @type {number} */ gate, /** @type {number} */ j) => opens[gate * units + j];
  const kept = before.map((c, j) => at(1, j) * c);
  const written = before.map((_, j) => at(0, j) * at(2, j));
  const c = kept.map((value, j) => value + written[j]);
  const f_c = c.map(f);
  const h = f_c.map((value, j) => at(3, j) * value);
  return { ...sums, opens, kept, written, c, f_c, h };
}

/**
 * @param {Layer} layer
 * @param {Float64Array} x_W_x
 * @param {Float64Array} h the state before
 * @returns {Step}
 */
function gruStep(layer, x_W_x, h) {
  const { W_h, b, b_h, units, reset_after } = layer;
  const [f, open] = functionsOf(layer);
  const columns = 3 * units;
  const h_W_h = new Float64Array(columns);
  addProduct(h, W_h, reset_after ? h_W_h : h_W_h.subarray(0, 2 * units), columns);
  const biased = (/** @type {number} */ j) => h_W_h[j] + (b_h ? b_h[j] : 0);
  const z = x_W_x.map((value, j) => value + b[j] + biased(j));
  const opens = z.map(open); // those of the candidate come below
  const r = opens.subarray(units, 2 * units);
  const reset = h.map((value, j) => r[j] * (reset_after ? biased(2 * units + j) : value));
  if (!reset_after) addProduct(reset, W_h, h_W_h.subarray(2 * units), columns, 2 * units);
  for (let j = 0; j < units; j += 1) {
    const k = 2 * units + j;
    z[k] = x_W_x[k] + b[k] + (reset_after ? reset[j] : h_W_h[k]);
    opens[k] = f(z[k]);
  }
  const kept = h.map((value, j) => opens[j] * value);
  const written = h.map((_, j) => (1 - opens[j]) * opens[2 * units + j]);
  return {
    ...{ x_W_x, h_W_h, z, opens, reset, kept, written },
    h: kept.map((value, j) => value + written[j]),
  };
}

/**
 * A reading that goes on as far as it is asked to.
 * @typedef {object} Run
 * @property {Layer} layer
 * @property {ArrayLike<number>[]} x the rows in the order in which they are read; x[0] is step 1
 * @property {Float64Array} states (timesteps + 1, units), h
 * @property {Float64Array | null} memories likewise c, of an LSTM
 * @property {Float32Array | null} opens (timesteps, gates · units), of a layer with gates; for a
 *   picture
 * @property {() => number} done how many steps are known
 * @property {(until: number, enough?: () => boolean) => void} extend go on to a step, or until
 *   it is enough
 * @property {(t: number) => Float64Array} h
 * @property {(t: number) => Float64Array | null} c
 * @property {(t: number) => Step} at every number of a known step, 1 or later
 */

/**
 * Begin a reading.
 * @param {Layer} layer
 * @param {number[][]} X
 * @returns {Run}
 */
export function runOf(layer, X) {
  const { units, kind, reverse } = layer;
  const x = reverse ? X.toReversed() : X;
  const states = new Float64Array((x.length + 1) * units);
  const memories = kind === "LSTM" ? new Float64Array(states.length) : null;
  const opens = kind === "SimpleRNN" ? null : new Float32Array(x.length * GATES[kind] * units);
  let done = 0;
  const h = (/** @type {number} */ t) => states.subarray(t * units, (t + 1) * units);
  const c = (/** @type {number} */ t) => memories && memories.subarray(t * units, (t + 1) * units);
  const at = (/** @type {number} */ t) => step(layer, x[t - 1], h(t - 1), c(t - 1));
  return {
    ...{ layer, x, states, memories, opens, h, c, at },
    done: () => done,
    extend(until, enough = () => false) {
      while (done < Math.min(until, x.length)) {
        const now = at(done + 1);
        opens?.set(now.opens, done * now.opens.length);
        done += 1;
        states.set(now.h, done * units);
        memories?.set(now.c, done * units);
        if (enough()) return;
      }
    },
  };
}

/**
 * Return what a unit adds up for one of its sums: each number, its weight, and their product.
 * @param {Run} run
 * @param {number} t
 * @param {number} gate counted from 0
 * @param {number} unit counted from 0
 * @param {Step} now the numbers of step t
 */
export function terms({ layer, x, h }, t, gate, unit, now) {
  const { units, W_x, W_h, kind, reset_after } = layer;
  const columns = GATES[kind] * units;
  const column = gate * units + unit;
  const met = kind === "GRU" && gate === 2 && !reset_after ? now.reset : h(t - 1);
  const products = (/** @type {ArrayLike<number>} */ v, /** @type {Numbers} */ W) =>
    Array.from(v, (value, i) => value * W[i * columns + column]);
  return { met, from_x: products(x[t - 1], W_x), from_h: products(met, W_h) };
}
