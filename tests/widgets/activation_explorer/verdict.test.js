import { activation, ACTIVATIONS } from "../../../rnncore/widgets/shared/activations.js";
import { trace } from "../../../rnncore/widgets/activation_explorer/trace.js";
import { nearby, verdict } from "../../../rnncore/widgets/activation_explorer/verdict.js";
import { away, fixedPoints } from "../../../rnncore/widgets/activation_explorer/fixed_points.js";

/** @param {boolean} isTrue */
function assert(isTrue, what = "") {
  if (!isTrue) throw new Error(what || "not so");
}

const VERDICTS = [
  ["tanh", 0.9, 0, "The only fixed point attracts"],
  ["tanh", 1, 0, "At a fixed point the slope is 1 or −1"],
  ["tanh", -1.5, 0, "The fixed point throws the state to the other side each time, so"],
  ["linear", 1, 0, "Every h is a fixed point"],
  ["linear", 1, 0.5, "There is no fixed point, and the state grows"],
  ["linear", 1, -0.5, "There is no fixed point, and the state falls"],
  ["linear", -1, 0.5, "The slope is −1"],
  ["linear", 1.5, 0, "The fixed point repels, and any distance from it grows"],
  ["relu", 1, 0, "Every h ≥ 0 is a fixed point"],
  ["relu", 1.5, -0.5, "Below 1 the state dies out. Above it, the state grows"],
  ["relu", 1.5, 0, "Above 0 the state grows without end. At 0 it stays"],
  ["relu", -1.5, 1, "The fixed point throws the state to the other side each time, so"],
  ["sigmoid", 8, -4, "Two fixed points attract and one repels"],
];

for (
  const [activation, W_h, c, says] of /** @type {[string, number, number, string][]} */ (VERDICTS)
) {
  Deno.test(`the verdict on ${activation}, W_h = ${W_h}, c = ${c}`, () => {
    const values = { activation, W_h, c, z: 0, h0: 0.1 };
    const said = verdict(values, trace(values, { steps: 1, reach: { h0: 10 } }));
    assert(said.startsWith(says), said);
  });
}

Deno.test("states near the kink of relu go by W_h above it", () => {
  const map = { activation: "relu", W_h: 1.5, c: 0, z: 0, h0: 0 };
  assert(away(map, 0, 0) === 1);
  assert(away({ ...map, W_h: 0.5 }, 0, 0) === -1);
  assert(nearby(map, 0, 0) === "the kink: slope 0 below, 1.5 above");
});

Deno.test("states near a fixed point, in words", () => {
  const map = { activation: "tanh", W_h: 2, c: 0, z: 0, h0: 0 };
  assert(nearby(map, 0, 2) === "move away");
  assert(nearby(map, 0, -0.5) === "come closer, from alternating sides");
  assert(nearby(map, 0, -1) === "keep their distance at first");
});

Deno.test("tanh(2 h) has its fixed points at 0 and ±0.9575", () => {
  const fixed = fixedPoints("tanh", 2, 0, 10);
  // 0.957504 = tanh(1.915008)
  assert(fixed.length === 3 && fixed[1] === 0 && fixed[0] === -fixed[2]);
  assert(Math.abs(fixed[2] - 0.957504) < 1e-6);
});

Deno.test("the fixed points of another function are found in small steps", () => {
  const rest = { formula: "", derivative_formula: "", code: "", derivative_code: "", steepest: 1 };
  ACTIVATIONS.square = activation({
    ...rest,
    value: (z) => z * z,
    derivative: (z) => 2 * z,
    bounds: [0, Infinity],
    range: [0, 1],
  });
  const fixed = fixedPoints("square", 1, -0.1, 10);
  delete ACTIVATIONS.square;
  // (h − 0.1)² = h at 0.6 ± √0.35
  assert(fixed.length === 2);
  [0.6 - Math.sqrt(0.35), 0.6 + Math.sqrt(0.35)].forEach((right, i) => {
    assert(Math.abs(fixed[i] - right) < 1e-14, String(fixed[i]));
  });
});
