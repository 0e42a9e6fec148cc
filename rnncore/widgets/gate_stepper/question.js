// What to guess before a step.

import { shown } from "../shared/numbers.js";

/**
 * A question; slips that come near the right value are left out.
 * @param {string} name
 * @param {[string, number][]} given the numbers that the reader needs
 * @param {number} value
 * @param {[number, string][]} slips what they give, and what they are
 */
export function questionOf(name, given, value, slips) {
  const numbers = given.map(([letter, number]) => `${letter} = ${shown(number)}`);
  const near = 1e-2 * Math.max(1, Math.abs(value));
  return {
    name,
    part: ` (${numbers.join(", ")})`,
    value,
    slips: slips.filter(([wrong]) => Math.abs(wrong - value) > near),
  };
}
