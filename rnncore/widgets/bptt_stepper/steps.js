// Of 2T steps the first T go forward, the others back.

/** @import { Layer } from "../shared/cell.js" */

/**
 * Where a step is.
 * @typedef {object} Where
 * @property {number} now the time step that is worked on
 * @property {number} forth how far it has gone forward
 * @property {number} to how far it has gone back; T + 1: not yet
 * @property {boolean} back whether it goes back
 *
 * @typedef {Layer & { window: number, derivative: string, weight: string, scale: number }} Params
 */

/**
 * @param {number} step
 * @param {number} T
 * @returns {Where}
 */
export function whereIs(step, T) {
  const back = Math.max(0, step - T);
  const to = T + 1 - back;
  return { now: back ? to : step, forth: Math.min(step, T), to, back: back > 0 };
}
