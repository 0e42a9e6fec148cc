// One code cell of the page: its editor, its buttons, and what it gives.

import { button, html, write } from "./dom.js";
import { makeEditor } from "./editor.js";
import { makeOutput } from "./output.js";
import { duration } from "./words.js";

/** @typedef {"" | "waiting" | "running" | "done" | "failed"} Mark */
const SAID = { "": "", waiting: "waits", running: "running …", done: "has run", failed: "failed" };

/**
 * @typedef {object} Options
 * @property {number} number
 * @property {string} help the id of what says the keys
 * @property {(id: string, plain: string) => { element: HTMLElement, close: () => void }} view
 * @property {() => void} run
 * @property {() => void} changed
 */

/** What a stored cell holds. */
export const codeOf = (/** @type {Element} */ cell) =>
  cell.querySelector(".cell_input pre").textContent.replace(/\n$/, "");

/**
 * Bring a cell to life.
 * @param {HTMLElement} node the stored cell
 * @param {Options} options
 */
export function makeCell(node, { number, help, view, run, changed }) {
  const stored = codeOf(node);
  const parts = {
    input: node.querySelector(".cell_input"),
    code: node.querySelector(".cell_input").firstElementChild,
    output: /** @type {HTMLElement | null} */ (node.querySelector(":scope > .cell_output")),
  };
  const isSolution = node.closest(".solution") !== null;
  const seconds = Number(node.dataset.runSeconds ?? 0);
  const says = html("span", { class: "run-said" });
  const original = button("Original code", () => editor.set(stored), {
    "aria-label": `Original code of cell ${number}`,
  });
  const row = html(
    "div",
    { class: "run-row" },
    button("Run", run, { class: "run-cell", "aria-label": `Run cell ${number}` }),
    html("span", { class: "run-number" }, `cell ${number}`),
    seconds ? html("span", {}, `takes about ${duration(seconds)}`) : null,
    says,
    original,
  );
  const note = html("div", { class: "run-note" });
  const output = makeOutput({
    alt: parts.output?.querySelector("img")?.alt || `The figure that cell ${number} draws`,
    view,
  });
  /** @type {Mark} */
  let mark = "";
  const editor = makeEditor({
    text: stored,
    label: `Code of cell ${number}`,
    describedby: help,
    run,
    change() {
      show();
      changed();
    },
  });
  const box = html("div", { class: "highlight run-editor" }, editor.element);

  function show() {
    const isChanged = editor.text() !== stored;
    original.hidden = !isChanged;
    node.dataset.run = mark;
    write(says, [SAID[mark], isChanged ? "changed" : ""].filter(Boolean).join(", "));
  }

  /** The new outputs take the place of the stored ones, and of their anchors. */
  function replace() {
    output.clear();
    note.replaceChildren();
    if (!parts.output?.isConnected) return;
    const names = [...parts.output.querySelectorAll("[id]")].map(({ id }) => id);
    parts.output.replaceWith(output.element);
    anchors = names.filter((id) => !document.getElementById(id));
  }
  /** @type {string[]} */
  let anchors = [];
  let isFresh = false; // whether the outputs of this run have begun

  function restore() {
    editor.close();
    output.clear();
    [box, row, note].forEach((part) => part.remove());
    if (parts.output) {
      output.element.replaceWith(parts.output);
    } else output.element.remove();
    parts.code.removeAttribute("hidden");
    delete node.dataset.run;
  }

  parts.code.setAttribute("hidden", "");
  parts.input.append(box);
  parts.input.after(row, note);
  if (!parts.output) note.after(output.element);
  show();
  return {
    number,
    node,
    isSolution,
    seconds,
    stored,
    text: editor.text,
    set: editor.set,
    mark: () => mark,
    setMark(/** @type {Mark} */ to) {
      mark = to;
      show();
    },
    begin() {
      isFresh = true;
    },
    add(/** @type {any} */ given) {
      if (isFresh) replace();
      isFresh = false;
      output.add(given);
      keepAnchors();
    },
    end() {
      if (isFresh) replace();
      isFresh = false;
      keepAnchors();
    },
    say: (/** @type {(Node | string)[]} */ ...words) =>
      note.replaceChildren(...words.length ? [html("p", {}, ...words)] : []),
    restore,
  };

  /** Links to what stood here still lead here. */
  function keepAnchors() {
    for (const id of anchors.filter((id) => !document.getElementById(id))) {
      output.element.prepend(html("span", { id, class: "run-anchor" }));
    }
  }
}
