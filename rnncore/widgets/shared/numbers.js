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
  const text = exact(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/**
 * Return what Number() reads back exactly.
 * @param {Value} value
 */
const exact = (value) => Object.is(value, -0) ? "-0" : String(value);

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
  return Array.isArray(value) ? value.map(packed).join(PARTED[depth(value) - 1]) : exact(value);
}

/**
 * Return the value that a link holds; null where that is not finite numbers in this nesting. A
 * comma parts numbers there, so that it is no decimal one.
 * @param {string} text
 * @param {Value} like a value of that nesting
 * @returns {Value}
 */
export function unpacked(text, like) {
  if (!Array.isArray(like)) return text.includes(",") ? null : readNumber(text).value;
  const value = text.split(PARTED[depth(like) - 1]).map((part) => unpacked(part, like[0]));
  return value.includes(null) ? null : value;
}

const DIGITS = String.raw`\d+(?:\.\d*)?|\.\d+`;
const NUMBER = new RegExp(
  String.raw`^([+-]?) *((?:${DIGITS})(?:e[+-]?\d+)?)(?: *[/\u2044\u2215] *(${DIGITS}))?$`,
  "i",
);
const GROUPED = /^[+-]? *\d{1,3}(?:[\u00A0\u2007\u2009\u202F]\d{3})+(?=[.,]|$)/;

/**
 * Return a text as a keyboard writes it: the minus signs, wide letters and unseen marks of what
 * people paste are made plain, and so are thousands that a narrow space parts.
 * @param {string} text
 */
export const plain = (text) =>
  text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xFEE0))
    .replace(/[\u2010-\u2015\u2212\uFE58\uFE63]/g, "-")
    .replace(/[\u061C\u200B-\u200F\u202A-\u202C\u2060\u2066-\u2069\uFEFF]/g, "")
    .replace(/\s{2,}/g, " ")
    .trim();

/**
 * Return the start of a text for a message, without what cannot be seen.
 * @param {string} text
 * @param {number} most how many characters
 */
export function clipped(text, most = 24) {
  const seen = [...text.slice(0, 4 * most).replace(/\s+/g, " ").replace(/\p{C}/gu, "").trim()];
  return seen.length > most ? `${seen.slice(0, most).join("")}…` : seen.join("");
}

/**
 * Read a number as people write it: −0.8, 1.2e−5, 0,5, 1/2. What may mean another number, or is no
 * finite one, has the value null and a reason in words.
 * @param {string} text
 * @returns {{ value: number | null, why: string }}
 */
export function readNumber(text) {
  const refused = (/** @type {string} */ why) => ({
    value: null,
    why: `“${clipped(text)}” ${why}`,
  });
  const ascii = plain(text).replace(GROUPED, (group) => group.replace(/(\d)\s/g, "$1"));
  if (/^[+-]? *[1-9]\d{0,2},\d{3}(?!\d)|^[^.\s]*\.[^,\s]*,(?!\s)/.test(ascii)) {
    return refused("has a comma for thousands or for decimals (leave it out, or write a point)");
  }
  const [, sign, top, bottom = "1"] = ascii.replace(/^([^.,]*),([^.,]*)$/, "$1.$2").match(NUMBER) ??
    [];
  if (top === undefined) {
    const parts = ascii.split(/[\s,;|]+/).filter((part) => /\d/.test(part));
    return refused(
      parts.length > 1
        ? "is more than one number (a field takes only one, without spaces)"
        : "is not a number (write it as −0.5, 2e−5 or 1/2)",
    );
  }
  if (Number(bottom) === 0) return refused("divides by 0");
  const value = (sign === "-" ? -1 : 1) * Number(top) / Number(bottom);
  if (!Number.isFinite(value)) return refused("is too large");
  if (value === 0 && /^[^e]*[1-9]/i.test(top)) return refused("is too close to 0 (write 0)");
  return { value, why: "" };
}

/**
 * Read a shape as people write it: (None, 250, 32), 16 41 12, [16 × 41]; null where it is none.
 * @param {string} text
 * @returns {(number | null)[] | null}
 */
export function readShape(text) {
  const ascii = plain(text).replace(/(\d)[\u00A0\u2007\u2009\u202F](?=\d{3}(?!\d))/g, "$1");
  const inner = ascii.replace(/^[([]|[)\]]$/g, "").trim().replace(/\s*,$/, "");
  const parts = inner.split(/\s*[,x×\u3001]\s*|\s+/i);
  const isAxis = (/** @type {string} */ part) => /^(?:None|0|[1-9]\d{0,14})$/.test(part);
  return parts.every(isAxis) ? parts.map((part) => (part === "None" ? null : Number(part))) : null;
}
