// An exercise that answers back without a kernel: fields, an instant verdict, hints one by one.

import { html, number, put, symbol, write } from "../shared/dom.js";
import { widget } from "../shared/frame/frame.js";
import { shown } from "../shared/numbers.js";
import { answerOf, flat, verdictOn } from "./trace.js";

const STORE = "rnn-check:"; // the browser keeps, under this and the exercise's name, what was typed

const keeper = {
  read(name) {
    try {
      return JSON.parse(localStorage.getItem(STORE + name)) ?? {};
    } catch {
      return {}; // no storage, or not ours
    }
  },
  write(name, state) {
    try {
      localStorage.setItem(STORE + name, JSON.stringify(state));
    } catch { /* the page works without */ }
  },
  names() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(STORE)).map((key) =>
        key.slice(STORE.length)
      );
    } catch {
      return [];
    }
  },
  forget: (names) => names.forEach((name) => localStorage.removeItem(STORE + name)),
};

// Text in which `code` stands between backticks, and W_x, h_0 or dL/dW_h is a symbol.
const prose = (text) =>
  text.split("`").flatMap((
    part,
    i,
  ) => (i % 2
    ? [html("code", {}, part)]
    : part.split(/\b((?:dL\/d|d)?[Whxz]_(?:t−1|\w))(?!\w)/).flatMap((
      piece,
      k,
    ) => (k % 2 ? symbol(piece) : [piece])))
  );

function view({ model, root, signal, save, inBook }) {
  const get = (name) => model.get(name);
  const exercise = { kind: get("kind"), expected: get("expected"), slips: get("slips") };
  const kept = inBook ? keeper.read(get("name")) : {};
  if (Array.isArray(kept.answer) && get("answer").length === 0) {
    model.set("answer", kept.answer.map(String));
    model.set("opened", Math.min(Number(kept.opened) || 0, get("hints").length));
  }

  const title = html(
    "p",
    { class: "title" },
    html("b", {}, "Your turn"),
    html("span", { class: "state", role: "status" }),
  );
  const asked = html("p", { class: "question" }, ...prose(get("question")));
  const rows = exercise.kind === "numbers" && Array.isArray(exercise.expected)
    ? (Array.isArray(exercise.expected[0]) ? exercise.expected : [exercise.expected])
    : [[0]];
  const labelOf = (
    i,
    j,
  ) => (rows.length * rows[0].length === 1
    ? "Your answer"
    : `Your answer, ${rows.length > 1 ? `row ${i + 1}, ` : ""}place ${j + 1}`);
  const inputs = exercise.kind === "shapes"
    ? [
      html("textarea", {
        rows: 4,
        "aria-label": "Your answer, one shape per line",
        placeholder: "(…, …)",
        spellcheck: "false",
      }),
    ]
    : exercise.kind === "shape"
    ? [
      html("input", {
        type: "text",
        inputmode: "text",
        "aria-label": "Your answer, a shape",
        placeholder: "(…, …)",
        autocomplete: "off",
      }),
    ]
    : rows.flatMap((row, i) =>
      row.map((_, j) =>
        html("input", {
          type: "number",
          step: "any",
          "aria-label": labelOf(i, j),
          autocomplete: "off",
        })
      )
    );
  const bracket = exercise.kind === "numbers" && Array.isArray(exercise.expected);
  const answer = html(
    "form",
    { class: "answer" },
    html("div", {
      class: bracket ? "cells bracket" : "cells",
      style: `--columns: ${exercise.kind === "numbers" ? rows[0].length : 1}`,
    }, ...inputs),
    html("button", { type: "submit", class: "primary" }, "Check"),
  );
  const verdict = html("p", { class: "verdict", role: "status" });
  const hints = html("ol", { class: "hints" });
  const more = html("button", { type: "button" });
  const again = html("button", { type: "button" }, "Start again");
  const forget = html("button", { type: "button" }, "Forget all");
  const keptWords = html("small", { class: "kept" });
  const row = html("div", { class: "buttons" }, more, again);
  const keptRow = inBook ? html("div", { class: "buttons kept-row" }, keptWords, forget) : null;

  const typed = () => inputs.map((input) => input.value);
  const keep = (solved) => {
    if (inBook) keeper.write(get("name"), { answer: get("answer"), opened: get("opened"), solved });
  };
  const on = (node, type, handler) => node.addEventListener(type, handler, { signal });
  inputs.forEach((input) =>
    on(input, "input", () => {
      save({ answer: typed(), verdict: "" });
      keep(false);
    })
  );
  on(answer, "submit", (event) => {
    event.preventDefault();
    const given = answerOf(exercise.kind, typed(), exercise.expected);
    if (given === null) {
      const bad = inputs.find((input) =>
        answerOf(
          exercise.kind === "numbers" ? "numbers" : exercise.kind,
          [input.value],
          exercise.kind === "numbers" ? 0 : exercise.expected,
        ) === null
      );
      (bad ?? inputs[0]).focus();
      const empty = inputs.every((input) => input.value.trim() === "" && !input.validity.badInput);
      const wanted = {
        numbers: "a number in every field",
        shape: "a shape, such as (2, 3)",
        shapes: "one shape per line, such as (2, 3)",
      }[exercise.kind];
      return save({
        verdict: empty ? `not answered yet. The answer is ${wanted}.` : `the answer is ${wanted}.`,
      });
    }
    const { right, text } = verdictOn(exercise, given);
    save({ verdict: text });
    keep(right);
    update();
  });
  on(more, "click", () => {
    save({ opened: Math.min(get("opened") + 1, get("hints").length + 1) });
    keep(get("verdict") === "right.");
  });
  on(again, "click", () => {
    if (inBook) keeper.forget([get("name")]);
    inputs.forEach((input) => {
      input.value = "";
    });
    save({ answer: [], opened: 0, verdict: "" });
    inputs[0].focus();
  });
  on(forget, "click", () => {
    keeper.forget(keeper.names());
    again.click();
    forget.focus();
  });

  // The answer itself stands after the last hint.
  const expectedRow = () => {
    const texts = exercise.kind === "shapes"
      ? exercise.expected.map((shape) => `(${shape.join(", ")})`).join(", ")
      : `(${flat(exercise.expected).join(", ")})`;
    if (exercise.kind !== "numbers") return [html("code", {}, texts)];
    const walk = (
      value,
      index,
    ) => (Array.isArray(value)
      ? [
        "[",
        ...value.flatMap((part, i) => [...(i ? [", "] : []), ...walk(part, [...index, i])]),
        "]",
      ]
      : [number("expected", index, value, shown(value), "")]);
    return walk(exercise.expected, []);
  };

  function update() {
    const texts = get("answer");
    inputs.forEach((input, i) => {
      const text = texts[i] ?? "";
      if (input.value !== text && !(input.validity.badInput && text === "")) input.value = text;
    });
    const said = get("verdict");
    write(verdict, said && said[0].toUpperCase() + said.slice(1));
    const solved = said === "right." || (inBook && keeper.read(get("name")).solved === true);
    put(root, { "data-solved": String(solved) });
    write(title.lastChild, solved ? " ✓ solved" : "");
    const all = get("hints");
    const opened = get("opened");
    while (hints.childElementCount > Math.min(opened, all.length)) hints.lastChild.remove();
    for (let i = hints.childElementCount; i < Math.min(opened, all.length); i += 1) {
      hints.append(html("li", {}, ...prose(all[i])));
    }
    const shownAll = opened > all.length;
    if (shownAll !== (hints.nextSibling?.classList?.contains("solution") ?? false)) {
      if (shownAll) hints.after(html("p", { class: "solution" }, "The answer: ", ...expectedRow()));
      else hints.nextSibling.remove();
    }
    write(more, opened < all.length ? `Hint ${opened + 1} of ${all.length}` : "Show the answer");
    put(more, { "aria-disabled": String(shownAll) });
    const count = keeper.names().filter((name) => keeper.read(name).solved).length;
    write(keptWords, `Kept in this browser: ${count} solved.`);
  }

  return {
    head: [title, asked, answer, verdict, hints, row],
    body: [keptRow],
    compute() {},
    show: update,
    words: () => "",
  };
}

export default widget({
  kind: "check",
  label: "Exercise",
  params: [],
  also: ["answer", "opened", "verdict"],
  valid: () => true,
  python: (_, __, model) =>
    `from rnncore import exercises\n\nanswer = ...\nprint(exercises.check("${
      model.get("name")
    }", answer))\n`,
  view,
});
