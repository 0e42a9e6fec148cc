// The frame of every widget: presets, controls, prediction, fields, sharing, and one way to show a change.
//
// widget({
//   kind, label        the stem with hyphens, and the name of the group
//   params             the traits that the reader and Python change
//   also               further traits whose change is shown, but which no link carries
//   looks              those of them that say where the reader looks: they change no number, and presets
//                      leave them as they are; left out: none
//   words              {param: known words}, for params that are words; or a function of limits that gives it
//   valid(values, limits)    whether they fit together; until they do nothing new is shown
//   linkable(values, start, limits)  whether a link may ask for them; left out: what is valid
//   steps(values, limits)    how many steps there are; left out where there are none
//   presets            the words before the presets
//   python(values, step, model)  the code that gives in Python what is shown
//   view(frame)        (frame.limits: what Python gives as bounds and tolerances) makes the parts, once for each view; returns
//     head, body         elements above and below the controls, under which stand the question
//                        and what leaves the widget (where there are no controls, that comes
//                        last); the note stands under the presets, or where a view puts
//                        frame.note itself
//     compute(values)    new values: compute what is to be shown
//     shape()            what the number of elements depends on; when that changes, build() follows
//     build()            make those elements
//     fields()           {groups, choices, chosen}, as the editor takes them; left out: no editor
//     show(step)         bring everything up to date; the DOM changes in place
//     words(step)        the step in words, for those who listen
//     question(step)     {name, part, value, slips}: what to guess before the step; left out: nothing
//     resized()          the width has changed: draw again
// })

import { html, linkSymbols, put, symbol, write } from "../dom.js";
import { editor } from "./editor.js";
import { guess } from "./guess.js";
import { asLink, equal, fromLink, read, rememberStart } from "./parameters.js";
import { sharing } from "./sharing.js";
import { transport } from "./transport.js";

export function widget(given) {
  const specOf = (model) => typeof given === "function" ? given(model.get("limits")) : given;
  return {
    render: ({ model, el }) => render(specOf(model), model, el),
    fromLink: (model, query) => fromLink(model, query, specOf(model)),
  };
}

export const group = (name, label, scrolls) =>
  html("div", { class: name, role: "group", "aria-label": label, tabindex: scrolls ? 0 : null });

// A symbol of the equation that lights up, and stays lit when pressed.
export const symbolButton = (text, sym) =>
  html("button", {
    type: "button",
    class: "sym",
    "data-sym": sym,
    "aria-pressed": "false",
    "aria-label": `Light up ${text}`,
  }, ...symbol(text));

// Lines of code, that which runs marked.
export function codeLines(box, lines, active) {
  put(
    box,
    {},
    ...lines.map((parts, i) =>
      html("code", {
        class: i === active ? "active" : "",
        "aria-current": i === active ? "step" : null,
      }, ...parts)
    ),
  );
}

function render(spec, model, el) {
  const abort = new AbortController();
  const { signal } = abort;
  const inBook = el.closest("[data-rnn-slot]") !== null;
  const first = rememberStart(model, spec.params);
  const stepped = Boolean(spec.steps);
  const isNumber = (name) => name !== "step" && !spec.looks?.includes(name);
  const root = html("section", {
    class: `rnn ${spec.kind}`,
    role: "group",
    "aria-label": spec.label,
    "data-rnn-widget": spec.kind,
    "data-lm-suppress-shortcuts": "true", // its keys are not the notebook's
  });
  const note = html("p", { class: "note", role: "status" });
  const live = html("p", { class: "live", "aria-live": "polite" });
  const limits = model.get("limits"); // from Python
  let values = read(model, spec.params);
  let shape;
  let revealed = model.get("step"); // how far the reader has seen, for "Predict first"

  const last = () => spec.steps(values, limits);
  const step = () => (stepped ? Math.min(model.get("step"), last()) : 0);
  const save = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };

  // Go to a step; with "Predict first" on, what has not been seen is asked for instead.
  function goto(to) {
    if (predict?.on() && to > revealed) {
      if (step() !== revealed) save({ step: revealed });
      controls.stop();
      predict.ask(view.question(revealed + 1));
      return false;
    }
    predict?.close();
    if (to !== step()) save({ step: to });
    return true;
  }

  const frame = {
    root,
    model,
    signal,
    note,
    save,
    goto,
    step,
    values: () => values,
    limits,
    inBook,
  };
  const view = spec.view(frame);
  const controls = stepped ? transport({ goto, step, steps: last, signal }) : null;
  const predict = view.question
    ? guess({
      signal,
      begin: () => {
        revealed = step();
      },
      reveal: () => {
        revealed += 1;
        save({ step: revealed });
        root.querySelector('[aria-label="Next step"]').focus();
      },
    })
    : null;
  const edit = view.fields ? editor({ model, save }) : null;
  const share = sharing({
    signal,
    inBook,
    code: () => spec.python(values, step(), model),
    link: () => asLink(model, spec.params),
  });

  const chips = [...(model.get("presets") ?? []), { name: "start values" }].map(
    ({ name, note: words = "", ...changes }) => {
      const chip = html("button", { type: "button", class: "preset" }, name);
      const all = () => ({ ...first, ...read(model, spec.looks ?? []), ...changes });
      chip.addEventListener("click", () => {
        save(all());
        queueMicrotask(() => write(note, words)); // after the change has been shown
      }, { signal });
      const isOn = () =>
        spec.params.filter(isNumber).every((param) => equal(all()[param], model.get(param)));
      const update = () => put(chip, { "aria-pressed": String(isOn()) });
      return { chip, update: Object.keys(changes).length ? update : () => {} };
    },
  );
  const beneath = controls &&
    html("div", { class: "beneath" }, predict?.element ?? null, share.element); // what belongs to the step
  const presets = group("presets", "Presets");
  put(
    presets,
    {},
    chips.length > 1 && spec.presets ? html("span", {}, spec.presets) : null,
    ...chips.map(({ chip }) => chip),
  );

  function build() {
    shape = view.shape?.();
    view.build?.();
    if (!edit) return;
    const fields = view.fields();
    edit.build(fields);
    if (fields.chosen) edit.choose(fields.chosen);
  }

  function update() {
    const given = read(model, spec.params);
    if (!spec.valid(given, limits)) return; // in the middle of a change
    values = given;
    view.compute(values);
    if (shape === undefined || !equal(view.shape?.(), shape)) build();
    if (stepped) put(root, { "data-step": step(), "data-steps": last() });
    view.show(step());
    edit?.update();
    controls?.update();
    chips.forEach((chip) => chip.update());
    write(live, view.words(step()));
    relight();
  }

  if (controls) root.addEventListener("keydown", controls.onKey, { signal });
  else root.addEventListener("keydown", (event) => event.stopPropagation(), { signal }); // the notebook around us has shortcuts of its own
  const relight = linkSymbols(root, signal);
  put(
    root,
    {},
    spec.params.length ? presets : null,
    view.head.includes(note) ? null : note,
    ...view.head,
    controls?.element ?? null,
    beneath,
    ...(view.body ?? []),
    edit?.element ?? null,
    controls ? null : share.element,
    live,
  );
  el.append(root);
  update();

  // Several traits often change at once: they are shown together, after the last of them.
  const waiting = new Set();
  const changed = (name) => () => {
    if (waiting.add(name).size > 1) return;
    queueMicrotask(() => {
      const sameNumbers = ![...waiting].some(isNumber);
      if (waiting.size > 1 || !waiting.has("step")) predict?.close();
      waiting.clear();
      if (signal.aborted) return;
      share.hide();
      if (!sameNumbers) {
        write(note, "");
        if (predict?.on() && model.get("step") > 0) save({ step: 0 }); // the numbers ahead are new: guess afresh
      }
      update();
      revealed = sameNumbers ? Math.max(revealed, step()) : step();
    });
  };
  const handlers = [...spec.params, ...(spec.also ?? []), "step"].map((
    name,
  ) => [`change:${name}`, changed(name)]);
  handlers.forEach(([event, handler]) => model.on(event, handler));
  let drawnAt = root.clientWidth;
  const resize = new ResizeObserver(() => {
    if (root.clientWidth === drawnAt) return;
    drawnAt = root.clientWidth;
    view.resized?.();
    update();
  });
  resize.observe(root);

  return () => {
    abort.abort();
    edit?.stop();
    resize.disconnect();
    handlers.forEach(([event, handler]) => model.off(event, handler));
    root.remove();
  };
}
