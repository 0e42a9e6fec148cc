// Where each axis goes: a shape on its way through Embedding, recurrent layers or cells, Dense.

import { html, number, put, symbol, write } from "../shared/dom.js";
import { codeLines, group, widget } from "../shared/frame/frame.js";
import { shapeText } from "../shared/numbers.js";
import { shapeField, switches } from "./controls.js";
import { film } from "./film.js";
import { grouped, pathPanel } from "./path.js";
import { isCell, layersOf, readInput, trace } from "./trace.js";

const BATCH =
  "None is the batch. Any number of sequences can go through side by side, and no weight depends" +
  " on how many.";

function view(frame) {
  const [input, toggles] = [shapeField(frame), switches(frame)];
  const { limits } = frame;
  const [path, counts, code] = [pathPanel(limits), countsPanel(limits), codePanel(limits)];
  const error = html("p", { class: "refusal", role: "status" });
  let run, now;

  function compute(values) {
    now = values;
    run = trace(values, limits);
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
    shape: () => now.mask, // which needs an Embedding, so that its field takes no 0
    fields: () => fields(limits, now),
    show,
    words,
  };
}

/** Make the panel that counts the parameters of each layer. */
function countsPanel(limits) {
  const element = group("sum", "The parameters of each layer", true);
  const count = (name, index, n) => html("b", {}, number(name, index, n, grouped(n), ""));
  const term = ([param, shape], k) => {
    const sym = { "data-sym": param === "table" ? "W" : param };
    const size = ` ${shape.map(grouped).join(" × ")}`;
    return [k ? " + " : "", html("span", sym, ...symbol(param), size)];
  };

  function update(run, values) {
    const layers = layersOf(values, limits);
    const line = ({ name, parameters, copies }, i) => {
      const title = html("span", { class: "layer" }, `${name}: `);
      const sum = count("parameters", [i], run.parameters[i]);
      const unit = layers.length === 1 ? " parameters" : "";
      const [open, shut] = copies > 1 ? [`${copies} × (`, ")"] : ["", ""];
      return html("p", {}, title, open, ...parameters.flatMap(term), `${shut} = `, sum, unit);
    };
    const total = () => html("p", {}, "together ", count("total", [], run.total), " parameters");
    const lines = [...layers.map(line), layers.length > 1 ? total() : null];
    put(element, {}, ...lines, html("p", {}, html("small", {}, ...elsewhere(run, layers, count))));
  }
  return { element, update };
}

/** Return what Keras and PyTorch count, and why it may be another number. */
function elsewhere({ torch_total, total }, layers, count) {
  const gru = layers.some(({ parameters }) => parameters.at(-1)[1].length === 2);
  const biases = gru ? " With reset_after=False a GRU has one bias, in Keras as here." : "";
  if (torch_total === total) return [`Keras and PyTorch count the same.${biases}`];
  const number = count("torch_total", [], torch_total);
  const more = `: a recurrent layer there has a second bias, so ${
    grouped(torch_total - total)
  } more.`;
  return ["Keras counts the same. PyTorch counts ", number, more];
}

/** Make the panel with the code that sends x through the layers. */
function codePanel(limits) {
  const element = group("code", "The code that does it", true);
  const comment = (text) => html("span", { class: "comment" }, `  # ${text}`);
  function update({ shapes, error }, values) {
    const result = (i) =>
      shapes[i] ? comment(shapeText(shapes[i])) : i === shapes.length ? comment("ValueError") : "";
    const lines = layersOf(values, limits).map((layer, i) => [
      `x = ${makerOf(layer, values)}.forward(x)`,
      result(i + 1),
    ]);
    const all = [["x.shape", comment(shapeText(shapes[0]))], ...lines];
    codeLines(element, all, error ? shapes.length : lines.length);
  }
  return { element, update };
}

/** Return the call that makes a layer, its weights by name. */
function makerOf({ name, role, copies, returnsAll }, { mask }) {
  if (role === "before") return `Embedding(table${mask ? ", mask=0" : ""})`;
  if (role === "after") return "Dense(W, b)";
  if (copies > 1) return "Bidirectional(forward, backward)";
  return `${name}(W_x, W_h, b${returnsAll ? ", return_sequences=True" : ""})`;
}

function fields({ most }, { mask }) {
  const field = (param, sym, min) => ({
    ...{ param, path: [], name: param, sym },
    ...{ whole: true, min, max: most },
  });
  const all = [
    field("features", "x", 1),
    field("units", "h", 1),
    field("tokens", "", mask ? 1 : 0),
    field("outputs", "y", 0),
  ];
  const legend = "the layers; 0 leaves Embedding or Dense out";
  return { groups: [{ legend, columns: 4, fields: all }], chosen: "units" };
}

/** Return code that runs the real layers of the package; a batch of 2 stands for None. */
function inPython(values, _step, model) {
  const { shape: text, tokens } = values;
  const shape = text.slice(1, -1).replace("None", "2");
  const note = text.startsWith("(None") ? "  # a batch of 2 for None" : "";
  const layers = layersOf(values, model.get("limits"));
  const names = layers.flatMap(({ name }) => name.split(/[()]/).filter((part) => part));
  return [
    "import numpy as np",
    `from rnncore.layers import ${[...new Set([...names, "Sequential"])].sort().join(", ")}`,
    "",
    "model = Sequential([",
    ...layers.map((layer) => `    ${inZeros(layer, values)},`),
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

/** Return the call that makes a layer of zeros. */
function inZeros({ name, role, copies, parameters, returnsAll }, { mask }) {
  const zeros = ([, axes]) => `np.zeros(${axes.length > 1 ? shapeText(axes) : axes[0]})`;
  const weights = parameters.map(zeros).join(", ");
  if (role === "before") return `Embedding(${weights}${mask ? ", mask=0" : ""})`;
  const given = weights + (returnsAll ? ", return_sequences=True" : "");
  if (copies === 1) return `${name}(${given})`;
  const [outer, inner] = name.split(/[()]/);
  return `${outer}(${inner}(${given}), ${inner}(${given}, reverse=True))`;
}

function valid(values, limits) {
  const { shape, features, units, kind, tokens, outputs, stacked, bidirectional, mask } = values;
  const whole = (n, least, most = limits.most) => Number.isInteger(n) && n >= least && n <= most;
  const fits = !isCell(kind) || !(bidirectional || mask);
  return typeof shape === "string" && readInput(shape, limits) !== null &&
    limits.kinds.includes(kind) && whole(features, 1) && whole(units, 1) && whole(tokens, 0) &&
    whole(outputs, 0) && whole(stacked, 1, limits.stacked) && fits && (tokens > 0 || !mask);
}

export default widget({
  kind: "shape-tracer",
  label: "Where each axis goes",
  params: [
    ...["shape", "features", "units", "kind", "return_sequences", "tokens", "outputs"],
    ...["stacked", "lower_return_sequences", "bidirectional", "mask"],
  ],
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
  film,
  view,
});
