import { asMatrices, forward } from "../../../rnncore/widgets/shared/cell.js";
import { questionAt } from "../../../rnncore/widgets/state_stepper/question.js";
import { same } from "../../support/same.js";

Deno.test("state_stepper: the question has the right number, and the slips that differ from it", () => {
  const params = asMatrices({ X: [1, 0], W_x: 1, W_h: 0.5, b: 0, h0: 0, activation: "linear" });
  const { name, part, value, slips } = questionAt(forward(params), params, 2);
  same([name, part, value], ["h_2", "", 0.5]);
  // 0 · 1 + (1 + 0.5) = 1.5 is what adding the recurrent weight gives.
  same(slips[0], [1.5, "add the recurrent weight instead of multiplying by it"]);
  same(slips.map(([wrong]) => wrong), [1.5, 0, 1]); // without h_1; the old state; the others are right
});
