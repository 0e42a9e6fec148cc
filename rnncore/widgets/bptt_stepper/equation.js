// The equations of the way forward, and of the way back.

import { openOf, shutOf } from "../shared/arithmetic.js";
import { isPlain } from "../shared/algebra.js";
import { html, noteChange, put, words } from "../shared/dom.js";
import { symbolButton } from "../shared/frame/frame.js";
import { toolbar } from "../shared/frame/toolbar.js";

/** @import { Children } from "../shared/types.d.ts" */
/** @import { Params } from "./steps.js" */

/** Make the two lines; that of the other direction rests. */
export function equationPanel() {
  const element = html("div", { class: "equations", ...toolbar("Equations", "symbol") });
  return {
    element,
    update(/** @type {Params} */ params, /** @type {boolean} */ back) {
      const { activation, b, scalar } = params;
      if (noteChange(element, `${activation} ${isPlain(b)} ${scalar}`)) {
        put(element, {}, forthLine(params), backLine(scalar));
      }
      const isAtRest = (/** @type {number} */ i) => back !== (i === 1);
      [...element.children].forEach((line, i) => line.classList.toggle("rest", isAtRest(i)));
    },
  };
}

const part = (/** @type {Children[]} */ ...parts) => html("span", { class: "nowrap" }, ...parts);
const x = () => [symbolButton("x_t", "x"), symbolButton("W_x", "W_x")];
const h = () => [symbolButton("h_t−1", "h_prev"), symbolButton("W_h", "W_h")];
const z = () => symbolButton("z_t", "z");
const dz = () => symbolButton("dz_t", "dz");

/** @param {Params} params */
function forthLine({ activation, b }) {
  const bias = isPlain(b) ? [] : words` + ${symbolButton("b", "b")}`;
  const sum = part(...words`${z()} = ${x()} + ${h()}${bias}`);
  const f = [openOf(activation), z(), shutOf(activation)];
  const state = part(...words`${symbolButton("h_t", "h")} = f(${z()}) = ${f}`);
  return html("p", { class: "equation" }, sum, " ", state);
}

/** @param {boolean} scalar */
function backLine(scalar) {
  const turned = () => (scalar ? [] : [html("sup", {}, "T")]);
  const error = part(...words`${dz()} = ${symbolButton("dh_t", "dh")} · f′`);
  const through = [dz(), symbolButton("W_h", "W_h"), ...turned()];
  const before = part(
    ...words`${symbolButton("dh_t−1", "dh_prev")} = ${symbolButton("dS_t−1", "dS")} + ${through}`,
  );
  const product = [symbolButton("h_t−1", "h_prev"), ...turned(), dz()];
  const gradient = part(
    ...words`${symbolButton("dW_h", "dW_h")} = Σ${html("sub", {}, "t")} ${product}`,
  );
  return html("p", { class: "equation" }, error, " ", before, " ", gradient);
}
