// The settings in the reader's hands: the optimiser, its rate, clipping, and how long sequences are.

import { html, newId, put, tag, write } from "../shared/dom.js";
import { activeIn } from "../shared/frame/focus.js";
import { group } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import { plainly } from "./parts.js";

/** @import { Frame, Values } from "../shared/types.d.ts" */

const RATES = decades(-6, 1); // what the sliders offer; the fields take any number
const CLIPS = decades(-2, 4);

/**
 * Return 1, 2 and 5 times each power of ten.
 * @param {number} least
 * @param {number} most
 */
function decades(least, most) {
  const found = [];
  for (let power = least; power < most; power += 1) {
    for (const digit of [1, 2, 5]) found.push(Number(`${digit}e${power}`));
  }
  return [...found, 10 ** most];
}

/**
 * Make all settings.
 * @param {Frame} frame
 */
export function settingsPanel(frame) {
  const { limits, save, values } = frame;
  const [optimiser, clip] = [
    choice("Optimiser", limits.optimisers, (optimiser) => save({ optimiser }), frame),
    choice("Clip", ["none", ...limits.clips], (word) => save(clipOf(word, values())), frame),
  ];
  const rate = slider(frame, { name: "rate", label: "Learning rate", list: RATES });
  const most = limits.bounds.timesteps[1];
  const rows = [
    slider(frame, { name: "momentum", label: "Momentum", least: 0, most: 0.99, step: 0.01 }),
    slider(frame, { name: "clip", label: "Limit of the gradient", text: "limit", list: CLIPS }),
  ];
  const [momentum, limit] = rows;
  const T = slider(frame, {
    ...{ name: "timesteps", label: "Length of the sequences", text: "T" },
    ...{ least: 1, most, step: 1 },
  });
  const element = group("settings", "Settings");
  const left = html("div", {}, optimiser.element, rate.element, momentum.element);
  put(element, {}, left, html("div", {}, clip.element, limit.element, T.element));
  return {
    element,
    update(/** @type {Values} */ now) {
      optimiser.update(now.optimiser);
      clip.update(now.clip > 0 ? now.clip_by : "none");
      [rate, momentum, limit, T].forEach((one) => one.update(now));
      showIf(momentum.element, now.optimiser === "momentum", optimiser.focus);
      showIf(limit.element, now.clip > 0, clip.focus);
    },
  };
}

/**
 * Return what a choice of the clipping changes.
 * @param {string} word
 * @param {Values} values
 */
const clipOf = (word, { clip }) =>
  word === "none" ? { clip: 0 } : { clip_by: word, clip: clip || 1 };

/**
 * Show a row or hide it, which hands its focus on.
 * @param {HTMLElement} row
 * @param {boolean} isShown
 * @param {() => void} focus
 */
function showIf(row, isShown, focus) {
  const active = activeIn(row);
  const hasFocus = active && row.contains(active);
  put(row, { hidden: !isShown });
  if (!isShown && hasFocus) focus();
}

/**
 * Make a choice of one word.
 * @param {string} title
 * @param {string[]} known
 * @param {(word: string) => void} choose
 * @param {Frame} frame
 */
function choice(title, known, choose, { signal }) {
  const name = newId();
  const radios = known.map((value) => html("input", { type: "radio", name, value }));
  radios.forEach((radio) =>
    radio.addEventListener("change", () => choose(radio.value), { signal })
  );
  const labels = radios.map((radio) => html("label", {}, radio, radio.value));
  const element = html("fieldset", { class: "chooser" }, html("legend", {}, title), ...labels);
  return {
    element,
    update(/** @type {string} */ word) {
      radios.forEach((radio) => {
        radio.checked = radio.value === word;
      });
    },
    focus: () => radios.find((radio) => radio.checked)?.focus({ preventScroll: true }),
  };
}

/**
 * Make a slider over a list of numbers, or over a range.
 * @param {Frame} frame
 * @param {{ name: string, label: string, text?: string, list?: number[], least?: number,
 *   most?: number, step?: number }} options
 */
function slider({ save, signal }, { name, label, text = name, list, least, most, step }) {
  const bounds = list ? { min: 0, max: list.length - 1, step: 1 } : { min: least, max: most, step };
  const input = html("input", { type: "range", "aria-label": label, ...bounds });
  const output = html("span", { class: "num" });
  input.addEventListener("input", () => {
    save({ [name]: list ? list[Number(input.value)] : Number(input.value) });
  }, { signal });
  const named = text === "T" ? html("i", {}, text) : text;
  const element = html("label", { class: "setting" }, html("span", {}, named), input, output);
  return {
    element,
    update(/** @type {Values} */ { [name]: value }) {
      const place = list ? nearest(list, value) : value;
      if (Number(input.value) !== place) input.value = String(place);
      put(input, { "aria-valuetext": plainly(value) });
      put(output, tag(name, [], value));
      write(output, shown(value));
    },
  };
}

/**
 * Return the place of the number that is nearest, by its ratio.
 * @param {number[]} list
 * @param {number} value
 */
function nearest(list, value) {
  const off = (/** @type {number} */ v) => Math.abs(Math.log(v / (value || Number.MIN_VALUE)));
  return list.reduce((best, v, k) => (off(v) < off(list[best]) ? k : best), 0);
}
