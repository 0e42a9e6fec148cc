// What becomes of the state, in words.

import { ACTIVATIONS } from "../shared/activations.js";
import { shown } from "../shared/numbers.js";
import { away } from "./fixed_points.js";

/** @typedef {import("./trace.js").Values} Values */

/**
 * Return a sentence on what becomes of the state, wherever it starts.
 * @param {Values} values
 * @param {Pick<import("./trace.js").Run, "fixed" | "fixed_slope">} run
 * @returns {string}
 */
export function verdict(values, { fixed, fixed_slope }) {
  if (!fixed.length) return withoutFixedPoint(values);
  const aways = fixed.map((h, i) => away(values, h, fixed_slope[i]));
  const attracting = aways.filter((a) => a < 0).length;
  if (attracting > 1) {
    return "Two fixed points attract and one repels, so the state never forgets on which side of " +
      "the one that repels it began.";
  }
  if (attracting === 1 && aways.length === 1) {
    return "The only fixed point attracts, so every start is forgotten in the end.";
  }
  if (attracting === 1 && values.activation === "relu") {
    return `Below ${shown(fixed[1])} the state dies out. Above it, the state grows without end.`;
  }
  return aways.includes(0) ? withSlopeOne(values) : repelled(values);
}

function withoutFixedPoint({ activation, c }) {
  if (c > 0) return "There is no fixed point, and the state grows without end.";
  if (c < 0) return "There is no fixed point, and the state falls without end.";
  const every = activation === "relu" ? "Every h ≥ 0" : "Every h";
  return `${every} is a fixed point, so the state keeps what it was given.`;
}

function withSlopeOne({ activation, W_h }) {
  if (ACTIVATIONS[activation].bounds.every(Number.isFinite)) {
    return "At a fixed point the slope is 1 or −1. Differences fade there, but ever more slowly.";
  }
  return W_h < 0
    ? "The slope is −1, so the state goes back and forth at the same distance."
    : "The slope is 1, so differences stay as they are.";
}

function repelled({ activation, W_h }) {
  if (activation === "relu" && W_h > 0) {
    return "Above 0 the state grows without end. At 0 it stays.";
  }
  if (W_h < 0 && activation !== "linear") {
    return "The fixed point throws the state to the other side each time, " +
      "so it ends up going back and forth.";
  }
  return "The fixed point repels, and any distance from it grows without end.";
}

/**
 * Say what states near one fixed point do.
 * @param {Values} values
 * @param {number} h the fixed point
 * @param {number} slope the map's slope there
 * @returns {string}
 */
export function nearby(values, h, slope) {
  if (values.activation === "relu" && h === 0 && values.c === 0) {
    return `the kink: slope 0 below, ${shown(values.W_h)} above`;
  }
  const turns = slope < 0;
  return [
    `come closer${turns ? ", from alternating sides" : ""}`,
    "keep their distance at first",
    `move away${turns ? ", to alternating sides" : ""}`,
  ][away(values, h, slope) + 1];
}
