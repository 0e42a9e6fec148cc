import { valid } from "../../../rnncore/widgets/gate_stepper/fields.js";
import { inPython } from "../../../rnncore/widgets/gate_stepper/python.js";
import { handOf, trace } from "../../../rnncore/widgets/gate_stepper/trace.js";

const LIMITS = {
  gates: ["i", "f", "o", "z", "r"],
  free: -1,
  cells: ["LSTM", "GRU", "simple"],
  resets: ["before", "after"],
  most_steps: 40,
  largest: 1000,
};
const VALUES = {
  X: [1, -0.5, 0.25, 2],
  lstm: [[0.5, -1, 2, 0.3], [0.4, 0.7, -0.6, 1.1], [0.1, 0.9, -0.2, 0.3]],
  gru: [[-0.8, 1.5, 2], [0.5, -1.2, 0.6], [0.4, -0.3, 0.2]],
  simple: [2, -0.9, 0.1],
  h0: 0.3,
  c0: -0.7,
  held: [-1, 0.75, -1, -1, 0],
  since: 3,
  cell: "LSTM",
  reset: "before",
  b_reset: 0,
};

/** @param {boolean} isTrue */
function assert(isTrue, what = "") {
  if (!isTrue) throw new Error(what || "not so");
}

Deno.test("a hand holds the gates that are not free", () => {
  const hand = handOf(VALUES, LIMITS);
  assert(JSON.stringify(hand) === '{"i":null,"f":0.75,"o":null,"z":null,"r":0}');
});

Deno.test("from its step on a held gate stands where the hand puts it", () => {
  const run = trace(VALUES, LIMITS);
  assert(run.f[0] === null && run.f[2] !== 0.75 && run.f[3] === 0.75 && run.f[4] === 0.75);
  assert(run.left_lstm[4] === Number(run.f[2]) * 0.75 * 0.75);
});

for (
  const wrong of [
    { X: [] },
    { X: Array(41).fill(0) },
    { X: [1001] },
    { lstm: [[1, 2], [1, 2], [1, 2]] },
    { gru: VALUES.lstm },
    { simple: [1] },
    { h0: NaN },
    { held: [2, -1, -1, -1, -1] },
    { held: [0.5, 0.5] },
    { since: 0 },
    { since: 1.5 },
    { since: 41 },
    { cell: "lstm" },
    { reset: "never" },
    { b_reset: 1 },
    { reset: "after", b_reset: NaN },
  ]
) {
  Deno.test(`what does not fit is not valid: ${JSON.stringify(wrong)}`, () => {
    assert(valid(VALUES, LIMITS));
    assert(!valid({ ...VALUES, ...wrong }, LIMITS));
  });
}

Deno.test("the Python runs up to the hand, lays it on, and runs on", () => {
  const model = { get: () => LIMITS };
  const lines = inPython(VALUES, 4, model).split("\n");
  const first = lines.indexOf("lstm.forward(X[:, :2], h, c)");
  const hand = lines.indexOf("# by hand from step 3 on: no weights, and a bias");
  assert(0 < first && first < hand && hand < lines.indexOf("lstm.forward(X[:, 2:4], h, c)"));
  // σ(log 3) = 3/4
  assert(lines.includes(`lstm.parameters["b"][1] = ${Math.log(3)}  # f = σ of it = 0.75`));
  assert(lines.includes('gru.parameters["b"][1] = -1000.0  # r = σ of it = 0'));
  assert(!inPython(VALUES, 2, model).includes("by hand"));
});

Deno.test("the Python of a reset after the product has a second row of biases", () => {
  const model = { get: () => LIMITS };
  const after = inPython({ ...VALUES, reset: "after", b_reset: -1.5 }, 4, model).split("\n");
  assert(after.includes(
    "gru = GRU([[-0.8, 1.5, 2.0]], [[0.5, -1.2, 0.6]], [[0.4, -0.3, 0.2], [0.0, 0.0, -1.5]])" +
      "  # z r h",
  ));
  assert(after.includes('gru.parameters["b"][0, 1] = -1000.0  # r = σ of it = 0'));
});
