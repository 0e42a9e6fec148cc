// A .safetensors file: how long its list is, the list as JSON, and the bytes of all arrays.

import { numbersOf, sizeOf } from "./floats.js";
import { bytesOf, damaged, viewOf } from "./refusal.js";

/** @import { Entry } from "./floats.js" */

/** @type {Record<string, string>} */
const TYPES = { F64: "float64", F32: "float32", F16: "float16", BF16: "bfloat16" };

/**
 * Return the arrays of a file by their names.
 * @param {Blob} file
 * @param {{ header: number, entries: number }} limits
 * @returns {Promise<Map<string, Entry>>}
 */
export async function safetensorsIn(file, limits) {
  const first = await bytesOf(file, 0, 8);
  if (first.length < 8) throw damaged(`it has ${file.size} bytes`);
  const length = Number(viewOf(first).getBigUint64(0, true));
  if (length > limits.header) {
    throw damaged(`its list must have at most ${limits.header} bytes, but it claims ${length}`);
  }
  if (8 + length > file.size) throw damaged(`its list claims ${length} of its ${file.size} bytes`);
  const list = parsed(await bytesOf(file, 8, 8 + length));
  const named = Object.entries(list).filter(([name]) => name !== "__metadata__");
  if (named.length > limits.entries) throw damaged(`it has ${named.length} arrays`);
  const tensors = named.map(([name, tensor]) => checked(name, tensor));
  checkRanges(tensors, file.size - 8 - length);
  return new Map(tensors.map(({ name, shape, type, from, to }) => [name, {
    shape,
    type,
    read: async () =>
      numbersOf(await bytesOf(file, 8 + length + from, 8 + length + to), type, true),
  }]));
}

/** @param {Uint8Array} bytes */
function parsed(bytes) {
  try {
    const list = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (list && typeof list === "object" && !Array.isArray(list)) return list;
  } catch {
    // said below
  }
  throw damaged("its list is not JSON");
}

/**
 * Return what the list says of one array, if it is possible.
 * @param {string} name
 * @param {any} tensor
 */
function checked(name, tensor) {
  const { dtype, shape, data_offsets: place } = Object(tensor);
  const isCount = (/** @type {any} */ value) => Number.isSafeInteger(value) && value >= 0;
  const areCounts = (/** @type {unknown} */ list) => Array.isArray(list) && list.every(isCount);
  if (typeof dtype !== "string" || !areCounts(shape) || !areCounts(place) || place.length !== 2) {
    throw damaged(`its entry for ${name} does not consist of dtype, shape and data_offsets`);
  }
  const type = Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : dtype;
  const [from, to] = place;
  const size = shape.reduce(
    (/** @type {number} */ product, /** @type {number} */ length) => product * length,
    sizeOf(type),
  );
  if (to < from || (size > 0 && to - from !== size)) {
    throw damaged(
      `${name} (${shape.join(", ")}) of ${dtype} takes ${size} bytes, not ${to - from}`,
    );
  }
  return { name, shape, type, from, to };
}

/**
 * Refuse ranges that overlap, leave holes, or go beyond the end.
 * @param {{ name: string, from: number, to: number }[]} tensors
 * @param {number} size
 */
function checkRanges(tensors, size) {
  let end = 0;
  for (const { name, from, to } of tensors.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) throw damaged(`${name} begins at byte ${from}, not at ${end}`);
    end = to;
  }
  if (end !== size) throw damaged(`its arrays take ${end} bytes, but it holds ${size}`);
}
