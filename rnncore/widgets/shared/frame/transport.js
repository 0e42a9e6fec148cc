// Back, Play, Next, Reset and a range: the controls that every stepper shares.

import { html, put, write } from "../dom.js";

const PLAY_EVERY = 1100; // milliseconds a step

/**
 * @typedef {object} Journey
 * @property {(to: number) => boolean} goto false where it did not go
 * @property {() => number} step
 * @property {() => number} steps the last step
 * @property {AbortSignal} signal
 *
 * @typedef {object} Transport
 * @property {HTMLElement} element
 * @property {() => void} update
 * @property {(event: KeyboardEvent) => void} onKey what keys do wherever the focus is
 * @property {() => void} stop stop playing
 */

/**
 * Make the controls.
 * @param {Journey} journey
 * @returns {Transport}
 */
export function transport({ goto, step, steps, signal }) {
  const made = controls();
  const { reset, back, play, next, range } = made;
  /** @type {number | undefined} */
  let timer;

  const update = () => refresh(made, step(), steps(), timer !== undefined);
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    update();
  };
  const toggle = () => {
    if (timer !== undefined) return stop();
    if (step() >= steps()) goto(0);
    timer = setInterval(() => {
      if (step() >= steps() || !goto(step() + 1) || step() >= steps()) stop();
    }, PLAY_EVERY);
    update();
  };
  const move = (/** @type {number} */ to) => {
    if (timer !== undefined) stop();
    goto(Math.min(Math.max(to, 0), steps()));
  };
  /**
   * @param {HTMLElement} node
   * @param {string} type
   * @param {() => void} handler
   */
  const on = (node, type, handler) => node.addEventListener(type, handler, { signal });
  on(reset, "click", () => move(0));
  on(back, "click", () => move(step() - 1));
  on(next, "click", () => move(step() + 1));
  on(play, "click", toggle);
  on(range, "input", () => {
    move(Number(range.value));
    range.value = String(step());
  });
  signal.addEventListener("abort", () => clearInterval(timer));
  const onKey = keys({ goto: move, step, steps, toggle });
  return { element: made.element, update, onKey, stop };
}

function controls() {
  const button = (/** @type {string} */ name, /** @type {string} */ glyph) =>
    html(
      "button",
      { type: "button", "aria-label": name, title: name },
      html("span", { "aria-hidden": "true" }, glyph),
    );
  const reset = button("Reset", "|◀");
  const back = button("Previous step", "◀");
  const play = button("Play", "▶ Play");
  const next = button("Next step", "Next ▶");
  next.classList.add("primary");
  const range = html("input", { type: "range", min: 0, step: 1, "aria-label": "Time step" });
  const count = html("output", { class: "count" });
  const element = html(
    "div",
    { class: "transport" },
    html("div", { class: "buttons" }, reset, back, play, next),
    html("div", { class: "scrub" }, range, count),
  );
  return { element, reset, back, play, next, range, count };
}

/**
 * At an end the buttons stay focusable: aria-disabled, so that focus is not lost.
 * @param {ReturnType<typeof controls>} controls
 * @param {number} step
 * @param {number} steps
 * @param {boolean} playing
 */
function refresh({ reset, back, play, next, range, count }, step, steps, playing) {
  put(play, { "aria-label": playing ? "Pause" : "Play", title: playing ? "Pause" : "Play" });
  write(/** @type {Node} */ (play.firstChild), playing ? "❚❚ Pause" : "▶ Play");
  put(back, { "aria-disabled": String(step === 0) });
  put(reset, { "aria-disabled": String(step === 0) });
  put(next, { "aria-disabled": String(step === steps) });
  put(range, { max: steps, "aria-valuetext": `step ${step} of ${steps}` });
  range.value = String(step);
  write(count, `${step} / ${steps}`);
}

/**
 * Return a handler of arrow keys, Home, End and Space, for wherever the focus is in the widget and
 * has no use for them.
 * @param {{ goto: (to: number) => void, step: () => number, steps: () => number,
 *   toggle: () => void }} journey
 */
function keys({ goto, step, steps, toggle }) {
  /** @param {KeyboardEvent} event */
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return; // the page's
    const target = /** @type {Element} */ (event.target);
    const native = target.closest("input, select, textarea, summary, a, pre, [role=toolbar]");
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowLeft: () => goto(step() - 1),
      ArrowRight: () => goto(step() + 1),
      Home: () => goto(0),
      End: () => goto(steps()),
    };
    if (!target.closest("button")) actions[" "] = toggle;
    if (native || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  };
}
