import { inPython } from "../../../rnncore/widgets/bptt_stepper/python.js";
import { questionAt } from "../../../rnncore/widgets/bptt_stepper/question.js";
import { verdictOf } from "../../../rnncore/widgets/bptt_stepper/reach.js";
import { whereIs } from "../../../rnncore/widgets/bptt_stepper/steps.js";
import { trace } from "../../../rnncore/widgets/bptt_stepper/trace.js";
import { asMatrices } from "../../../rnncore/widgets/shared/cell.js";
import { same } from "../../support/same.js";

const LIMITS = { reach: 30, weights: ["W_h", "W_x", "b"] };
const LOOKS = { window: 3, derivative: "total", weight: "W_h", scale: 1 };
const HALVES = {
  X: [1, 0, 2],
  W_x: 0.5,
  W_h: 0.5,
  b: 0,
  h0: 0,
  activation: "linear",
  dS: [0, 0, 1],
};
const VALUES = { ...HALVES, ...LOOKS };

Deno.test("bptt_stepper: the first steps go forward, the others back", () => {
  same(whereIs(0, 3), { now: 0, forth: 0, to: 4, back: false });
  same(whereIs(3, 3), { now: 3, forth: 3, to: 4, back: false });
  same(whereIs(4, 3), { now: 3, forth: 3, to: 3, back: true });
  same(whereIs(6, 3), { now: 1, forth: 3, to: 1, back: true });
});

Deno.test("bptt_stepper: what is asked on the way back, and its slips", () => {
  const params = { ...VALUES, ...asMatrices(VALUES) };
  const { name, value, slips } = questionAt(trace(VALUES, LIMITS), params, 4);
  same([name, value], ["dL/dh_2", 0.5]);
  same(slips.find(([, what]) => what === "leave out W_h")?.[0], 1);
  same(slips.find(([, what]) => what.includes("as for dL/dW_h"))?.[0], 0.25); // h_2 · dz_3
});

Deno.test("bptt_stepper: a slip is what its words say, where a window stops something, too", () => {
  // dh_2 is 4 from step 2 and 0.5 from step 3, of which the window of 2 lets only the 4 through.
  const values = { ...VALUES, dS: [0, 4, 1], window: 2 };
  const { value, slips } = questionAt(
    trace(values, LIMITS),
    { ...values, ...asMatrices(values) },
    5,
  );
  const found = Object.fromEntries(slips.map(([number, words]) => [words, number]));
  same(value, 0.5 * 4);
  same(found["let through what the window stops"], 0.5 * 4.5);
  same(found["leave out W_h"], 4);
  same(found["leave out the slope of the activation"], undefined);
  same(found["leave out the direct effect"], undefined);
});

Deno.test("bptt_stepper: the verdict on what is left", () => {
  const left = [0.001, 1, 1000, NaN].map((left) => verdictOf({ reach: [1], left }));
  same(left, ["it vanishes", "it stays about the same", "it explodes", "too large for a float"]);
  same(verdictOf({ reach: [0], left: 0 }), "nothing enters at the last step");
});

Deno.test("bptt_stepper: the code has the window and the derivative that are chosen", () => {
  const code = inPython({ ...VALUES, window: 2, derivative: "local" }, 5, LIMITS);
  same(code.includes("window=2)"), true);
  same(code.includes("adds = each.W_h[1]  # time step 2"), true);
  same(code.includes("window=1).W_h  # with h_{t-1} held"), true);
  same(inPython(VALUES, 1, LIMITS).includes("adds"), false);
});
