// The backward pass, line by line, each beside the forward line that it answers.

import { html, put, write } from "../shared/dom.js";
import { group } from "../shared/frame/frame.js";

// A part of a line is a text, [text, symbol], or a slip: what is right, and what stands instead.
const slip = (kind, right, wrong = "") => ({ kind, right, wrong });
const [x, S, W_x, W_h] = [["X[:, k]", "x"], ["S[:, k]", "h_prev"], ["W_x", "W_x"], ["W_h", "W_h"]];
const [next, dh_next] = [["S[:, k+1]", "h"], ["dh_next", "dh_prev"]];
const [z, dh, dz] = [["z", "z"], ["dh", "dh"], ["dz", "dz"]];
const [dX, dW_x, dW_h, db] = [["dX[:, k]", "dx"], ["dW_x", "dW_x"], ["dW_h", "dW_h"], ["db", "db"]];
const plus = slip("no_accumulation", "+=", "=");
const before = slip("same_state", "S[:, k]", "S[:, k+1]");
// Pairs: the forward line, the backward line.
const LINES = [
  [["S[:, 0] = ", ["h0", "h_prev"]], [dh_next, " = np.zeros_like(h0)"]],
  [["for k in range(T):"], ["for k in reversed(range(T)):"]],
  [
    ["    L += np.sum(dS[:, k] * ", next, ")"],
    ["    ", dh, " = dS[:, k]", slip("no_future", " + dh_next")],
  ],
  [
    ["    ", next, " = np.tanh(", z, ")"],
    ["    ", dz, " = dh", slip("no_slope", " * (1 - S[:, k+1]**2)")],
  ],
  [
    ["    ", z, " = ", x, " @ ", W_x],
    ["    ", dX, " = dz @ ", W_x, slip("no_transpose_x", ".T")],
  ],
  [[], ["    ", dW_x, " ", plus, " ", x, ".T @ dz"]],
  [
    ["        + ", S, " @ ", W_h],
    ["    ", dh_next, " = dz @ ", W_h, slip("no_transpose", ".T")],
  ],
  [[], ["    ", dW_h, " ", plus, " ", before, ".T @ dz"]],
  [["        + ", ["b", "b"]], ["    ", db, " ", plus, " dz.sum(axis=0)"]],
];

/**
 * Make the listing.
 * @param {[string, string][]} mistakes each with its words
 */
export function listingPanel(mistakes) {
  const words = Object.fromEntries(mistakes);
  const title = "The backward pass, each line next to its line of the forward pass";
  const element = group("code pairs", title, true);
  const head = ["the forward pass", "the backward pass, line by line"];
  const lines = LINES.map(([fore, back]) => backwardLine(fore, back, words));
  put(
    element,
    {},
    ...head.map((text) => html("small", { class: "head" }, text)),
    ...lines.flatMap(({ elements }) => elements),
  );
  /** @param {Record<string, boolean>} made whether each mistake is made */
  const update = (made) => lines.forEach((line) => line.update(made));
  return { element, update };
}

function backwardLine(fore, back, words) {
  const parts = back.map(partOf);
  const slips = parts.filter(({ kind }) => kind);
  const note = html("span", { class: "comment" });
  const given = fore.flatMap((part) => partOf(part).nodes);
  const forward = html("code", { class: fore.length ? "fore" : "fore none" }, ...given);
  const nodes = parts.flatMap((part) => part.nodes);
  const backward = html("code", { class: "back" }, ...nodes, note);

  function update(made) {
    slips.forEach((slip) => slip.update(made[slip.kind]));
    const on = slips.map(({ kind }) => kind).filter((kind) => made[kind]);
    const wrong = on.map((kind) => words[kind]).join("; ");
    write(note, on.length ? `    # wrong: ${wrong}` : "");
    note.hidden = on.length === 0;
    backward.classList.toggle("active", on.length > 0);
  }
  return { elements: [forward, backward], update };
}

/** Make a part; that of a slip has a kind, and shows either what is right or what is wrong. */
function partOf(part) {
  if (typeof part === "string") return { nodes: [part] };
  if (Array.isArray(part)) return { nodes: [html("span", { "data-sym": part[1] }, part[0])] };
  const { kind, right, wrong } = part;
  const kept = html("span", {}, right);
  const struck = html("del", { "data-sym": kind }, right);
  const instead = html("ins", { "data-sym": kind }, wrong);
  const update = (made) => {
    kept.hidden = made;
    struck.hidden = !made;
    instead.hidden = !made || wrong === "";
  };
  return { kind, nodes: [kept, struck, instead], update };
}
