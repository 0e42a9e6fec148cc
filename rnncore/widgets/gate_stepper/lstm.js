// The LSTM: two states, and three gates in the way of the memory c.

import { html, words } from "../shared/dom.js";
import { symbolButton } from "../shared/frame/frame.js";
import { codeSymbol } from "../shared/recurrent.js";
import { numbersAt, weightedLine } from "./arithmetic.js";
import { box, drawing, flow, pill, pipe, plus, state, valve } from "./drawing.js";
import { equationPart, weightedEquation } from "./equation.js";
import { sym, weightedSum } from "./parts.js";
import { questionOf } from "./question.js";

/** @type {import("./cells.js").Cell} */
export const LSTM = {
  name: "LSTM",
  about: "two states, c and h",
  states: ["c", "h"],
  gates: ["f", "i", "o"],
  draw,
  equation,
  lines,
  code,
  question,
};

function draw() {
  const d = drawing({ title: "One step of the LSTM", width: 276, height: 240 });
  pipe(d, "M56,46 H78", { name: "c", back: 1, sym: "c_prev" });
  pipe(d, "M86,46 H128", { name: "kept" });
  pipe(d, "M148,46 H221", { name: "c", sym: "c" });
  pipe(d, "M138,146 V110", { name: "c_tilde", sym: "c_tilde" });
  pipe(d, "M138,102 V56", { name: "written" });
  pipe(d, "M248,60 V76", { name: "c", sym: "c" });
  pipe(d, "M248,92 V164", { name: "tanh_c" });
  pipe(d, "M248,172 V210", { name: "h", sym: "h" });
  state(d, 29, 46, { name: "c", back: 1, sym: "c_prev" });
  state(d, 248, 46, { name: "c", sym: "c" });
  state(d, 29, 168, { name: "h", back: 1, sym: "h_prev" });
  state(d, 248, 223, { name: "h", sym: "h", beside: true });
  valve(d, 82, 46, { name: "f", sym: "f", upright: true, stem: "M82,84 V58" });
  valve(d, 138, 106, { name: "i", sym: "i", stem: "M156,106 H150", times: -19 });
  valve(d, 248, 168, { name: "o", sym: "o", stem: "M231,168 H236" });
  plus(d, 138, 46);
  pill(d, 248, 84, "tanh");
  const gate = (letter, role, from) => ({ letter, sym: letter, role, name: letter, from });
  box(d, 82, 106, { ...gate("f", "keep", "left"), kind: "gate" });
  box(d, 185, 106, { ...gate("i", "write", "right"), kind: "gate" });
  const candidate = { letter: "c̃", sym: "c_tilde", role: "new", name: "c_tilde" };
  box(d, 138, 168, { ...candidate, kind: "candidate", from: "below" });
  box(d, 202, 168, { ...gate("o", "read", "below"), kind: "gate" });
  flow(d, 107, 30, { name: "kept" });
  flow(d, 146, 74, { name: "written", anchor: "start" });
  flow(d, 240, 137, { name: "tanh_c", anchor: "end" });
  return d;
}

function equation() {
  const b = symbolButton;
  const [c, f, c_prev] = [b("c_t", "c"), b("f_t", "f"), b("c_t−1", "c_prev")];
  const [i, c_tilde] = [b("i_t", "i"), b("c̃_t", "c_tilde")];
  const [h, o, c_again] = [b("h_t", "h"), b("o_t", "o"), b("c_t", "c")];
  return [
    equationPart(words`${c} = ${f} · ${c_prev} + ${i} · ${c_tilde}`),
    equationPart(words`${h} = ${o} · tanh(${c_again})`),
    equationPart(words`${html("i", {}, "i, f, o")} = σ(${weightedEquation()})`),
    equationPart(words`${html("i", {}, "c̃")} = tanh(likewise)`),
  ];
}

function lines(num, state, t) {
  const { n, result } = numbersAt(num, state, t);
  const line = (gate) => weightedLine(num, state, t, { kind: "lstm", before: "h", ...gate });
  const [f, c_prev] = [n("f", "f"), n("c", "c_prev", 1)];
  const [i, c_tilde] = [n("i", "i"), n("c_tilde", "c_tilde")];
  const [c, h] = [sym(`c_${t}`, "c"), sym(`h_${t}`, "h")];
  const tanh = num("c", [t], () => state.run.c[t]);
  return [
    line({ name: "i", sum: "sum_i", column: 0 }),
    line({ name: "f", sum: "sum_f", column: 1 }),
    line({ name: "c_tilde", letter: "c̃", sum: "sum_c", f: "tanh", column: 2 }),
    line({ name: "o", sum: "sum_o", column: 3 }),
    [
      ...words`${c} = ${f} × ${c_prev} + ${i} × ${c_tilde}`,
      ...words` = ${n("kept")} + ${n("written")} = ${result("c")}`,
    ],
    [
      ...words`${h} = ${n("o", "o")} × tanh(${tanh})`,
      ...words` = ${n("o", "o")} × ${n("tanh_c")} = ${result("h")}`,
    ],
  ];
}

function code(loop, byHand) {
  const [i, f, o] = ["i", "f", "o"].map((gate) => () => codeSymbol(gate, gate));
  const [c, h] = [() => codeSymbol("c", "c"), () => codeSymbol("h", "h")];
  const c_tilde = () => codeSymbol("c_tilde", "c_tilde");
  const sigmoids = words`sigmoid(${i()}), sigmoid(${f()}), sigmoid(${o()}), np.tanh(${c_tilde()})`;
  return [
    words`${h()}, ${c()} = h0, c0`,
    loop,
    words`    ${i()}, ${f()}, ${c_tilde()}, ${o()} = ${weightedSum()}`,
    words`    ${i()}, ${f()}, ${o()}, ${c_tilde()} = ${sigmoids}`,
    ...byHand,
    words`    ${c()} = ${f()}*${codeSymbol("c", "c_prev")} + ${i()}*${c_tilde()}`,
    words`    ${h()} = ${o()}*np.tanh(${c()})`,
  ];
}

// c and h in turn.
function question({ run }, t) {
  const [f, i, o, c_tilde] = ["f", "i", "o", "c_tilde"].map((one) => run[one][t]);
  const [c_prev, c] = [run.c[t - 1], run.c[t]];
  /** @type {[string, number][]} */
  const known = [["f", f], ["old c", c_prev], ["i", i], ["c̃", c_tilde]];
  const [whole, swapped] = [f * c_prev + c_tilde, i * c_prev + f * c_tilde];
  const [addsAll, swaps] = [
    "add the whole candidate instead of what i lets in",
    "swap the gates (f keeps the old memory, i writes the candidate)",
  ];
  if (t % 2) {
    return questionOf(`c_${t}`, known, c, [
      [whole, addsAll],
      [swapped, swaps],
      [f * (c_prev + i * c_tilde), "let f act on the candidate, too"],
      [c_prev + i * c_tilde, "leave the forget gate out"],
      [i * c_tilde, "leave the old memory out"],
      [f * c_prev, "leave the candidate out"],
    ]);
  }
  return questionOf(`h_${t}`, [...known, ["o", o]], run.h[t], [
    [o * c, "forget the tanh around c"],
    [run.tanh_c[t], "leave the output gate out"],
    [c, "use c itself as h"],
    [o * c_tilde, "output the candidate instead of the memory"],
    [o * Math.tanh(whole), addsAll],
    [o * Math.tanh(swapped), swaps],
  ]);
}
