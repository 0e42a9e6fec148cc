// A drawn digit, read row by row by the trained SimpleRNN of the package.

import { range } from "../shared/algebra.js";
import { html, noteChange, put, symbol, words } from "../shared/dom.js";
import { codeLines, group, widget } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import { readoutEquation } from "../shared/readout.js";
import { answersPanel, lit } from "./answers.js";
import { film } from "./film.js";
import { padPanel } from "./pad.js";
import { pickerPanel } from "./picker.js";
import { recordPicture } from "./record.js";
import { trace } from "./trace.js";
import { workingsPanel } from "./workings.js";

const WIDE = 600; // from here on the picture stands beside the pad

/** @import { Frame, View } from "../shared/types.d.ts" */

/**
 * @param {Frame} frame
 * @returns {View}
 */
function view(frame) {
  const { model, root, note, save, values, signal, limits } = frame;
  const weights = model.get("weights");
  const image = () => model.get("image");
  const { rows } = limits;
  const pad = padPanel({ rows, save, image, signal });
  const picker = pickerPanel({ gallery: model.get("gallery"), rows, save, image, signal });
  const [answers, workings] = [answersPanel(limits), workingsPanel(limits, frame)];
  const beside = html("div", { class: "frame" });
  const stage = stageOf(pad, beside);
  const code = group("code", "The code that runs", true);
  const sum = group("sum", "One unit of this step, worked out", true);
  put(sum, {}, workings.element);
  let run, picture;

  function draw() {
    const size = pictureSize(root, beside, pad.element, rows);
    picture = recordPicture(limits, size);
    const { element, unitAt } = picture;
    element.addEventListener("click", (event) => {
      const { left, width } = element.getBoundingClientRect(); // as wide as the page is zoomed
      const unit = unitAt((event.clientX - left) * element.width.baseVal.value / width);
      if (unit !== null) save({ unit });
    }, { signal });
    put(beside, {}, element);
  }
  function show(t) {
    const { unit } = values();
    pad.update(t);
    picker.update();
    picture.update(run, t, unit);
    answers.update(run, t);
    workings.update(run, t, unit);
    if (noteChange(code, t)) codeLines(code, codeOf(limits.units, t), t === 0 ? 0 : 2);
  }

  return {
    head: [picker.element, stage],
    body: [
      readoutEquation("softmax"),
      html("div", { class: "beside" }, answers.element, sum),
      code,
    ],
    compute: (/** @type {any} */ given) => {
      run = trace({ ...given, weights });
    },
    shape: () => limits.units,
    build() {
      draw();
      stage.before(note); // what a preset shows is said above the picture, not under all numbers
    },
    show,
    words: (t) => inWords(run, t),
    question: (t) => question(run, t),
    resized: draw,
  };
}

// Beside the pad a row of the picture is as high as one of the pad.
function pictureSize(root, beside, pad, rows) {
  const isWide = root.clientWidth >= WIDE;
  const row = isWide ? (pad.clientHeight || 272) / rows : 30;
  return { width: beside.clientWidth || 316, row, top: isWide ? 41 : 36 };
}

// The pad and what stands beside it.
function stageOf(pad, beside) {
  const x = lit("x", ...symbol("x_t"));
  const shape = html("small", {}, " is row t, (8,)");
  const heading = html("p", { class: "pad-head" }, html("b", {}, "Draw here"), " ", x, shape);
  const says = "Bars of positive units go up, those of negative units down. Press one to see it " +
    "worked out below. In p, the full bar leads.";
  const legend = html("p", { class: "legend" }, html("small", {}, says));
  return html(
    "div",
    { class: "drawing stage" },
    html("div", {}, heading, pad.element, pad.tools),
    html("div", {}, beside, legend),
  );
}

// The loop as Python, its symbols marked.
function codeOf(units, t) {
  const [x, W_x, h, W_h, b] = [
    ...[["x_t", "x"], ["W_x", "W_x"]],
    ...[["h", "h_prev"], ["W_h", "W_h"], ["b", "b"]],
  ].map(([text, sym]) => lit(sym, text));
  const h_t = () => lit("h", "h");
  const [p, W_y, b_y] = [lit("y", "p"), lit("W_y", "W_y"), lit("b_y", "b_y")];
  const now = html("span", { class: "comment" }, t ? `  # image[${t - 1}]` : "");
  return [
    words`${h_t()} = np.zeros(${String(units)})`,
    words`for ${lit("x", "x_t")} in image:${now}`,
    words`    ${h_t()} = np.tanh(${x} @ ${W_x} + ${h} @ ${W_h} + ${b})`,
    words`    ${p} = softmax(${h_t()} @ ${W_y} + ${b_y})`,
  ];
}

// The classes, the likeliest first.
const ranked = (p) => range(p.length).sort((a, b) => p[b] - p[a]);

function inWords({ p, x }, t) {
  if (t === 0) return "No row has been read yet, and the state is zero.";
  const [first, second] = ranked(p[t]);
  const says = `says ${first}, p = ${shown(p[t][first])}`;
  return `${t} of ${x.length - 1} rows read. It ${says}, and next comes ${second}, p = ${
    shown(p[t][second])
  }.`;
}

// Which digit leads after row t.
function question({ p, says }, t) {
  const [first, second] = ranked(p[t]);
  /** @type {[number, string][]} */
  const slips = [
    [says[t - 1], "stay with the digit that led before this row"],
    [says.at(-1), "name the digit that leads at the end"],
    [second, `name the runner-up, p = ${shown(p[t][second])}`],
  ];
  const telling = slips.filter(([digit]) => digit !== null && digit !== first);
  return { name: "digit", part: ` that leads after row ${t}`, value: first, slips: telling };
}

function inPython({ image }, step) {
  const sixteenths = image.flat().every((v) => Number.isInteger(16 * v));
  const rows = image.map((row) => row.map((v) => (sixteenths ? 16 * v : v)).join(", "));
  return [
    "import numpy as np",
    ...(step ? ["from rnncore.activations import softmax"] : []),
    "from rnncore.states import compute_states",
    "from rnncore.widgets.digit_reader import reader",
    "",
    "image = np.array([",
    ...rows.map((row) => `    [${row}],`),
    `])${sixteenths ? " / 16" : ""}`,
    "rnn, dense = reader().layers",
    'S = compute_states(image[np.newaxis], **rnn.parameters, activation="tanh")',
    `h = S[0, ${step}]  # one number per unit`,
    ...(step
      ? ["p = softmax.value(dense.forward([h]))[0]  # one number per class", "digit = p.argmax()"]
      : []),
    "",
  ].join("\n");
}

function valid({ image, unit }, { rows, units }) {
  const isRow = (row, fits) => Array.isArray(row) && row.length === rows && row.every(fits);
  return isRow(image, (row) => isRow(row, (v) => v >= 0 && v <= 1)) && Number.isInteger(unit) &&
    unit >= 1 && unit <= units;
}

export default widget({
  kind: "digit-reader",
  label: "A network that reads a drawn digit row by row",
  params: ["image", "unit"],
  valid,
  steps: (_, { rows }) => rows,
  presets: "A digit:",
  python: inPython,
  film,
  view,
});
