// A sequence as people write or paste it: a row for each step.

import { plain, readNumber } from "../shared/numbers.js";

/**
 * Return the rows of a text, or why there are none.
 * @param {string} text
 * @param {number} features how many numbers a step takes
 * @param {number} most how many steps there may be
 * @returns {{ rows: number[][] | null, why: string }}
 */
export function readSequence(text, features, most) {
  const lines = text.replace(/\b(?:np\.|torch\.)?(?:array|tensor|asarray)\b/g, "")
    .replace(/[\])}]\s*,/g, "\n").replace(/[[\](){}]/g, " ")
    .split(features === 1 ? /[\n;\t ]+/ : /[\n;]/).map(plain).filter((line) => /[^\s,]/.test(line));
  const refused = (/** @type {string} */ why) => ({ rows: null, why: `${why} Nothing changed.` });
  if (lines.length === 0) return refused("There are no numbers in it.");
  const ways = [/[\s,]+/, /\s+/].map((parts) => readLines(lines, parts, features));
  const [apart, decimal] = ways.map(({ rows }) => rows);
  if (apart && decimal && String(apart) !== String(decimal)) {
    return refused(
      "A comma in it could separate two numbers or be a decimal point. Write 0.5, and put spaces " +
        "between the numbers.",
    );
  }
  const rows = apart ?? decimal;
  if (!rows) return refused(ways[0].why);
  if (rows.length > most) {
    return refused(`This layer takes at most ${most} steps, but here there are ${rows.length}.`);
  }
  return { rows, why: "" };
}

/**
 * @param {string[]} lines
 * @param {RegExp} parts what parts the numbers of a line
 * @param {number} features
 * @returns {{ rows: number[][] | null, why: string }}
 */
function readLines(lines, parts, features) {
  const rows = [];
  for (const [k, line] of lines.entries()) {
    const texts = line.split(parts).filter(Boolean);
    if (features > 1 && texts.length !== features) {
      const got = texts.length === 1 ? "1 number" : `${texts.length} numbers`;
      const why = `Each line is a step and takes ${features} numbers, but line ${
        k + 1
      } has ${got}.`;
      return { rows: null, why };
    }
    const read = texts.map(readNumber);
    const wrong = read.find(({ value }) => value === null);
    if (wrong) return { rows: null, why: `In line ${k + 1}, ${wrong.why}.` };
    const numbers = read.map(({ value }) => /** @type {number} */ (value));
    rows.push(...(features === 1 ? numbers.map((value) => [value]) : [numbers]));
  }
  return { rows, why: "" };
}
