// The hand: a knob for every gate, one for the weight of the simple update, and where it begins.

import { replaced } from "../shared/algebra.js";
import { html, newId, NONE, put, symbol, tag, write } from "../shared/dom.js";
import { shown, shownBriefly } from "../shared/numbers.js";

/** @import { Frame } from "../shared/types.d.ts" */

const NAMED = {
  f: "forget gate",
  i: "input gate",
  o: "output gate",
  z: "update gate",
  r: "reset gate",
};
const REACH = 1.5; // of W_h of the simple update, without need

/**
 * Make the knob of a gate: free, it moves by itself; moved or ticked, it is held.
 * @param {string} gate
 * @param {Frame} frame
 */
export function gateKnob(gate, { values, limits, save, signal }) {
  const k = limits.gates.indexOf(gate);
  const hold = html("input", { type: "checkbox", "aria-label": `Hold ${gate} by hand` });
  const label = `Gate ${gate}: ${NAMED[gate]}`;
  const range = html("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": label });
  const output = html("span", { class: "num" });
  const set = (value) => save({ held: replaced(values().held, [k], value) });
  let open = 1; // as it is shown; the range rounds
  range.addEventListener("input", () => set(Number(range.value)), { signal });
  hold.addEventListener("change", () => set(hold.checked ? open : limits.free), {
    signal,
  });
  const letter = html("span", { class: "letter", "aria-hidden": "true" }, html("i", {}, gate));
  const box = html("label", { class: "hold" }, hold);
  const element = html("div", { class: "knob", "data-sym": gate }, box, letter, range, output);
  return {
    element,
    update({ run, hand }, t) {
      const [held, now] = [hand[gate], run[gate][t]]; // null: free; null: no step yet
      hold.checked = held !== null;
      open = held ?? now ?? 1;
      moveTo(range, open);
      const [said, numbered] = held !== null
        ? [`${shown(held)}, held by hand`, tag("held", [k], held)]
        : now !== null
        ? [`${shown(now)}, free`, tag(gate, [t], now)]
        : ["free", NONE];
      put(range, { class: held !== null ? "held" : "free", "aria-valuetext": said });
      put(output, numbered);
      write(output, held === null && now === null ? "free" : shownBriefly(held ?? now));
    },
  };
}

/**
 * Make the knob of the recurrent weight of the simple update.
 * @param {Frame} frame
 */
export function weightKnob({ values, save, signal }) {
  const label = "Weight W_h of the simple update";
  const bounds = { min: -REACH, max: REACH, step: 0.05 };
  const range = html("input", { type: "range", ...bounds, "aria-label": label });
  const output = html("span", { class: "num" });
  range.addEventListener("input", () => {
    save({ simple: replaced(values().simple, [1], Number(range.value)) });
  }, { signal });
  const letter = html("span", { class: "letter", "aria-hidden": "true" }, ...symbol("W_h"));
  const attributes = { class: "knob weight", "data-sym": "W_h" };
  return {
    element: html("div", attributes, letter, range, output),
    update({ params }) {
      const W_h = params.simple[1];
      put(range, { min: Math.min(-REACH, Math.floor(W_h)), max: Math.max(REACH, Math.ceil(W_h)) });
      moveTo(range, W_h);
      put(output, tag("simple", [1], W_h));
      write(output, shownBriefly(W_h));
    },
  };
}

// A range holds multiples of its step alone: it is moved only where it stands elsewhere.
function moveTo(range, value) {
  if (Math.abs(Number(range.value) - value) > 0.501 * Number(range.step)) range.value = value;
}

/**
 * Make the choice of the step from which gates are held.
 * @param {Frame} frame
 */
export function sinceChoice({ save, signal }) {
  const select = html("select", { "aria-label": "By hand from step" });
  select.addEventListener("change", () => save({ since: Number(select.value) }), { signal });
  const label = html("label", {}, "from step ", select, " on");
  const element = html(
    "p",
    { class: "since" },
    "Tick or move a gate to hold it by hand ",
    label,
  );
  const update = ({ X, since }) => {
    const choices = Math.max(X.length, since);
    while (select.length < choices) {
      const next = String(select.length + 1);
      select.append(html("option", { value: next }, next));
    }
    while (select.length > choices) select.lastChild.remove();
    select.value = since;
  };
  return { element, update };
}

/**
 * Make the choice of where the reset gate stands. The bias that only one form has is kept for when
 * that comes back.
 * @param {Frame} frame
 */
export function resetChoice({ values, limits, save, signal }) {
  const name = newId();
  let bias = 0;
  const choose = (reset) => {
    const { b_reset } = values();
    if (b_reset !== 0) bias = b_reset;
    save({ reset, b_reset: reset === "after" ? bias : 0 });
  };
  const radios = limits.resets.map((value) => html("input", { type: "radio", name, value }));
  for (const radio of radios) {
    radio.addEventListener("change", () => choose(radio.value), { signal });
  }
  const labels = radios.map((radio) => html("label", {}, radio, radio.value));
  const legend = html("legend", {}, html("i", {}, "r"), " stands");
  return {
    element: html("fieldset", { class: "chooser reset", "data-sym": "r" }, legend, ...labels),
    update({ params }) {
      radios.forEach((radio) => {
        radio.checked = radio.value === params.reset;
      });
    },
  };
}
