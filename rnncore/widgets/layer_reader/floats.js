// Numbers as files store them: of 2, 4 or 8 bytes, in either order.

import { Refusal, viewOf, written } from "./refusal.js";

/** @import { Numbers } from "./layer.js" */

/**
 * An array of a file, which is read when it is needed.
 * @typedef {object} Entry
 * @property {number[]} shape
 * @property {string} type as the words name it: float32
 * @property {() => Promise<Numbers>} read row by row, whatever the file's own order
 * @property {() => Promise<string>} [text] what a text holds
 */

/** @type {Record<string, [number, (view: DataView, at: number, little: boolean) => number]>} */
const READ = {
  float64: [8, (view, at, little) => view.getFloat64(at, little)],
  float32: [4, (view, at, little) => view.getFloat32(at, little)],
  float16: [2, (view, at, little) => half(view.getUint16(at, little))],
  bfloat16: [2, (view, at, little) => brain(view.getUint16(at, little))],
};

/** @param {number} bits */
function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0
    ? fraction * 2 ** -24
    : exponent < 31
    ? (1 + fraction / 1024) * 2 ** (exponent - 15)
    : fraction
    ? NaN
    : Infinity;
  return bits & 0x8000 ? -size : size;
}

const cell = new DataView(new ArrayBuffer(4));

/** @param {number} bits */
function brain(bits) {
  cell.setUint32(0, bits << 16);
  return cell.getFloat32(0);
}

/**
 * Return how many bytes a number takes; 0 where no number of that type can be a weight.
 * @param {string} type
 */
export const sizeOf = (type) => (Object.hasOwn(READ, type) ? READ[type][0] : 0);

/**
 * Return the numbers in some bytes, as doubles where singles do not hold them exactly.
 * @param {Uint8Array} bytes
 * @param {string} type
 * @param {boolean} little whether the lowest byte comes first
 * @returns {Numbers}
 */
export function numbersOf(bytes, type, little) {
  const [size, read] = READ[type];
  const [view, count] = [viewOf(bytes), bytes.byteLength / size];
  const isSingle = /float(?:16|32)/.test(type);
  const numbers = isSingle ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i += 1) numbers[i] = read(view, i * size, little);
  return numbers;
}

/**
 * Refuse what is no array of numbers, or too large for a page.
 * @param {string} name
 * @param {Entry} entry
 * @param {number} most
 */
export function checkSize(name, { shape, type }, most) {
  if (!sizeOf(type)) {
    throw new Refusal(
      `${name} must hold float16, bfloat16, float32 or float64, got ${type}. Save it as float32.`,
    );
  }
  const count = shape.reduce((product, length) => product * length, 1);
  if (count > most) {
    throw new Refusal(
      `${name} must have at most ${most} numbers, which is what a page can hold, got ` +
        `${written(shape)}. In a notebook, LayerReader(layer) takes larger ones.`,
    );
  }
}
