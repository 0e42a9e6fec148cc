// Where each axis goes: a shape on its way through Embedding, SimpleRNN or its cell, and Dense.

import { html, number, put, symbol, write } from "../shared/dom.js";
import { codeLines, group, widget } from "../shared/frame/frame.js";
import { shapeText } from "../shared/numbers.js";
import { shapeField, switches } from "./controls.js";
import { grouped, pathPanel } from "./path.js";
import { layersOf, readInput, trace } from "./trace.js";

const BATCH =
  "None is the batch. Any number of sequences can go through side by side, and no weight depends" +
  " on how many.";

function view(frame) {
  const [input, toggles] = [shapeField(frame), switches(frame)];
  const [path, counts, code] = [pathPanel(), countsPanel(), codePanel()];
  const error = html("p", { class: "refusal", role: "status" });
  let run, now;

  function compute(values) {
    now = values;
    run = trace(values, frame.limits);
  }
  function show() {
    input.update(now);
    toggles.update(now);
    path.update(run, now);
    write(error, run.error ? `ValueError: ${run.error}` : "");
    counts.update(run, now);
    code.update(run, now);
  }
  const words = () =>
    run.error
      ? `Input ${shapeText(run.shapes[0])}: ${run.error}`
      : `${run.shapes.map(shapeText).join(" becomes ")}; ${run.total} parameters.`;
  const note = html("p", { class: "legend" }, html("small", {}, BATCH));
  return {
    head: [input.element, toggles.element, path.element, note],
    body: [error, html("div", { class: "beside" }, counts.element, code.element)],
    compute,
    shape: () => 0, // the fields are always the same
    fields: () => fields(frame.limits),
    show,
    words,
  };
}

/** Make the panel that counts the parameters of each layer. */
function countsPanel() {
  const element = group("sum", "The parameters of each layer", true);
  const count = (name, index, n) => html("b", {}, number(name, index, n, grouped(n), ""));
  const term = ([param, shape], k) => {
    const sym = { "data-sym": param === "table" ? "W" : param };
    const size = ` ${shape.map(grouped).join(" × ")}`;
    return [k ? " + " : "", html("span", sym, ...symbol(param), size)];
  };

  function update(run, values) {
    const layers = layersOf(values);
    const line = ({ name, parameters }, i) => {
      const title = html("span", { class: "layer" }, `${name}: `);
      const sum = count("parameters", [i], run.parameters[i]);
      const unit = layers.length === 1 ? " parameters" : "";
      return html("p", {}, title, ...parameters.flatMap(term), " = ", sum, unit);
    };
    const total = () => html("p", {}, "together ", count("total", [], run.total), " parameters");
    put(element, {}, ...layers.map(line), layers.length > 1 ? total() : null);
  }
  return { element, update };
}

/** Make the panel with the code that sends x through the layers. */
function codePanel() {
  const element = group("code", "The code that does it", true);
  const comment = (text) => html("span", { class: "comment" }, `  # ${text}`);
  const maker = (name, returnsAll) =>
    ({
      Embedding: "Embedding(table)",
      Dense: "Dense(W, b)",
      SimpleRNNCell: "SimpleRNNCell(W_x, W_h, b)",
      SimpleRNN: `SimpleRNN(W_x, W_h, b${returnsAll ? ", return_sequences=True" : ""})`,
    })[name];

  function update({ shapes, error }, values) {
    const result = (i) =>
      shapes[i] ? comment(shapeText(shapes[i])) : i === shapes.length ? comment("ValueError") : "";
    const lines = layersOf(values).map(({ name }, i) => [
      `x = ${maker(name, values.return_sequences)}.forward(x)`,
      result(i + 1),
    ]);
    const all = [["x.shape", comment(shapeText(shapes[0]))], ...lines];
    codeLines(element, all, error ? shapes.length : lines.length);
  }
  return { element, update };
}

function fields({ most }) {
  const field = (param, sym, min) => ({
    ...{ param, path: [], name: param, sym },
    ...{ whole: true, min, max: most },
  });
  const all = [
    field("features", "x", 1),
    field("units", "h", 1),
    field("tokens", "", 0),
    field("outputs", "y", 0),
  ];
  const legend = "the layers; 0 leaves Embedding or Dense out";
  return { groups: [{ legend, columns: 4, fields: all }], chosen: "units" };
}

/** Return code that runs the real layers of the package; a batch of 2 stands for None. */
function inPython({ shape: text, features, units, kind, return_sequences, tokens, outputs }) {
  const shape = text.slice(1, -1).replace("None", "2");
  const note = text.startsWith("(None") ? "  # a batch of 2 for None" : "";
  const zeros = (...axes) => `np.zeros(${axes.length > 1 ? shapeText(axes) : axes[0]})`;
  const option = kind === "SimpleRNN" && return_sequences ? ", return_sequences=True" : "";
  const weights = [zeros(features, units), zeros(units, units), zeros(units)].join(", ");
  const layers = [
    ...(tokens ? [["Embedding", zeros(tokens, features)]] : []),
    [kind, weights + option],
    ...(outputs ? [["Dense", `${zeros(units, outputs)}, ${zeros(outputs)}`]] : []),
  ];
  const names = [...layers.map(([name]) => name), "Sequential"].sort();
  return [
    "import numpy as np",
    `from rnncore.layers import ${names.join(", ")}`,
    "",
    "model = Sequential([",
    ...layers.map(([name, given]) => `    ${name}(${given}),`),
    "])",
    `x = np.zeros((${shape})${tokens ? ", int" : ""})${note}`,
    "try:",
    "    print(model.forward(x).shape)",
    "    print(model.summary())",
    "except ValueError as error:",
    "    print(error)",
    "",
  ].join("\n");
}

function valid({ shape, features, units, kind, tokens, outputs }, limits) {
  const whole = (n, least) => Number.isInteger(n) && n >= least && n <= limits.most;
  return typeof shape === "string" && readInput(shape, limits) !== null &&
    limits.kinds.includes(kind) && whole(features, 1) &&
    whole(units, 1) && whole(tokens, 0) && whole(outputs, 0);
}

export default widget({
  kind: "shape-tracer",
  label: "Where each axis goes",
  params: ["shape", "features", "units", "kind", "return_sequences", "tokens", "outputs"],
  words: (limits) => ({
    kind: limits.kinds,
    shape: (text) => {
      const shape = readInput(text, limits);
      return shape && shapeText(shape);
    },
  }),
  valid,
  presets: "Trace",
  python: inPython,
  view,
});
