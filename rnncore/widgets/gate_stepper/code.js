// The loop of the cell that is looked at, as Python.

import { html, noteChange, put, words, write } from "../shared/dom.js";
import { codeLines, group } from "../shared/frame/frame.js";
import { python } from "../shared/numbers.js";
import { codeSymbol } from "../shared/recurrent.js";

/** Make the code; the openings of held gates change in place. */
export function codePanel() {
  const element = group("code", "The code that runs", true);
  const openings = html("span");
  const update = (cell, { params, hand }, t) => {
    const held = cell.gates.filter((gate) => hand[gate] !== null);
    write(openings, held.map((gate) => python(hand[gate])).join(", "));
    if (!noteChange(element, JSON.stringify([cell.name, params.reset, held, params.since, t]))) {
      return;
    }
    const byHand = held.length ? [handLine(held, params.since, openings)] : [];
    codeLines(element, cell.code(loopLine(t), byHand, params), t > 0 ? -1 : 0);
    if (t > 0) markBody(element, t >= params.since);
  };
  return { element, update };
}

function loopLine(t) {
  const now = html("span", { class: "comment" }, t > 0 ? `  # t = ${t}` : "");
  return words`for t, ${codeSymbol("x", "x")} in enumerate(X, 1):${now}`;
}

function handLine(gates, since, openings) {
  const names = gates.flatMap((gate, k) => [k ? ", " : "", codeSymbol(gate, gate)]);
  const comment = html("span", { class: "comment" }, "  # by hand");
  return words`    if t >= ${String(since)}: ${names} = ${openings}${comment}`;
}

// All of the loop's body runs in a step; what a hand does, from its step on.
function markBody(element, byHand) {
  [...element.children].forEach((line, k) => {
    const runs = k > 1 && (byHand || !line.textContent.startsWith("    if "));
    put(line, { class: runs ? "active" : "", "aria-current": runs ? "step" : null });
  });
}
