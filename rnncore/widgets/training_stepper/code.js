// The training loop, as Python.

import { html, noteChange, words } from "../shared/dom.js";
import { codeLines, group } from "../shared/frame/frame.js";
import { codeSymbol } from "../shared/recurrent.js";
import { optimiserInPython } from "./python.js";

/** @import { Values } from "../shared/types.d.ts" */

/** Make the code; all of the loop's body runs in an update. */
export function codePanel() {
  const element = group("code", "The code that runs", true);
  return {
    element,
    update(/** @type {Values} */ values, /** @type {number} */ k) {
      const optimiser = optimiserInPython(values);
      if (!noteChange(element, `${optimiser} ${values.updates} ${k}`)) return;
      const lines = linesOf(optimiser, values.updates, k);
      codeLines(element, lines, k > 0 ? 2 : 0, k > 0 ? lines.length - 1 : 0);
    },
  };
}

/**
 * @param {string} optimiser
 * @param {number} updates
 * @param {number} k
 */
function linesOf(optimiser, updates, k) {
  const [W_x, W_h] = ["W_x", "W_h"].map((name) => () => codeSymbol(name, name));
  const now = html("span", { class: "comment" }, k > 0 ? `  # k = ${k - 1}` : "");
  const dW = () => codeSymbol("g", "dW");
  return [
    words`optimiser = ${optimiser}`,
    words`for k in range(${String(updates)}):${now}`,
    words`    ${codeSymbol("S", "h")} = compute_states(X, ${W_x()}, ${W_h()})`,
    words`    ${codeSymbol("L", "y")}, dy = mean_squared_error(S[:, -1], y)`,
    words`    ${codeSymbol("dS[:, -1]", "dh")} = dy`,
    words`    ${dW()} = backpropagate(X, S, dS, ${W_x()}, ${W_h()})`,
    words`    optimiser.update(weights, ${dW()}._asdict())`,
  ];
}
