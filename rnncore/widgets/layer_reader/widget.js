// A layer of the reader's own, one step at a time: its states, its gates, any unit's arithmetic.

import { html, number, put, write } from "../shared/dom.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { equationOf, group, widget } from "../shared/frame/frame.js";
import { showCode, showEquation } from "./equations.js";
import { filePanel } from "./file_panel.js";
import { filmOf } from "./film.js";
import { GATES, STRIPS } from "./layer.js";
import { inPython } from "./python.js";
import { uniform } from "./seeded.js";
import { sequencePanel } from "./sequence_panel.js";
import { sourceOf } from "./source.js";
import { stripPanel } from "./strip.js";
import { sumsPanel } from "./sums.js";
import { termsPanel } from "./terms.js";
import { inWords } from "./told.js";
import { runOf } from "./trace.js";

/** @import { Frame, Limits, Model, Question, Spec, Values, View } from "../shared/types.d.ts" */
/** @import { Layer } from "./layer.js" */
/** @import { Source } from "./source.js" */
/** @import { Run } from "./trace.js" */

const SLICE = 12; // milliseconds of computing, after which the page has its turn
const AT_ONCE = 2e6; // products that take less than that
const NEWS = 200; // milliseconds after which the reader sees how far it is
const [FEW_UNITS, FEW_NUMBERS] = [12, 40]; // that are shown one by one, and have a field each
let layers = 0; // that have been shown: another needs other elements
const START = 8; // steps of a sequence that is drawn because another has other features

/** @type {WeakMap<Source, { seed: number, rows: number[][] }>} */
const drawn = new WeakMap(); // the last sequence that a seed has made

/**
 * Return how many steps fit a layer.
 * @param {Layer} layer
 * @param {Limits} limits
 */
const mostOf = ({ features, units }, { timesteps, numbers, states }) =>
  Math.min(timesteps, Math.floor(numbers / features), Math.floor(states / units));

/** @param {Source} source @param {Layer} layer */
function drawnFor(source, layer, seed = 1, count = START) {
  const rows = uniform(seed, count, layer.features);
  drawn.set(source, { seed, rows });
  return rows;
}

/**
 * What is shown: a layer that reads a sequence. The number of the layer is its own on this page.
 * @typedef {{ run: Run, layer: Layer, x: number[][], number: number }} Shown
 */

/**
 * Make all parts.
 * @param {Frame} frame
 * @param {Source} source
 * @param {() => Shown} now
 */
function partsOf(frame, source, now) {
  const { signal, save, values, limits } = frame;
  const startOf = (/** @type {Layer} */ layer) => {
    const x = values()?.x;
    const fits = x?.[0]?.length === layer.features && x.length <= mostOf(layer, limits);
    return { x: fits ? x : drawnFor(source, layer), unit: 1, gate: 1, strip_of: 1, step: 0 };
  };
  const use = (/** @type {number[][]} */ rows, /** @type {number | null} */ seed) => {
    if (seed !== null) drawn.set(source, { seed, rows });
    save({ x: rows, step: 0 });
  };
  const room = () => ({ layer: now().layer, most: mostOf(now().layer, limits) });
  return {
    file: filePanel(frame, source, startOf),
    sequence: sequencePanel(frame, room, use),
    strip: stripPanel(frame),
    states: html("div", { class: "states" }),
    unitChoice: slider(frame),
    sums: sumsPanel((gate) => save({ gate }), signal),
    terms: termsPanel(),
    equation: equationOf(),
    wait: html("p", { class: "wait", role: "status" }),
    workings: group("workings", "One unit of this step, worked out", true),
    code: group("code", "The code that runs", true),
  };
}

/**
 * @param {Source} source
 * @returns {(frame: Frame) => View}
 */
const viewOver = (source) => (frame) => {
  const { root, signal, values, note } = frame;
  /** @type {Shown} */
  let shown = /** @type {any} */ (null);
  const parts = partsOf(frame, source, () => shown);
  const { file, sequence, strip, wait, states, unitChoice, workings, equation, code } = parts;
  put(workings, {}, parts.sums.element, parts.terms.element);
  put(root, { "data-mode": "vector" });
  const show = (/** @type {number} */ t) => {
    const { chosen } = values();
    file.update(shown.layer, chosen);
    sequence.update(shown.layer, shown.x);
    showStep(parts, shown, t, values());
  };
  const fill = filler(signal, () => shown.run, () => {
    if (wait.textContent) show(frame.step());
    else strip.paint();
  });
  return {
    head: [file.element, note, strip.element, wait, states],
    body: [unitChoice.element, workings, equation, code, sequence.element],
    compute({ chosen, x }) {
      const layer = /** @type {Layer} */ (source.layer(chosen));
      if (shown?.layer === layer && shown.x === x) return;
      if (shown?.layer !== layer) layers += 1;
      shown = { layer, x, run: runOf(layer, x), number: layers };
      fill();
    },
    shape: () => [shown.number, shown.x.length],
    build() {
      put(root, { "data-long": isLong(shown) || null });
      strip.build(shown.run);
      parts.sums.build(shown.layer);
      showEquation(equation, shown.layer);
    },
    fields: () => fieldsFor(shown),
    show,
    words: (t) => inWords(shown.run, t, values().unit),
    question: (t) => question(shown.run, t, values().unit),
    resized: () => strip.paint(),
  };
};

/**
 * Show a step, as far as it is known.
 * @param {ReturnType<typeof partsOf>} parts
 * @param {Shown} shown
 * @param {number} t
 * @param {Values} values
 */
function showStep(parts, { run, layer, x }, t, { unit, gate, strip_of }) {
  const isKnown = t <= run.done();
  parts.strip.update(run, t, unit, strip_of);
  parts.unitChoice.update(unit, layer.units);
  write(parts.wait, isKnown ? "" : `Computing: step ${run.done()} of ${x.length} …`);
  put(parts.states, {}, ...(isKnown ? stateNumbers(run, t, unit) : []));
  put(parts.workings, { hidden: t === 0 || !isKnown });
  if (t && isKnown) {
    const look = { run, t, unit: unit - 1, gate: gate - 1, now: run.at(t) };
    parts.sums.update(look);
    parts.terms.update(look);
  }
  showCode(parts.code, layer, t);
}

/** @param {Shown} shown */
const isLong = ({ x, layer }) => x.length * layer.features > FEW_NUMBERS;

/** @param {Shown} shown */
function fieldsFor(shown) {
  if (isLong(shown)) return { groups: [], slider: false };
  const legend = "x: a row per step, a column per feature";
  const group = { legend, columns: shown.layer.features, fields: fieldsOf("x", shown.x) };
  return { groups: [group], chosen: "x 1,1" };
}

/**
 * Compute a run in slices, between which the page answers.
 * @param {AbortSignal} signal
 * @param {() => Run} runOfNow
 * @param {() => void} progress
 */
function filler(signal, runOfNow, progress) {
  let [timer, told] = [0, 0];
  signal.addEventListener("abort", () => clearTimeout(timer));
  /** Compute for a while; return whether all is done. */
  const slice = () => {
    const [run, until] = [runOfNow(), performance.now() + SLICE];
    run.extend(Infinity, () => performance.now() > until);
    return run.done() === run.x.length;
  };
  const go = () => {
    const isDone = slice();
    if (!isDone) timer = setTimeout(go);
    if (!isDone && performance.now() - told < NEWS) return;
    told = performance.now();
    progress();
  };
  return () => {
    clearTimeout(timer);
    const { layer, x, extend } = runOfNow();
    if (x.length * (layer.W_x.length + layer.W_h.length) < AT_ONCE) extend(Infinity);
    else if (!slice()) timer = setTimeout(go);
  };
}

/**
 * Return the states after a step, of a few units all, else the chosen one.
 * @param {Run} run
 * @param {number} t
 * @param {number} unit
 */
function stateNumbers({ layer: { units }, h, c }, t, unit) {
  const shown = units <= FEW_UNITS ? [...Array(units).keys()] : [unit - 1];
  const memory = c(t);
  const row = (/** @type {string} */ name, /** @type {Float64Array} */ array) =>
    html(
      "p",
      {},
      html(
        "span",
        { class: "state-name", "data-sym": "h" },
        html("i", {}, name),
        html("sub", {}, String(t)),
      ),
      ...shown.map((j) =>
        html(
          "span",
          { class: j === unit - 1 ? "state chosen" : "state" },
          html("small", {}, `${j + 1} `),
          number(name, [t, j], array[j], undefined, "h"),
        )
      ),
    );
  return [...(memory ? [row("c", memory)] : []), row("h", h(t))];
}

/** @param {Frame} frame */
function slider({ save, signal }) {
  const input = html("input", { type: "range", min: 1, step: 1, "aria-label": "Unit" });
  const name = html("output");
  input.addEventListener("input", () => save({ unit: Number(input.value) }), { signal });
  return {
    element: html("label", { class: "slider unit-choice" }, name, input),
    update(/** @type {number} */ unit, /** @type {number} */ units) {
      write(name, `unit ${unit} of ${units}`);
      put(input, { max: units, "aria-valuetext": `unit ${unit}` });
      input.value = String(unit);
    },
  };
}

/**
 * @param {Run} run
 * @param {number} t
 * @param {number} unit
 * @returns {Question}
 */
function question(run, t, unit) {
  run.extend(t);
  const [now, j, before] = [run.at(t), unit - 1, run.h(t - 1)[unit - 1]];
  /** @type {[number, string][]} */
  const slips = [[before, "leave h as it was"]];
  if (now.c) slips.push([now.c[j], "give c, which tanh and o turn into h"]);
  else if (!now.opens) slips.push([now.z[j], "leave out the activation"]);
  const telling = slips.filter(([wrong]) => Math.abs(wrong - now.h[j]) > 1e-2);
  return { name: `h_${t}`, part: `, unit ${unit}`, value: now.h[j], slips: telling };
}

/** @type {WeakMap<number[][], number>} */
const checked = new WeakMap(); // sequences of finite numbers, and of how many features

/** @param {any} x @param {number} features */
function isSequence(x, features) {
  if (!Array.isArray(x) || x.length === 0) return false;
  if (checked.get(x) === features) return true;
  const fits = x.every((row) =>
    Array.isArray(row) && row.length === features && row.every(Number.isFinite)
  );
  if (fits) checked.set(x, features);
  return fits;
}

/**
 * @param {Source} source
 * @returns {Spec}
 */
function specOver(source) {
  const isWhole = (/** @type {any} */ value, /** @type {number} */ most) =>
    Number.isInteger(value) && value >= 1 && value <= most;
  return {
    kind: "layer-reader",
    label: "A recurrent layer, step by step",
    params: ["chosen", "unit", "gate", "strip_of", "x"],
    also: ["layer"],
    valid({ chosen, unit, gate, strip_of, x }, limits) {
      const layer = Number.isInteger(chosen) ? source.layer(chosen) : null;
      return layer !== null && isWhole(unit, layer.units) && isWhole(gate, GATES[layer.kind]) &&
        isWhole(strip_of, STRIPS[layer.kind]) && isSequence(x, layer.features) &&
        x.length <= mostOf(layer, limits);
    },
    steps: ({ x }) => x.length,
    presets: "Examples:",
    python(values, step) {
      const layer = /** @type {Layer} */ (source.layer(values.chosen));
      const { x, chosen } = values;
      return inPython(
        { layer, x, file: source.file(), chosen, drawn: drawn.get(source) ?? null },
        step,
      );
    },
    link: (model) => source.file() ? `${location.href.split("#")[0]}#${model.get("id")}` : null,
    film: (reel) => filmOf(/** @type {Layer} */ (source.layer(reel.values.chosen)))(reel),
    view: viewOver(source),
  };
}

const over = (/** @type {Model} */ model) => widget(specOver(sourceOf(model)));

export default {
  render: (/** @type {{ model: Model, el: HTMLElement }} */ { model, el }) =>
    over(model).render({ model: sourceOf(model).model, el }),
  fromLink(/** @type {Model} */ model, /** @type {string} */ query) {
    sourceOf(model).close();
    over(model).fromLink(sourceOf(model).model, query);
  },
  asLink: (/** @type {Model} */ model) => over(model).asLink(sourceOf(model).model),
  film: (/** @type {Model} */ model, /** @type {string} */ stored) =>
    over(model).film(sourceOf(model).model, stored),
};
