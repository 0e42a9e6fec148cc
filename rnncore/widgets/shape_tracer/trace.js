// The shape after each layer, and the parameters of each layer.

import { product, sum } from "../shared/algebra.js";
import { readShape, shapeText } from "../shared/numbers.js";

/**
 * A shape, the batch first; null stands for a batch of any size.
 * @typedef {(number | null)[]} Shape
 *
 * The parameters: the shape as text, the axes' lengths (tokens, outputs: 0 for no such layer).
 * @typedef {{
 *   shape: string, features: number, units: number, kind: string, return_sequences: boolean,
 *   tokens: number, outputs: number,
 * }} Values
 *
 * The largest axis, how many axes there may be, the kinds of the recurrent layer.
 * @typedef {{ most: number, axes: number, kinds: string[] }} Limits
 *
 * A layer: its name, the axes that it expects (null: any length), and its parameters' shapes.
 * @typedef {{ name: string, axes?: [string, number | null][], parameters: [string, number[]][] }}
 *   Layer
 */

/**
 * Read the shape of an input; null where the text is none.
 * @param {string} text
 * @param {Limits} limits
 * @returns {Shape | null}
 */
export function readInput(text, { most, axes }) {
  const shape = readShape(text);
  const fits = (n, i) => (n === null ? i === 0 : n >= 1 && n <= most);
  return shape && shape.length <= axes && shape.every(fits) ? shape : null;
}

/**
 * Return the layers in their order.
 * @param {Values} values
 * @returns {Layer[]}
 */
export function layersOf({ features, units, kind, tokens, outputs }) {
  /** @type {[string, null][]} */
  const time = kind === "SimpleRNNCell" ? [] : [["timesteps", null]];
  /** @type {Layer[]} */
  const before = [{ name: "Embedding", parameters: [["table", [tokens, features]]] }];
  /** @type {Layer[]} */
  const after = [{ name: "Dense", parameters: [["W", [units, outputs]], ["b", [outputs]]] }];
  return [
    ...(tokens ? before : []),
    {
      name: kind,
      axes: [["batch", null], ...time, ["features", features]],
      parameters: [["W_x", [features, units]], ["W_h", [units, units]], ["b", [units]]],
    },
    ...(outputs ? after : []),
  ];
}

/** Return what the package says of a shape that does not fit; "" where it fits. */
function refusal(given, axes) {
  if (!axes) return "";
  const shape = given.map((n) => n ?? 1);
  const fits = (s) =>
    s.length === axes.length && axes.every(([, n], i) => n === null || n === s[i]);
  if (fits(shape)) return "";
  const names = axes.map(([word]) => word).join(", ");
  const numbers = axes.map(([, n]) => n ?? "any").join(", ");
  const message = `x must have shape (${names}) = (${numbers}), got ${shapeText(given)}.`;
  if (shape.length === 2 && fits(shape.toReversed())) {
    return `${message} Its transpose fits: pass x.T.`;
  }
  if (fits([1, ...shape])) return `${message} One example is a batch of one: pass x[np.newaxis].`;
  return message;
}

/** Return the shape that a layer makes of one that fits. */
function through(name, shape, { features, units, outputs, kind, return_sequences }) {
  if (name === "Embedding") return [...shape, features];
  if (name === "Dense") return [...shape.slice(0, -1), outputs];
  return [...shape.slice(0, kind === "SimpleRNN" && return_sequences ? 2 : 1), units];
}

/**
 * Return the shapes, the number of parameters of each layer, their sum, and what is refused.
 * @param {Values} values
 * @param {Limits} limits
 */
export function trace(values, limits) {
  const shapes = [readInput(values.shape, limits)];
  const layers = layersOf(values);
  let error = "";
  for (const { name, axes } of layers) {
    error = refusal(shapes.at(-1), axes);
    if (error) break;
    shapes.push(through(name, shapes.at(-1), values));
  }
  const parameters = layers.map((layer) =>
    sum(layer.parameters.map(([, shape]) => product(shape)))
  );
  return { shapes, parameters, total: sum(parameters), error };
}
