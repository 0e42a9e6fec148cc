// The shape after each layer, and the parameters of each layer.

import { product, range, sum } from "../shared/algebra.js";
import { readShape, shapeText } from "../shared/numbers.js";

/**
 * A shape, the batch first; null stands for a batch of any size.
 * @typedef {(number | null)[]} Shape
 *
 * The parameters: the shape as text, the axes' lengths (tokens, outputs: 0 for no such layer).
 * @typedef {{
 *   shape: string, features: number, units: number, kind: string, return_sequences: boolean,
 *   tokens: number, outputs: number, stacked: number, lower_return_sequences: boolean,
 *   bidirectional: boolean, mask: boolean,
 * }} Values
 *
 * The largest axis, how many axes there may be, how many layers on one another, the kinds of the
 * recurrent layer, and how many gates each has.
 * @typedef {{ most: number, axes: number, stacked: number, kinds: string[],
 *   gates: Record<string, number> }} Limits
 *
 * A layer: its name, the axes that it expects (null: any length), its parameters' shapes, and how
 * often it has them.  `role`: where it stands; `returnsAll`: whether it keeps the steps.
 * @typedef {{ name: string, role: "before" | "recurrent" | "after", copies: number,
 *   axes?: [string, number | null][], parameters: [string, number[]][], returnsAll: boolean }}
 *   Layer
 */

/**
 * Read the shape of an input; null where the text is none.
 * @param {string} text
 * @param {Pick<Limits, "most" | "axes">} limits
 * @returns {Shape | null}
 */
export function readInput(text, { most, axes }) {
  const shape = readShape(text);
  const fits = (n, i) => (n === null ? i === 0 : n >= 1 && n <= most);
  return shape && shape.length <= axes && shape.every(fits) ? shape : null;
}

/** Say whether a kind does one step. @param {string} kind */
export const isCell = (kind) => kind.endsWith("Cell");

/** Return how many numbers a recurrent layer returns for each step. @param {Values} values */
export const widthOf = ({ units, bidirectional }) => units * (bidirectional ? 2 : 1);

/**
 * Return the layers in their order.
 * @param {Values} values
 * @param {Limits} limits
 * @returns {Layer[]}
 */
export function layersOf(values, limits) {
  const { features, tokens, outputs, stacked } = values;
  const wide = widthOf(values);
  /** @type {Layer[]} */
  const before = [
    {
      ...{ name: "Embedding", role: "before", copies: 1, returnsAll: false },
      parameters: [["table", [tokens, features]]],
    },
  ];
  /** @type {Layer[]} */
  const after = [{
    ...{ name: "Dense", role: "after", copies: 1, returnsAll: false },
    parameters: [["W", [wide, outputs]], ["b", [outputs]]],
  }];
  const recurrent = range(stacked).map((i) =>
    recurrentLayer(values, limits, i ? wide : features, i === stacked - 1)
  );
  return [...(tokens ? before : []), ...recurrent, ...(outputs ? after : [])];
}

/**
 * Return a recurrent layer, or a cell, that reads f numbers at a step.
 * @param {Values} values
 * @param {Limits} limits
 * @param {number} f
 * @param {boolean} isLast
 * @returns {Layer}
 */
function recurrentLayer(values, { gates }, f, isLast) {
  const { kind, units, bidirectional, return_sequences, lower_return_sequences } = values;
  const base = kind.replace("Cell", "");
  const columns = gates[base] * units;
  /** @type {[string, null][]} */
  const time = isCell(kind) ? [] : [["timesteps", null]];
  return {
    name: bidirectional ? `Bidirectional(${base})` : kind,
    role: "recurrent",
    copies: bidirectional ? 2 : 1,
    axes: [["batch", null], ...time, ["features", f]],
    parameters: [
      ["W_x", [f, columns]],
      ["W_h", [units, columns]],
      ["b", base === "GRU" ? [2, columns] : [columns]],
    ],
    returnsAll: !isCell(kind) && (isLast ? return_sequences : lower_return_sequences),
  };
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
function through({ role, returnsAll }, shape, values) {
  if (role === "before") return [...shape, values.features];
  if (role === "after") return [...shape.slice(0, -1), values.outputs];
  return [...shape.slice(0, returnsAll ? 2 : 1), widthOf(values)];
}

/** Return 1 if a mask goes along with what a layer has put out, else 0. */
function maskAfter({ role }, before, shape, { mask }) {
  if (role === "before") return mask ? 1 : 0;
  return before && (role === "after" || shape.length > 2) ? 1 : 0;
}

/** Return the error as a Sequential words it, where the layer below has dropped the steps. */
function tooEarly(error, layers, i, { kind }) {
  const lower = layers[i - 1];
  if (!error || lower?.role !== "recurrent" || isCell(kind)) return error;
  const name = lower.name.split("(")[0];
  return `${error.split(" One example is")[0]} Make layer ${
    i - 1
  }, ${name}, with return_sequences=True.`;
}

/**
 * Return how many parameters a layer has in PyTorch, where recurrent layers have two biases.
 * @param {Layer} layer
 * @param {number} count what it has here
 */
function inTorch({ role, copies, parameters }, count) {
  const [, bias] = parameters.at(-1);
  return count + (role === "recurrent" && bias.length === 1 ? copies * bias[0] : 0);
}

/**
 * Return the shapes, where a mask goes along, the number of parameters of each layer, their sum,
 * both also for PyTorch, and what is refused.
 * @param {Values} values
 * @param {Limits} limits
 */
export function trace(values, limits) {
  const shapes = [readInput(values.shape, limits)], masks = [0];
  const layers = layersOf(values, limits);
  let error = "";
  for (const [i, layer] of layers.entries()) {
    error = layer.role === "after"
      ? ""
      : tooEarly(refusal(shapes.at(-1), layer.axes), layers, i, values);
    if (error) break;
    const shape = through(layer, shapes.at(-1), values);
    masks.push(maskAfter(layer, masks.at(-1), shape, values));
    shapes.push(shape);
  }
  const parameters = layers.map(({ copies, parameters }) =>
    copies * sum(parameters.map(([, shape]) => product(shape)))
  );
  const torch = layers.map((layer, i) => inTorch(layer, parameters[i]));
  const [total, torch_total] = [sum(parameters), sum(torch)];
  return { shapes, masks, parameters, total, torch, torch_total, error };
}
