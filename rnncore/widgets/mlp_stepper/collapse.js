// Without activations between them, all layers are one: its matrix, and the same number from it.

import { html, number, put, symbol, words } from "../shared/dom.js";
import { range } from "../shared/algebra.js";
import { group } from "../shared/frame/frame.js";
import { factor, shown, shownBriefly } from "../shared/numbers.js";
import { matrix } from "./matrix.js";
import { shapeSpan, sym } from "./scene.js";

/** Make the panel; it shows after the last step of layers that are linear but for the last. */
export function collapsePanel() {
  const element = group("sum one", "One layer that does the same", true);
  let W, B, line;

  /** @param {{ W_one: number[][], b_one: number[] }} one @param {number} L */
  function build({ W_one, b_one }, L) {
    W = matrix("W", W_one.length, b_one.length);
    B = matrix("B", 1, b_one.length);
    line = html("p");
    const named = (name, { element }) =>
      html("span", { class: "named" }, html("i", {}, name), element);
    const pairs = html("div", { class: "pairs" }, named("W", W), named("b", B));
    put(element, {}, html("p", {}, ...introduction(W_one, b_one, L)), pairs, line);
  }

  /** @param {import("./scene.js").Scene} scene @param {any} one */
  function update(scene, { W_one, b_one }) {
    const { step, L, c, values: { activations } } = scene;
    const isOne = L > 1 && activations.slice(0, -1).every((name) => name === "linear");
    put(element, { hidden: !(isOne && step === 2 * L) });
    if (element.hidden) return;
    const text = (value) => (shown(value).length < 7 ? shown(value) : shownBriefly(value));
    const look = (_, j) => (j === c ? "on" : "");
    W.fill(W_one, { name: "W_one", at: (k, j) => [k, j], text, look });
    B.fill([b_one], { name: "b_one", at: (_, j) => [j], text, look });
    put(line, {}, ...sameNumber(scene, W_one, b_one));
  }
  return { element, build, update };
}

function introduction(W_one, b_one, L) {
  const [W, b] = [html("i", {}, "W"), html("i", {}, "b")];
  const product = range(L).flatMap((i) => symbol(`W_${i}`));
  const equation = html("span", { class: "nowrap" }, W, " = ", ...product);
  const [shape, long] = [shapeSpan([W_one.length, b_one.length]), shapeSpan([b_one.length])];
  return [
    "There is no activation between the layers, so one matrix does the work of all: ",
    ...words`${equation}, shape ${shape}, and a bias ${b} ${long}`,
  ];
}

/** Write the last z out, from the input and the one matrix. */
function sameNumber({ L, r, c, at, place, run }, W_one, b_one) {
  const of = (name, index, value) => number(name, index, value, factor(value), "");
  const pair = (value, k) => {
    const weight = of("W_one", [k, c], W_one[k][c]);
    return html("span", { class: "pair" }, of("x", at(0, r, k), value), " × ", weight);
  };
  const pairs = run.x[0][r].flatMap((value, k) => [pair(value, k), " + "]);
  const z = run.z[L][r][c];
  return [
    ...[sym(`z_${L}`, "z"), html("small", {}, place), " = ", ...pairs],
    ...[of("b_one", [c], b_one[c]), " = "],
    html("b", {}, number("z", at(L, r, c), z, shown(z), "z")),
  ];
}
