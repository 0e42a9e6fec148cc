// One array as NumPy stores it: a line that says what it is, and its bytes.

import { numbersOf } from "./floats.js";
import { damaged, Refusal, viewOf, written } from "./refusal.js";

/** @import { Numbers } from "./layer.js" */

export const HEAD = 4096; // bytes in which the line of a plain array ends
const MAGIC = "\x93NUMPY";
const LINE =
  /^\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d,\s]*)\),?\s*\}\s*$/;
/** @type {Record<string, string>} */
const TYPES = { f: "float", i: "int", u: "uint", b: "bool", c: "complex", U: "text", S: "bytes" };

/**
 * What the line says.
 * @typedef {object} Head
 * @property {number[]} shape
 * @property {string} type float64, or text
 * @property {boolean} little
 * @property {boolean} fortran whether columns come first
 * @property {number} start where the bytes begin
 * @property {number} end where they end
 */

/**
 * Read the line.
 * @param {Uint8Array} bytes the first of the array
 * @param {string} name for messages
 * @returns {Head}
 */
export function headOf(bytes, name) {
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== MAGIC) {
    throw damaged(`${name} does not begin as NumPy's arrays do`);
  }
  const version = bytes[6];
  if (version < 1 || version > 3) throw damaged(`${name} is of version ${version}, not 1, 2 or 3`);
  const view = viewOf(bytes);
  const first = version === 1 ? 10 : 12;
  const start = first + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length) throw damaged(`the first line of ${name} has ${start - first} bytes`);
  const line = new TextDecoder().decode(bytes.subarray(first, start));
  if (/'\|?O\d*'/.test(line)) {
    throw new Refusal(
      `${name} holds Python objects (a pickle), which could run a program. Save plain arrays, ` +
        "np.asarray(w, np.float32).",
    );
  }
  const [, descr, fortran, lengths] = line.match(LINE) ?? [];
  const [, order, letter, digits] = descr?.match(/^([<>|=])([a-zA-Z])(\d+)$/) ?? [];
  if (!letter || /\d\s+\d/.test(lengths)) throw damaged(`the first line of ${name} is not NumPy's`);
  const shape = lengths.split(",").filter((part) => part.trim()).map(Number);
  const size = Number(digits) * (letter === "U" ? 4 : 1);
  const end = start + shape.reduce((product, length) => product * length, size);
  const bits = letter === "U" || letter === "S" ? "" : 8 * Number(digits);
  const type = `${TYPES[letter] ?? `type ${letter}`}${bits}`;
  return { shape, type, little: order !== ">", fortran: fortran === "True", start, end };
}

/**
 * Refuse an array that has more or fewer bytes than its shape says.
 * @param {Head} head
 * @param {number} size in bytes, with the line
 * @param {string} name
 */
export function checkEnd({ shape, type, start, end }, size, name) {
  if (end === size) return;
  throw damaged(
    `${name}, ${written(shape)} of ${type}, must have ${end - start} bytes, got ${size - start}`,
  );
}

/**
 * Return the numbers of an array, row by row.
 * @param {Uint8Array} bytes
 * @param {Head} head
 * @returns {Numbers}
 */
export function numbersIn(bytes, { shape, type, little, fortran, start }) {
  const numbers = numbersOf(bytes.subarray(start), type, little);
  return fortran && shape.length === 2 ? transposed(numbers, shape[1], shape[0]) : numbers;
}

/**
 * Return the text of an array that holds one.
 * @param {Uint8Array} bytes
 * @param {Head} head
 */
export function textIn(bytes, { little, start }) {
  const view = viewOf(bytes.subarray(start));
  const letters = [];
  for (let i = 0; i < view.byteLength; i += 4) {
    const code = view.getUint32(i, little);
    if (code > 0x10FFFF) throw damaged("its text cannot be read");
    letters.push(String.fromCodePoint(code));
  }
  return letters.join("").replace(/\0+$/, "");
}

/**
 * Return the transpose of a matrix.
 * @param {Numbers} numbers
 * @param {number} rows
 * @param {number} columns
 * @returns {Numbers}
 */
export function transposed(numbers, rows, columns) {
  const turned = numbers.slice();
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) turned[j * rows + i] = numbers[i * columns + j];
  }
  return turned;
}
