// LSTM, GRU and the simple update, one time step at a time and side by side; gates held by hand.

import { html, NONE, number, put, svg, symbol, tag, updated, write } from "../shared/dom.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { codeLines, group, symbolButton, widget } from "../shared/frame/frame.js";
import { equal, numberAt, replaced } from "../shared/algebra.js";
import { factor, python, shown, shownBriefly } from "../shared/numbers.js";
import { plot } from "../shared/plot.js";
import { gruCell, lstmCell, showCell, simpleCell } from "./cells.js";
import { CELLS, FREE, GATES, trace } from "./trace.js";

const WEIGHTS = { lstm: ["i", "f", "c̃", "o"], gru: ["z", "r", "h̃"] }; // the columns, in Keras' order
const MOST = 40; // steps
const LARGEST = 1000;
const KNOBS = { LSTM: ["f", "i", "o"], GRU: ["z", "r"], simple: [] };
const NAMED = {
  f: "forget gate",
  i: "input gate",
  o: "output gate",
  z: "update gate",
  r: "reset gate",
};
// The curves: whose memory, its name in trace(), its letter, and the share that is left of step 1.
const CURVES = [
  { cell: "LSTM", name: "c", letter: "c", left: "left_lstm", gate: "f" },
  { cell: "LSTM", name: "h", letter: "h" },
  { cell: "GRU", name: "h_gru", letter: "h", left: "left_gru", gate: "z" },
  { cell: "simple", name: "h_simple", letter: "h", left: "left_simple" },
];
const SHAPES = {
  c: () => svg("circle", { r: 3.5 }),
  h: () => svg("circle", { r: 2.5 }),
  h_gru: () => svg("rect", { x: -3, y: -3, width: 6, height: 6 }),
  h_simple: () => svg("path", { d: "M0,-4 L4,3 H-4 z" }),
};

function valid({ X, lstm, gru, simple, h0, c0, held, since, cell }) {
  const list = (value, length, fits = (v) => Math.abs(v) <= LARGEST) =>
    Array.isArray(value) && value.length === length &&
    value.every((v) => Number.isFinite(v) && fits(v));
  const rows = (value, length) =>
    Array.isArray(value) && value.length === 3 && value.every((row) => list(row, length));
  return Array.isArray(X) && X.length >= 1 && X.length <= MOST && list(X, X.length) &&
    rows(lstm, 4) && rows(gru, 3) &&
    list(simple, 3) && list([h0, c0], 2) &&
    list(held, GATES.length, (v) => v === FREE || (v >= 0 && v <= 1)) &&
    Number.isInteger(since) && since >= 1 && since <= MOST && CELLS.includes(cell);
}

function view({ values, root, note, save, signal }) {
  const name = `cell-${Math.random().toString(36).slice(2)}`;
  const radios = CELLS.map((cell) => html("input", { type: "radio", name, value: cell }));
  const chooser = html(
    "fieldset",
    { class: "chooser" },
    html("legend", {}, "Look at"),
    ...radios.map((radio) => html("label", {}, radio, radio.value)),
  );
  const input = html("p", { class: "comes-in" });
  const drawings = { LSTM: lstmCell(), GRU: gruCell(), simple: simpleCell() };
  const since = html("select", { "aria-label": "By hand from step" });
  const hand = html(
    "p",
    { class: "since" },
    "Tick a gate, or move it, to hold it by hand: ",
    html("label", {}, "from step ", since, " on"),
  );
  const knobs = {};
  const cards = CELLS.map(card);
  const equation = html("p", { class: "equation" });
  const sum = group("sum", "The arithmetic of this step", true);
  const code = group("code", "The code that runs", true);
  const chartBox = html("div", { class: "chart" });
  const fromHand = html("span");
  const chartLegend = html(
    "p",
    { class: "legend" },
    html("small", {}, "Bars: the inputs ", html("i", {}, "x"), ".", fromHand),
  );
  const readout = html("table", { class: "readout" });
  const legend = html(
    "p",
    { class: "legend" },
    html(
      "small",
      {},
      "A pipe is as thick as its number is large. A gate is a valve: coloured is shut. A brown arrow: ",
      html("i", {}, "x"),
      " and ",
      html("i", {}, "h"),
      " of the step before come in, with weights of their own.",
    ),
  );
  let params, run, chart, curves, rows;
  let drawn; // the chart's range, and what stands in it

  // --- The cells, and the hand on their gates

  function card(cell) {
    const formula =
      { LSTM: "two states, c and h", GRU: "one state, h", simple: "one state, h" }[cell];
    const head = html("p", { class: "cell-name" }, cell, html("small", {}, ` ${formula}`));
    const rows = KNOBS[cell].map(knob);
    if (cell === "simple") rows.push(weightKnob());
    return html(
      "div",
      { class: "cell", "data-cell": cell, role: "group", "aria-label": cell },
      head,
      drawings[cell].d.element,
      html("div", { class: "knobs" }, ...rows),
    );
  }

  // A gate's opening: free, it moves by itself; moved or ticked, it is held.
  function knob(gate) {
    const k = GATES.indexOf(gate);
    const hold = html("input", { type: "checkbox", "aria-label": `Hold ${gate} by hand` });
    const range = html("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.01,
      "aria-label": `Gate ${gate}: ${NAMED[gate]}`,
    });
    const shows = html("span", { class: "num" });
    const set = (value) => save({ held: replaced(values().held, [k], value) });
    range.addEventListener("input", () => set(Number(range.value)), { signal });
    hold.addEventListener("change", () => set(hold.checked ? Number(range.value) : FREE), {
      signal,
    });
    knobs[gate] = { k, hold, range, shows };
    return html(
      "div",
      { class: "knob", "data-sym": gate },
      html("label", { class: "hold" }, hold),
      html("span", { class: "letter", "aria-hidden": "true" }, html("i", {}, gate)),
      range,
      shows,
    );
  }
  function showKnob(gate, t) {
    const { k, hold, range, shows } = knobs[gate];
    const opening = params.held[k];
    const held = opening !== FREE;
    const now = t > 0 ? run[gate][t] : null;
    hold.checked = held;
    const value = held ? opening : now ?? 1;
    moveTo(range, value);
    put(range, {
      class: held ? "held" : "free",
      "aria-valuetext": held
        ? `${shown(value)}, held by hand`
        : now === null
        ? "free"
        : `${shown(now)}, free`,
    });
    put(shows, held ? tag("held", [k], opening) : now === null ? NONE : tag(gate, [t], now));
    write(shows, held ? shownBriefly(opening) : now === null ? "free" : shownBriefly(now));
  }

  // A range holds multiples of its step alone: it is moved only where it stands elsewhere.
  function moveTo(range, value) {
    if (Math.abs(Number(range.value) - value) > 0.501 * Number(range.step)) range.value = value;
  }

  function weightKnob() {
    const range = html("input", {
      type: "range",
      min: -1.5,
      max: 1.5,
      step: 0.05,
      "aria-label": "Weight W_h of the simple update",
    });
    const shows = html("span", { class: "num" });
    range.addEventListener(
      "input",
      () => save({ simple: replaced(values().simple, [1], Number(range.value)) }),
      { signal },
    );
    knobs.W_h = { range, shows };
    return html(
      "div",
      { class: "knob weight", "data-sym": "W_h" },
      html("span", { class: "letter", "aria-hidden": "true" }, ...symbol("W_h")),
      range,
      shows,
    );
  }
  function showWeight() {
    const { range, shows } = knobs.W_h;
    const W_h = params.simple[1];
    put(range, { min: Math.min(-1.5, Math.floor(W_h)), max: Math.max(1.5, Math.ceil(W_h)) });
    moveTo(range, W_h);
    put(shows, tag("simple", [1], W_h));
    write(shows, shownBriefly(W_h));
  }

  radios.forEach((radio) =>
    radio.addEventListener("change", () => save({ cell: radio.value }), { signal })
  );
  since.addEventListener("change", () => save({ since: Number(since.value) }), { signal });

  // --- The memory over all steps

  function draw() {
    const T = params.X.length;
    chart = plot({
      width: chartBox.clientWidth || 640,
      height: 196,
      title: "The memory of each cell, step by step",
      xName: "t",
      yName: "memory",
    });
    const bars = params.X.map(() => svg("rect", { class: "input-bar", width: 4 }));
    const hand = svg("path", { class: "hand" });
    const now = svg("path", { class: "now-line" });
    drawn = {};
    curves = CURVES.map(({ name }) => {
      const line = svg("path", { class: `curve ${name}` });
      const dots = Array.from(
        { length: T + 1 },
        () => put(SHAPES[name](), { class: `mark ${name}` }),
      );
      return { name, line, dots };
    });
    put(
      chart.marks,
      {},
      now,
      hand,
      ...bars,
      ...curves.flatMap(({ line, dots }) => [line, ...dots]),
    );
    Object.assign(chart, { bars, hand, now });
    put(chartBox, {}, chart.element);
  }

  function showChart(t) {
    const all = [...params.X, ...CURVES.flatMap(({ name }) => run[name])];
    const [least, most] = [Math.min(0, ...all), Math.max(1, ...all)];
    const part = 10 ** Math.floor(Math.log10(most - least)) / 5; // the range moves in parts, not with every drag
    const range = {
      x: [0, params.X.length],
      y: [Math.floor(least / part) * part, Math.ceil(most / part + 0.2) * part],
      whole: true,
    };
    chart.scale(range);
    if (!equal(range, drawn.range)) {
      drawn = { range, bars: [], c: [], h: [], h_gru: [], h_simple: [] };
    }
    const isNew = (list, k, key) => list[k] !== key && ((list[k] = key) || true);
    params.X.forEach((x, i) => {
      if (!isNew(drawn.bars, i, `${x} ${i < t}`)) return;
      const [[px, py], [, zero]] = [chart.at(i + 1, x), chart.at(i + 1, 0)];
      put(chart.bars[i], {
        x: px - 2,
        y: Math.min(py, zero),
        height: Math.abs(py - zero),
        class: i < t ? "input-bar" : "input-bar ahead",
        ...tag("X", [i], x),
      });
    });
    const upright = (at) =>
      `M${chart.at(at, 0)[0].toFixed(1)},${chart.box.top} V${chart.box.bottom}`;
    put(chart.now, { d: upright(t) });
    put(chart.hand, {
      d: params.held.some((v) => v !== FREE) && params.since <= params.X.length
        ? upright(params.since - 0.5)
        : "",
    });
    curves.forEach(({ name, line, dots }) => {
      put(line, { d: chart.path(run[name].slice(0, t + 1).map((v, k) => [k, v])) });
      dots.forEach((dot, k) => {
        const seen = k <= t;
        if (!isNew(drawn[name], k, seen ? String(run[name][k]) : "ahead")) return;
        const [x, y] = seen ? chart.at(k, run[name][k]) : [0, 0];
        put(
          dot,
          seen
            ? {
              ...tag(name, [k], run[name][k]),
              transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`,
              visibility: null,
            }
            : { ...NONE, visibility: "hidden" },
        );
      });
    });
    write(
      fromHand,
      params.held.some((v) => v !== FREE)
        ? ` Right of the dotted line: by hand, from step ${params.since} on.`
        : "",
    );
    chart.describe(`${params.X.length} inputs, as bars; ${t} steps done.`);
  }

  function makeReadout() {
    rows = CURVES.map(({ cell, name }) => {
      const sample = svg(
        "svg",
        { class: "sample", viewBox: "0 0 34 14", width: 34, height: 14, "aria-hidden": "true" },
        svg("path", { class: `curve ${name}`, d: "M1,7 H33" }),
        svg("g", { transform: "translate(17 7)" }, put(SHAPES[name](), { class: `mark ${name}` })),
      );
      const cells = [html("th", { scope: "row" }), html("td"), html("td")];
      return { cell, sample, cells, tr: html("tr", {}, ...cells), show: updated() };
    });
    const heads = ["memory", "now", "share left of step 1"].map((text) =>
      html("th", { scope: "col" }, text)
    );
    put(
      readout,
      {},
      html("thead", {}, html("tr", {}, ...heads)),
      html("tbody", {}, ...rows.map(({ tr }) => tr)),
    );
    rows.forEach(({ cell, sample, cells: [head] }, k) =>
      put(head, {}, sample, ` ${cell} `, html("i", {}, CURVES[k].letter))
    );
  }

  function showReadout(t) {
    CURVES.forEach(({ name, letter, left, gate }, k) => {
      const opening = gate ? params.held[GATES.indexOf(gate)] : FREE;
      const isPower = opening !== FREE && params.since <= 2 && t > 2;
      rows[k].show(`${t} ${isPower}`, (num) => {
        const [, now, share] = rows[k].cells;
        put(
          now,
          {},
          sym(`${letter}_${t}`, letter),
          " = ",
          num(name, [t], () => run[name][t], { sym: letter }),
        );
        if (!left || t === 0) return put(share, {}, html("span"));
        const between = t === 2 ? [] : [t > 3 ? " ⋯ " : " · ", ...symbol(`${gate}_${t}`)];
        const product = !gate
          ? ["d", ...symbol(`h_${t}`), "/d", ...symbol("h_1"), " = "]
          : t === 1
          ? ["all: "]
          : [html("span", { "data-sym": gate }, ...symbol(`${gate}_2`), ...between), " = "];
        const at = GATES.indexOf(gate);
        const power = isPower
          ? [num("held", [at], () => params.held[at], { sym: gate }), html("sup", {}, t - 1), " = "]
          : [];
        return put(
          share,
          {},
          ...product,
          ...power,
          num(left, [t], () => run[left][t], { sym: "" }),
        );
      });
    });
  }

  // --- The arithmetic of the chosen cell

  const sym = (text, of) => html("span", { "data-sym": of }, ...symbol(text));
  const heldNow = (gate, t) =>
    t >= params.since && GATES.includes(gate) && params.held[GATES.indexOf(gate)] !== FREE;

  // σ(x × W_x + h × W_h + b) = σ(sum) = value; `before` is the name of the state that comes in.
  function weighted(
    num,
    t,
    kind,
    before,
    { name, letter = name, sum, f = "σ", column, reset = false },
  ) {
    const of = name === "h_simple" ? "h" : name;
    const value = html("b", {}, num(name, [t], () => run[name][t], { sym: of }));
    if (heldNow(name, t)) {
      return [sym(`${letter}_${t}`, of), " = ", value, html("small", {}, "  held by hand")];
    }
    const n = (name, index, get, of) => num(name, index, get, { sym: of, text: factor });
    const weight = (row, of) => {
      const index = column === undefined ? [row] : [row, column];
      return n(kind, index, () => numberAt(params[kind], index), of);
    };
    const inside = [
      n("x", [t], () => run.x[t], "x"),
      " × ",
      weight(0, "W_x"),
      " + ",
      ...(reset ? [n("r", [t], () => run.r[t], "r"), " × "] : []),
      n(before, [t - 1], () => run[before][t - 1], "h_prev"),
      " × ",
      weight(1, "W_h"),
      " + ",
      weight(2, "b"),
    ];
    return [
      sym(`${letter}_${t}`, of),
      ` = ${f}(`,
      ...inside,
      `) = ${f}(`,
      num(sum, [t], () => run[sum][t], { sym: "" }),
      ") = ",
      value,
    ];
  }

  function linesOf(num, t) {
    const n = (name, sym = "", back = 0) =>
      num(name, [t - back], () => run[name][t - back], { sym, text: factor });
    const result = (name, sym = name) => html("b", {}, num(name, [t], () => run[name][t], { sym }));
    const gates = (kind, before, all) => all.map((gate) => weighted(num, t, kind, before, gate));
    if (params.cell === "LSTM") {
      return [
        ...gates("lstm", "h", [
          { name: "i", sum: "sum_i", column: 0 },
          { name: "f", sum: "sum_f", column: 1 },
          { name: "c_tilde", letter: "c̃", sum: "sum_c", f: "tanh", column: 2 },
          { name: "o", sum: "sum_o", column: 3 },
        ]),
        [
          sym(`c_${t}`, "c"),
          " = ",
          n("f", "f"),
          " × ",
          n("c", "c_prev", 1),
          " + ",
          n("i", "i"),
          " × ",
          n("c_tilde", "c_tilde"),
          " = ",
          n("kept"),
          " + ",
          n("written"),
          " = ",
          result("c"),
        ],
        [
          sym(`h_${t}`, "h"),
          " = ",
          n("o", "o"),
          " × tanh(",
          num("c", [t], () => run.c[t]),
          ") = ",
          n("o", "o"),
          " × ",
          n("tanh_c"),
          " = ",
          result("h"),
        ],
      ];
    }
    if (params.cell === "GRU") {
      return [
        ...gates("gru", "h_gru", [
          { name: "z", sum: "sum_z", column: 0 },
          { name: "r", sum: "sum_r", column: 1 },
          { name: "h_tilde", letter: "h̃", sum: "sum_h", f: "tanh", column: 2, reset: true },
        ]),
        [
          sym(`h_${t}`, "h"),
          " = ",
          n("z", "z"),
          " × ",
          n("h_gru", "h_prev", 1),
          " + ",
          n("rest", "z"),
          " × ",
          n("h_tilde", "h_tilde"),
          " = ",
          n("kept_gru"),
          " + ",
          n("written_gru"),
          " = ",
          result("h_gru", "h"),
        ],
      ];
    }
    return gates("simple", "h_simple", [{
      name: "h_simple",
      letter: "h",
      sum: "sum_simple",
      f: "tanh",
    }]);
  }

  const arithmetic = updated();
  function showArithmetic(t) {
    const first = { LSTM: ["c", "h"], GRU: ["h_gru"], simple: ["h_simple"] }[params.cell];
    arithmetic(`${params.cell} ${t} ${GATES.map((gate) => heldNow(gate, t))}`, (num) => {
      const initial = (
        name,
      ) => [
        sym(`${name[0]}_0`, name[0]),
        " = ",
        html("b", {}, num(name, [0], () => run[name][0], { sym: name[0] })),
        html("small", {}, "  the initial state"),
      ];
      put(
        sum,
        {},
        ...(t > 0 ? linesOf(num, t) : first.map(initial)).map((parts) => html("p", {}, ...parts)),
      );
    });
  }

  function showEquation() {
    if (equation.dataset.of === params.cell) return;
    equation.dataset.of = params.cell;
    const b = symbolButton;
    const inner = (
      reset = [],
    ) => [
      b("x_t", "x"),
      " ",
      b("W_x", "W_x"),
      " + ",
      ...reset,
      b("h_t−1", "h_prev"),
      " ",
      b("W_h", "W_h"),
      " + ",
      b("b", "b"),
    ];
    const line = (...parts) => html("span", { class: "part" }, ...parts);
    const all = {
      LSTM: [
        line(
          b("c_t", "c"),
          " = ",
          b("f_t", "f"),
          " · ",
          b("c_t−1", "c_prev"),
          " + ",
          b("i_t", "i"),
          " · ",
          b("c̃_t", "c_tilde"),
        ),
        line(b("h_t", "h"), " = ", b("o_t", "o"), " · tanh(", b("c_t", "c"), ")"),
        line(html("i", {}, "i, f, o"), " = σ(", ...inner(), ")"),
        line(html("i", {}, "c̃"), " = tanh(likewise)"),
      ],
      GRU: [
        line(
          b("h_t", "h"),
          " = ",
          b("z_t", "z"),
          " · ",
          b("h_t−1", "h_prev"),
          " + (1 − ",
          b("z_t", "z"),
          ") · ",
          b("h̃_t", "h_tilde"),
        ),
        line(html("i", {}, "z, r"), " = σ(", ...inner(), ")"),
        line(html("i", {}, "h̃"), " = tanh(", ...inner([b("r_t", "r"), " · "]), ")"),
      ],
      simple: [line(b("h_t", "h"), " = tanh(", ...inner(), ")")],
    };
    put(equation, {}, ...all[params.cell]);
  }

  const openings = html("span");
  let written; // what the code that stands there depends on
  function showCode(t) {
    const { cell, held, since } = params;
    const free = held.map((v) => v === FREE);
    const openingsOf = (gates) =>
      gates.map((gate) => held[GATES.indexOf(gate)]).filter((v) => v !== FREE).map(python).join(
        ", ",
      );
    write(openings, openingsOf(KNOBS[cell]));
    const key = JSON.stringify([cell, free, since, t]);
    if (written === key) return;
    written = key;
    const s = (text, of) => html("span", { "data-sym": of }, text);
    const byHand = (gates) => {
      const names = gates.filter((gate) => held[GATES.indexOf(gate)] !== FREE);
      const set = names.flatMap((gate, k) => [k ? ", " : "", s(gate, gate)]);
      return names.length
        ? [[
          `    if t >= ${since}: `,
          ...set,
          " = ",
          openings,
          html("span", { class: "comment" }, "  # by hand"),
        ]]
        : [];
    };
    const [x, h] = [s("x", "x"), s("h", "h_prev")].map((node) => () => node.cloneNode(true));
    const loop = [
      "for t, ",
      x(),
      " in enumerate(X, 1):",
      html("span", { class: "comment" }, t > 0 ? `  # t = ${t}` : ""),
    ];
    const inner = (
      slice,
      reset = [],
    ) => [
      x(),
      "*",
      s(`W_x${slice}`, "W_x"),
      " + ",
      ...reset,
      h(),
      "*",
      s(`W_h${slice}`, "W_h"),
      " + ",
      s(`b${slice}`, "b"),
    ];
    const lines = {
      LSTM: () => [
        [s("h", "h"), ", ", s("c", "c"), " = h0, c0"],
        loop,
        [
          "    ",
          s("i", "i"),
          ", ",
          s("f", "f"),
          ", ",
          s("c_tilde", "c_tilde"),
          ", ",
          s("o", "o"),
          " = ",
          ...inner(""),
        ],
        [
          "    ",
          s("i", "i"),
          ", ",
          s("f", "f"),
          ", ",
          s("o", "o"),
          ", ",
          s("c_tilde", "c_tilde"),
          " = sigmoid(",
          s("i", "i"),
          "), sigmoid(",
          s("f", "f"),
          "), sigmoid(",
          s("o", "o"),
          "), np.tanh(",
          s("c_tilde", "c_tilde"),
          ")",
        ],
        ...byHand(["f", "i", "o"]),
        [
          "    ",
          s("c", "c"),
          " = ",
          s("f", "f"),
          "*",
          s("c", "c_prev"),
          " + ",
          s("i", "i"),
          "*",
          s("c_tilde", "c_tilde"),
        ],
        ["    ", s("h", "h"), " = ", s("o", "o"), "*np.tanh(", s("c", "c"), ")"],
      ],
      GRU: () => [
        [s("h", "h"), " = h0"],
        loop,
        ["    ", s("z", "z"), ", ", s("r", "r"), " = sigmoid(", ...inner("[:2]"), ")"],
        ...byHand(["z", "r"]),
        ["    ", s("h_tilde", "h_tilde"), " = np.tanh(", ...inner("[2]", [s("r", "r"), "*"]), ")"],
        [
          "    ",
          s("h", "h"),
          " = ",
          s("z", "z"),
          "*",
          h(),
          " + (1 - ",
          s("z", "z"),
          ")*",
          s("h_tilde", "h_tilde"),
        ],
      ],
      simple: () => [[s("h", "h"), " = h0"], loop, [
        "    ",
        s("h", "h"),
        " = np.tanh(",
        ...inner(""),
        ")",
      ]],
    }[cell]();
    codeLines(code, lines, t > 0 ? -1 : 0);
    if (t === 0) return;
    [...code.children].forEach((line, k) => { // all of the loop's body runs in a step
      const runs = k > 1 && (t >= params.since || !line.textContent.startsWith("    if "));
      put(line, { class: runs ? "active" : "", "aria-current": runs ? "step" : null });
    });
  }

  // --- What to guess at step t: c and h of the LSTM in turn.

  function question(t) {
    const { cell } = params;
    const at = (name, back = 0) => run[name][t - back];
    const given = (...all) =>
      ` (${all.map(([letter, value]) => `${letter} = ${shown(value)}`).join(", ")})`;
    const apart = (right, slips) =>
      slips.filter(([wrong]) => Math.abs(wrong - right) > 1e-2 * Math.max(1, Math.abs(right)));
    if (cell === "LSTM") {
      const [f, i, o, c_tilde, c, right] = [
        at("f"),
        at("i"),
        at("o"),
        at("c_tilde"),
        at("c", 1),
        at("c"),
      ];
      const known = [["f", f], ["old c", c], ["i", i], ["c̃", c_tilde]];
      if (t % 2) {
        return {
          name: `c_${t}`,
          part: given(...known),
          value: right,
          slips: apart(right, [
            [f * c + c_tilde, "add the whole candidate, and not what i lets in of it"],
            [i * c + f * c_tilde, "swap the gates: f keeps the old memory, i writes the candidate"],
            [f * (c + i * c_tilde), "let f act on the candidate, too"],
            [c + i * c_tilde, "leave the forget gate out"],
            [i * c_tilde, "leave the old memory out"],
            [f * c, "leave the candidate out"],
          ]),
        };
      }
      const h = at("h");
      return {
        name: `h_${t}`,
        part: given(...known, ["o", o]),
        value: h,
        slips: apart(h, [
          [o * right, "forget the tanh around c"],
          [at("tanh_c"), "leave the output gate out"],
          [right, "take c itself for h"],
          [o * c_tilde, "put out the candidate, not the memory"],
          [o * Math.tanh(f * c + c_tilde), "add the whole candidate, and not what i lets in of it"],
          [
            o * Math.tanh(i * c + f * c_tilde),
            "swap the gates: f keeps the old memory, i writes the candidate",
          ],
        ]),
      };
    }
    if (cell === "GRU") {
      const [z, h_tilde, h, right] = [at("z"), at("h_tilde"), at("h_gru", 1), at("h_gru")];
      return {
        name: `h_${t}`,
        part: given(["z", z], ["old h", h], ["h̃", h_tilde]),
        value: right,
        slips: apart(right, [
          [(1 - z) * h + z * h_tilde, "swap z and 1 − z: here z keeps the old state"],
          [z * h + h_tilde, "add the whole candidate, and not 1 − z of it"],
          [z * (h + h_tilde), "let z act on the candidate, too"],
          [z * h, "leave the candidate out"],
          [h_tilde, "leave the old state out"],
        ]),
      };
    }
    const [W_x, W_h, b] = params.simple;
    const [x, h, right] = [at("x"), at("h_simple", 1), at("h_simple")];
    return {
      name: `h_${t}`,
      part: given(["x", x], ["old h", h]),
      value: right,
      slips: apart(right, [
        [at("sum_simple"), "stop before the tanh"],
        [Math.tanh(x * W_x + b), "leave the previous state out"],
        [Math.tanh(h * W_h + b), "leave the input out"],
        [Math.tanh(x * W_x + h + W_h + b), "add the recurrent weight instead of multiplying by it"],
      ]),
    };
  }

  // What each cell does at step t, in words.
  function told(t) {
    const said = (name, letter) => `${letter}_${t} = ${shown(run[name][t])}`;
    const gates = (names) =>
      names.map((gate) => `${gate} = ${shown(run[gate][t])}${heldNow(gate, t) ? " by hand" : ""}`)
        .join(", ");
    const of = (names) => (t ? `${gates(names)}; ` : "");
    return {
      LSTM: `${of(["f", "i", "o"])}${said("c", "c")}, ${said("h", "h")}.`,
      GRU: `${of(["z", "r"])}${said("h_gru", "h")}.`,
      simple: `${said("h_simple", "h")}.`,
    };
  }
  const words = (t) =>
    `Step ${t} of ${params.X.length}. ${
      Object.entries(told(t)).map(([cell, text]) => `${cell}: ${text}`).join(" ")
    }`;

  function show(t) {
    radios.forEach((radio) => {
      radio.checked = radio.value === params.cell;
    });
    cards.forEach((card) =>
      put(card, { class: card.dataset.cell === params.cell ? "cell chosen" : "cell" })
    );
    const said = told(t);
    CELLS.forEach((cell) => showCell(drawings[cell], run, t, params, said[cell]));
    put(
      input,
      {},
      ...(t > 0
        ? [sym(`x_${t}`, "x"), " = ", number("x", [t], run.x[t]), " comes into all three"]
        : ["Step 0: the initial states"]),
    );
    Object.keys(NAMED).forEach((gate) => showKnob(gate, t));
    showWeight();
    const choices = Math.max(params.X.length, params.since);
    while (since.length < choices) {
      since.append(html("option", { value: since.length + 1 }, since.length + 1));
    }
    while (since.length > choices) since.lastChild.remove();
    since.value = params.since;
    showChart(t);
    showReadout(t);
    showEquation();
    showArithmetic(t);
    showCode(t);
  }

  put(root, { "data-mode": "scalar" });
  makeReadout();
  return {
    head: [
      note,
      html("div", { class: "top" }, chooser, input),
      html("div", { class: "cells" }, ...cards),
      hand,
      legend,
    ],
    body: [chartBox, chartLegend, readout, equation, sum, code],
    compute(given) {
      params = given;
      run = trace(given);
    },
    shape: () => params.X.length,
    build: draw,
    fields: () => ({ groups: groups(values()), chosen: "W_x f" }),
    show,
    words,
    question,
    resized() {
      draw();
      // A narrow page shows one cell: what is hidden now hands the focus to the choice of the cell.
      const { activeElement } = root.getRootNode();
      if (root.contains(activeElement) && !activeElement.checkVisibility()) {
        radios.find((radio) => radio.checked).focus({ preventScroll: true });
      }
    },
  };
}

// A field for every number, a column for each gate.
function groups({ X, h0, c0 }) {
  const bounded = (fields) => fields.map((field) => ({ ...field, min: -LARGEST, max: LARGEST }));
  const rows = ["W_x", "W_h", "b"];
  const matrix = (param) =>
    rows.flatMap((row, i) =>
      WEIGHTS[param].map((gate, j) => ({ param, path: [i, j], sym: row, name: `${row} ${gate}` }))
    );
  return [
    {
      legend: "LSTM: a row for W_x, W_h and b, a column for each of i f c̃ o",
      columns: 4,
      fields: bounded(matrix("lstm")),
    },
    { legend: "GRU: likewise, for z r h̃", columns: 3, fields: bounded(matrix("gru")) },
    {
      legend: "the simple update",
      columns: 3,
      fields: bounded(rows.map((row, i) => ({ param: "simple", path: [i], sym: row, name: row }))),
    },
    {
      legend: "initial states: h of all three, c of the LSTM",
      columns: 3,
      fields: bounded([
        ...fieldsOf("h0", h0, "h_prev", "h 0"),
        ...fieldsOf("c0", c0, "c_prev", "c 0"),
      ]),
    },
    {
      legend: "inputs: one number per step",
      columns: 5,
      fields: bounded(fieldsOf("X", X, "x", "x")),
    },
  ];
}

// The rnncore calls that give the states. A gate that is held has no weights, and the bias that opens it so far.
function inPython({ X, lstm, gru, simple, h0, c0, held, since }, step) {
  const state = (value) => `np.array([[${python(value)}]])`;
  const layer = ([W_x, W_h, b]) => `[${python(W_x)}], [${python(W_h)}], ${python(b)}`;
  const hold = (name, order) =>
    order.flatMap((gate, column) => {
      const v = held[GATES.indexOf(gate)] ?? FREE;
      if (v === FREE) return [];
      const bias = v === 0 ? -1000 : v === 1 ? 1000 : Math.log(v / (1 - v));
      return [
        `${name}.parameters["W_x"][:, ${column}] = ${name}.parameters["W_h"][:, ${column}] = 0.0`,
        `${name}.parameters["b"][${column}] = ${python(bias)}  # ${gate} = σ of it = ${v}`,
      ];
    });
  const holding = [...hold("lstm", ["i", "f", "c", "o"]), ...hold("gru", ["z", "r", "h"])];
  const run = (
    steps,
  ) => [
    `lstm.forward(X[:, ${steps}], h, c)`,
    "h, c = lstm.state",
    `h_gru = gru.forward(X[:, ${steps}], h_gru)`,
  ];
  const split = Math.min(since - 1, step); // steps before a hand is laid on
  const parts = !holding.length || split === step ? run(`:${step}`) : [
    ...(split > 0 ? [...run(`:${split}`), ""] : []),
    `# by hand from step ${since} on: no weights, and a bias`,
    ...holding,
    ...run(`${split || ""}:${step}`),
  ];
  return [
    "import numpy as np",
    "from rnncore.gates import GRU, LSTM",
    "from rnncore.layers import SimpleRNN",
    "",
    `X = np.array(${python(X)}).reshape(1, ${X.length}, 1)`,
    `lstm = LSTM(${layer(lstm)})  # i f c o`,
    `gru = GRU(${layer(gru)}, reset_after=False)  # z r h`,
    `simple = SimpleRNN([[${python(simple[0])}]], [[${python(simple[1])}]], [${
      python(simple[2])
    }])`,
    `h = h_gru = h_simple = ${state(h0)}`,
    `c = ${state(c0)}`,
    "",
    ...(step > 0
      ? [...parts, `h_simple = simple.forward(X[:, :${step}], h_simple)`]
      : ["# step 0: the initial states"]),
    "",
  ].join("\n");
}

export default widget({
  kind: "gate-stepper",
  label: "Stepper for LSTM, GRU and the simple update",
  params: ["X", "lstm", "gru", "simple", "h0", "c0", "held", "since", "cell"],
  words: { cell: CELLS },
  looks: ["cell"],
  valid,
  steps: ({ X }) => X.length,
  presets: "A memory that",
  python: inPython,
  view,
});
