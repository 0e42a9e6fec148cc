// Where each axis goes: a shape on its way through Embedding, SimpleRNN or its cell, and Dense.

import { html, number, put, symbol, write } from "../shared/dom.js";
import { codeLines, group, widget } from "../shared/frame/frame.js";
import { grouped, KINDS, layersOf, MOST, readShape, trace, written } from "./trace.js";

// What becomes of each axis in a layer: [batch, timesteps, the last], each in a few words.
function fates(name, shape, { features, units, outputs, tokens, kind, return_sequences }) {
  const same = "↓ as it is";
  if (name === "Embedding") {
    return [
      same,
      shape.length > 1 ? same : "",
      `each token is one of ${grouped(tokens)} rows of ${grouped(features)}`,
    ];
  }
  if (name === "Dense") {
    return [
      same,
      shape.length > 2 ? "↓ each step by itself" : "",
      `${grouped(units)} × W ${written([units, outputs])}`,
    ];
  }
  const last = `${grouped(features)} × W_x ${written([features, units])}, and the state × W_h ${
    written([units, units])
  }`;
  if (kind === "SimpleRNNCell") return [same, "", last];
  return [
    same,
    return_sequences
      ? "↓ one state for each step"
      : `${grouped(shape[1])} rounds; the last state is kept`,
    last,
  ];
}

function view({ model, save, signal }) {
  const input = html("input", {
    type: "text",
    "aria-label": "shape of the input",
    autocomplete: "off",
    spellcheck: "false",
    size: 18,
  });
  const refused = html("span", { class: "error", role: "status" });
  const asked = html("div", { class: "asked" }, html("label", {}, "input shape ", input), refused);
  const toggles = [
    ["return_sequences", "return_sequences", () => true, () => false, (v) => v.return_sequences],
    [
      "kind",
      "one step: the cell",
      () => "SimpleRNNCell",
      () => "SimpleRNN",
      (v) => v.kind === "SimpleRNNCell",
    ],
    ["tokens", "Embedding before", () => 5000, () => 0, (v) => v.tokens > 0],
    ["outputs", "Dense after", () => 1, () => 0, (v) => v.outputs > 0],
  ].map(([param, words, on, off, isOn]) => {
    const box = html("input", { type: "checkbox", role: "switch" });
    box.addEventListener("change", () => save({ [param]: box.checked ? on() : off() }), { signal });
    return {
      row: html("label", { class: "switch" }, box, ` ${words}`),
      update: (v) => {
        box.checked = isOn(v);
      },
    };
  });
  const path = html("div", {
    class: "frame",
    role: "group",
    "aria-label": "The shape after each layer",
    tabindex: 0,
  });
  const error = html("p", { class: "refusal", role: "status" });
  const counts = html("div", {
    class: "sum",
    role: "group",
    "aria-label": "The parameters of each layer",
    tabindex: 0,
  });
  const code = group("code", "The code that does it", true);
  const none = html(
    "p",
    { class: "legend" },
    html(
      "small",
      {},
      "None is the batch: any number of sequences goes through side by side, and no weight depends on how many.",
    ),
  );
  let run, now;

  // The text is taken over when it is a shape; else the last good one stays, and a line says why.
  const take = (final) => {
    const shape = readShape(input.value);
    const good = shape !== null;
    put(input, { "aria-invalid": good || !final ? null : "true" });
    write(
      refused,
      good || !final
        ? ""
        : `A shape has one to four whole numbers from 1 to ${MOST}, such as (None, 250, 32); only the first may be None. It stays ${
          model.get("shape")
        }.`,
    );
    if (good) save({ shape: written(shape) });
    else if (final) input.value = model.get("shape");
  };
  input.addEventListener("input", () => take(false), { signal });
  input.addEventListener("change", () => take(true), { signal }); // Enter, too

  const axisNames = (
    shape,
    i,
  ) => (shape.length === 3 || i > 0
    ? ["batch", "timesteps", i === 0 ? "features" : "units"]
    : ["batch", "timesteps", "features"]);
  // A chip for each axis, in the column of its kind: batch, time, features or units.
  function chips(shape, i, hasTime) {
    const columns = hasTime
      ? [...shape.slice(0, 2), ...shape.slice(2)]
      : [shape[0], undefined, ...shape.slice(1)];
    const places = hasTime ? [0, 1, 2, 3] : [0, undefined, 1, 2, 3];
    return columns.slice(0, 4).map((n, column) => {
      if (n === undefined) return html("td", { class: "gone" }, "–");
      const kinds = ["batch", "x", i === 0 ? "x" : "h", "x"];
      const chip = n === null ? html("b", { class: "chip batch" }, "None") : html(
        "b",
        { class: `chip ${kinds[column]}` },
        number("shapes", [i, places[column]], n, grouped(n), ""),
      );
      return html("td", {}, chip);
    });
  }

  function compute(v) {
    now = v;
    run = trace(v);
  }

  function show() {
    if (
      input !== input.getRootNode().activeElement ||
      readShape(input.value) !== null && written(readShape(input.value)) !== now.shape
    ) input.value = now.shape;
    toggles.forEach(({ update }) => update(now));
    const layers = layersOf(now);
    const time = (shape, i) =>
      shape.length >= 3 ||
      (i === 0 && shape.length === 2 &&
        (now.tokens > 0 || (now.kind === "SimpleRNN" && run.error !== "")));
    const tr = (kind, head, cells) =>
      html("tr", { class: kind }, html("th", { scope: "row" }, ...head), ...cells);
    const rows = [tr("shape", ["input"], chips(run.shapes[0], 0, time(run.shapes[0], 0)))];
    layers.forEach(({ name }, i) => {
      const before = run.shapes[i];
      const after = run.shapes[i + 1];
      if (!before) {
        return rows.push(tr("fate waiting", [name], [html("td", { colspan: 3 }, "not reached")]));
      }
      if (!after) {
        return rows.push(
          tr("fate refused", [name], [html("td", { colspan: 3 }, "✕ does not fit")]),
        );
      }
      rows.push(
        tr(
          "fate",
          [name],
          fates(name, before, now).map((words) =>
            html(
              "td",
              {},
              ...words.split(/\b(W_[xh])\b/).flatMap((part, k) => (k % 2 ? symbol(part) : [part])),
            )
          ),
        ),
      );
      rows.push(
        tr(
          "shape",
          [html("span", { class: "arrow", "aria-hidden": "true" }, "= "), written(after)],
          chips(after, i + 1, time(after, i + 1)),
        ),
      );
    });
    const head = html(
      "thead",
      {},
      html(
        "tr",
        {},
        ...["", ...axisNames(run.shapes[0], 1)].map((name, i) =>
          html("th", { scope: "col" }, i === 3 ? "features, then units" : name)
        ),
      ),
    );
    put(path, {}, html("table", { class: "trace" }, head, html("tbody", {}, ...rows)));
    write(error, run.error ? `ValueError: ${run.error}` : "");
    const line = ({ name, parameters }, i) =>
      html(
        "p",
        {},
        html("span", { class: "layer" }, `${name}: `),
        ...parameters.flatMap((
          [param, shape],
          k,
        ) => [
          k ? " + " : "",
          html(
            "span",
            { "data-sym": param === "table" ? "W" : param },
            ...symbol(param),
            ` ${shape.map(grouped).join(" × ")}`,
          ),
        ]),
        " = ",
        html("b", {}, number("parameters", [i], run.parameters[i], grouped(run.parameters[i]), "")),
        i === 0 && layers.length === 1 ? " parameters" : "",
      );
    const total = layers.length > 1
      ? [
        html(
          "p",
          {},
          "together ",
          html("b", {}, number("total", [], run.total, grouped(run.total), "")),
          " parameters",
        ),
      ]
      : [];
    put(counts, {}, ...layers.map(line), ...total);
    showCode(layers);
  }

  function showCode(layers) {
    const makers = {
      Embedding: "Embedding(table)",
      Dense: "Dense(W, b)",
      SimpleRNNCell: "SimpleRNNCell(W_x, W_h, b)",
      SimpleRNN: `SimpleRNN(W_x, W_h, b${now.return_sequences ? ", return_sequences=True" : ""})`,
    };
    const comment = (text) => html("span", { class: "comment" }, `  # ${text}`);
    const lines = layers.map((
      { name },
      i,
    ) => [
      `x = ${makers[name]}.forward(x)`,
      run.shapes[i + 1]
        ? comment(written(run.shapes[i + 1]))
        : i === run.shapes.length - 1
        ? comment("ValueError")
        : "",
    ]);
    codeLines(
      code,
      [[`x.shape`, comment(written(run.shapes[0]))], ...lines],
      run.error ? run.shapes.length : lines.length,
    );
  }

  const words =
    () => (run.error
      ? `Input ${written(run.shapes[0])}: ${run.error}`
      : `${run.shapes.map(written).join(" becomes ")}; ${run.total} parameters.`);
  return {
    head: [asked, html("div", { class: "toggles" }, ...toggles.map(({ row }) => row)), path, none],
    body: [error, html("div", { class: "beside" }, counts, code)],
    compute,
    shape: () => 0,
    build() {},
    fields: () => ({
      groups: [{
        legend: "the layers; 0 leaves Embedding or Dense out",
        columns: 4,
        fields: [
          {
            param: "features",
            path: [],
            name: "features",
            sym: "x",
            whole: true,
            min: 1,
            max: MOST,
          },
          { param: "units", path: [], name: "units", sym: "h", whole: true, min: 1, max: MOST },
          { param: "tokens", path: [], name: "tokens", sym: "", whole: true, min: 0, max: MOST },
          { param: "outputs", path: [], name: "outputs", sym: "y", whole: true, min: 0, max: MOST },
        ],
      }],
      chosen: "units",
    }),
    show,
    words,
  };
}

// Runs the real layers of the package; a batch of 2 stands for None.
function inPython(v) {
  const shape = readShape(v.shape).map((n) => n ?? 2);
  const names = [...(v.tokens ? ["Embedding"] : []), v.kind, ...(v.outputs ? ["Dense"] : [])];
  const layers = [
    ...(v.tokens ? [`    Embedding(np.zeros((${v.tokens}, ${v.features}))),`] : []),
    `    ${v.kind}(np.zeros((${v.features}, ${v.units})), np.zeros((${v.units}, ${v.units})), np.zeros(${v.units})${
      v.kind === "SimpleRNN" && v.return_sequences ? ", return_sequences=True" : ""
    }),`,
    ...(v.outputs
      ? [`    Dense(np.zeros((${v.units}, ${v.outputs})), np.zeros(${v.outputs})),`]
      : []),
  ];
  return [
    "import numpy as np",
    `from rnncore.layers import ${[...names, "Sequential"].sort().join(", ")}`,
    "",
    "model = Sequential([",
    ...layers,
    "])",
    `x = np.zeros(${written(shape)}${v.tokens ? ", int" : ""})${
      readShape(v.shape)[0] === null ? "  # a batch of 2 for None" : ""
    }`,
    "try:",
    "    print(model.forward(x).shape)",
    "    print(model.summary())",
    "except ValueError as error:",
    "    print(error)",
    "",
  ].join("\n");
}

const whole = (n, least) => Number.isInteger(n) && n >= least && n <= MOST;

export default widget({
  kind: "shape-tracer",
  label: "Where each axis goes",
  params: ["shape", "features", "units", "kind", "return_sequences", "tokens", "outputs"],
  words: {
    kind: KINDS,
    shape: { includes: (text) => readShape(text) !== null && written(readShape(text)) === text },
  },
  valid: (v) =>
    typeof v.shape === "string" && readShape(v.shape) !== null && KINDS.includes(v.kind) &&
    whole(v.features, 1) && whole(v.units, 1) && whole(v.tokens, 0) && whole(v.outputs, 0),
  presets: "Trace",
  python: inPython,
  view,
});
