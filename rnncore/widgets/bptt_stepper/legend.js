// What is seen in the picture, in a sentence that follows the steps.

import { html, noteChange, put, symbol, words } from "../shared/dom.js";
import { named } from "./named.js";

/** @import { Child } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

/** Make the paragraph. */
export function legendPanel() {
  const element = html("p", { class: "legend" });
  return {
    element,
    update(
      /** @type {Record<string, any>} */ run,
      /** @type {Params} */ params,
      /** @type {number} */ step,
    ) {
      const T = params.X.length;
      const last = lastEntering(run);
      if (!noteChange(element, [T, params.window, Math.sign(step - T), last].join(" "))) return;
      put(element, {}, html("small", {}, ...partsOf(params, step, last)));
    },
  };
}

const sent = () => named("dS_t", "dS");

/**
 * Return the last step at which a gradient enters; −1 where none does.
 * @param {Record<string, any>} run
 */
const lastEntering = ({ direct }) =>
  direct.findLastIndex((/** @type {number[] | null} */ d) => d?.some((v) => v !== 0));

/**
 * @param {Params} params
 * @param {number} step
 * @param {number} last
 * @returns {Child[]}
 */
function partsOf(params, step, last) {
  const T = params.X.length;
  const steps = String(T);
  if (step < T) {
    return [
      ...words`First the forward pass, ${steps} steps that make the states. Then the backward`,
      ...words` pass, ${steps} steps that find by how much the loss L, the sum of all ${sent()} · ${
        symbol("h_t")
      }, changes with each state.`,
    ];
  }
  if (step === T) {
    const turn = html("b", {}, "The turn.");
    const state = symbol(`h_${T}`);
    return words`${turn} All states are known now. The next step goes back, from the loss to ${state}.`;
  }
  return ofGradients(params, last);
}

/**
 * @param {Params} params
 * @param {number} last
 */
function ofGradients({ X, window }, last) {
  const framed = window < X.length && last > 0
    ? ` The frame shows how far back the gradient of step ${last} gets.`
    : "";
  const included = window < X.length ? "later states within the window" : "all later states";
  return [
    ...words`${named("dL/dh_t", "dh")}, or ${named("dh_t", "dh")} for short (as with `,
    ...words`${named("dz_t", "dz")} and ${named("dW_h", "dW_h")}), says how much L changes with `,
    ...words`${symbol("h_t")}, ${included} included. ${sent()} is the direct effect of `,
    ...words`${symbol("h_t")} on L, the sum of all ${sent()} · ${symbol("h_t")}.${framed}`,
  ];
}
