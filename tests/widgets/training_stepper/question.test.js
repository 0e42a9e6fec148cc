// The slips that a wrong guess is compared with: each is what its words say.

import { questionAt } from "../../../rnncore/widgets/training_stepper/question.js";
import { same } from "../../support/same.js";

const VALUES = { rate: 0.5, momentum: 0.9, clip: 0, clip_by: "norm" };

/** Return the slips before update 2, from W_h = 1 with the gradient 4, by their words. */
function slipsOf(/** @type {string} */ optimiser, /** @type {Record<string, number[]>} */ more) {
  const run = {
    W_h: [0, 1, more.W_h[0]],
    used_h: [1, 4],
    used_x: [0, 0],
    dW_h: [1, 4],
    dW_x: [0, 0],
    norm: [1, 4],
    ...more.kept,
  };
  const state = /** @type {any} */ ({ run, values: { ...VALUES, optimiser } });
  const { slips } = questionAt(state, 2);
  return Object.fromEntries(slips.map(([number, words]) => [words, number]));
}

Deno.test("training_stepper: without the rate, SGD takes the whole gradient", () => {
  const slips = slipsOf("SGD", { W_h: [-1], kept: /** @type {any} */ ({ v_h: [NaN, -0.5, -2] }) });
  same(slips["leave the rate out"], 1 - 4);
  same(slips["go the other way (an update goes against the gradient)"], 1 + 2);
  same(slips["keep all of the old velocity"], undefined); // it has none
});

Deno.test("training_stepper: without the rate, momentum keeps its part of the velocity", () => {
  const v = [NaN, -10, -9 - 2];
  const slips = slipsOf("momentum", { W_h: [-10], kept: /** @type {any} */ ({ v_h: v }) });
  same(slips["leave the rate out"], 1 - 9 - 4);
  same(slips["leave the velocity out"], 1 - 2);
  same(slips["keep all of the old velocity"], 1 - 10 - 2);
});

Deno.test("training_stepper: without the rate, Adam takes a step of 1 where it took the rate", () => {
  const kept = /** @type {any} */ ({
    v_h: [NaN, 1, 1],
    m_hat_h: [NaN, 1, 3],
    v_hat_h: [NaN, 1, 9],
  });
  const slips = slipsOf("Adam", { W_h: [1 - 0.5], kept });
  same(slips["leave the rate out"], 1 - 1);
  same(slips["take a step of SGD"], 1 - 2);
});
