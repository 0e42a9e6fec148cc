// "Predict first": the next value stays hidden until the reader has typed one.

import { html, put, symbol } from "../dom.js";
import { readNumber, shown } from "../numbers.js";
import { textInput } from "./fields.js";
import { activeIn } from "./focus.js";
import { refusals } from "./refusals.js";

/** @import { Question } from "../types.d.ts" */

/**
 * @typedef {object} Guess
 * @property {HTMLElement} element
 * @property {() => boolean} on whether it is switched on
 * @property {(question: Question) => void} ask
 * @property {() => void} close take the question away
 */

/**
 * Make the switch, and the form that asks.
 * @param {object} options
 * @param {() => void} options.begin what happens when it is switched on or off
 * @param {() => void} options.reveal show the value that was asked for
 * @param {AbortSignal} options.signal
 * @returns {Guess}
 */
export function guess({ begin, reveal, signal }) {
  const { element, form, label, input, skip, refuse, say, toggle } = parts();
  /** @type {Question | null} */
  let question = null;

  function close() {
    question = null;
    if (form.contains(activeIn(form))) toggle.focus({ preventScroll: true });
    form.hidden = true;
  }
  const finish = (/** @type {string} */ told, /** @type {Question} */ { name, part, value }) => {
    close();
    reveal();
    say(`${told}${name}${part} = ${shown(value)}.`);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!question) return;
    if (input.value.trim() === "") return refuse("Type a number first.");
    const { value: answer, why } = readNumber(input.value);
    if (answer === null) return refuse(`A guess is a finite number, but ${why}.`);
    input.value = String(answer);
    if (isNear(answer, question.value)) finish("Right: ", question);
    else say(notYet(answer, question));
  }, { signal });
  skip.addEventListener("click", () => question && finish("", question), { signal });
  toggle.addEventListener("change", () => {
    close();
    begin();
    const how = "Press Next. The new number stays hidden until you have typed your guess.";
    say(toggle.checked ? how : "");
  }, { signal });

  return {
    element,
    on: () => toggle.checked,
    ask(asked) {
      question = asked;
      put(label, {}, ...symbol(asked.name), `${asked.part} = `);
      put(input, { "aria-label": `Your guess for ${asked.name}${asked.part}` });
      input.value = "";
      say("");
      form.hidden = false;
      input.focus();
    },
    close() {
      close();
      say("");
    },
  };
}

function parts() {
  const input = textInput({});
  const label = html("label", {}, "");
  const check = html("button", { type: "submit" }, "Check");
  const skip = html("button", { type: "button" }, "Show me");
  const form = html("form", { class: "guess", hidden: true }, label, input, check, skip);
  const verdict = refusals("p", "verdict");
  const toggle = html("input", { type: "checkbox", role: "switch" });
  const row = html("label", { class: "switch" }, toggle, " Predict first");
  const element = html("div", { class: "predict" }, row, form, verdict.element);
  const refuse = (/** @type {string} */ why) => verdict.refuse(input, why);
  const say = (/** @type {string} */ words) => verdict.refuse(null, words);
  return { element, form, label, input, skip, refuse, say, toggle };
}

/**
 * Say whether an answer is right as far as a reader computes.
 * @param {number} answer
 * @param {number} value
 */
export const isNear = (answer, value) =>
  Math.abs(answer - value) <= 5e-3 * Math.max(1, Math.abs(value));

/**
 * Return the verdict on a wrong answer, with the slip that leads to it.
 * @param {number} answer
 * @param {Question} question
 */
export function notYet(answer, { value, slips }) {
  const off = Math.abs(answer - value);
  const slip = slips.find(([wrong]) => isNear(answer, wrong));
  const told = slip ? ` It is what you get if you ${slip[1]}.` : "";
  return `Not yet: ${shown(answer)} is off by ${shown(off)}.${told} Try again, or press Show me.`;
}
