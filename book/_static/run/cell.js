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
export const codeOf = (/** @type {Element} */ node) =>
  node.querySelector(".cell_input pre").textContent.replace(/\n$/, "");

/** The line that says what was wrong. @param {string} traceback */
const lastLine = (traceback) => traceback.trim().split("\n").at(-1).slice(0, 200);

/** A cell that runs, in the place of a stored one. */
export class Cell {
  #isFresh = false; // whether nothing of this run has been shown
  /** @type {string[]} */
  #anchors = []; // the names of what stood among the stored outputs
  error = ""; // of the last run, in one line

  /**
   * Bring a cell to life.
   * @param {HTMLElement} node the stored one
   * @param {Options} options
   */
  constructor(node, { number, help, view, run, changed }) {
    this.node = node;
    this.number = number;
    this.stored = codeOf(node);
    this.isSolution = node.closest(".solution") !== null;
    this.seconds = Number(node.dataset.runSeconds ?? 0); // as measured; 0 if it is quick
    this.input = node.querySelector(".cell_input");
    this.code = this.input.firstElementChild;
    /** @type {HTMLElement | null} */
    this.before = node.querySelector(":scope > .cell_output");
    const drawn = this.before?.querySelector("img")?.alt;
    this.output = makeOutput({ alt: drawn || `The figure that cell ${number} draws`, view });
    this.editor = makeEditor({
      text: this.stored,
      label: `Code of cell ${number}`,
      describedby: `${help} ${help}-${number}`,
      run,
      change: () => {
        this.#show();
        changed();
      },
    });
    this.#layOut(run, `${help}-${number}`);
    this.mark = "";
  }

  /** @param {() => void} run @param {string} id of what is said of the cell */
  #layOut(run, id) {
    const { number, seconds } = this;
    this.said = html("span", { class: "run-said", id });
    this.start = button("Run", run, { class: "run-cell", "aria-label": `Run cell ${number}` });
    this.original = button("Original code", () => {
      this.editor.focus(); // the button goes
      this.editor.set(this.stored);
    }, { "aria-label": `Original code of cell ${number}` });
    this.row = html(
      "div",
      { class: "run-row" },
      this.start,
      html("span", {}, `cell ${number}`),
      seconds ? html("span", {}, `takes about ${duration(seconds)}`) : null,
      this.said,
      this.original,
    );
    this.note = html("div", { class: "run-note" });
    this.box = html("div", { class: "highlight run-editor" }, this.editor.element);
    this.code.setAttribute("hidden", "");
    this.input.append(this.box);
    this.input.after(this.row, this.note);
    if (!this.before) this.note.after(this.output.element);
  }

  get text() {
    return this.editor.text();
  }

  set text(text) {
    this.editor.set(text);
  }

  /** @returns {Mark} */
  get mark() {
    return /** @type {Mark} */ (this.node.dataset.runMark);
  }

  set mark(mark) {
    this.node.dataset.runMark = mark;
    this.#show();
  }

  get isChanged() {
    return this.text !== this.stored;
  }

  #show() {
    this.original.hidden = !this.isChanged;
    const isRefused = this.mark === "failed";
    const why = isRefused && this.error ? `: ${this.error}` : "";
    const parts = [SAID[this.mark] + why, this.isChanged ? "changed" : ""];
    write(this.said, parts.filter(Boolean).join(", "));
    this.editor.refuse(isRefused);
  }

  /** A run begins; what the last one gave stays until there is something new. */
  begin() {
    this.#isFresh = true;
    this.error = "";
  }

  /** @param {any} output */
  add(output) {
    this.#replace();
    if (output.kind === "error") this.error = lastLine(output.text);
    this.output.add(output);
    this.#keepAnchors();
  }

  end() {
    this.#replace();
    this.#keepAnchors();
  }

  /** New outputs take the place of the stored ones. */
  #replace() {
    if (!this.#isFresh) return;
    this.#isFresh = false;
    this.output.clear();
    this.say();
    if (!this.before?.isConnected) return;
    const names = [...this.before.querySelectorAll("[id]")].map(({ id }) => id);
    this.before.replaceWith(this.output.element);
    this.#anchors = names.filter((id) => !document.getElementById(id));
  }

  /** Links to what stood here still lead here. */
  #keepAnchors() {
    for (const id of this.#anchors.filter((id) => !document.getElementById(id))) {
      this.output.element.prepend(html("span", { id, class: "run-anchor" }));
    }
  }

  /** Say something under the buttons. @param {(Node | string)[]} words */
  say(...words) {
    if (this.note.contains(document.activeElement)) this.start.focus();
    this.note.replaceChildren(...words.length ? [html("p", {}, ...words)] : []);
  }

  /** Put the stored cell back. */
  restore() {
    this.editor.close();
    this.output.clear();
    [this.box, this.row, this.note].forEach((part) => part.remove());
    if (this.before) this.output.element.replaceWith(this.before);
    else this.output.element.remove();
    this.code.removeAttribute("hidden");
    delete this.node.dataset.runMark;
    delete this.node.dataset.runTook;
  }
}
