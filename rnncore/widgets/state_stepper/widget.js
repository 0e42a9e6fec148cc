// The hidden-state update, one time step at a time: scalar (system S4) and vector form.

import { column, dot, sum as total } from "../shared/algebra.js";
import { ACTIVATIONS, NAMES } from "../shared/activations.js";
import {
  arithmeticLines,
  lineOfNumbers,
  openOf,
  productTable,
  shutOf,
} from "../shared/arithmetic.js";
import { asMatrices, forward } from "../shared/cell.js";
import { html, noteChange, put, write } from "../shared/dom.js";
import { codeLines, group, symbolButton, widget } from "../shared/frame/frame.js";
import { isPlain } from "../shared/frame/parameters.js";
import { shown } from "../shared/numbers.js";
import {
  agree,
  agreesWith,
  RECURRENT,
  recurrentFields,
  statesInPython,
} from "../shared/recurrent.js";
import { memoryPanels } from "./memory.js";
import { unrolled } from "./unrolled.js";

function view({ values, root, save, signal, limits }) {
  const equation = html("p", { class: "equation" });
  const frame = group("frame", "Unrolled network; arrow keys step through time", true);
  const legend = html(
    "p",
    { class: "legend" },
    html("small", {}, "Bars in S: the size and sign of each state."),
  );
  const sum = group("sum", "The arithmetic of this step", true);
  const code = group("code", "The code that runs", true);
  const panels = memoryPanels({ save, signal, limits });
  let params, run, picture, arithmetic; // params: as matrices

  function compute(values) {
    params = asMatrices(values);
    run = forward(values);
  }

  // What to guess at step t, and what the usual slips would give.
  function question(t) {
    const { W_x, W_h, b, activation, scalar } = params;
    const f = ACTIVATIONS[activation].value;
    const [x, before, right] = [run.x[t], run.h[t - 1], run.h[t][0]];
    const slips = [
      [
        f(dot(x, column(W_x, 0)) + total(before) + total(column(W_h, 0)) + b[0]),
        "add the recurrent weight instead of multiplying by it",
      ],
      [f(dot(x, column(W_x, 0)) + b[0]), "leave the previous state out"],
      [f(dot(before, column(W_h, 0)) + b[0]), "leave the input out"],
      [run.z[t][0], "stop before the activation"],
      [before[0], "pass the old state on unchanged"],
    ].filter(([wrong]) => Math.abs(wrong - right) > 1e-2 * Math.max(1, Math.abs(right)));
    return { name: `h_${t}`, part: scalar ? "" : ", unit 1", value: right, slips };
  }

  // Its parts are made once, so that a symbol that has the focus keeps it.
  const open = html("span"), shut = html("span");
  const bias = html("span", {}, " + ", symbolButton("b", "b"));
  put(
    equation,
    {},
    symbolButton("h_t", "h"),
    " = ",
    open,
    symbolButton("x_t", "x"),
    symbolButton("W_x", "W_x"),
    " + ",
    symbolButton("h_t−1", "h_prev"),
    symbolButton("W_h", "W_h"),
    bias,
    shut,
  );
  function showEquation() {
    write(open, openOf(params.activation));
    write(shut, shutOf(params.activation));
    put(bias, { hidden: isPlain(params.b) });
  }

  function showCode(t) {
    const { activation, b, h0, scalar } = params;
    const T = run.x.length - 1;
    if (
      !noteChange(
        code,
        `${t} ${T} ${scalar} ${run.h[0].length} ${activation} ${isPlain(b)} ${isPlain(h0)}`,
      )
    ) return;
    const times = scalar ? "*" : " @ ";
    const sym = (text, name) => html("span", { "data-sym": name }, text);
    const f = activation === "tanh" ? "np.tanh(" : openOf(activation);
    const plus = isPlain(b) ? [] : [" + ", sym("b", "b")];
    codeLines(code, [
      [
        `S = np.zeros((1, ${T + 1}${scalar ? "" : `, ${run.h[0].length}`}))`,
        isPlain(h0) ? "" : "; S[:, 0] = h0",
      ],
      [
        `for k in range(${T}):`,
        html("span", { class: "comment" }, t > 0 ? `  # k = ${t - 1}` : ""),
      ],
      [
        "    ",
        sym("S[:, k+1]", "h"),
        ` = ${f}`,
        sym("X[:, k]", "x"),
        times,
        sym("W_x", "W_x"),
        " + ",
        sym("S[:, k]", "h_prev"),
        times,
        sym("W_h", "W_h"),
        ...plus,
        shutOf(activation),
      ],
    ], t === 0 ? 0 : 2);
  }

  function words(t) {
    const of = `Step ${t} of ${run.x.length - 1}: `;
    const h = run.h[t].map((value) => shown(value)).join(", ");
    if (t === 0) return `${of}the initial state h_0 = ${h}.`;
    return `${of}h_${t} = ${params.scalar ? `${lineOfNumbers(run, t, params)} = ` : ""}${h}.`;
  }

  function draw() {
    const { X, W_x, W_h, scalar } = params;
    picture = unrolled({
      timesteps: X.length,
      features: W_x.length,
      units: W_h.length,
      scalar,
      width: frame.clientWidth || 640,
    });
    put(frame, {}, picture.element);
    panels.draw(Math.min(frame.clientWidth || 640, 640));
  }

  function build() {
    put(root, { "data-mode": params.scalar ? "scalar" : "vector" });
    draw();
    arithmetic = params.scalar
      ? arithmeticLines(sum)
      : productTable(sum, params.W_x.length, params.W_h.length);
  }

  function show(t) {
    showEquation();
    picture.update(run, t);
    arithmetic(run, t, params);
    showCode(t);
    panels.show(run, params, t);
    if (noteChange(picture.element, t) && frame.scrollWidth > frame.clientWidth) {
      frame.scrollLeft = picture.centre(t) - frame.clientWidth / 2;
    }
  }

  return {
    head: [equation, frame, legend],
    body: [html("div", { class: "beside" }, sum, code), ...panels.elements],
    compute,
    shape: () => [params.scalar, ...["X", "W_x", "W_h"].map((name) => params[name].length)],
    build,
    fields: () => ({
      groups: recurrentFields(values()),
      choices: [{ param: "activation", label: "activation", known: NAMES }],
      chosen: params.scalar ? "W_h" : "W_h 1,1",
    }),
    show,
    words,
    question,
    resized: draw,
  };
}

function inPython(values, step) {
  const state = `h = S[0, ${step}]${Array.isArray(values.W_x) ? "  # one number per unit" : ""}`;
  return [...statesInPython(values), state, ""].join("\n");
}

export default widget({
  kind: "state-stepper",
  label: "Stepper for the hidden-state update",
  params: RECURRENT,
  words: { activation: NAMES },
  valid: agree,
  linkable: agreesWith,
  steps: ({ X }) => X.length,
  presets: "A memory that",
  python: inPython,
  view,
});
