import {
  activation,
  ACTIVATIONS,
  codeAround,
  derivatives,
  softmax,
} from "../../../rnncore/widgets/shared/activations.js";
import { near, same } from "../../support/same.js";

const POINTS = Array.from({ length: 401 }, (_, i) => (i - 200) / 20 + 0.003); // no kink among them
const STEP = 1e-6;

for (const [name, f] of Object.entries(ACTIVATIONS)) {
  Deno.test(`activations: the record of ${name} agrees with itself`, () => {
    for (const z of POINTS) {
      const measured = (f.value(z + STEP) - f.value(z - STEP)) / (2 * STEP);
      near(f.derivative(z, f.value(z)), measured, 1e-8);
      if (f.slope) same(f.slope(f.value(z)), f.derivative(z, f.value(z)));
    }
    const values = [-1e4, ...POINTS, 1e4].map(f.value);
    const [least, most] = f.bounds;
    same(values.every((v) => v >= least && v <= most), true);
    near(Math.max(...POINTS.map((z) => f.derivative(z, f.value(z)))), f.steepest, 1e-5);
    const [lowest, highest] = f.range;
    same(
      POINTS.filter((z) => Math.abs(z) < 6).map(f.value).every((v) => v > lowest && v < highest),
      true,
    );
    same(Number.isNaN(f.value(NaN)), true);
    same(f.code.split(/\bz\b/).length, 2); // z once, as codeAround() needs it
  });
}

Deno.test("activations: one whose derivative needs z can be written", () => {
  const sigmoid = ACTIVATIONS.sigmoid.value;
  const silu = activation({
    ...ACTIVATIONS.linear,
    slope: null,
    value: (z) => z * sigmoid(z),
    derivative: (z, h) => h + sigmoid(z) * (1 - h),
  });
  for (const z of POINTS) {
    const measured = (silu.value(z + STEP) - silu.value(z - STEP)) / (2 * STEP);
    near(silu.derivative(z, silu.value(z)), measured, 1e-8);
  }
  same(silu.slope, null);
});

Deno.test("activations: sigmoid and softmax do not overflow", () => {
  same([-1e4, 1e4].map(ACTIVATIONS.sigmoid.value), [0, 1]);
  same(softmax([1e4, 0, -1e4]), [1, 0, 0]);
  near(softmax([1, 2, 3]).reduce((a, b) => a + b), 1);
});

Deno.test("activations: code and derivatives come from the record", () => {
  same(codeAround("tanh"), ["np.tanh(", ")"]);
  same(codeAround("linear"), ["", ""]);
  same(derivatives("relu", [-1, 2], [0, 2]), [0, 1]);
});
