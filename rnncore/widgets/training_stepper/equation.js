// The network, its loss, and what an update does to a weight.

import { html, noteChange, put, words } from "../shared/dom.js";
import { equationOf, symbolButton } from "../shared/frame/frame.js";

/** Make the equation; its symbols stay while the optimiser does, so that one keeps the focus. */
export function equationPanel() {
  const element = equationOf();
  return {
    element,
    update(/** @type {string} */ optimiser) {
      if (!noteChange(element, optimiser)) return;
      const parts = [network(), ...updateOf[optimiser]()];
      put(element, {}, ...parts.map((part) => html("span", { class: "part" }, ...part)));
    },
  };
}

const W = () => symbolButton("W_h", "W_h");
const dW = () => symbolButton("dW_h", "dW");
const v = () => symbolButton("v_h", "v");

function network() {
  const [h, x, W_x, before] = [
    symbolButton("h_t", "h"),
    symbolButton("x_t", "x"),
    symbolButton("W_x", "W_x"),
    symbolButton("h_t−1", "h"),
  ];
  return words`${h} = ${x} ${W_x} + ${before} ${W()}`;
}

/** @type {Record<string, () => import("../shared/types.d.ts").Child[][]>} */
const updateOf = {
  SGD: () => [words`${W()} ← ${W()} − rate · ${dW()}`],
  momentum: () => [
    words`${v()} ← momentum · ${v()} − rate · ${dW()}`,
    words`${W()} ← ${W()} + ${v()}`,
  ],
  Adam: () => [
    words`${W()} ← ${W()} − rate · ${symbolButton("m̂_h", "m")} / √${symbolButton("v̂_h", "v")}`,
  ],
};
