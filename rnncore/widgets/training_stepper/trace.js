// Gradient descent on the two weights of a linear network that counts ones, update by update.

/** @import { Values } from "../shared/types.d.ts" */

/**
 * The bounds of each number, the known words, and the task: how many sequences there are, their
 * bits one after the other, and a point beside the minimum.
 * @typedef {object} Limits
 * @property {Record<string, [number, number]>} bounds
 * @property {string[]} optimisers
 * @property {string[]} clips
 * @property {number} examples
 * @property {number} seed
 * @property {string} bits "0" or "1", row by row
 * @property {[number, number]} beside W_x, W_h
 */

/**
 * The sequences: bit t of sequence i, t = 0 … T - 1, stands at i · T + t.
 * @typedef {object} Task
 * @property {number} timesteps
 * @property {number} examples
 * @property {Float64Array} x
 * @property {Float64Array} ones how many ones each sequence has
 */

/** @typedef {Record<string, any>} Run see `trace` in Python; null beyond the end of the path */

const BETA_1 = 0.9, BETA_2 = 0.999, EPSILON = 1e-8; // of Adam

/** @type {Map<string, Task>} */
const tasks = new Map();

/**
 * Return the sequences of so many steps; they are kept.
 * @param {number} timesteps
 * @param {Limits} limits
 */
export function taskOf(timesteps, { bits, examples }) {
  const key = `${timesteps} ${bits}`;
  const known = tasks.get(key);
  if (known) return known;
  const x = Float64Array.from(bits.slice(0, examples * timesteps), Number);
  const ones = Float64Array.from(
    { length: examples },
    (_, i) => x.subarray(i * timesteps, (i + 1) * timesteps).reduce((total, bit) => total + bit, 0),
  );
  const task = { timesteps, examples, x, ones };
  tasks.set(key, task);
  return task;
}

/**
 * Return the loss, its gradient, and the gradient through time at a point.
 * @param {Task} task
 * @param {number} W_x
 * @param {number} W_h
 */
export function atPoint({ timesteps, examples, x, ones }, W_x, W_h) {
  let [loss, dW_x, dW_h, dh_T] = [0, 0, 0, 0];
  for (let i = 0; i < examples; i += 1) {
    let [h, slope_x, slope_h] = [0, 0, 0]; // h_t, and its derivatives by both weights
    for (let k = i * timesteps; k < (i + 1) * timesteps; k += 1) {
      slope_h = slope_h * W_h + h;
      slope_x = slope_x * W_h + x[k];
      h = x[k] * W_x + h * W_h;
    }
    const error = h - ones[i];
    const dh = (2 * error) / examples;
    loss += error * error;
    dW_x += dh * slope_x;
    dW_h += dh * slope_h;
    dh_T += dh;
  }
  const dh = Array(timesteps + 1).fill(dh_T);
  let factor = 1; // W_h^(T-t)
  for (let t = timesteps - 1; t >= 0; t -= 1) {
    dh[t] = dh[t + 1] * W_h;
    factor *= W_h;
  }
  return { W_x, W_h, loss: loss / examples, dW_x, dW_h, dh, factor };
}

/** @typedef {ReturnType<typeof atPoint>} Point */

/** @param {Point} point */
const isWithinFloats = ({ loss, dW_x, dW_h, W_x, W_h }) =>
  [loss, dW_x, dW_h, W_x, W_h].every(Number.isFinite);

/**
 * Return the gradient that the optimiser uses, as [x, h].
 * @param {[number, number]} gradient
 * @param {number} norm
 * @param {Values} values
 * @returns {[number, number]}
 */
function clipped([x, h], norm, { clip, clip_by }) {
  if (clip === 0) return [x, h];
  if (clip_by === "value") {
    return [Math.min(Math.max(x, -clip), clip), Math.min(Math.max(h, -clip), clip)];
  }
  const scale = Number.isFinite(norm) ? clip / Math.max(clip, norm) : 1;
  return [scale * x, scale * h];
}

/**
 * Return what an optimiser keeps of one weight before the first update, by name.
 * @param {string} optimiser
 * @returns {Record<string, number>}
 */
const nothingKept = (optimiser) =>
  optimiser === "Adam" ? { m: NaN, m_hat: NaN, v: NaN, v_hat: NaN } : { v: NaN };

/**
 * Return what update k changes a weight by, and what the optimiser keeps of it.
 * @param {Record<string, number>} kept
 * @param {number} gradient that it uses
 * @param {number} k
 * @param {Values} values
 */
function updated(kept, gradient, k, { optimiser, rate, momentum }) {
  const before = (/** @type {string} */ name) => (k === 1 ? 0 : kept[name]);
  if (optimiser !== "Adam") {
    const share = optimiser === "momentum" ? momentum : 0;
    const v = before("v") * share - rate * gradient;
    return { change: v, kept: { v } };
  }
  const m = before("m") * BETA_1 + (1 - BETA_1) * gradient;
  const v = before("v") * BETA_2 + (1 - BETA_2) * gradient ** 2;
  const [m_hat, v_hat] = [m / (1 - BETA_1 ** k), v / (1 - BETA_2 ** k)];
  const change = -(rate * m_hat) / (Math.sqrt(v_hat) + EPSILON);
  return { change, kept: { m, m_hat, v, v_hat } };
}

/**
 * Return the numbers of every update that is done, a list of them by name.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Record<string, any[]>}
 */
function descend(values, limits) {
  const task = taskOf(values.timesteps, limits);
  let [W_x, W_h] = [values.W_x, values.W_h];
  let kept = { x: nothingKept(values.optimiser), h: nothingKept(values.optimiser) };
  /** @type {Record<string, any[]>} */
  const run = {};
  for (let k = 0;; k += 1) {
    const point = atPoint(task, W_x, W_h);
    const isWithin = isWithinFloats(point);
    if (!isWithin) {
      const dh = point.dh.fill(NaN);
      Object.assign(point, { loss: Infinity, dW_x: NaN, dW_h: NaN, dh, factor: NaN });
    }
    const norm = Math.hypot(point.dW_x, point.dW_h);
    const [used_x, used_h] = clipped([point.dW_x, point.dW_h], norm, values);
    const state = Object.entries(kept).flatMap(([w, numbers]) =>
      Object.entries(numbers).map(([name, number]) => [`${name}_${w}`, number])
    );
    const numbers = { ...point, norm, used_x, used_h, ...Object.fromEntries(state) };
    for (const [name, number] of Object.entries(numbers)) (run[name] ??= []).push(number);
    if (!isWithin || k >= values.updates) return run;
    const [x, h] = [
      updated(kept.x, used_x, k + 1, values),
      updated(kept.h, used_h, k + 1, values),
    ];
    [W_x, W_h, kept] = [W_x + x.change, W_h + h.change, { x: x.kept, h: h.kept }];
  }
}

/** @type {WeakMap<Values, Record<string, any[]>>} */
const known = new WeakMap(); // those values -> their run: it is asked for several times

/**
 * Return the numbers of every update that is done; the same values are computed once.
 * @param {Values} values
 * @param {Limits} limits
 */
export function runOf(values, limits) {
  const run = known.get(values) ?? descend(values, limits);
  known.set(values, run);
  return run;
}

/**
 * Return the last update of the path.
 * @param {Values} values
 * @param {Limits} limits
 */
export const doneOf = (values, limits) => runOf(values, limits).loss.length - 1;

/**
 * Return every number, under the names of Python's `trace`.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Run}
 */
export function trace(values, limits) {
  const run = runOf(values, limits);
  const ahead = values.updates + 1 - run.loss.length;
  const nothing = (/** @type {any} */ like) => Array.isArray(like) ? like.map(() => NaN) : NaN;
  const padded = Object.entries(run).map((
    [name, list],
  ) => [name, [...list, ...Array(ahead).fill(nothing(list[0]))]]);
  const beside = atPoint(taskOf(values.timesteps, limits), ...limits.beside).loss;
  return { ...Object.fromEntries(padded), beside, done: run.loss.length - 1 };
}
