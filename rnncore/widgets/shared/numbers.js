// Numbers: how they are read, shown and kept.

/** @import { Value } from "./types.d.ts" */

/**
 * Write a number rounded as Python rounds: an exact half goes to the even digit, where toFixed
 * takes it up.
 * @param {(decimals: number) => string} digits writes it with so many decimals
 * @param {number} decimals
 */
function rounded(digits, decimals) {
  const [text, exponent] = digits(decimals).split("e");
  const isHalf = (/** @type {number} */ places) =>
    /^50*$/.test((digits(places).split("e")[0].split(".")[1] ?? "").slice(decimals));
  const half = isHalf(decimals + 6) && isHalf(60); // the second alone would do, and takes its time
  const even = half && Number(text.at(-1)) % 2
    ? (Number(text) - 10 ** -decimals).toFixed(decimals)
    : text;
  return exponent === undefined ? even : `${even}e${Number(exponent)}`;
}

/**
 * Return the text a reader sees, trailing zeros dropped.
 * @param {number} value
 * @param {number} decimals at most
 */
export function shown(value, decimals = 4) {
  if (Number.isNaN(value)) return "NaN";
  const size = Math.abs(value);
  let text;
  if (size === Infinity) text = "∞";
  else if (size >= 1e6 || (size > 0 && size < 0.5 * 10 ** -decimals)) {
    text = rounded((d) => size.toExponential(d), 2);
  } else text = String(Number(rounded((d) => size.toFixed(d), decimals)));
  return (value < 0 ? "−" : "") + text.replace("e-", "e−");
}

/**
 * Return the text for a narrow cell: about four figures.
 * @param {number} value
 */
export function shownBriefly(value) {
  const size = Math.abs(value);
  if (size >= 1e5 && size < Infinity) {
    return (value < 0 ? "−" : "") + rounded((d) => size.toExponential(d), 1);
  }
  return shown(value, size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

/**
 * Return a number as a factor in a line of arithmetic: negative ones in brackets.
 * @param {number} value
 */
export function factor(value) {
  return value < 0 ? `(${shown(value)})` : shown(value);
}

/**
 * Return a shape as Python writes it, None for null: (None, 32), (3,).
 * @param {(number | null)[]} shape
 */
export const shapeText = (shape) =>
  `(${shape.map((n) => n ?? "None").join(", ")}${shape.length === 1 ? "," : ""})`;

/**
 * Return what Python reads back exactly.
 * @param {Value} value
 * @returns {string}
 */
export function python(value) {
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  const text = String(Object.is(value, -0) ? "-0" : value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

const PARTED = [",", ";", "|"]; // numbers, rows, matrices

/**
 * @param {Value} value
 * @returns {number}
 */
const depth = (value) => (Array.isArray(value) ? 1 + Math.max(0, ...value.map(depth)) : 0);

/**
 * Return a value as a link holds it: 1,2;3,4.
 * @param {Value} value
 * @returns {string}
 */
export function packed(value) {
  return Array.isArray(value) ? value.map(packed).join(PARTED[depth(value) - 1]) : String(value);
}

/**
 * Return the value that a link holds; null where that is not finite numbers in this nesting.
 * @param {string} text
 * @param {Value} like a value of that nesting
 * @returns {Value}
 */
export function unpacked(text, like) {
  if (!Array.isArray(like)) return finiteNumber(text);
  const value = text.split(PARTED[depth(like) - 1]).map((part) => unpacked(part, like[0]));
  return value.includes(null) ? null : value;
}

/** @param {string} text */
function finiteNumber(text) {
  const isNumber = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : null;
}
