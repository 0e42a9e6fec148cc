// The fixed points of the map h → f(h W_h + c), and what they do to the states nearby.

import { ACTIVATIONS } from "../shared/activations.js";
import { range } from "../shared/algebra.js";

const NEUTRAL = 1e-9; // how far from 1 the size of a slope may be to count as 1

/**
 * Return the states with f(h W_h + c) = h, the least first; none where there is none, and where a
 * whole line of them is fixed.
 * @param {string} activation
 * @param {number} W_h
 * @param {number} c
 * @param {number} far where to stop, of a function that is not the package's
 * @returns {number[]}
 */
export function fixedPoints(activation, W_h, c, far) {
  if (activation === "linear" || activation === "relu") return onLines(activation, W_h, c);
  const excess = (h) => ACTIVATIONS[activation].value(h * W_h + c) - h;
  const ends = endsOf(activation, W_h, c, far);
  const found = ends.filter((h) => excess(h) === 0);
  ends.slice(1).forEach((b, i) => {
    if (excess(ends[i]) * excess(b) < 0) found.push(halve(excess, ends[i], b));
  });
  return found.sort((a, b) => a - b);
}

// Between these points f(h W_h + c) - h only rises or only falls, so a change of its sign encloses
// exactly one fixed point. tanh'(z) = 1/W_h at tanh²(z) = 1 - 1/W_h; sigmoid(z) is
// (1 + tanh(z/2)) / 2. For another function the steps are small.
function endsOf(activation, W_h, c, far) {
  if (activation !== "tanh" && activation !== "sigmoid") {
    return range(200 * far + 1).map((k) => -far + k * 0.01);
  }
  const [low, wide, most] = activation === "tanh" ? [-1, 1, 1] : [0, 2, 4];
  const turn = wide * Math.atanh(Math.sqrt(1 - most / W_h));
  const turns = W_h > most ? [(-turn - c) / W_h, (turn - c) / W_h] : [];
  return [low, ...turns.filter((h) => low < h && h < 1), 1];
}

function onLines(activation, W_h, c) {
  const crossing = W_h === 1 ? [] : [c === 0 ? 0 : c / (1 - W_h)];
  if (activation === "linear") return crossing;
  if (W_h === 1 && c === 0) return [];
  return [...(c <= 0 ? [0] : []), ...crossing.filter((h) => h > 0)];
}

// Where g changes its sign between a and b, to the last digit.
function halve(g, a, b) {
  const rising = g(a) < 0;
  for (let middle = (a + b) / 2; a < middle && middle < b; middle = (a + b) / 2) {
    const value = g(middle);
    if (value === 0) return middle;
    if ((value < 0) === rising) a = middle;
    else b = middle;
  }
  return a;
}

/**
 * Say whether states near a fixed point come closer (-1), move away (1), or neither (0). At 0 and
 * c = 0 relu has its kink: what is above 0 goes by W_h.
 * @param {{ activation: string, W_h: number, c: number }} values
 * @param {number} h the fixed point
 * @param {number} slope the map's slope there
 * @returns {number}
 */
export function away({ activation, W_h, c }, h, slope) {
  const isKink = activation === "relu" && h === 0 && c === 0;
  const size = Math.abs(isKink ? Math.max(W_h, 0) : slope);
  return Math.abs(size - 1) < NEUTRAL ? 0 : Math.sign(size - 1);
}
