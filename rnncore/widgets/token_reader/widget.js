// A review of the reader's own words, which a trained network of the package reads one by one.

import { html, noteChange, put, words } from "../shared/dom.js";
import { codeLines, group, widget } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import { readoutEquation } from "../shared/readout.js";
import { composerPanel } from "./composer.js";
import { film } from "./film.js";
import { mapPanel } from "./map.js";
import { paddingPanel } from "./padding.js";
import { readingPicture } from "./picture.js";
import { reviewIn, split, tokensOf, trace, verdict } from "./trace.js";
import { workingsPanel } from "./workings.js";

/** @import { Frame, View } from "../shared/types.d.ts" */

/**
 * @param {Frame} frame
 * @returns {View}
 */
function view(frame) {
  const { model, note, save, values, signal, limits, whenSeen } = frame;
  const weights = model.get("weights");
  const [composer, padding] = [composerPanel(frame), paddingPanel(frame)];
  const [map, workings] = [mapPanel(weights.table, limits), workingsPanel(limits, frame)];
  const reading = html("div", { class: "drawing frame" });
  const sum = group("sum", "One unit of this step, worked out", true);
  const code = group("code", "The code that runs", true);
  put(sum, {}, workings.element);
  let run, now, picture;

  function drawReading() {
    const named = tokensOf(now, limits).map((token) => limits.vocabulary[token]);
    const width = reading.clientWidth || 316;
    picture = readingPicture(limits, { width, words: named, table: weights.table });
    const { element, unitAt } = picture;
    element.addEventListener("click", (event) => {
      const { left, width } = element.getBoundingClientRect(); // as wide as the page is zoomed
      const unit = unitAt((event.clientX - left) * element.width.baseVal.value / width);
      if (unit !== null) save({ unit });
    }, { signal });
    put(reading, {}, element);
  }
  function draw() {
    drawReading();
    map.draw();
  }
  function show(t) {
    const { unit } = values();
    composer.update(now);
    padding.update(now);
    picture.update(run, t, unit, now.mask);
    whenSeen(map.element, () => map.update(run, t));
    whenSeen(sum, () => workings.update(run, t, unit));
    const state = stateOf(run, t);
    if (noteChange(code, `${t} ${state} ${run.token[t]} ${now.mask}`)) {
      showCode(code, run, t, now, limits);
    }
  }

  return {
    head: [composer.element, padding.element, note, reading, legend()],
    body: [
      readoutEquation("σ"),
      html("div", { class: "beside" }, html("div", {}, map.element, code), sum),
    ],
    compute(given) {
      now = given;
      run = trace({ .../** @type {any} */ (given), weights }, limits);
    },
    shape: () => tokensOf(now, limits),
    build: draw,
    show,
    words: (t) => inWords(run, t, limits),
    question: (t) => question(run, t, limits),
    resized: draw,
  };
}

// What happened in a step: none is done yet, the padding held the state, or it was read.
const stateOf = ({ z }, t) => t === 0 ? "start" : Number.isNaN(z[t][0]) ? "held" : "read";

const legend = () =>
  html(
    "p",
    { class: "legend" },
    html(
      "small",
      {},
      "Bars of positive numbers go up, those of negative ones down. p is the probability, so far,",
      " that the author liked the film. Press a unit to see it worked out.",
    ),
  );

// The loop as Python, its symbols marked; a masked step ends at `continue`.
function showCode(box, run, t, { mask }, { units, vocabulary }) {
  const lit = (sym, text) => html("span", { "data-sym": sym }, text);
  const word = t ? `  # ${vocabulary[run.token[t]] || "padding"}` : "";
  const state = () => lit("h", "h");
  const hold = mask ? [["    if token == 0:"], ["        continue"]] : [];
  const lines = [
    words`${state()} = np.zeros(${String(units)})`,
    words`for token in tokens:${html("span", { class: "comment" }, word)}`,
    ...hold,
    words`    ${lit("x", "x")} = ${lit("W_x", "table")}[token]`,
    words`    ${state()} = np.tanh(${lit("x", "x")} @ ${lit("W_x", "W_x")} + ${
      lit("h_prev", "h")
    } @ ${lit("W_h", "W_h")} + ${lit("b", "b")})`,
    words`    ${lit("y", "p")} = sigmoid(${state()} @ ${lit("W_y", "W_y")} + ${lit("b_y", "b_y")})`,
  ];
  const first = 2 + hold.length;
  const active = { start: [0, 0], held: [2, 3], read: [first, first + 2] }[stateOf(run, t)];
  codeLines(box, lines, active[0], active[1]);
}

const named = (token, { vocabulary }) => token ? `“${vocabulary[token]}”` : "padding";

function inWords(run, t, limits) {
  const says = `p = ${shown(run.p[t])}, ${verdict(run.p[t])}.`;
  if (t === 0) return `Nothing has been read yet: ${says}`;
  const what = `Step ${t} of ${run.h.length - 1}, ${named(run.token[t], limits)}`;
  return stateOf(run, t) === "held"
    ? `${what}, masked. The state stays, and so does the verdict: ${says}`
    : `${what}: ${says}`;
}

// On which side of ½ the verdict is after step t.
function question({ p, token }, t, limits) {
  const side = (value) => (value > 0.5 ? 1 : 0);
  const value = side(p[t]);
  /** @type {[number, string][]} */
  const slips = [
    [side(p[t - 1]), "leave the verdict where it was before this step"],
    [side(p.at(-1)), "give the final verdict"],
  ];
  return {
    name: "verdict",
    part: ` after ${named(token[t], limits)}, 1 for p above ½ and 0 for p below`,
    value,
    slips: slips.filter(([wrong]) => wrong !== value),
  };
}

/** Return code that reads the same tokens with the package's layers. */
function inPython({ words: text, front, behind, mask }, step) {
  const around = (n) => (n ? `[0] * ${n}` : "");
  const parts = [around(front), "[WORDS.index(word) for word in words]", around(behind)];
  const tokens = parts.filter((part) => part).join(" + ");
  const option = mask ? "" : "mask=False, ";
  return [
    "import numpy as np",
    "from rnncore.activations import sigmoid",
    "from rnncore.tasks import WORDS",
    "from rnncore.widgets.token_reader import reader",
    "",
    `words = "${text}".split()`,
    `tokens = ${tokens}`,
    `embedding, rnn, dense = reader(${option}return_sequences=True).layers`,
    "x = embedding.forward([tokens])",
    "states = rnn.forward(x, mask=embedding.mask)[0]",
    `h = ${step ? `states[${step - 1}]` : "np.zeros(len(states[0]))"}  # one number per unit`,
    "p = sigmoid.value(dense.forward([h]))[0, 0]",
    "",
  ].join("\n");
}

function valid({ words: text, front, behind, mask, unit }, limits) {
  const whole = (n, least, most) => Number.isInteger(n) && n >= least && n <= most;
  return typeof text === "string" && split(text).join(" ") === text &&
    reviewIn(text, limits) !== null && typeof mask === "boolean" &&
    whole(front, 0, limits.padding) && whole(behind, 0, limits.padding) &&
    whole(unit, 1, limits.units);
}

export default widget({
  kind: "token-reader",
  label: "A network that reads a review word by word",
  params: ["words", "front", "behind", "mask", "unit"],
  looks: ["unit"],
  words: (limits) => ({ words: (text) => reviewIn(text, limits) }),
  valid,
  steps: ({ words: text, front, behind }) => front + split(text).length + behind,
  presets: "A review:",
  python: inPython,
  film,
  view,
});
