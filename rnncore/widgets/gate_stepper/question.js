// What to guess before a step.

import { shown } from "../shared/numbers.js";
import { tellingSlips } from "../shared/recurrent.js";

/** @import { Question } from "../shared/types.d.ts" */

/**
 * Return a question; slips that come near the right value are left out.
 * @param {string} name
 * @param {[string, number][]} given the numbers that the reader needs
 * @param {number} value
 * @param {[number, string][]} slips what they give, and what they are
 * @returns {Question}
 */
export function questionOf(name, given, value, slips) {
  const numbers = given.map(([letter, number]) => `${letter} = ${shown(number)}`);
  return {
    name,
    part: ` (${numbers.join(", ")})`,
    value,
    slips: tellingSlips(value, slips),
  };
}
