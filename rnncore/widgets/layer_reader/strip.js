// The heat strip: a row for each unit, a column for each step, as dark as the number is large.

import { html, put } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { clamp } from "../shared/plot.js";
import { NAMES } from "./told.js";

/** @import { Run } from "./trace.js" */
/** @import { Frame } from "../shared/types.d.ts" */

const [MOST, ROW] = [320, 26]; // pixels: of the whole, and of a row

/**
 * Make the strip.
 * @param {Frame} frame
 */
export function stripPanel({ signal, save, goto, step }) {
  const parts = made();
  const { element, area, canvas, cover, unitMark, timeMark, choice, least, most } = parts;
  const painted = painting(parts);
  /** @type {Run} */
  let run;
  area.addEventListener("click", ({ clientX, clientY }) => {
    const { left, top, width, height } = area.getBoundingClientRect();
    const [{ units }, steps] = [run.layer, run.x.length];
    save({ unit: placeIn(units, clientY - top, height) || 1 });
    const to = placeIn(steps, clientX - left, width);
    if (to !== step()) goto(to);
  }, { signal });
  const paint = () => painted(run);
  choice.addEventListener("change", () => save({ strip_of: choice.selectedIndex + 1 }), { signal });
  whenThemeChanges(() => painted(run, true), signal);

  return {
    element,
    /** @param {Run} now */
    build(now) {
      run = now;
      const height = run.layer.units * ROW;
      area.style.height = `${Math.min(height, MOST)}px`;
      put(area, { "data-fine": height > MOST || null });
      const words = [
        "h",
        ...(run.memories ? ["c"] : []),
        ...(run.opens ? NAMES[run.layer.kind] : []),
      ];
      put(choice, {}, ...words.map((word) => html("option", {}, word)));
    },
    /**
     * @param {Run} now
     * @param {number} t
     * @param {number} unit counted from 1
     * @param {number} strip_of which of the words, counted from 1
     */
    update(now, t, unit, strip_of) {
      run = now;
      choice.selectedIndex = strip_of - 1;
      paint();
      const [steps, { units }, seen] = [run.x.length, run.layer, Math.min(t, run.done())];
      cover.style.left = `${100 * seen / steps}%`;
      timeMark.style.cssText = spanOf(["left", "width"], t, steps);
      unitMark.style.cssText = spanOf(["top", "height"], unit, units);
      put(timeMark, { hidden: t === 0 });
      const ends = `from light for ${least.textContent} to dark for ${most.textContent}`;
      put(canvas, {
        "aria-label": `${choice.value} of ${units} units after ${seen} of ${steps} steps, ${ends}`,
      });
    },
    paint,
  };
}

/**
 * Return what paints the numbers of a run, where it has not done so yet.
 * @param {ReturnType<typeof made>} parts
 */
function painting({ canvas, choice, least, most }) {
  /** @type {unknown[]} */
  let was = [];
  return (/** @type {Run} */ run, isForced = false) => {
    const now = [run, run.done(), choice.value];
    if (!isForced && now.every((part, k) => part === was[k])) return;
    was = now;
    const values = numbersOf(run, choice.value);
    const size = largest(values);
    put(least, {}, shown(-size));
    put(most, {}, shown(size));
    put(canvas, { width: run.x.length, height: run.layer.units });
    drawOn(canvas, values, run.layer.units, size);
  };
}

/**
 * Return which of n equal parts a place is in, counted from 1; 0 before the first.
 * @param {number} n
 * @param {number} place
 * @param {number} size of the whole
 */
const placeIn = (n, place, size) => clamp(Math.ceil(n * place / size), 0, n);

function made() {
  const canvas = html("canvas", { role: "img" });
  const [cover, unitMark, timeMark] = ["cover", "unit-mark", "time-mark"]
    .map((name) => html("div", { class: name }));
  const area = html("div", { class: "strip" }, canvas, cover, unitMark, timeMark);
  const choice = html("select", { "aria-label": "What the strip shows" });
  const [least, most] = [html("span"), html("span")];
  const scale = html("span", { class: "scale", "aria-hidden": "true" }, least, html("i"), most);
  const head = html("div", { class: "strip-head" }, html("label", {}, "Strip of ", choice), scale);
  const element = html("div", { class: "drawing heat" }, head, area);
  return { element, area, canvas, cover, unitMark, timeMark, choice, least, most };
}

/**
 * Return where the k-th of n equal parts is, as a style.
 * @param {string[]} names of its start and its size
 * @param {number} k counted from 1
 * @param {number} n
 */
const spanOf = ([start, size], k, n) => `${start}: ${100 * (k - 1) / n}%; ${size}: ${100 / n}%`;

/**
 * Return the numbers of all units from step 1 on, and how far apart those of two steps are.
 * @param {Run} run
 * @param {string} name
 */
function numbersOf({ layer, states, memories, opens }, name) {
  const { units, kind } = layer;
  if (name === "h") return { array: states, stride: units, start: units };
  if (name === "c" && memories) return { array: memories, stride: units, start: units };
  const names = NAMES[kind];
  const array = /** @type {Float32Array} */ (opens);
  return { array, stride: names.length * units, start: names.indexOf(name) * units };
}

/** @typedef {ReturnType<typeof numbersOf>} Shown */

/**
 * Return what the darkest stands for: the largest number there is.
 * @param {Shown} shown
 */
function largest({ array }) {
  let most = 0;
  for (let i = 0; i < array.length; i += 1) {
    const size = Math.abs(array[i]);
    if (size > most && size < Infinity) most = size;
  }
  return most || 1;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Shown} shown
 * @param {number} units
 * @param {number} size what full colour stands for
 */
function drawOn(canvas, { array, stride, start }, units, size) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(canvas.width, units);
  const { width } = canvas;
  const [red = 0, green = 0, blue = 0] =
    getComputedStyle(canvas).color.match(/[\d.]+/g)?.map(Number) ?? [];
  const ink = (blue << 16) | (green << 8) | red;
  const pixels = new Uint32Array(image.data.buffer); // alpha comes first
  for (let t = 0; t < width; t += 1) {
    for (let j = 0; j < units; j += 1) {
      const value = array[start + t * stride + j];
      pixels[j * width + t] = (Math.round(127.5 * (value / size + 1)) << 24) | ink;
    }
  }
  context.putImageData(image, 0, 0);
}

/**
 * Call back when the page or the system goes from light to dark, or back.
 * @param {() => void} callback
 * @param {AbortSignal} signal
 */
function whenThemeChanges(callback, signal) {
  const observer = new MutationObserver(callback);
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, {
      attributes: true,
      attributeFilter: ["data-theme", "data-jp-theme-light"],
    });
  }
  signal.addEventListener("abort", () => observer.disconnect());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback, { signal });
}
