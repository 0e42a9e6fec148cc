// The frame of every widget: presets, controls, prediction, fields, sharing, and one way to show a
// change.

import { equal } from "../algebra.js";
import { html, linkSymbols, put, symbol, write } from "../dom.js";
import { escaped } from "../film.js";
import { clipped } from "../numbers.js";
import { presetChips } from "./chips.js";
import { editor } from "./editor.js";
import { fitHeight, fitType } from "./fit.js";
import { guess } from "./guess.js";
import { keepKeys, OWN_KEYS } from "./guest.js";
import { asLink, fromLink } from "./links.js";
import { read, rememberStart } from "./parameters.js";
import { sharing } from "./sharing.js";
import { sight } from "./sight.js";
import { toolbar, toolbars } from "./toolbar.js";
import { transport } from "./transport.js";

/** @import { Child, Frame, Limits, Model, Spec, Value, Values, View } from "../types.d.ts" */
/** @import { Chips } from "./chips.js" */
/** @import { Editor } from "./editor.js" */
/** @import { Guess } from "./guess.js" */
/** @import { Sight } from "./sight.js" */
/** @import { Transport } from "./transport.js" */

const LONG = 4; // milliseconds after which others have their turn
const MOST_TOLD = 240; // characters of what a reader has set

/**
 * Make a widget: what anywidget calls, and what follows a link.
 * @param {Spec | ((limits: Limits) => Spec)} given the function where it depends on the limits
 */
export function widget(given) {
  const specOf = (/** @type {Model} */ model) =>
    typeof given === "function" ? given(model.get("limits")) : given;
  return {
    render: (/** @type {{ model: Model, el: HTMLElement }} */ { model, el }) =>
      render(specOf(model), model, el),
    fromLink: (/** @type {Model} */ model, /** @type {string} */ query) =>
      fromLink(model, query, specOf(model)),
    asLink: (/** @type {Model} */ model) => linkTo(specOf(model), model),
    film: (/** @type {Model} */ model, /** @type {string} */ stored) =>
      filmOf(specOf(model), model, stored),
  };
}

/**
 * @param {Spec} spec
 * @param {Model} model
 */
const linkTo = (spec, model) => spec.link?.(model) ?? asLink(model, spec);

/** @type {WeakMap<Model, string>} */
const begun = new WeakMap(); // model -> the link to what was first shown

/**
 * Return the film strip for paper. Where the reader has changed something, it says so, and marks
 * the step that is shown.
 * @param {Spec} spec
 * @param {Model} model
 * @param {string} stored
 */
function filmOf(spec, model, stored) {
  const [values, limits, id] = [read(model, spec.params), model.get("limits"), model.get("id")];
  if (!spec.valid(values, limits)) return stored;
  const strip = spec.film({ values, limits, id, model, stored });
  const link = linkTo(spec, model);
  if (link === begun.get(model)) return strip;
  const set = decodeURIComponent(link.split("?")[1] ?? "").replaceAll("&", " · ");
  const row = `id="${id}?step=${set.match(/^step=(\d+)/)?.[1] ?? model.get("step")}"`;
  const marked = spec.steps ? strip.replace(row, `${row} aria-current="step"`) : strip;
  const words = `<a href="${escaped(link)}">${escaped(clipped(set, MOST_TOLD))}</a>`;
  return set ? `${marked}<p>As you have set it: ${words}</p>` : marked;
}

/**
 * Make a group with a label.
 * @param {string} name its class
 * @param {string} label
 * @param {boolean} [scrolls] whether keys are to reach it
 */
export const group = (name, label, scrolls = false) =>
  html("div", { class: name, role: "group", "aria-label": label, tabindex: scrolls ? 0 : null });

/**
 * Make an equation, or the place of one, whose symbols are one stop for Tab.
 * @param {...Child} parts
 */
export const equationOf = (...parts) =>
  html("p", { class: "equation", ...toolbar("Equation", "symbol") }, ...parts);

/**
 * Make a symbol of the equation that lights up, and stays lit when pressed.
 * @param {string} text
 * @param {string} sym
 */
export const symbolButton = (text, sym) =>
  html("button", {
    type: "button",
    class: "sym",
    "data-sym": sym,
    "aria-pressed": "false",
    "aria-label": `Light up ${text}`,
  }, ...symbol(text));

/**
 * Show lines of code, that which runs marked.
 * @param {Element} box
 * @param {Child[][]} lines
 * @param {number} active the first that runs
 * @param {number} last the last that runs
 */
export function codeLines(box, lines, active, last = active) {
  const made = lines.map((parts, i) => {
    const runs = i >= active && i <= last;
    const marks = { class: runs ? "active" : "", "aria-current": runs ? "step" : null };
    return html("code", marks, ...parts);
  });
  put(box, {}, ...made);
}

/**
 * One view of a widget: its elements, what it shows, and how far the reader is.
 * @typedef {object} Shell
 * @property {Spec} spec
 * @property {Model} model
 * @property {AbortSignal} signal
 * @property {Limits} limits from Python
 * @property {HTMLElement} root
 * @property {HTMLElement} note
 * @property {HTMLElement} unread what of a link was not taken, in words
 * @property {HTMLElement} live for those who listen
 * @property {Sight} sight
 * @property {Values} values what is shown
 * @property {Value} shape what the elements were made for; undefined before
 * @property {number} revealed how far the reader has seen, for "Predict first"
 * @property {View} view
 * @property {Transport | null} controls
 * @property {Guess | null} predict
 * @property {Editor | null} edit
 * @property {Chips} chips
 * @property {ReturnType<typeof sharing>} share
 * @property {() => void} renew bring up to date what is lit, and where Tab stops
 */

/**
 * Show a model in an element, and return what takes it away again.
 * @param {Spec} spec
 * @param {Model} model
 * @param {HTMLElement} el
 */
async function render(spec, model, el) {
  const abort = new AbortController();
  if (!begun.has(model)) begun.set(model, linkTo(spec, model));
  const shell = makeShell(spec, model, abort.signal, el.closest("[data-rnn-slot]"));
  await pause();
  layOut(shell);
  el.append(shell.root);
  fitType(shell.root);
  const width = shell.root.clientWidth; // before all is drawn: a drawing may bring a scroll bar
  await pause();
  update(shell);
  put(shell.root, { "data-drawn-at": width });
  const stopListening = listen(shell);
  const stopWatching = watchWidth(shell);
  await unfold(shell);
  return () => {
    abort.abort();
    shell.edit?.stop();
    stopWatching();
    stopListening();
    shell.root.remove();
  };
}

/** Let the browser answer before the next task. */
const pause = () => new Promise((done) => setTimeout(done));

/**
 * Show what stands under the drawing part by part, each laid out in a task of its own: together
 * they would keep a phone from answering for a while.
 * @param {Shell} shell
 */
async function unfold({ root, view, edit }) {
  const parts = [...(view.body ?? []), edit?.element].filter((part) => part instanceof Element);
  parts.forEach((part) => part.classList.add("later"));
  for (const part of [null, ...parts]) {
    const since = performance.now();
    part?.classList.remove("later");
    root.getBoundingClientRect(); // it is laid out now
    if (performance.now() - since > LONG) await pause();
  }
}

/**
 * @param {Spec} spec
 * @param {Model} model
 * @param {AbortSignal} signal
 * @param {HTMLElement | null} slot its place on a page of the book; a notebook has none
 * @returns {Shell}
 */
function makeShell(spec, model, signal, slot) {
  const inBook = slot !== null;
  const first = rememberStart(model, spec.params);
  const root = makeRoot(spec, inBook);
  /** @type {any} */
  const made = {
    spec,
    model,
    signal,
    limits: model.get("limits"),
    root,
    sight: sight(root, signal),
    note: html("p", { class: "note", role: "status" }),
    unread: html("p", { class: "unread", role: "status" }),
    live: html("p", { class: "live", "aria-live": "polite" }),
    values: read(model, spec.params),
    shape: undefined,
    revealed: model.get("step"),
  };
  const shell = /** @type {Shell} */ (made); // the rest of it follows
  const save = (/** @type {Values} */ changes) => saveIn(model, changes);
  shell.view = spec.view(frameOf(shell, inBook));
  shell.controls = spec.steps ? transport({ ...journeyOf(shell), signal }) : null;
  shell.predict = shell.view.question ? guessOf(shell) : null;
  shell.edit = shell.view.fields ? editor({ model, save }) : null;
  shell.share = sharing({
    signal,
    inBook,
    embed: slot?.dataset.rnnEmbed ?? "",
    code: () => spec.python(shell.values, stepOf(shell), model),
    link: () => linkTo(spec, model),
  });
  shell.chips = presetChips({ spec, model, first, save, note: shell.note, signal });
  return shell;
}

/**
 * @param {Spec} spec
 * @param {boolean} inBook
 */
const makeRoot = ({ kind, label }, inBook) =>
  html("div", {
    class: `rnn ${kind}`,
    role: "group",
    "aria-label": label,
    "data-rnn-widget": kind,
    tabindex: inBook ? null : -1, // after a click on a text, too, keys are the widget's
    ...OWN_KEYS,
  });

/**
 * @param {Shell} shell
 * @param {boolean} inBook
 * @returns {Frame}
 */
const frameOf = (shell, inBook) => ({
  root: shell.root,
  model: shell.model,
  signal: shell.signal,
  note: shell.note,
  save: (changes) => saveIn(shell.model, changes),
  whenSeen: shell.sight.whenSeen,
  goto: (to) => goto(shell, to),
  step: () => stepOf(shell),
  values: () => shell.values,
  limits: shell.limits,
  inBook,
});

/** @param {Shell} shell */
const journeyOf = (shell) => ({
  goto: (/** @type {number} */ to) => goto(shell, to),
  step: () => stepOf(shell),
  steps: () => lastOf(shell),
});

/** @param {Shell} shell */
const guessOf = (shell) =>
  guess({
    signal: shell.signal,
    begin: () => {
      shell.revealed = stepOf(shell);
    },
    reveal: () => {
      shell.revealed += 1;
      saveIn(shell.model, { step: shell.revealed });
      const next = shell.root.querySelector('[aria-label="Next step"]');
      /** @type {HTMLElement} */ (next).focus();
    },
  });

/**
 * Set several parameters of a model at once.
 * @param {Model} model
 * @param {Values} changes
 */
function saveIn(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

/**
 * Return the last step; 0 where there are none.
 * @param {Shell} shell
 */
const lastOf = ({ spec, values, limits }) => spec.steps?.(values, limits) ?? 0;

/**
 * Return the step that is shown.
 * @param {Shell} shell
 */
const stepOf = (shell) => shell.spec.steps ? Math.min(shell.model.get("step"), lastOf(shell)) : 0;

/**
 * Go to a step; with "Predict first" on, what has not been seen is asked for instead.
 * @param {Shell} shell
 * @param {number} to
 * @returns {boolean} whether it went there
 */
function goto(shell, to) {
  const { predict, revealed, view } = shell;
  if (predict?.on() && view.question && to > revealed) {
    if (stepOf(shell) !== revealed) saveIn(shell.model, { step: revealed });
    shell.controls?.stop();
    predict.ask(view.question(revealed + 1));
    return false;
  }
  predict?.close();
  if (to !== stepOf(shell)) saveIn(shell.model, { step: to });
  return true;
}

/**
 * Put everything in its place, and let keys and symbols work.
 * @param {Shell} shell
 */
function layOut(shell) {
  const { spec, root, view, note, unread, controls, predict, share, signal } = shell;
  const beneath = controls &&
    html("div", { class: "beneath" }, predict?.element ?? null, share.element); // of the step
  put(
    root,
    {},
    spec.params.length ? shell.chips.element : null,
    view.head.includes(note) ? null : note,
    ...view.head,
    controls?.element ?? null,
    unread,
    beneath,
    ...(view.body ?? []),
    shell.edit?.element ?? null,
    controls ? null : share.element,
    shell.live,
  );
  if (controls) root.addEventListener("keydown", controls.onKey, { signal });
  keepKeys(root, signal);
  const [relight, settle] = [linkSymbols(root, signal), toolbars(root, signal)];
  shell.renew = () => {
    relight();
    settle();
  };
}

/**
 * Make the elements whose number depends on the shape of the values.
 * @param {Shell} shell
 */
function build(shell) {
  const { view, edit } = shell;
  shell.shape = view.shape?.();
  view.build?.();
  const fields = view.fields?.();
  if (!edit || !fields) return;
  edit.build(fields);
  if (fields.chosen) edit.choose(fields.chosen);
}

/**
 * Show the values that the model has, if they are valid: else it is in the middle of a change.
 * @param {Shell} shell
 */
function update(shell) {
  const { spec, model, view, limits } = shell;
  const given = read(model, spec.params);
  if (!spec.valid(given, limits)) return;
  shell.values = given;
  view.compute(given);
  if (shell.shape === undefined || !equal(view.shape?.(), shell.shape)) build(shell);
  const step = stepOf(shell);
  if (spec.steps) put(shell.root, { "data-step": step, "data-steps": lastOf(shell) });
  view.show(step);
  shell.edit?.update();
  shell.controls?.update();
  shell.chips.update();
  shell.sight.whenStill(shell.live, () => write(shell.live, view.words(step)));
  shell.renew();
}

/**
 * Show each change of the model; return what stops that. Several traits often change at once: they
 * are shown together, after the last of them.
 * @param {Shell} shell
 */
function listen(shell) {
  const { spec, model, signal } = shell;
  /** @type {Set<string>} */
  const waiting = new Set();
  const changed = (/** @type {string} */ name) => () => {
    const isFirst = waiting.size === 0;
    waiting.add(name);
    if (!isFirst) return;
    queueMicrotask(() => {
      const isOfLink = waiting.delete("unread");
      const names = [...waiting];
      waiting.clear();
      if (signal.aborted) return;
      if (names.length) showChange(shell, names, isOfLink);
      if (isOfLink) write(shell.unread, model.get("unread"));
      else if (model.get("unread")) model.set("unread", ""); // the reader has gone on
    });
  };
  /** @type {[string, () => void][]} */
  const handlers = [...spec.params, ...(spec.also ?? []), "step", "unread"].map((
    name,
  ) => [`change:${name}`, changed(name)]);
  handlers.forEach(([event, handler]) => model.on(event, handler));
  return () => handlers.forEach(([event, handler]) => model.off(event, handler));
}

/**
 * Show that these traits have changed.
 * @param {Shell} shell
 * @param {string[]} names
 * @param {boolean} isOfLink whether a link has changed them, which says the step as well
 */
function showChange(shell, names, isOfLink) {
  const { spec, model, predict } = shell;
  const isNumber = (/** @type {string} */ name) => name !== "step" && !spec.looks?.includes(name);
  const sameNumbers = !names.some(isNumber);
  if (isOfLink || names.length > 1 || names[0] !== "step") predict?.close();
  shell.share.hide();
  if (!sameNumbers) {
    write(shell.note, "");
    // The numbers ahead are new: guess afresh.
    if (predict?.on() && model.get("step") > 0 && !isOfLink) saveIn(model, { step: 0 });
  }
  update(shell);
  shell.revealed = sameNumbers ? Math.max(shell.revealed, stepOf(shell)) : stepOf(shell);
}

/**
 * Draw again when the width has changed; return what stops that. A drawing is made and filled in
 * one step, in the middle of a change too, with the last values that fit.
 * @param {Shell} shell
 */
function watchWidth(shell) {
  const { root, view, signal } = shell;
  const fit = () => {
    fitType(root);
    fitHeight(root);
  };
  addEventListener("resize", fit, { signal });
  const resize = new ResizeObserver(() => {
    fit();
    const width = root.clientWidth;
    if (width === Number(root.dataset.drawnAt)) return;
    if (shell.shape !== undefined) {
      view.resized?.();
      view.show(stepOf(shell));
      shell.renew();
    }
    put(root, { "data-drawn-at": width });
  });
  resize.observe(root);
  return () => resize.disconnect();
}
