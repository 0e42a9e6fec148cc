// Which check catches which mistake: each mistake alone, then what is switched on now.

import { html, noteChange, number, put, renew, symbol, write } from "../shared/dom.js";
import { withSymbols } from "./marks.js";
import { ARRAYS, isRefused, wrongNames } from "./trace.js";

/** @import { Frame } from "../shared/types.d.ts" */
/** @import { Training } from "./training.js" */

const HEADS = ["the mistake", "the shapes", "the gradient check", "training"];
const NUMBER = "#"; // stands among the parts of a sentence for its number

/**
 * Make the table with a switch for each mistake.
 * @param {Frame} frame
 * @param {Training} training
 */
export function checksPanel({ save, signal, limits }, training) {
  const judge = judgeOf(training, limits);
  const rows = limits.mistakes.map(([kind, words]) => switchRow(kind, words, save, signal));
  const [totals, now] = [totalsRow(limits.mistakes, training), html("span")];
  const current = tableRow(now, { class: "now" });
  const element = html(
    "table",
    { class: "checks" },
    html("caption", {}, "Switch a mistake on. Which check catches it?"),
    html("thead", {}, html("tr", {}, ...HEADS.map((text) => html("th", { scope: "col" }, text)))),
    html("tbody", {}, ...rows.map(({ tr }) => tr), totals.tr, current.tr),
  );

  /** @param {any} run @param {Record<string, boolean>} made @param {number} combination */
  function update(run, made, combination) {
    const caught = rows.map((row, i) => {
      row.update(made[row.kind]);
      const worst = ["alone_worst", [i], run.alone_worst[i]];
      return judge(row.cells, { errors: run.alone[i], worst, combination: 2 ** i });
    });
    totals.update(caught);
    const worst = run.error.indexOf(Math.max(...run.error));
    write(now, combination ? "what is on now" : "no mistake is on");
    judge(current.cells, {
      errors: run.error,
      worst: ["error", [worst], run.error[worst]],
      combination,
    });
  }
  return { element, update };
}

function tableRow(head, attributes) {
  const cells = [html("td"), html("td"), html("td")];
  const title = html("th", { scope: "row", "data-sym": attributes["data-sym"] }, head);
  return { cells, tr: html("tr", attributes, title, ...cells) };
}

function switchRow(kind, words, save, signal) {
  const input = html("input", { type: "checkbox", role: "switch", "aria-label": words });
  input.addEventListener("change", () => save({ [kind]: input.checked }), { signal });
  const label = html("label", { class: "switch" }, input, html("span", {}, ...withSymbols(words)));
  const { cells, tr } = tableRow(label, { "data-sym": kind });
  function update(made) {
    input.checked = made;
    tr.classList.toggle("on", made);
  }
  return { kind, cells, tr, update };
}

/** Make the row that counts what each check catches. */
function totalsRow(mistakes, training) {
  const { cells: [shapes, gradient, trained], tr } = tableRow("caught", { class: "totals" });
  const inTraining = html("span");
  const falls = (loss) => loss.at(-1) < 0.9 * loss[0];
  const falling = mistakes.filter((_, i) => falls(training.training_loss[2 ** i])).length;
  put(trained, {}, inTraining, html("small", {}, `the loss falls in ${falling}`));

  function update(caught) {
    const all = caught.length;
    const count = (check) => caught.filter((row) => row[check]).length;
    const running = all - count("shapes");
    write(shapes, `${count("shapes")} of ${all}`);
    const which = running < all ? " that run" : "";
    write(gradient, `${count("gradient")} of ${running}${which}`);
    write(inTraining, `${count("training")} of ${all}`);
  }
  return { tr, update };
}

/**
 * Return a function that fills the cells of a row, and returns which check catches it.
 * @param {Training} training
 * @param {import("./trace.js").Limits} limits
 * @returns {(cells: HTMLElement[], row: any) => Record<string, boolean>}
 */
function judgeOf(training, limits) {
  const runs = training.accuracy[0].length;
  return ([shapes, gradient, trained], { errors, worst, combination }) => {
    const [refused, wrong] = [isRefused(errors), wrongNames(errors, limits)];
    const learnt = training.learnt[combination];
    const found = { shapes: refused, gradient: wrong.length > 0, training: learnt < runs / 2 };
    const isWrong = combination > 0; // a mistake is made
    const word = (caught) => (caught ? "caught" : "missed");
    if (!isWrong) say(shapes, null, "nothing");
    else say(shapes, refused, word(refused), [], refused ? "NumPy stops" : "all fit");
    sayGradient(gradient, { refused, wrong, isWrong, worst });
    const caught = isWrong ? found.training : null;
    const number = ["learnt", [combination], learnt];
    const details = [NUMBER, ` of ${runs}`, [" runs"], " learn it"];
    say(trained, caught, isWrong ? word(caught) : "works", number, ...details);
    return found;
  };
}

function sayGradient(box, { refused, wrong, isWrong, worst }) {
  if (refused) return say(box, null, "not reached", [], "NumPy has stopped");
  if (wrong.length) {
    const list = wrong.flatMap((name, i) => (i ? [", ", name] : [name]));
    const which = wrong.length === ARRAYS.length ? [" in all five"] : [" in ", ...list];
    return say(box, true, "caught", worst, "error ", NUMBER, which);
  }
  if (isWrong) return say(box, false, "missed", [], "nothing changes here");
  say(box, null, "all right", worst, "error ", NUMBER);
}

const symbolOrText = (text) => (ARRAYS.includes(text) ? symbol(text) : [text]);

/**
 * Say a verdict in a cell; it is made anew only when its words change, not with its number.
 * @param {HTMLElement} box
 * @param {boolean | null} caught null: neither caught nor missed
 * @param {string} word
 * @param {any[]} place the name of the number in the details, its index and its value
 * @param {...any} details texts, lists of names and texts, and NUMBER
 */
function say(box, caught, word, place = [], ...details) {
  const [name, index, value] = place;
  if (!noteChange(box, JSON.stringify([caught, word, name, index, details]))) {
    if (name) renew(box.querySelector(".num"), name, index, value);
    return;
  }
  const parts = details.map((part) => {
    if (part === NUMBER) return number(name, index, value, undefined, "");
    if (!Array.isArray(part)) return part;
    return html("span", { class: "which" }, ...part.flatMap(symbolOrText));
  });
  const kind = caught === null ? "none" : caught ? "caught" : "missed";
  put(box, { class: kind }, html("b", {}, word), html("small", {}, ...parts));
}
