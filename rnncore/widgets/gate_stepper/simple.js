// The simple update: one state, one weight, no gate.

import { svg, tspans, words } from "../shared/dom.js";
import { symbolButton } from "../shared/frame/frame.js";
import { codeSymbol } from "../shared/recurrent.js";
import { weightedLine } from "./arithmetic.js";
import { box, drawing, flow, pipe, plus, state, stub, text } from "./drawing.js";
import { equationPart, weightedEquation } from "./equation.js";
import { weightedSum } from "./parts.js";
import { questionOf } from "./question.js";

/** @type {import("./cells.js").Cell} */
export const SIMPLE = {
  name: "simple",
  about: "one state, h",
  states: ["h_simple"],
  gates: [],
  draw,
  equation: () => [equationPart(words`${symbolButton("h_t", "h")} = tanh(${weightedEquation()})`)],
  lines,
  code: (loop) => [
    words`${codeSymbol("h", "h")} = h0`,
    loop,
    words`    ${codeSymbol("h", "h")} = np.tanh(${weightedSum()})`,
  ],
  question,
};

function draw() {
  const d = drawing({ title: "One step of the simple update", width: 146, height: 240 });
  pipe(d, "M29,60 V84", { name: "h_simple", back: 1, sym: "h_prev" });
  pipe(d, "M29,128 V168 H63", { name: "from_h" });
  pipe(d, "M83,168 H117 V128", { name: "sum_simple" });
  pipe(d, "M117,84 V60", { name: "h_simple", sym: "h" });
  state(d, 29, 46, { name: "h_simple", back: 1, sym: "h_prev" });
  state(d, 117, 46, { name: "h_simple", sym: "h" });
  const weight = { letter: ["× ", ...tspans("W_h")], sym: "W_h", role: "", name: "simple" };
  box(d, 29, 106, { ...weight, kind: "weight", read: ({ simple }) => [1, simple[1]] });
  plus(d, 73, 168);
  const squash = { letter: "", sym: null, role: "tanh of", name: "sum_simple" };
  box(d, 117, 106, { ...squash, kind: "squash" });
  stub(d, "M73,201 V181");
  const [x, b] = ["x", "b"].map((letter) =>
    svg("tspan", { "data-sym": letter }, svg("tspan", { "font-style": "italic" }, letter))
  );
  const W_x = svg("tspan", { "data-sym": "W_x" }, ...tspans("W_x"));
  text(d, 73, 213, { class: "symbol" }, x, " ", W_x, svg("tspan", { dy: -4 }, " + "), b);
  flow(d, 44, 156, { name: "from_h" });
  return d;
}

function lines(num, state, t) {
  const update = { kind: "simple", before: "h_simple", name: "h_simple", letter: "h" };
  return [weightedLine(num, state, t, { ...update, sum: "sum_simple", f: "tanh" })];
}

function question({ params, run }, t) {
  const [W_x, W_h, b] = params.simple;
  const [x, h] = [run.x[t], run.h_simple[t - 1]];
  return questionOf(`h_${t}`, [["x", x], ["old h", h]], run.h_simple[t], [
    [run.sum_simple[t], "stop before the tanh"],
    [Math.tanh(x * W_x + b), "leave the previous state out"],
    [Math.tanh(h * W_h + b), "leave the input out"],
    [Math.tanh(x * W_x + h + W_h + b), "add the recurrent weight instead of multiplying by it"],
  ]);
}
