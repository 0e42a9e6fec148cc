// What training with the mistakes has shown: the loss of the middle run, and what all runs can do.

import { html, noteChange, number, put, svg, symbol, tag, words } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { plot } from "../shared/plot.js";
import { drawn } from "./marks.js";

/**
 * For every combination of mistakes: the losses, and how many runs have learnt the task; the
 * percentage of right answers of each run.
 * @typedef {{ training_loss: number[][], accuracy: number[][], learnt: number[] }} Training
 */

const TOGETHER = 6; // pixels: lines that end nearer than this share a name

/** Say what the task is, and what the lines are. */
export function taskWords() {
  const key = (kind, text) => html("span", { class: `key ${kind}` }, text);
  const [now, right] = [key("now", "thick"), key("right", "dashed")];
  return html(
    "p",
    {},
    html("b", {}, "Training. "),
    "The task is to keep the first of six bits. ",
    "The network is Embedding(2, 8), SimpleRNN(8), Dense(8, 1), so ",
    ...words`${symbol("W_x")} is (8, 8) here. Each line is the median of five runs. The ${now}`,
    ...words` line shows the mistakes that are on, the ${right} line the right gradient, and the ${
      key("thin", "thin")
    }`,
    " lines the mistakes one by one.",
  );
}

/** Make the line that says how well the five runs do at the end. @param {Training} training */
export function runsPanel({ accuracy }) {
  const element = html("p");
  function update(combination) {
    if (!noteChange(element, combination)) return;
    const run = (value, i) => number("accuracy", [combination, i], value);
    const list = accuracy[combination].flatMap((value, i) => [i ? ", " : "", run(value, i)]);
    put(
      element,
      {},
      combination ? "With the mistakes that are on" : "With the right gradient",
      ", the five runs are right in ",
      ...list,
      "% of cases at the end. Guessing gives 50%.",
    );
  }
  return { element, update };
}

/**
 * Draw the losses: with the right gradient, with each mistake alone, and with those on now.
 * @param {Training} training
 * @param {[string, string][]} mistakes each with its words
 * @param {number} width
 */
export function curves({ training_loss: losses }, mistakes, width) {
  const epochs = losses[0].length;
  const chart = plot({
    ...{ width, height: 210, title: "The loss while the toy task is trained" },
    ...{ xName: "epoch", yName: "loss" },
  });
  chart.scale({ x: [1, epochs], y: [0, 0.8], whole: true });
  const last = (combination) => losses[combination].at(-1);
  const path = (combination) => chart.path(losses[combination].map((loss, i) => [i + 1, loss]));
  const end = (combination) => {
    const [cx, cy] = chart.at(epochs, last(combination));
    return { cx, cy, ...tag("training_loss", [combination, epochs - 1], last(combination)) };
  };
  const single = mistakes.map(([kind], i) => ({ kind, combination: 2 ** i }));
  const thin = ({ kind, combination }) =>
    svg("path", { class: "line thin", "data-sym": kind, d: path(combination) });
  const small = (name, combination) =>
    svg("circle", { class: `dot ${name}`, r: 3, ...end(combination) });
  const now = svg("path", { class: "line gradient now" });
  const dot = svg("circle", { class: "dot gradient", r: 4 });
  put(
    chart.marks,
    {},
    ...single.map(thin),
    svg("path", { class: "line right", d: path(0) }),
    ...single.map(({ combination }) => small("quiet", combination)),
    small("", 0),
    now,
    dot,
    ...(width < 420 ? [] : lineNames(chart, mistakes, last)),
  );

  function update(combination) {
    put(now, { d: path(combination) });
    put(dot, end(combination));
    const [first, final] = [losses[combination][0], last(combination)].map((v) => shown(v));
    chart.describe(
      `With what is on now the loss goes from ${first} to ${final}.` +
        ` With the right gradient it goes to ${shown(last(0))}.`,
    );
  }
  return { element: chart.element, update };
}

/** Return the names over the ends of the lines; lines that end together share one. */
function lineNames(chart, mistakes, last) {
  const all = [[0, "the right gradient"], ...mistakes.map(([, text], i) => [2 ** i, text])];
  const ends = all.map(([combination, text]) => ({ text, y: chart.at(0, last(combination))[1] }));
  const shared = [];
  for (const { text, y } of ends.sort((a, b) => a.y - b.y)) {
    if (shared.length && y - shared.at(-1).y < TOGETHER) shared.at(-1).texts.push(text);
    else shared.push({ y, texts: [text] });
  }
  const x = chart.box.right - 4;
  return shared.flatMap(({ y, texts }) =>
    ["line-name halo", "line-name"].map((name) =>
      svg("text", { class: name, x, y: y - 7, "text-anchor": "end" }, drawn(texts.join(" · ")))
    )
  );
}
