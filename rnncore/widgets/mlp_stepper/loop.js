// The loop as rows, one for each round: what goes in, the two arrows, what comes out.

import { html, noteChange, put, symbol, words, write } from "../shared/dom.js";
import { counted, shapeSpan, taken } from "./scene.js";
import { shapeText } from "../shared/numbers.js";

/**
 * Fill the list with the rounds of these layers; returns the function that shows a step.
 * @param {Element} list
 * @param {import("./scene.js").Scene} scene
 */
export function loopRounds(list, { values: { W }, shapeOf }) {
  const rounds = W.map((weights, i) => roundRow(weights, i, shapeOf));
  const end = endRow(W.length, shapeOf(W.at(-1).length));
  put(list, {}, ...rounds.map(({ element }) => element), end.element);
  return (scene) => [...rounds, end].forEach(({ update }) => update(scene));
}

const round = (i) => html("span", { class: "round" }, html("i", {}, "i"), ` = ${i}`);

function roundRow(weights, i, shapeOf) {
  const [inputs, units] = [weights.length, weights[0].length];
  const before = shapeOf(inputs);
  const chips = [
    chip(`x_${i}`, before, before.length - 1),
    chip(`z_${i + 1}`, shapeOf(units)),
    chip(`x_${i + 1}`, shapeOf(units)),
  ];
  const weight = html("span", {}, "@ ", ...symbol(`W_${i}`), " ", shapeSpan([inputs, units], 0));
  const bias = html("span", {}, "+ ", ...symbol(`B_${i}`), " ", shapeSpan([units]));
  const f = html("span", { class: "f" });
  const each = html("small");
  const [x, z, next] = chips.map(({ element }) => element);
  const element = html("li", {}, round(i), x, arrow(weight, bias), z, arrow(f, each), next);

  function update({ step, i: running, values: { activations } }) {
    const now = i === running;
    put(element, { class: now ? "now" : null, "aria-current": now ? "step" : null });
    chips.forEach((chip, k) => {
      chip.reach(step >= 2 * i + k);
      put(chip.element, { "data-sym": now ? ["x", "z", "x_next"][k] : null });
    });
    put(weight, { "data-sym": now ? "W" : null });
    put(bias, { "data-sym": now ? "b" : null });
    write(f, activations[i]);
    write(each, taken(activations[i]));
  }
  return { element, update };
}

/** Make a name with its shape, or with a question mark until it is reached. */
function chip(name, shape, meets) {
  const known = shapeSpan(shape, meets);
  const unknown = html("span", { class: "shape", "aria-label": "not computed yet" }, "?");
  const title = html("span", {}, ...symbol(name));
  const element = html("span", { class: "chip" }, title, known, unknown);
  function reach(on) {
    put(known, { hidden: !on });
    put(unknown, { hidden: on });
    put(element, { class: on ? "chip" : "chip waits" });
  }
  return { element, reach };
}

function arrow(over, under) {
  const line = html("span", { class: "line", "aria-hidden": "true" });
  return html("span", { class: "arrow" }, over, line, under);
}

/** Make the row where the loop ends; `short`: the shape where it stops one round too early. */
function endRow(L, short) {
  const last = html("span", {});
  const element = html("li", { class: "end" }, round(L), last);
  const slip =
    `One more round would raise an IndexError, and one fewer would stop at x[${L - 1}], shape` +
    ` ${shapeText(short)}, before the output layer.`;
  const [x_0, x_L, W_L] = [symbol("x_0"), symbol(`x_${L}`), symbol(`W_${L}`)];
  const count = html("b", {}, `${counted(L, "matrix", "matrices")}, ${L + 1} arrays: `);
  const result = words`${count}${x_0} … ${x_L}. ${html("small", {}, slip)}`;

  function update({ step }) {
    const over = step === 2 * L;
    put(element, { class: over ? "end now" : "end" });
    if (!noteChange(element, over)) return;
    put(last, {}, ...words`There is no ${W_L}, so the loop ends. ${over ? result : ""}`);
  }
  return { element, update };
}
