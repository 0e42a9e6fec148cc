// The verdict on an answer, as rnncore.exercises.check gives it.

import { flat } from "../shared/algebra.js";
import { readNumber, readShape } from "../shared/numbers.js";

/**
 * An exercise: what kind of answer it takes ("numbers", "shape" or "shapes"), the right one, and
 * usual wrong ones with what they mean.
 * @typedef {{ kind: string, expected: any, slips: { value: any, meaning: string }[] }} Exercise
 *
 * How far a number may be off.
 * @typedef {{ close: number }} Limits
 */

/** Read a shape of known lengths; null where the text is none. */
function asShape(text) {
  const shape = readShape(text);
  return shape?.includes(null) ? null : shape;
}

/**
 * Return the answer that the texts of the fields give; null while one is empty or no number.
 * @param {string} kind
 * @param {string[]} texts
 * @param {any} like the expected answer
 */
export function answerOf(kind, texts, like) {
  if (kind === "shape") return asShape(texts[0] ?? "");
  if (kind === "shapes") {
    const lines = (texts[0] ?? "").split("\n").filter((line) => line.trim());
    const shapes = lines.map(asShape);
    return shapes.length && !shapes.includes(null) ? shapes : null;
  }
  const numbers = flat(like).map((_, i) => readNumber(texts[i] ?? "").value);
  if (numbers.includes(null)) return null;
  const nest = (value) => (Array.isArray(value) ? value.map(nest) : numbers.shift());
  return nest(like);
}

function alike(a, b, limits) {
  if (!Array.isArray(b)) return !Array.isArray(a) && Math.abs(a - b) <= limits.close;
  return Array.isArray(a) && a.length === b.length &&
    b.every((part, i) => alike(a[i], part, limits));
}

/** Say how an answer differs, without giving the right one away. */
function difference(kind, answer, expected, limits) {
  if (kind === "numbers" && !Array.isArray(expected)) return "The number differs.";
  const [given, right] = kind === "numbers" ? [flat(answer), flat(expected)] : [answer, expected];
  if (given.length !== right.length) {
    return `The right answer has ${given.length < right.length ? "more" : "fewer"} entries.`;
  }
  const wrong = right.filter((part, i) => !alike(given[i], part, limits)).length;
  const differ = wrong === 1 ? "differs" : "differ";
  return `${wrong} of ${right.length} ${kind === "numbers" ? "numbers" : "entries"} ${differ}.`;
}

/**
 * Judge an answer.
 * @param {Exercise} exercise
 * @param {any} answer as answerOf gives it
 * @param {Limits} limits
 */
export function verdictOn({ kind, expected, slips }, answer, limits) {
  if (alike(answer, expected, limits)) return { right: true, text: "right." };
  const slip = slips.find(({ value }) => alike(answer, value, limits));
  const why = slip ? `This is ${slip.meaning}` : difference(kind, answer, expected, limits);
  return { right: false, text: `not yet. ${why}` };
}

/**
 * Return the verdict on the texts in the fields, and 1 where they are right.
 * @param {Exercise & { texts: string[] }} values
 * @param {Limits} limits
 */
export function trace({ texts, ...exercise }, limits) {
  const answer = answerOf(exercise.kind, texts, exercise.expected);
  const { right, text } = verdictOn(exercise, answer, limits);
  return { right: Number(right), verdict: text };
}
