// Back, Play, Next, Reset and a range: the controls that every stepper shares.

import { html, put, write } from "../dom.js";

const PLAY_EVERY = 1100; // milliseconds a step

export function transport({ goto, step, steps, signal }) {
  let timer = null;
  const button = (name, glyph) =>
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

  const stop = () => {
    clearInterval(timer);
    timer = null;
    update();
  };
  const toggle = () => {
    if (timer) return stop();
    if (step() >= steps()) goto(0);
    timer = setInterval(() => {
      if (step() >= steps() || !goto(step() + 1) || step() >= steps()) stop();
    }, PLAY_EVERY);
    update();
  };
  const move = (to) => {
    if (timer) stop();
    goto(Math.min(Math.max(to, 0), steps()));
  };
  const on = (node, type, handler) => node.addEventListener(type, handler, { signal });
  on(reset, "click", () => move(0));
  on(back, "click", () => move(step() - 1));
  on(next, "click", () => move(step() + 1));
  on(play, "click", toggle);
  on(range, "input", () => {
    move(Number(range.value));
    range.value = step();
  });
  signal.addEventListener("abort", () => clearInterval(timer));

  // At an end the buttons stay focusable: aria-disabled, so that focus is not lost.
  function update() {
    const playing = timer !== null;
    put(play, { "aria-label": playing ? "Pause" : "Play", title: playing ? "Pause" : "Play" });
    write(play.firstChild, playing ? "❚❚ Pause" : "▶ Play");
    put(back, { "aria-disabled": String(step() === 0) });
    put(reset, { "aria-disabled": String(step() === 0) });
    put(next, { "aria-disabled": String(step() === steps()) });
    put(range, { max: steps(), "aria-valuetext": `step ${step()} of ${steps()}` });
    range.value = step();
    write(count, `${step()} / ${steps()}`);
  }

  // Arrow keys, Home, End and Space, wherever the focus is in the widget and has no use for them.
  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return; // the page's, or a scroller's
    event.stopPropagation(); // the notebook around us has shortcuts of its own
    const native = event.target.closest("input, select, textarea, summary, a, pre");
    const keys = {
      ArrowLeft: () => move(step() - 1),
      ArrowRight: () => move(step() + 1),
      Home: () => move(0),
      End: () => move(steps()),
    };
    if (!native && !event.target.closest("button")) keys[" "] = toggle;
    if (native || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }
  return { element, update, onKey, stop };
}
