// The numbers of an activation, of the map h → f(h W_h + c), and of its fixed points.

import { ACTIVATIONS } from "../shared/activations.js";

export const STEPS = 20; // how often the map is applied
export const REACH = { z: 6, W_h: 10, c: 10, h0: 10 };
export const inReach = (values) =>
  Object.entries(REACH).every(([name, most]) => Math.abs(values[name]) <= most);

// sum[t], step_slope[t] belong to step t; their first entry is unused.
export function trace({ activation, z, W_h, c, h0 }) {
  const f = ACTIVATIONS[activation];
  const value = f.value(z);
  const out = {
    value,
    slope: f.slope(value),
    h: [h0],
    sum: [null],
    step_slope: [null],
    nudge: [1],
  };
  for (let t = 1; t <= STEPS; t += 1) {
    out.sum.push(c + out.h[t - 1] * W_h);
    out.h.push(f.value(out.sum[t]));
    out.step_slope.push(W_h * f.slope(out.h[t]));
    out.nudge.push(out.nudge[t - 1] * out.step_slope[t]);
  }
  const fixed = fixedPoints(activation, W_h, c);
  return { ...out, fixed, fixed_slope: fixed.map((h) => W_h * f.slope(h)) };
}

// The states with f(h W_h + c) = h. Between the points where the map's slope is 1 the excess only
// rises or only falls: a change of sign encloses exactly one, which is found by halving.
function fixedPoints(activation, W_h, c) {
  if (activation === "linear" || activation === "relu") return onLines(activation, W_h, c);
  const excess = (h) => ACTIVATIONS[activation].value(h * W_h + c) - h;
  const [low, wide, most] = activation === "tanh" ? [-1, 1, 1] : [0, 2, 4];
  const turn = wide * Math.atanh(Math.sqrt(1 - most / W_h));
  const turns = W_h > most ? [(-turn - c) / W_h, (turn - c) / W_h] : [];
  const ends = [low, ...turns.filter((h) => low < h && h < 1), 1];
  const found = ends.filter((h) => excess(h) === 0);
  ends.slice(1).forEach((b, i) => {
    if (excess(ends[i]) * excess(b) < 0) found.push(halve(excess, ends[i], b));
  });
  return found.sort((a, b) => a - b);
}

function onLines(activation, W_h, c) {
  const crossing = W_h === 1 ? [] : [c === 0 ? 0 : c / (1 - W_h)];
  if (activation === "linear") return crossing;
  if (W_h === 1 && c === 0) return [];
  return [...(c <= 0 ? [0] : []), ...crossing.filter((h) => h > 0)];
}

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

// Whether nearby states come closer (-1), move away (1) or neither (0). At 0 and c = 0 relu has
// its kink: what is above 0 goes by W_h.
export function away({ activation, W_h, c }, h, slope) {
  const size = Math.abs(activation === "relu" && h === 0 && c === 0 ? Math.max(W_h, 0) : slope);
  return Math.abs(size - 1) < 1e-9 ? 0 : Math.sign(size - 1);
}
