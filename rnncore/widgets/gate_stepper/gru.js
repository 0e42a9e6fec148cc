// The GRU: one state, kept by z, and a reset gate r before the candidate.

import { html, put, svg, tspans, words } from "../shared/dom.js";
import { symbolButton } from "../shared/frame/frame.js";
import { codeSymbol } from "../shared/recurrent.js";
import { numbersAt, weightedLine } from "./arithmetic.js";
import { box, drawing, flow, pipe, plus, state, text, valve } from "./drawing.js";
import { equationPart, weightedEquation } from "./equation.js";
import { sym, weightedSum } from "./parts.js";
import { questionOf } from "./question.js";

/** @type {import("./cells.js").Cell} */
export const GRU = {
  name: "GRU",
  about: "one state, h",
  states: ["h_gru"],
  gates: ["z", "r"],
  draw,
  equation,
  lines,
  code,
  question,
};

function draw() {
  const d = drawing({ title: "One step of the GRU", width: 214, height: 240 });
  pipe(d, "M56,46 H78", { name: "h_gru", back: 1, sym: "h_prev" });
  pipe(d, "M86,46 H128", { name: "kept_gru" });
  pipe(d, "M148,46 H158", { name: "h_gru", sym: "h" });
  pipe(d, "M138,146 V110", { name: "h_tilde", sym: "h_tilde" });
  pipe(d, "M138,102 V56", { name: "written_gru" });
  pipe(d, "M29,60 V164", { name: "h_gru", back: 1, sym: "h_prev" });
  pipe(d, "M29,172 V228 H138 V190", { name: "reset" });
  state(d, 29, 46, { name: "h_gru", back: 1, sym: "h_prev" });
  state(d, 185, 46, { name: "h_gru", sym: "h" });
  valve(d, 82, 46, { name: "z", sym: "z", upright: true, stem: "M82,84 V58" });
  valve(d, 138, 106, { name: "rest", sym: "z", stem: "M111,106 H126" });
  valve(d, 29, 168, { name: "r", sym: "r", stem: "M46,168 H41", times: -19 });
  plus(d, 138, 46);
  const gate = (letter, role) => ({ letter, sym: letter, role, name: letter, from: "below" });
  box(d, 82, 106, { ...gate("z", "keep"), kind: "gate" });
  const candidate = { letter: "h̃", sym: "h_tilde", role: "new", name: "h_tilde" };
  box(d, 138, 168, { ...candidate, kind: "candidate", from: "right" });
  box(d, 75, 168, { ...gate("r", "reset"), kind: "gate" });
  const z = svg("tspan", { class: "letter" }, "z");
  text(d, 172, 99, { class: "role", "data-sym": "z", "text-anchor": "start" }, "1 − ", z);
  flow(d, 107, 30, { name: "kept_gru" });
  flow(d, 146, 74, { name: "written_gru", anchor: "start" });
  flow(d, 172, 115, { name: "rest", anchor: "start", sym: "z" });
  flow(d, 107, 213, { name: "reset" });
  weightAt(d, 37, 218, "before", []);
  weightAt(d, 35, 74, "after", [" + ", svg("tspan", { "font-style": "italic" }, "b"), "′"]);
  return d;
}

// The product with W_h, which comes before the reset gate or after it.
function weightAt(d, x, y, form, bias) {
  const name = { class: "symbol weight-name", "data-sym": "W_h", "text-anchor": "start" };
  const node = text(d, x, y, name, "· ", ...tspans("W_h"), svg("tspan", { dy: -4 }, ...bias));
  d.updates.push(({ reset }) => put(node, { visibility: reset === form ? null : "hidden" }));
}

function equation({ reset }) {
  const b = symbolButton;
  const [h, z, h_prev] = [b("h_t", "h"), b("z_t", "z"), b("h_t−1", "h_prev")];
  const [z_again, h_tilde] = [b("z_t", "z"), b("h̃_t", "h_tilde")];
  const candidate = reset === "before"
    ? weightedEquation([b("r_t", "r"), " · "])
    : words`${b("x_t", "x")} ${b("W_x", "W_x")} + ${b("b", "b")} + ${b("r_t", "r")} · (${
      b("h_t−1", "h_prev")
    } ${b("W_h", "W_h")} + ${b("b′", "b")})`;
  return [
    equationPart(words`${h} = ${z} · ${h_prev} + (1 − ${z_again}) · ${h_tilde}`),
    equationPart(words`${html("i", {}, "z, r")} = σ(${weightedEquation()})`),
    equationPart(words`${html("i", {}, "h̃")} = tanh(${candidate})`),
  ];
}

function lines(num, state, t) {
  const { n, result } = numbersAt(num, state, t);
  const line = (gate) => weightedLine(num, state, t, { kind: "gru", before: "h_gru", ...gate });
  const [z, h_prev] = [n("z", "z"), n("h_gru", "h_prev", 1)];
  const h = sym(`h_${t}`, "h");
  const [rest, h_tilde] = [n("rest", "z"), n("h_tilde", "h_tilde")];
  return [
    line({ name: "z", sum: "sum_z", column: 0 }),
    line({ name: "r", sum: "sum_r", column: 1 }),
    line({ name: "h_tilde", letter: "h̃", sum: "sum_h", f: "tanh", column: 2, reset: true }),
    [
      ...words`${h} = ${z} × ${h_prev} + ${rest} × ${h_tilde}`,
      ...words` = ${n("kept_gru")} + ${n("written_gru")} = ${result("h_gru", "h")}`,
    ],
  ];
}

function code(loop, byHand, { reset }) {
  const [z, r] = [() => codeSymbol("z", "z"), () => codeSymbol("r", "r")];
  const [h, h_tilde] = [() => codeSymbol("h", "h"), () => codeSymbol("h_tilde", "h_tilde")];
  const before = weightedSum("[2]", [r(), "*"]);
  const sym = codeSymbol;
  const inner = words`${sym("h", "h_prev")}*${sym("W_h[2]", "W_h")} + ${sym("b_reset", "b")}`;
  const own = words`${sym("x", "x")}*${sym("W_x[2]", "W_x")} + ${sym("b[2]", "b")}`;
  const after = words`${own} + ${r()}*(${inner})`;
  return [
    words`${h()} = h0`,
    loop,
    words`    ${z()}, ${r()} = sigmoid(${weightedSum("[:2]")})`,
    ...byHand,
    words`    ${h_tilde()} = np.tanh(${reset === "before" ? before : after})`,
    words`    ${h()} = ${z()}*${codeSymbol("h", "h_prev")} + (1 - ${z()})*${h_tilde()}`,
  ];
}

function question({ run }, t) {
  const [z, h_tilde, h] = [run.z[t], run.h_tilde[t], run.h_gru[t - 1]];
  return questionOf(`h_${t}`, [["z", z], ["old h", h], ["h̃", h_tilde]], run.h_gru[t], [
    [(1 - z) * h + z * h_tilde, "swap z and 1 − z (here z keeps the old state)"],
    [z * h + h_tilde, "add the whole candidate instead of 1 − z of it"],
    [z * (h + h_tilde), "let z act on the candidate, too"],
    [z * h, "leave the candidate out"],
    [(1 - z) * h_tilde, "leave the old state out"],
    [h_tilde, "use the candidate itself as h"],
  ]);
}
