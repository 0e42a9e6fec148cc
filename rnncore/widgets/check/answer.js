// The fields of an answer: a number each, a shape, or a shape per line.

import { html } from "../shared/dom.js";
import { textInput } from "../shared/frame/fields.js";
import { clipped, readNumber } from "../shared/numbers.js";
import { answerOf } from "./trace.js";

const WANTED = {
  number: "is a number",
  numbers: "needs a number in every field",
  shape: "is a shape, such as (2, 3)",
  shapes: "is one shape per line, such as (2, 3)",
};

/**
 * Make the form. It has `typed()`, `update(texts)`, `clear()`, `focus()`; `settle(input)`, which
 * shows how a number was read where it is written in another way; `refuse()`, which goes to the
 * first field that can't be read and returns why in words; and `refused(words)`, that field as long
 * as these are the words.
 * @param {import("./trace.js").Exercise} exercise
 */
export function answerForm({ kind, expected }) {
  const many = kind === "numbers" && Array.isArray(expected);
  const rows = many ? (Array.isArray(expected[0]) ? expected : [expected]) : [[0]];
  const inputs = { shapes: shapesField, shape: shapeField }[kind]?.() ?? numberFields(rows);
  const cells = html("div", {
    class: many ? "cells bracket" : "cells",
    style: `--columns: ${rows[0].length}`,
  }, ...inputs);
  const submit = html("button", { type: "submit", class: "primary" }, "Check");

  const isBad = (input) => answerOf(kind, [input.value], many ? 0 : expected) === null;
  const isEmpty = (input) => input.value.trim() === "";
  const wanted = WANTED[kind === "numbers" && inputs.length === 1 ? "number" : kind];
  const whyRefused = (bad) => {
    if (inputs.every(isEmpty)) return `not answered yet. The answer ${wanted}.`;
    const why = isEmpty(bad) ? "" : `, but ${whyNot(kind, bad.value)}`;
    return `the answer ${wanted}${why}.`;
  };
  let last = { input: null, words: "" };
  return {
    element: html("form", { class: "answer" }, cells, submit),
    inputs,
    typed: () => inputs.map((input) => input.value),
    settle(input) {
      const { value } = kind === "numbers" ? readNumber(input.value) : { value: null };
      if (value === null || Number(input.value) === value) return false;
      input.value = String(value);
      return true;
    },
    refuse() {
      const input = inputs.find(isBad) ?? inputs[0];
      input.focus();
      last = { input, words: whyRefused(input) };
      return last.words;
    },
    refused: (words) => words && words === last.words ? last.input : null,
    update: (texts) => inputs.forEach((input, i) => fill(input, texts[i] ?? "")),
    clear: () =>
      inputs.forEach((input) => {
        input.value = "";
      }),
    focus: () => inputs[0].focus(),
  };
}

// Why a text can't be read: that of a number, or of one shape in each line.
function whyNot(kind, text) {
  if (kind === "numbers") return readNumber(text).why;
  const line = text.split("\n").find((line) => line.trim() && !answerOf("shape", [line]));
  return `“${clipped(line ?? text)}” is not one`;
}

function fill(input, text) {
  if (input.value !== text) input.value = text;
}

const shapesField = () => [
  html("textarea", {
    class: "written",
    rows: 4,
    "aria-label": "Your answer, one shape per line",
    placeholder: "(…, …)",
    spellcheck: "false",
  }),
];
const shapeField = () => [
  textInput({
    class: "written",
    "aria-label": "Your answer, a shape",
    placeholder: "(…, …)",
  }),
];

function numberFields(rows) {
  const label = (i, j) => {
    if (rows.length * rows[0].length === 1) return "Your answer";
    const row = rows.length > 1 ? `row ${i + 1}, ` : "";
    return `Your answer, ${row}place ${j + 1}`;
  };
  const field = (i, j) => textInput({ "aria-label": label(i, j) });
  return rows.flatMap((row, i) => row.map((_, j) => field(i, j)));
}
