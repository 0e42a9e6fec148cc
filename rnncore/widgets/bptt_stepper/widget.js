// Forward, then backward in time on the same unrolled graph: where dL/dW_h comes from.

import { column, dot, times } from "../shared/algebra.js";
import { ACTIVATIONS, NAMES } from "../shared/activations.js";
import {
  arithmeticLines,
  lineOfNumbers,
  openOf,
  productTable,
  shutOf,
} from "../shared/arithmetic.js";
import { asMatrices } from "../shared/cell.js";
import { html, number, put, symbol, write } from "../shared/dom.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { codeLines, group, symbolButton, widget } from "../shared/frame/frame.js";
import { isPlain } from "../shared/algebra.js";
import { python, shown } from "../shared/numbers.js";
import {
  agree,
  agreesWith,
  RECURRENT,
  recurrentFields,
  statesInPython,
} from "../shared/recurrent.js";
import { backwardLines, backwardTables, named } from "./arithmetic.js";
import { bpttPicture } from "./picture.js";
import { reachChart } from "./reach.js";
import { contributionTable } from "./table.js";
import { REACH, trace, WEIGHTS } from "./trace.js";

const THROUGH_TIME = [...RECURRENT, "dS", "window", "derivative", "weight", "scale"];
const DERIVATIVES = ["total", "local"];

// Of 2T steps the first T go forward; the time step that is worked on, and how far each way went.
function whereIs(step, T) {
  const back = Math.max(0, step - T);
  return {
    now: back ? T + 1 - back : step,
    forth: Math.min(step, T),
    to: T + 1 - back,
    back: back > 0,
  };
}

function view({ values, root, save, signal }) {
  const equation = html("div", { class: "equations" });
  const frame = group(
    "frame",
    "Unrolled network, forward and back; arrow keys step through it",
    true,
  );
  const legend = html("p", { class: "legend" });
  const sum = group("sum", "The arithmetic of this step", true);
  const code = group("code", "The code that runs", true);
  const adds = group("sum contributions", "What each step adds", true);
  const choice = (label, param, options) => {
    const buttons = options.map(([value, ...parts]) => {
      const button = html("button", { type: "button" }, ...parts);
      button.addEventListener("click", () => save({ [param]: value }), { signal });
      return { value, button };
    });
    const name = html("span", { "aria-hidden": "true" }, ...label);
    const element = html(
      "div",
      { class: "choice", role: "group", "aria-label": name.textContent },
      name,
      ...buttons.map(({ button }) => button),
    );
    return {
      element,
      update: (now) =>
        buttons.forEach(({ value, button }) =>
          put(button, { "aria-pressed": String(value === now) })
        ),
    };
  };
  const derivative = choice(["derivative of L by ", ...symbol("h_t")], "derivative", [[
    "total",
    "total",
  ], ["local", "local"]]);
  const weight = choice(["weight"], "weight", WEIGHTS.map((name) => [name, ...symbol(name)]));
  const told = html("p", { class: "told" });
  const windowRange = html("input", { type: "range", min: 1, step: 1, "aria-label": "Window" });
  windowRange.addEventListener("input", () => save({ window: Number(windowRange.value) }), {
    signal,
  });
  const windowWords = html("span", { class: "window-words" });
  const windowRow = html(
    "label",
    { class: "through-window" },
    html("span", {}, "window: ", windowWords),
    windowRange,
  );
  const reach = reachChart({ width: 640, change: (scale) => save({ scale }), signal });
  let params, run, picture, forward, backward, table, width;
  let known = {}; // what each part was last shown for

  const timesteps = () => run.x.length - 1;

  function compute(given) {
    params = {
      ...asMatrices(given),
      window: given.window,
      derivative: given.derivative,
      weight: given.weight,
      scale: given.scale,
    };
    run = trace(given);
  }

  // Forward the state is asked for, back what arrives one step earlier.
  function question(step) {
    const { now: t, back } = whereIs(step, timesteps());
    const { W_x, W_h, b, activation, scalar } = params;
    const unit = scalar ? "" : ", unit 1";
    const far = (right) => ([wrong]) =>
      Math.abs(wrong - right) > 1e-2 * Math.max(1, Math.abs(right));
    if (!back) {
      const f = ACTIVATIONS[activation].value;
      const right = run.h[t][0];
      const slips = [
        [f(dot(run.x[t], column(W_x, 0)) + b[0]), "leave the previous state out"],
        [f(dot(run.h[t - 1], column(W_h, 0)) + b[0]), "leave the input out"],
        [run.z[t][0], "stop before the activation"],
      ];
      return { name: `h_${t}`, part: unit, value: right, slips: slips.filter(far(right)) };
    }
    const right = run.back[t - 1][0];
    const through = (vector) => dot(vector, W_h[0]);
    const slips = [
      [
        dot(run.dz_on[t], column(W_h, 0)),
        "take a column of W_h where its transpose has a row",
      ],
      [through(run.dh[t]), "leave out the slope of the activation"],
      [through(run.dz[t]), "let through what the window stops"],
      [run.dz[t][0], "leave out W_h"],
      [through(times(run.direct[t], run.slope[t])), "leave out what came back from later steps"],
      [through(times(run.back[t], run.slope[t])), "leave out what the loss sends directly"],
      [
        run.dz[t][0] * run.h[t - 1][0],
        "multiply by the state, which is what dL/dW_h gets, and not by W_h",
      ],
    ];
    return {
      name: `dL/dh_${t - 1}`,
      part: `${unit}, what comes back from step ${t}`,
      value: right,
      slips: slips.filter(far(right)),
    };
  }

  function showEquation(back) {
    const { activation, b, scalar } = params;
    const form = `${activation} ${isPlain(b)} ${scalar}`;
    if (equation.dataset.form !== form) {
      equation.dataset.form = form;
      const bias = isPlain(b) ? [] : [" + ", symbolButton("b", "b")];
      const turned = () => (scalar ? [] : [html("sup", {}, "T")]);
      const part = (...parts) => html("span", { class: "nowrap" }, ...parts);
      put(
        equation,
        {},
        html(
          "p",
          { class: "equation" },
          part(
            symbolButton("z_t", "z"),
            " = ",
            symbolButton("x_t", "x"),
            symbolButton("W_x", "W_x"),
            " + ",
            symbolButton("h_t−1", "h_prev"),
            symbolButton("W_h", "W_h"),
            ...bias,
          ),
          " ",
          part(
            symbolButton("h_t", "h"),
            " = f(",
            symbolButton("z_t", "z"),
            ") = ",
            openOf(activation),
            symbolButton("z_t", "z"),
            shutOf(activation),
          ),
        ),
        html(
          "p",
          { class: "equation" },
          part(symbolButton("dz_t", "dz"), " = ", symbolButton("dh_t", "dh"), " · f′"),
          " ",
          part(
            symbolButton("dh_t−1", "dh_prev"),
            " = ",
            symbolButton("dS_t−1", "dS"),
            " + ",
            symbolButton("dz_t", "dz"),
            symbolButton("W_h", "W_h"),
            ...turned(),
          ),
          " ",
          part(
            symbolButton("dW_h", "dW_h"),
            " = Σ",
            html("sub", {}, "t"),
            " ",
            symbolButton("h_t−1", "h_prev"),
            ...turned(),
            symbolButton("dz_t", "dz"),
          ),
        ),
      );
    }
    [...equation.children].forEach((line, i) => line.classList.toggle("rest", back !== (i === 1)));
  }

  function showCode(t, back) {
    const { activation, b, h0, scalar, window } = params;
    const T = timesteps();
    const mul = scalar ? "*" : " @ ";
    const sym = (text, name) => html("span", { "data-sym": name }, text);
    const remark = (text) => html("span", { class: "comment" }, `  # ${text}`);
    if (!back) {
      const open = activation === "tanh" ? "np.tanh(" : openOf(activation);
      codeLines(code, [
        [
          `S = np.zeros((1, ${T + 1}${scalar ? "" : `, ${run.h[0].length}`}))`,
          isPlain(h0) ? "" : "; S[:, 0] = h0",
        ],
        [`for t in range(1, ${T + 1}):`, ...(t > 0 ? [remark(`t = ${t}`)] : [])],
        [
          "    ",
          sym("S[:, t]", "h"),
          ` = ${open}`,
          sym("X[:, t-1]", "x"),
          mul,
          sym("W_x", "W_x"),
          " + ",
          sym("S[:, t-1]", "h_prev"),
          mul,
          sym("W_h", "W_h"),
          ...(isPlain(b) ? [] : [" + ", sym("b", "b")]),
          shutOf(activation),
        ],
      ], t === 0 ? 0 : 2);
      return;
    }
    const slope = {
      linear: "1",
      tanh: "(1 - S[:, t]**2)",
      sigmoid: "S[:, t] * (1 - S[:, t])",
      relu: "(S[:, t] > 0)",
    }[activation];
    const turn = scalar ? "" : ".T";
    const cut = window < T;
    const on = scalar ? [" * ", sym("W_h", "W_h")] : [" @ ", sym("W_h.T", "W_h")];
    const lines = [
      [cut ? "parts = []" : "dh = 0", "; dW_x = dW_h = db = 0"],
      [`for t in range(${T}, 0, -1):`, remark(`t = ${t}`)],
      ...(cut
        ? [
          [
            "    ",
            sym("parts", "dh"),
            " = [",
            sym("dS[:, t-1]", "dS"),
            `, *parts][:${window}]`,
            remark("the youngest first; older ones stay behind"),
          ],
          ["    ", sym("parts", "dz"), ` = [part * ${slope} for part in `, sym("parts", "dh"), "]"],
          ["    ", sym("dz", "dz"), " = sum(parts)"],
        ]
        : [
          [
            "    ",
            sym("dh", "dh"),
            " = dh + ",
            sym("dS[:, t-1]", "dS"),
            remark("from later, and from the loss"),
          ],
          [
            "    ",
            sym("dz", "dz"),
            " = ",
            sym("dh", "dh"),
            ...(activation === "linear" ? [] : [` * ${slope}`]),
          ],
        ]),
      [
        "    ",
        sym("dW_h", "dW_h"),
        " += ",
        sym(`S[:, t-1]${turn}`, "h_prev"),
        " @ ",
        sym("dz", "dz"),
      ],
      [
        "    ",
        sym("dW_x", "dW_x"),
        " += ",
        sym(`X[:, t-1]${turn}`, "x"),
        " @ ",
        sym("dz", "dz"),
        "; ",
        sym("db", "db"),
        " += ",
        sym("dz", "dz"),
        ".sum(axis=0)",
      ],
      cut
        ? [
          "    ",
          sym("parts", "dh_prev"),
          " = [part",
          ...on,
          " for part in ",
          sym("parts", "dz"),
          "]",
        ]
        : ["    ", sym("dh", "dh_prev"), " = ", sym("dz", "dz"), ...on],
    ];
    codeLines(code, lines, 2);
    [...code.children].forEach((line, i) =>
      put(line, { class: i > 1 ? "active" : "", "aria-current": i > 1 ? "step" : null })
    );
  }

  function words(step) {
    const T = timesteps();
    const { now: t, back } = whereIs(step, T);
    const { scalar } = params;
    const say = (vector) => vector.flat().map((value) => shown(value)).join(", ");
    const of = `Step ${step} of ${2 * T}: `;
    if (step === 0) return `${of}the initial state h_0 = ${say(run.h[0])}.`;
    if (!back) {
      return `${of}forward, h_${t} = ${scalar ? `${lineOfNumbers(run, t, params)} = ` : ""}${
        say(run.h[t])
      }.`;
    }
    const later = t < T ? ` plus ${say(run.back[t])} from step ${t + 1}` : "";
    const { weight: name, derivative: kind } = params;
    const sums = run[`${kind === "local" ? "sum_held_" : "sum_"}${name}`][t];
    return `${of}back at time step ${t}, dL/dh_${t} = ${
      say(run.direct[t])
    } from the loss${later} = ${say(run.dh[t])}. The sum of what reaches ${name} is ${say(sums)}${
      t === 1 && kind === "total"
        ? (params.window < T ? `, within the window of ${params.window}` : ", the gradient")
        : ""
    }.`;
  }

  // Why there is a sum, or what is missing from it.
  function showTold(to) {
    const { scalar, derivative: kind, weight: name } = params;
    const T = timesteps();
    const it = () => html("span", { "data-sym": name }, ...symbol(name));
    const gradient = () => html("span", { "data-sym": `d${name}` }, ...symbol(`dL/d${name}`));
    const cut = params.window < T;
    const place = scalar ? [] : name === "b" ? [0] : [0, 0]; // of vectors and matrices the first number
    const one = (kind, t) =>
      number(
        `${kind}${name}`,
        t ? [t, ...place] : place,
        [t ? run[`${kind}${name}`][t] : run[`${kind}${name}`]].flat(2)[0],
        undefined,
        `d${name}`,
      );
    const sum = scalar ? "sum" : "sum's first number";
    if (kind === "total") {
      const end = to > 1 ? [] : cut
        ? [
          ` Within it the ${sum} is `,
          one("sum_", 1),
          ", and without a window ",
          one("whole_"),
          ".",
        ]
        : T > 1
        ? [` Step ${T} alone would give `, one("d", T), scalar ? "." : " as the first number."]
        : [];
      return put(
        told,
        {},
        it(),
        ` is one and the same at all ${T} steps: change it, and it acts on L through every one of them. So `,
        gradient(),
        ` is a sum of ${T} terms, one for each use.`,
        ...(cut ? [` The window of ${params.window} leaves out what goes further back.`] : []),
        ...end,
      );
    }
    const t = Math.max(to, 1);
    const here = to > T || cut ? [] : [
      ` At t = ${t} the ${scalar ? "" : "first number of the "}local term is `,
      one("held_", t),
      ", of the total one ",
      one("d", t),
      ".",
    ];
    const end = to > 1 ? [] : [
      ` The ${sum} is `,
      one("sum_held_", 1),
      ", that of ",
      gradient(),
      " is ",
      one("whole_"),
      ".",
    ];
    return put(
      told,
      {},
      "Local: the state before is held, as if ",
      it(),
      " acted in one step alone, and of L only ",
      named("dS_t", "dS"),
      " counts, what it sends to ",
      named("h_t", "h"),
      " directly. What ",
      named("h_t", "h"),
      " does to later states is left out.",
      ...here,
      ...end,
    );
  }

  function showLegend(step, T) {
    const sent = () => named("dS_t", "dS");
    const last = run.direct.findLastIndex((d) => d?.some((v) => v !== 0));
    const framed = params.window < T && last > 0
      ? [` The frame: how far what enters at step ${last} comes.`]
      : [];
    const parts = step < T
      ? [
        `Forward first, ${T} steps: the states. Then back, ${T} steps: by how much the loss L, the sum of all `,
        sent(),
        " · ",
        ...symbol("h_t"),
        ", changes with each of them.",
      ]
      : step === T
      ? [
        html("b", {}, "The turn."),
        " All states are there; the next step goes back, from the loss to ",
        ...symbol(`h_${T}`),
        ".",
      ]
      : [
        named("dL/dh_t", "dh"),
        ", in short ",
        named("dh_t", "dh"),
        " (so with ",
        named("dz_t", "dz"),
        " and ",
        named("dW_h", "dW_h"),
        "): by how much L changes with ",
        ...symbol("h_t"),
        params.window < T
          ? ", later states within the window included. "
          : ", all later states included. ",
        sent(),
        ": the part of it that L sends directly; L is the sum of all ",
        sent(),
        " · ",
        ...symbol("h_t"),
        ".",
        ...framed,
      ];
    put(legend, {}, html("small", {}, ...parts));
  }

  function draw() {
    const { W_x, W_h, scalar } = params;
    width = frame.clientWidth || 640;
    known = {};
    picture = bpttPicture({
      timesteps: timesteps(),
      features: W_x.length,
      units: W_h.length,
      scalar,
      width,
    });
    put(frame, {}, picture.element);
    // Value k of the range stands under the first column that a gradient from the last one reaches.
    const room = width - picture.width;
    const [first, last] = [picture.at(1) + room / 2 - 8, picture.at(timesteps()) + room / 2 + 8];
    put(windowRow, {
      style: room < 0 || first < 96
        ? null
        : `--from: ${first}px; --long: ${Math.max(44, last - first)}px`,
    });
    reach.draw(Math.min(640, width));
  }

  function build() {
    const { W_x, W_h, scalar, weight: name } = params;
    put(root, { "data-mode": scalar ? "scalar" : "vector" });
    draw();
    forward = backward = null;
    const rows = { W_x: W_x.length, W_h: W_h.length, b: 1 }[name];
    table = contributionTable(adds, {
      scalar,
      timesteps: timesteps(),
      units: W_h.length,
      rows,
      weight: name,
      brief: () => width < 420 && !scalar,
    });
  }

  // The arithmetic is made anew where the direction changes, and filled otherwise.
  function showArithmetic(t, back) {
    const { scalar, W_x, W_h } = params;
    if (back) {
      backward ??= scalar ? backwardLines(sum) : backwardTables(sum, W_h.length);
      forward = null;
      backward(run, t, params);
    } else {
      forward ??= scalar ? arithmeticLines(sum) : productTable(sum, W_x.length, W_h.length);
      backward = null;
      forward(run, t, params);
    }
  }

  // Whether a part has to be shown anew: not where only what it does not depend on has changed.
  function isNew(part, ...what) {
    const key = JSON.stringify(what);
    if (known[part] === key) return false;
    known[part] = key;
    return true;
  }

  function show(step) {
    const { scale, ...stepped } = values();
    const repeated = RECURRENT.concat("dS").map((name) => stepped[name]);
    if (isNew("steps", step, stepped)) showSteps(step);
    if (isNew("reach", scale, repeated)) reach.update(run, params);
  }

  function showSteps(step) {
    const T = timesteps();
    const where = whereIs(step, T);
    const { now, back } = where;
    showEquation(back);
    picture.update(run, { ...where, window: params.window });
    showArithmetic(now, back);
    showCode(now, back);
    table(run, { ...where, derivative: params.derivative, window: params.window });
    derivative.update(params.derivative);
    weight.update(params.weight);
    put(windowRange, { max: T, "aria-valuetext": `${params.window} of ${T} steps` });
    windowRange.value = params.window;
    write(windowWords, params.window < T ? `${params.window} of ${T} steps` : "all steps");
    showLegend(step, T);
    showTold(where.to);
    if (picture.width > width && isNew("scroll", now)) {
      frame.scrollLeft = picture.at(now) - width / 2;
    }
  }

  return {
    head: [equation, frame, windowRow, legend],
    body: [
      sum,
      code,
      html("div", { class: "choices" }, weight.element, derivative.element),
      adds,
      told,
      reach.element,
    ],
    compute,
    shape: () => [
      params.scalar,
      params.weight,
      ...["X", "W_x", "W_h"].map((name) => params[name].length),
    ],
    build,
    fields: () => ({
      groups: [
        ...recurrentFields(values()),
        {
          legend: "dS: what the loss sends to each state directly",
          columns: params.W_h.length,
          fields: fieldsOf("dS", values().dS),
        },
      ],
      choices: [{ param: "activation", label: "activation", known: NAMES }],
      chosen: params.scalar ? "W_h" : "W_h 1,1",
    }),
    show,
    words,
    question,
    resized: draw,
  };
}

// Whether all fits together: what the loss sends has the shape of the states after the first.
function fitThroughTime(values) {
  const { X, W_h, dS, window, scale } = values;
  const units = Array.isArray(W_h) ? W_h.length : undefined;
  const vectors = dS.length === X.length &&
    dS.every((d) => (units === undefined ? !Array.isArray(d) : d.length === units));
  return agree(values) && vectors && X.length > 0 && Number.isInteger(window) && window >= 1 &&
    window <= X.length && scale >= 0.1 && scale <= 3;
}

// The code of the whole calculation, then what is shown at this step.
function inPython(values, step) {
  const { X, activation, dS, window, weight, derivative, scale } = values;
  const T = X.length;
  const { now: t, back } = whereIs(step, T);
  const lines = statesInPython(values);
  const states = lines.at(-1);
  const options = `X, S, dS, W_x, W_h, activation="${activation}"`;
  const limit = window < T ? `, window=${window}` : "";
  lines.splice(2, 0, "from rnncore.bptt import backpropagate, contributions, jacobian_product");
  lines.push(
    `dS = np.array([${python(dS)}])`,
    `gradients = backpropagate(${options}${limit})`,
    `each = contributions(${options}${limit})`,
    `h = S[0, ${back ? T : t}]`,
  );
  if (back) {
    lines.push(
      `adds = each.${weight}[${t - 1}]  # time step ${t}`,
      `sum_so_far = each.${weight}[${t - 1}:].sum(axis=0)`,
    );
  }
  if (derivative === "local") {
    lines.push(`alone = contributions(${options}, window=1).${weight}  # with h_{t-1} held`);
  }
  const vectors = Array.isArray(values.W_h);
  const entering = "dS[0, -1]";
  lines.push(
    "",
    `# The chart: ${REACH} steps, the inputs again and again, W_h scaled`,
    `X_long, W_scaled = np.resize(X, (1, ${REACH}${vectors ? ", len(W_x)" : ""})), ${
      python(scale)
    } * W_h`,
    states.replace(
      "S = compute_states(X, W_x, W_h",
      "S_long = compute_states(X_long, W_x, W_scaled",
    ),
    `J = jacobian_product(S_long, W_scaled, activation="${activation}")[0]`,
    vectors
      ? `left = np.linalg.norm(${entering} @ J) / np.linalg.norm(${entering})`
      : "left = abs(J)",
  );
  return [...lines, ""].join("\n");
}

export default widget({
  kind: "bptt-stepper",
  label: "Stepper for backpropagation through time",
  params: THROUGH_TIME,
  words: { activation: NAMES, derivative: DERIVATIVES, weight: WEIGHTS },
  valid: fitThroughTime,
  linkable: (tried, first) =>
    fitThroughTime(tried) && agreesWith(tried, first) && tried.X.length === first.X.length,
  steps: ({ X }) => 2 * X.length,
  presets: "A gradient that",
  python: inPython,
  view: view,
});
