// A file becomes layers: which kind of file it is, which layers it holds, and each as rnncore has it.

import { NAMES } from "../shared/activations.js";
import { checkSize } from "./floats.js";
import { biases, GATES } from "./layer.js";
import { layersIn } from "./named.js";
import { transposed } from "./npy.js";
import { npzIn } from "./npz.js";
import { bytesOf, damaged, Refusal, viewOf } from "./refusal.js";
import { safetensorsIn } from "./safetensors.js";

/** @import { Entry } from "./floats.js" */
/** @import { Layer, Numbers } from "./layer.js" */
/** @import { Found } from "./named.js" */

/**
 * @typedef {object} Limits
 * @property {number} array the most numbers of one array
 * @property {number} header the most bytes of a list of arrays
 * @property {number} entries the most arrays
 *
 * @typedef {object} Opened a file of weights
 * @property {string} name
 * @property {boolean} isNpz
 * @property {Found[]} layers
 * @property {(found: Found) => Promise<Layer>} read
 */

const KINDS = "Drop a .safetensors or .npz file of weights.";

/**
 * Open a file; a Refusal where it holds no layer.
 * @param {Blob & { name?: string }} file
 * @param {Limits} limits
 * @returns {Promise<Opened>}
 */
export async function opened(file, limits) {
  const bytes = await bytesOf(file, 0, 8);
  const start = String.fromCharCode(...bytes);
  if (file.size === 0) throw new Refusal(`It is empty. ${KINDS}`);
  if (start.startsWith("\x89HDF")) {
    throw new Refusal(
      "It is HDF5 (.h5), which a page cannot read. Save the weights with np.savez(path, " +
        "**{v.path: v.numpy() for v in model.weights}).",
    );
  }
  if (start.startsWith("\x93NUMPY")) {
    throw new Refusal(
      "It is a single array (.npy), but a layer has several. Save them with np.savez.",
    );
  }
  const isNpz = start.startsWith("PK");
  const isList = bytes.length < 8 || viewOf(bytes).getBigUint64(0, true) < 2n ** 40n;
  if (!isNpz && !isList) {
    if (bytes[0] === 0x80 && bytes[1] < 6 && bytes[1] > 1) {
      throw new Refusal(
        "It is a pickle, which could run a program, so it stays shut. Save the weights with " +
          "safetensors.torch.save_file(model.state_dict(), path) or np.savez.",
      );
    }
    throw new Refusal(`It is neither .safetensors nor .npz. ${KINDS}`);
  }
  const entries = await (isNpz ? npzIn(file, limits) : safetensorsIn(file, limits));
  const saved = entries.has("format") ? entries.get("text") : undefined;
  if (saved && saved.shape.length) throw damaged("its text is not what rnncore.save writes");
  const layers = layersIn(entries, (await saved?.text?.()) ?? "");
  const read = (/** @type {Found} */ found) => layerOf(found, entries, limits);
  return { name: file.name ?? "", isNpz, layers, read };
}

/**
 * Read the numbers of a layer, and bring them into the form of rnncore.
 * @param {Found} found
 * @param {Map<string, Entry>} entries
 * @param {Limits} limits
 * @returns {Promise<Layer>}
 */
async function layerOf(found, entries, limits) {
  const { names, kind, features, units, from, options = {} } = found;
  const own = names.map((name) => /** @type {Entry} */ (entries.get(name)));
  own.forEach((entry, k) => checkSize(names[k], entry, limits.array));
  const arrays = [];
  for (const [k, entry] of own.entries()) {
    arrays.push(checkedFinite(names[k], entry.shape, await entry.read()));
  }
  const columns = GATES[kind] * units;
  const [W_x, W_h, ...stored] = from === "PyTorch" ? turned(arrays, found) : arrays;
  const b = from === "PyTorch" ? joined(stored, kind) : stored[0] ?? new Float64Array();
  const isAfter = from === "PyTorch" || b.length > columns;
  const layer = {
    ...{ name: found.label, kind, features, units, W_x, W_h, ...biases(b, columns) },
    activation: asActivation(options.activation ?? "tanh"),
    reverse: options.reverse ?? found.reverse,
    count: arrays.reduce((total, array) => total + array.length, 0),
    dtype: [...new Set(own.map(({ type }) => type))].join(" and "),
  };
  if (kind === "SimpleRNN") return layer;
  const recurrent_activation = asActivation(options.recurrent_activation ?? "sigmoid");
  const reset = stored.length ? isAfter : options.reset_after ?? true;
  return { ...layer, recurrent_activation, ...(kind === "GRU" ? { reset_after: reset } : {}) };
}

/** @param {string} name */
function asActivation(name) {
  if (NAMES.includes(name)) return name;
  throw new Refusal(`Its activation must be one of ${NAMES.join(", ")}, got ${name}.`);
}

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {Numbers} numbers
 */
function checkedFinite(name, shape, numbers) {
  const at = numbers.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return numbers;
  const place = shape.length === 2 ? `${Math.floor(at / shape[1])}, ${at % shape[1]}` : at;
  throw new Refusal(
    `${name} must hold finite numbers, got ${numbers[at]} at [${place}]. The training has ` +
      "diverged: use weights from before that, and clip the gradient.",
  );
}

/**
 * Return PyTorch's arrays in the orientation and order of Keras and rnncore.
 * @param {Numbers[]} arrays
 * @param {Found} found
 */
function turned([W_x, W_h, ...stored], { kind, features, units }) {
  const columns = GATES[kind] * units;
  const matrices = [transposed(W_x, columns, features), transposed(W_h, columns, units)];
  if (kind === "GRU") [...matrices, ...stored].forEach((array) => swap(array, units));
  return [...matrices, ...stored];
}

/**
 * Turn the gates r z n into z r n, in each row.
 * @param {Numbers} array
 * @param {number} units
 */
function swap(array, units) {
  for (let at = 0; at < array.length; at += 3 * units) {
    const r = array.slice(at, at + units);
    array.copyWithin(at, at + units, at + 2 * units);
    array.set(r, at + units);
  }
}

/**
 * Return PyTorch's two biases as one array: their sum, or, of a GRU, one after the other.
 * @param {Numbers[]} stored
 * @param {string} kind
 * @returns {Numbers}
 */
function joined([b, b_h], kind) {
  if (!b) return new Float64Array();
  if (kind !== "GRU") return b.map((value, j) => value + b_h[j]);
  const both = b instanceof Float32Array && b_h instanceof Float32Array
    ? new Float32Array(2 * b.length)
    : new Float64Array(2 * b.length);
  both.set(b);
  both.set(b_h, b.length);
  return both;
}
