// The review as text, with completions, and the words to choose from.

import { range } from "../shared/algebra.js";
import { html, put } from "../shared/dom.js";
import { textInput } from "../shared/frame/fields.js";
import { activeIn } from "../shared/frame/focus.js";
import { refusals } from "../shared/frame/refusals.js";
import { clipped } from "../shared/numbers.js";
import { roving } from "../shared/roving.js";
import { completionsPanel } from "./completions.js";
import { reviewIn, split, unknownIn } from "./trace.js";

/**
 * Make the field for the review, and the words below it.
 * @param {import("../shared/types.d.ts").Frame} frame
 */
export function composerPanel({ model, save, signal, limits }) {
  const input = textInput({ "aria-label": "Your review" });
  const { element: error, refuse } = refusals();
  const review = () => model.get("words");
  const say = (why) => refuse(input, why);
  // `final`: the reader has ended the editing, so that what is no review is refused.
  const take = (final) => {
    const words = reviewIn(input.value, limits);
    if (words !== null && words !== review()) save({ words });
    say(words === null && final ? refusal(input.value, limits, review()) : "");
    if (words !== null && final) input.value = words;
  };
  const completions = completionsPanel({ input, words: limits.vocabulary, take, signal });
  input.addEventListener("input", () => take(false), { signal });
  input.addEventListener("change", () => take(true), { signal }); // Enter, too

  const change = (words) => {
    const text = words.join(" ");
    if (reviewIn(text, limits) === null) return say(refusal(text, limits, review()));
    save({ words: text });
    input.value = text;
    say("");
  };
  const shelf = shelfPanel({ limits, signal, add: (word) => change([...split(review()), word]) });
  const back = html("button", { type: "button" }, "Remove the last word");
  back.addEventListener("click", () => change(split(review()).slice(0, -1)), { signal });
  put(shelf.element, {}, ...shelf.element.children, back);

  // What is being typed, or was refused, stays until the review is another one.
  let last;
  function update({ words }) {
    if (words === last) return;
    last = words;
    const isTyped = input === activeIn(input) && reviewIn(input.value, limits) === words;
    if (!isTyped) input.value = words;
    say("");
  }
  const label = html("label", {}, html("b", {}, "Your review "), input);
  const element = html("div", { class: "composer" }, label, completions.element, error);
  return { element: html("div", {}, element, shelf.element), update };
}

/**
 * Say why a text is no review.
 * @param {string} text
 * @param {import("./trace.js").Limits} limits
 * @param {string} stays
 */
export function refusal(text, limits, stays) {
  const so = `so the review stays “${stays}”.`;
  const [unknown] = unknownIn(text, limits);
  if (unknown !== undefined) {
    const known = limits.vocabulary.length - 1;
    const near = nearest(unknown, limits.vocabulary);
    const hint = near ? ` Did you mean “${near}”?` : " “Choose words” shows them all.";
    return `“${
      clipped(unknown)
    }” is not among the ${known} words that the network knows, ${so}${hint}`;
  }
  const count = split(text).length;
  return `A review has 1 to ${limits.longest} words, but this one has ${count}, ${so}`;
}

// The word that a typing mistake or another ending may stand for.
function nearest(given, vocabulary) {
  const start = (word) => range(word.length).find((i) => word[i] !== given[i]) ?? word.length;
  const likely = vocabulary.filter((word) =>
    start(word) >= 3 ||
    (word.length > 2 && word.length === given.length && differences(word, given) === 1)
  );
  return likely.sort((a, b) => start(b) - start(a))[0];
}

const differences = (a, b) => range(a.length).filter((i) => a[i] !== b[i]).length;

// All words, by what they are.
function shelfPanel({ limits, add, signal }) {
  const { vocabulary, not } = limits;
  const half = not / 2;
  const groups = [
    ["good", vocabulary.slice(1, half + 1)],
    ["bad", vocabulary.slice(half + 1, not)],
    ["turns the next one around", [vocabulary[not]]],
    ["fillers", vocabulary.slice(not + 1)],
  ].map(([name, words]) => {
    const buttons = words.map((word) => {
      const button = html("button", { type: "button", class: "word" }, word);
      button.addEventListener("click", () => add(word), { signal });
      return button;
    });
    const row = html("div", { class: "words", role: "group", "aria-label": name }, ...buttons);
    roving(row, buttons, buttons.length, signal);
    return html("div", {}, html("small", { "aria-hidden": "true" }, name), row);
  });
  const summary = html("summary", {}, "Choose words");
  return { element: html("details", { class: "editor shelf" }, summary, ...groups) };
}
