// An exercise that answers back without a kernel: fields, an instant verdict, hints one by one.

import { html, put, write } from "../shared/dom.js";
import { widget } from "../shared/frame/frame.js";
import { refusals } from "../shared/frame/refusals.js";
import { answerForm } from "./answer.js";
import { film } from "./film.js";
import { hintsPanel, prose } from "./hints.js";
import { forgetful, keeper } from "./keeper.js";
import { answerOf, verdictOn } from "./trace.js";

const RIGHT = "right."; // the verdict on a right answer

function view(frame) {
  const { model, root, signal, inBook } = frame;
  const get = (name) => model.get(name);
  const exercise = { kind: get("kind"), expected: get("expected"), slips: get("slips") };
  const store = inBook ? keeper : forgetful;
  bringBack(model, store);

  const title = titlePanel();
  const question = html("p", { class: "question" }, ...prose(get("question")));
  const answer = answerForm(exercise);
  const verdict = refusals("p", "verdict");
  const hints = hintsPanel(exercise, get("hints"));
  const again = html("button", { type: "button" }, "Start again");
  const kept = inBook ? keptRow(again, signal) : null;

  const act = actions(frame, exercise, answer, store);
  const on = (node, type, handler) => node.addEventListener(type, handler, { signal });
  answer.inputs.forEach((input) => {
    on(input, "input", act.type);
    on(input, "change", () => answer.settle(input) && act.type());
  });
  on(hints.more, "click", () => act.openHint(hints.most));
  on(again, "click", act.startAgain);
  on(answer.element, "submit", (event) => {
    event.preventDefault();
    act.judge();
    update();
  });

  function update() {
    answer.update(get("answer"));
    const said = get("verdict");
    verdict.refuse(answer.refused(said), said && said[0].toUpperCase() + said.slice(1));
    const solved = said === RIGHT || store.read(get("name")).solved;
    put(root, { "data-solved": String(solved) });
    title.update(solved);
    hints.update(get("opened"));
    kept?.update();
  }
  const row = html("div", { class: "buttons" }, hints.more, again);
  return {
    head: [title.element, question, answer.element, verdict.element, hints.element, row],
    body: [kept?.element ?? null],
    compute() {},
    show: update,
    words: () => "",
  };
}

/** Return what a reader can do; each is saved, and kept for the next visit. */
function actions({ model, save, limits }, exercise, answer, store) {
  const get = (name) => model.get(name);
  const keep = (solved) =>
    store.write(get("name"), { answer: get("answer"), opened: get("opened"), solved });
  return {
    type() {
      save({ answer: answer.typed(), verdict: "" });
      keep(false);
    },
    judge() {
      const given = answerOf(exercise.kind, answer.typed(), exercise.expected);
      if (given === null) return save({ verdict: answer.refuse() });
      const { right, text } = verdictOn(exercise, given, limits);
      save({ verdict: text });
      keep(right);
    },
    openHint(most) {
      save({ opened: Math.min(get("opened") + 1, most) });
      keep(get("verdict") === RIGHT);
    },
    startAgain() {
      store.forget([get("name")]);
      answer.clear();
      save({ answer: [], opened: 0, verdict: "" });
      answer.focus();
    },
  };
}

/** Make the title, which says when the exercise is solved. */
function titlePanel() {
  const state = html("span", { class: "state", role: "status" });
  const element = html("p", { class: "title" }, html("b", {}, "Your turn"), state);
  return { element, update: (solved) => write(state, solved ? " ✓ solved" : "") };
}

/** Take over what was typed on an earlier visit, unless an answer is there already. */
function bringBack(model, store) {
  if (model.get("answer").length) return;
  const { answer, opened } = store.read(model.get("name"));
  model.set("answer", answer);
  model.set("opened", Math.max(model.get("opened"), Math.min(opened, model.get("hints").length)));
}

/** Make the row that says how many exercises are solved, and forgets them all when asked to. */
function keptRow(again, signal) {
  const words = html("small", { class: "kept" });
  const forget = html("button", { type: "button" }, "Forget all");
  forget.addEventListener("click", () => {
    keeper.forget(keeper.names());
    again.click();
    forget.focus();
  }, { signal });
  const update = () => {
    const count = keeper.names().filter((name) => keeper.read(name).solved).length;
    write(words, `${keeper.where()}: ${count} solved.`);
  };
  return { element: html("div", { class: "buttons kept-row" }, words, forget), update };
}

const inPython = (name) =>
  `from rnncore import exercises\n\nanswer = ...\nprint(exercises.check("${name}", answer))\n`;

export default widget({
  kind: "check",
  label: "Exercise",
  params: [],
  also: ["answer", "opened", "verdict"],
  valid: () => true,
  python: (_, __, model) => inPython(model.get("name")),
  film,
  view,
});
