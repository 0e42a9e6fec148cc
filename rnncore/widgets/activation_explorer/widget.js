// An activation's value and slope at a point, and the map h → f(h W_h + c) with its cobweb.

import { ACTIVATIONS, NAMES } from "../shared/activations.js";
import { openOf, shutOf } from "../shared/arithmetic.js";
import { html, NONE, number, put, svg, symbol, tag, write } from "../shared/dom.js";
import { codeLines, group, symbolButton, widget } from "../shared/frame/frame.js";
import { factor, packed, python, shown } from "../shared/numbers.js";
import { clamp, plot } from "../shared/plot.js";
import { away, inReach, REACH, STEPS, trace } from "./trace.js";

const PARAMS = ["activation", "z", "W_h", "c", "h0"];
// What becomes of the state, wherever it starts.
function verdict(values, run) {
  const { activation, W_h, c } = values;
  const bounded = activation === "tanh" || activation === "sigmoid";
  const aways = run.fixed.map((h, i) => away(values, h, run.fixed_slope[i]));
  const near = aways.filter((a) => a < 0).length;
  const from = activation === "relu" ? "Every h ≥ 0" : "Every h";
  if (!run.fixed.length) {
    if (c === 0) return `${from} is a fixed point: the state keeps what it was given.`;
    return c > 0
      ? "No fixed point: the state grows without end."
      : "No fixed point: the state falls without end.";
  }
  if (near > 1) {
    return "Two fixed points attract, one repels: the side of the start is remembered for good.";
  }
  if (near === 1 && aways.length === 1) {
    return "The one fixed point attracts: in the end every start is forgotten.";
  }
  if (near === 1 && activation === "relu") {
    return `Below ${shown(run.fixed[1])} the state dies, above it the state grows without end.`;
  }
  if (aways.includes(0)) {
    if (bounded) {
      return "A slope of 1 in size at a fixed point: differences fade there, but ever more slowly.";
    }
    return W_h < 0
      ? "The slope is −1: the state goes back and forth, and its distance stays."
      : "The slope is 1: differences stay as they are.";
  }
  if (activation === "relu" && W_h > 0) {
    return "Above 0 the state grows without end; at 0 it stays.";
  }
  if (W_h < 0 && activation !== "linear") {
    return "The fixed point repels, each time to the other side: the state ends up going back and forth.";
  }
  return "The fixed point repels: what differs from it grows without end.";
}

// The words for one fixed point.
function nearby(values, h, slope) {
  const side = slope < 0 ? ", from alternating sides" : "";
  if (values.activation === "relu" && h === 0 && values.c === 0) {
    return `the kink: slope 0 below, ${shown(values.W_h)} above`;
  }
  return [
    `come closer${side}`,
    "keep their distance at first",
    `move away${slope < 0 ? ", to alternating sides" : ""}`,
  ][away(values, h, slope) + 1];
}

// The least round number at or above a size: the edge of the map.
function edge(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1.2, 2, 3, 5, 8, 12].map((m) => m * power).find((m) => m >= size * 1.02);
}

const VALUE_RANGE = {
  linear: [-6.5, 6.5],
  tanh: [-1.25, 1.25],
  sigmoid: [-0.2, 1.2],
  relu: [-1, 6.5],
};
const TANGENT = 56; // pixels to either side

function view({ root, save, signal }) {
  const choices = group("choices", "Activation");
  const valueTitle = html("p", { class: "equation" });
  const mapTitle = html("p", { class: "equation" });
  const valueBox = html("div", { class: "chart" });
  const mapBox = group("frame", "The recurrent map; arrow keys step along it", true);
  const readout = html("div", { class: "sum readout" });
  const says = html("p", { class: "says" });
  const sum = group("sum", "The arithmetic of this step", true);
  const code = group("code", "The code that runs", true);
  put(root, { "data-mode": "scalar" });
  let now, run, value, map;
  let drawn = {}; // what the charts show, so that one half is left alone while the other is dragged

  const buttons = NAMES.map((name) => {
    const button = html("button", { type: "button", class: "choice" }, name);
    button.addEventListener("click", () => save({ activation: name }), { signal });
    return button;
  });
  put(choices, {}, html("span", {}, "Activation f"), ...buttons);

  // A native range for each number; the field in the editor takes more than the range does.
  const ranges = [["z", "z", 6], ["W_h", "W_h", 3], ["c", "x", 3], ["h0", "h_prev", 2]].map(
    ([name, sym, reach]) => {
      const input = html("input", { type: "range", "aria-label": `${name} slider`, step: 0.05 });
      const output = html("span", { class: "slider-value" });
      input.addEventListener("input", () => save({ [name]: Number(input.value) }), { signal });
      const row = html(
        "label",
        { class: "slider" },
        html(
          "span",
          { class: "slider-name", "data-sym": sym },
          ...symbol(name === "h0" ? "h_0" : name),
        ),
        input,
        output,
      );
      const update = () => {
        const most = Math.max(reach, Math.ceil(Math.abs(now[name])));
        put(input, { min: -most, max: most });
        if (Number(input.value) !== now[name]) input.value = now[name];
        put(output, {}, number(name, [], now[name], shown(now[name]), sym));
      };
      return { name, row, update };
    },
  );
  const [zRow, ...mapRows] = ranges.map(({ row }) => row);

  // The table has room for three fixed points; tanh and sigmoid have no more.
  const rows = [0, 1, 2].map(() => {
    const cells = [html("th", { scope: "row" }), html("td"), html("td")];
    return { cells, tr: html("tr", {}, ...cells) };
  });
  const head = ["fixed point h", "slope there", "nearby states"].map((text) =>
    html("th", { scope: "col" }, text)
  );
  const table = html(
    "table",
    { class: "products fixed-points" },
    html("thead", {}, html("tr", {}, ...head)),
    html("tbody", {}, ...rows.map(({ tr }) => tr)),
  );

  put(
    mapTitle,
    {},
    symbolButton("h_t", "h"),
    " = ",
    html("i", {}, "f"),
    "(",
    symbolButton("h_t−1", "h_prev"),
    symbolButton("W_h", "W_h"),
    " + ",
    symbolButton("c", "x"),
    ")",
  );
  put(
    valueTitle,
    {},
    symbolButton("h", "h"),
    " = ",
    html("i", {}, "f"),
    "(",
    symbolButton("z", "z"),
    "), slope ",
    symbolButton("dh/dz", "dh"),
  );

  const clipped = (chart, ...marks) => {
    const id = `rnn-clip-${Math.random().toString(36).slice(2)}`;
    const { left, right, top, bottom } = chart.box;
    put(
      chart.marks,
      {},
      svg(
        "clipPath",
        { id },
        svg("rect", { x: left, y: top, width: right - left, height: bottom - top }),
      ),
      svg("g", { "clip-path": `url(#${id})` }, ...marks),
    );
  };
  const points = ([a, b], f) =>
    Array.from({ length: 161 }, (_, i) => a + ((b - a) * i) / 160).map((x) => [x, f(x)]);
  const segment = ([x1, y1], [x2, y2]) => ({ x1, y1, x2, y2 });

  function drawValue() {
    const width = Math.min(valueBox.clientWidth || 320, 460);
    const chart = plot({
      width,
      height: 240,
      title: "The activation",
      xName: "z",
      yName: "h = f(z)",
    });
    const part = (kind, name, more = {}) => svg(kind, { class: name, ...more });
    value = {
      chart,
      curve: part("path", "line"),
      down: part("line", "drop z"),
      across: part("line", "drop h"),
      tangent: part("line", "tangent", { "data-sym": "dh" }),
      dot: part("circle", "dot h", { r: 6, "data-sym": "h" }),
      foot: part("circle", "dot z", { r: 4, "data-sym": "z" }),
      label: part("text", "halo", { "data-sym": "dh" }),
    };
    const { curve, down, across, tangent, dot, foot, label } = value;
    clipped(chart, curve, down, across, tangent);
    chart.marks.append(foot, dot, label);
    put(chart.element, { class: "plot draggable" });
    const drag = (event) => {
      if (!(event.buttons & 1)) return;
      const box = chart.element.getBoundingClientRect();
      const z = chart.from(((event.clientX - box.left) * width) / box.width);
      save({ z: clamp(Math.round(z * 20) / 20, -REACH.z, REACH.z) });
    };
    chart.element.addEventListener("pointerdown", (event) => {
      chart.element.setPointerCapture(event.pointerId);
      drag(event);
    }, { signal });
    chart.element.addEventListener("pointermove", drag, { signal });
    put(valueBox, {}, chart.element);
  }

  function showValue() {
    const { activation, z } = now;
    const { chart, curve, down, across, tangent, dot, foot, label } = value;
    const y = VALUE_RANGE[activation];
    chart.scale({ x: [-6.4, 6.4], y });
    put(curve, { d: chart.path(points([-6.4, 6.4], ACTIVATIONS[activation].value)) });
    const [cx, cy] = chart.at(z, run.value);
    const rise = chart.at(1, run.slope)[1] - chart.at(0, 0)[1]; // in pixels, for 1 of z
    const run1 = chart.at(1, 0)[0] - chart.at(0, 0)[0];
    const share = TANGENT / Math.hypot(rise, run1);
    put(tangent, {
      ...segment([cx - run1 * share, cy - rise * share], [cx + run1 * share, cy + rise * share]),
      ...tag("slope", [], run.slope),
    });
    put(dot, { cx, cy, ...tag("value", [], run.value) });
    put(foot, { cx, cy: chart.box.bottom, ...tag("z", [], z) });
    put(down, segment([cx, cy], [cx, chart.box.bottom]));
    put(across, segment([cx, cy], [chart.box.left, cy]));
    const x = z > 0
      ? Math.min(cx + 10, chart.box.right - 84)
      : Math.max(cx - 10, chart.box.left + 84);
    put(label, { x, y: cy + (z > 0 ? 24 : -14), "text-anchor": z > 0 ? "start" : "end" });
    write(label, `slope ${shown(run.slope)}`);
    chart.describe(
      `${activation} at z = ${shown(z)}: value ${shown(run.value)}, slope ${
        shown(run.slope)
      }, drawn as a tangent.`,
    );
    showReadout();
  }

  function showReadout() {
    const { activation, z } = now;
    const h = (text = factor(run.value)) => number("value", [], run.value, text, "h");
    const slope = number("slope", [], run.slope, shown(run.slope), "dh");
    const how = {
      linear: ["1"],
      tanh: ["1 − ", html("i", {}, "h"), "² = 1 − ", h(), "²"],
      sigmoid: [
        html("i", {}, "h"),
        " (1 − ",
        html("i", {}, "h"),
        ") = ",
        h(),
        " × (1 − ",
        h(),
        ")",
      ],
      relu: ["1 where ", html("i", {}, "h"), " > 0, else 0"],
    }[activation];
    const meaning = run.slope === 0
      ? "Off: h does not move with z."
      : run.slope < 0.05
      ? "Saturated: h hardly moves with z."
      : run.slope === 1
      ? "Near z, h changes as fast as z."
      : `Near z, h changes ${shown(run.slope)} times as fast as z.`;
    const f = activation === "linear" ? "" : activation;
    put(
      readout,
      {},
      html(
        "p",
        {},
        html("i", { "data-sym": "h" }, "h"),
        " = ",
        ...(f ? [`${f}(`] : []),
        number("z", [], z, shown(z)),
        f ? ")" : "",
        ...(f ? [" = ", h(shown(run.value))] : []),
      ),
      html(
        "p",
        {},
        "slope: ",
        ...how,
        ...(activation === "linear"
          ? [" everywhere"]
          : [activation === "relu" ? ": " : " = ", slope]),
      ),
      html("p", {}, html("small", {}, meaning)),
    );
  }

  function drawMap() {
    const width = Math.min(mapBox.clientWidth || 320, 460);
    const chart = plot({
      width,
      height: 240,
      title: "The recurrent map",
      xName: "h_t−1",
      yName: "h_t",
    });
    map = {
      chart,
      curve: svg("path", { class: "line" }),
      same: svg("path", { class: "same" }),
      web: svg("path", { class: "line h web" }),
      leg: svg("path", { class: "line h leg", "data-sym": "h" }),
      dots: Array.from({ length: STEPS + 1 }, () => svg("circle", { class: "dot h" })),
      fixed: rows.map(() => svg("circle", { class: "fixed", r: 5.5 })),
    };
    clipped(chart, map.same, map.curve, map.web, map.leg);
    chart.marks.append(...map.fixed, ...map.dots);
    put(mapBox, {}, chart.element);
  }

  // How far the map is shown: the states that are reached, and the fixed points not far away.
  function span(t) {
    const seen = [...run.h.slice(0, t + 1), ...run.fixed.filter((h) => Math.abs(h) <= 10)];
    const [least, most] = [Math.min(...seen), Math.max(...seen)];
    if (now.activation === "tanh" || now.activation === "linear") {
      const r = edge(Math.max(1, -least, most));
      return [-r, r];
    }
    const high = edge(Math.max(1, most));
    return [least < 0 ? -edge(Math.max(high / 6, -least)) : -high / 6, high];
  }

  function showMap(t) {
    const { activation, W_h, c } = now;
    const { chart, curve, same, web, leg, dots, fixed } = map;
    const x = span(t);
    chart.scale({ x, y: x });
    put(curve, { d: chart.path(points(x, (h) => ACTIVATIONS[activation].value(h * W_h + c))) });
    put(same, { d: chart.path(x.map((h) => [h, h])) });
    const corners = (
      k,
    ) => [[run.h[k - 1], run.h[k - 1]], [run.h[k - 1], run.h[k]], [run.h[k], run.h[k]]];
    put(web, { d: chart.path(Array.from({ length: t }, (_, k) => corners(k + 1)).flat()) });
    put(leg, { d: t ? chart.path(corners(t)) : "" });
    dots.forEach((dot, k) => {
      if (k > t) return put(dot, { ...NONE, visibility: "hidden" });
      const [cx, cy] = chart.at(run.h[Math.max(k - 1, 0)], run.h[k]); // h_0 stands on the diagonal
      put(dot, {
        cx,
        cy,
        r: k === t ? 5 : 3,
        visibility: null,
        "data-sym": k === t ? "h" : k === t - 1 ? "h_prev" : null,
        ...tag("h", [k], run.h[k]),
      });
    });
    fixed.forEach((mark, i) => {
      const h = run.fixed[i];
      const drawn = h >= x[0] && h <= x[1];
      const [cx, cy] = drawn ? chart.at(h, h) : [0, 0];
      put(mark, {
        cx,
        cy,
        visibility: drawn ? null : "hidden",
        class: drawn && away(now, h, run.fixed_slope[i]) < 0 ? "fixed near" : "fixed",
        ...(h === undefined ? NONE : tag("fixed", [i], h)),
      });
    });
    chart.describe(
      `The curve of the next state over the last one, and the diagonal where they are equal; fixed points: ${
        run.fixed.map((h) => shown(h)).join(", ") || "none marked"
      }; ${t} of ${STEPS} steps drawn.`,
    );
  }

  function showFixed() {
    write(says, verdict(now, run));
    put(table, { hidden: run.fixed.length === 0 });
    rows.forEach(({ cells, tr }, i) => {
      const there = i < run.fixed.length;
      put(tr, { hidden: !there });
      if (!there) return cells.forEach((cell) => cell.replaceChildren());
      const [h, slope] = [run.fixed[i], run.fixed_slope[i]];
      put(
        cells[0],
        {},
        html("span", { "aria-hidden": "true" }, away(now, h, slope) < 0 ? "● " : "○ "),
        number("fixed", [i], h, shown(h), ""),
      );
      put(cells[1], {}, number("fixed_slope", [i], slope, shown(slope), "dh"));
      write(cells[2], nearby(now, h, slope));
    });
  }

  function showSum(t) {
    const { activation, W_h, c } = now;
    if (t === 0) {
      return put(
        sum,
        {},
        html(
          "p",
          {},
          ...symbol("h_0"),
          " = ",
          number("h", [0], run.h[0]),
          html("small", {}, "  the initial state"),
        ),
      );
    }
    const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));
    const wrap = (...parts) => [openOf(activation), ...parts, shutOf(activation)];
    const lines = [
      [
        sym(`h_${t}`, "h"),
        " = ",
        ...wrap(sym(`h_${t - 1}`, "h_prev"), " · ", sym("W_h", "W_h"), " + ", sym("c", "x")),
      ],
      [
        "= ",
        ...wrap(
          number("h", [t - 1], run.h[t - 1], factor(run.h[t - 1]), "h_prev"),
          " × ",
          number("W_h", [], W_h, factor(W_h)),
          " + ",
          number("c", [], c, factor(c), "x"),
        ),
      ],
      ...(activation === "linear"
        ? []
        : [["= ", ...wrap(number("sum", [t], run.sum[t], shown(run.sum[t]), "z"))]]),
      ["= ", html("b", {}, number("h", [t], run.h[t]))],
      [
        "slope of this step, ",
        html("span", { "data-sym": "dh" }, ...symbol("W_h"), " ", html("i", {}, "f"), "′"),
        ": ",
        number("step_slope", [t], run.step_slope[t], shown(run.step_slope[t]), "dh"),
      ],
      [
        "a nudge of ",
        ...symbol("h_0"),
        " is by now × ",
        number("nudge", [t], run.nudge[t], shown(run.nudge[t]), "dh"),
      ],
    ];
    return put(sum, {}, ...lines.map((parts) => html("p", {}, ...parts)));
  }

  function showCode(t) {
    const sym = (text, name) => html("span", { "data-sym": name }, text);
    const { activation } = now;
    codeLines(code, [
      [sym("h", "h"), " = h0"],
      [
        `for t in range(1, ${STEPS + 1}):`,
        html("span", { class: "comment" }, t > 0 ? `  # t = ${t}` : ""),
      ],
      [
        "    ",
        sym("h", "h"),
        ` = ${activation === "tanh" ? "np.tanh(" : openOf(activation)}`,
        sym("h", "h_prev"),
        " * ",
        sym("W_h", "W_h"),
        " + ",
        sym("c", "x"),
        shutOf(activation),
      ],
    ], t === 0 ? 0 : 2);
  }

  function question(t) {
    const { activation, W_h, c } = now;
    const f = ACTIVATIONS[activation].value;
    const [before, right] = [run.h[t - 1], run.h[t]];
    const slips = [
      [run.sum[t], "stop before the activation"],
      [f(before + W_h + c), "add the recurrent weight instead of multiplying by it"],
      [f(before * W_h), "leave c out"],
      [f(before) * W_h + c, "apply the activation before the weight"],
      [before, "pass the old state on unchanged"],
    ].filter(([wrong]) => Math.abs(wrong - right) > 1e-2 * Math.max(1, Math.abs(right)));
    return { name: `h_${t}`, part: "", value: right, slips };
  }

  function words(t) {
    const { activation, z } = now;
    const point = `${activation} at z = ${shown(z)}: value ${shown(run.value)}, slope ${
      shown(run.slope)
    }.`;
    return `Step ${t} of ${STEPS}: h_${t} = ${shown(run.h[t])}. ${point} ${verdict(now, run)}`;
  }

  const draw = () => {
    drawValue();
    drawMap();
    drawn = {};
  };
  const constant = html(
    "small",
    {},
    html("i", {}, "c"),
    " = ",
    html("i", {}, "x"),
    " ",
    ...symbol("W_x"),
    " + ",
    html("i", {}, "b"),
    ": what comes in, the same at every step",
  );
  const key = html(
    "p",
    { class: "legend" },
    html("small", {}, "● attracts  ○ repels  ┄ ", ...symbol("h_t"), " = ", ...symbol("h_t−1")),
  );
  return {
    head: [
      choices,
      html(
        "div",
        { class: "two" },
        html("div", {}, valueTitle, valueBox, zRow, readout),
        html("div", {}, mapTitle, mapBox, key, ...mapRows, constant),
      ),
      says,
      html("div", { class: "terms" }, table),
    ],
    body: [html("div", { class: "beside" }, sum, code)],
    compute(given) {
      now = given;
      run = trace(given);
    },
    shape: () => 0,
    build: draw,
    fields: () => ({
      groups: [{
        legend: "the point, the weight, what comes in, the initial state",
        columns: 4,
        fields: ranges.map(({ name }) => ({
          param: name,
          path: [],
          name: name === "h0" ? "h 0" : name,
          sym: { c: "x", h0: "h_prev" }[name] ?? name,
          min: -REACH[name],
          max: REACH[name],
        })),
      }],
      slider: false,
    }),
    show(t) {
      buttons.forEach((button, i) =>
        put(button, { "aria-pressed": String(NAMES[i] === now.activation) })
      );
      ranges.forEach(({ update }) => update());
      if (drawn.point !== packed([now.z, now.activation])) showValue();
      if (drawn.orbit !== packed([now.W_h, now.c, now.h0, t, now.activation])) {
        showMap(t);
        showFixed();
        showSum(t);
        showCode(t);
      }
      drawn = {
        point: packed([now.z, now.activation]),
        orbit: packed([now.W_h, now.c, now.h0, t, now.activation]),
      };
    },
    words,
    question,
    resized: draw,
  };
}

function inPython({ activation, z, W_h, c, h0 }, step) {
  const { fixed } = trace({ activation, z, W_h, c, h0 });
  return [
    "import numpy as np",
    "from rnncore.activations import get",
    "from rnncore.states import compute_states",
    "",
    `f = get("${activation}")`,
    `value = f.value(${python(z)})`,
    "slope = f.slope(value)",
    "",
    `W_h, c, h0 = ${[W_h, c, h0].map(python).join(", ")}`,
    `S = compute_states([[c] * ${step}], 1.0, W_h, activation=f, h0=[h0])`,
    `h = S[0, ${step}]`,
    `fixed = np.array(${python(fixed)})  # f.value(fixed * W_h + c) is the same`,
    "fixed_slope = W_h * f.slope(fixed)",
    "",
  ].join("\n");
}

export default widget({
  kind: "activation-explorer",
  label: "Explorer of activations and of the recurrent map",
  params: PARAMS,
  words: { activation: NAMES },
  valid: inReach,
  steps: () => STEPS,
  presets: "A map that",
  python: inPython,
  view,
});
