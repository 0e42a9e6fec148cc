// "Run this page": turns the code cells of a page into ones that run, all in one Python.

import { HELP, makeBar } from "./bar.js";
import { Cell, codeOf } from "./cell.js";
import { button, html } from "./dom.js";
import { marksOf, readEdits, writeEdits } from "./keeper.js";
import { makePython } from "./python.js";
import css from "./run.css";
import { makeWidgets } from "./widgets.js";
import { duration, failure, lacking, range } from "./words.js";

// Written in by the bundler: the worker's script, and that of each kind of widget.
/** @type {string} */
const WORKER = /** @type {any} */ (globalThis).RUN_WORKER;
/** @type {Record<string, string>} */
const FILES = /** @type {any} */ (globalThis).RUN_FILES;

/** @typedef {{ box: HTMLElement, folder: string }} Place the box with the button, and its scripts */

/** Begin. @param {Place} place */
export const start = (place) => new RunningPage(place);

class RunningPage {
  /** @type {"off" | "loading" | "ready"} */
  #state = "off";
  /** @type {Cell[]} */
  #queue = [];
  /** @type {Cell | null} */
  #running = null;

  /** @param {Place} place */
  constructor(place) {
    this.place = place;
    const base = new URL("../pyodide/", place.folder).href;
    const worker = place.folder + WORKER;
    this.python = makePython({ worker, base, on: (message) => this.#hear(message) });
    this.widgets = makeWidgets({ files: FILES, tell: this.python.tell });
    this.bar = makeBar({
      runAll: () => this.run(this.cells.filter(({ isSolution }) => !isSolution)),
      stop: () => this.#forget("Stopped. What the cells had made is gone: run from the top."),
      restore: () => this.#restore(),
    });
    this.sheet = html("style", {}, css);
    document.head.append(this.sheet);
    const nodes = [...document.querySelectorAll("article div.cell")];
    this.cells = this.#makeCells(
      nodes.filter((node) => node.querySelector(":scope > .cell_input pre")),
    );
    document.body.append(this.bar.element);
    document.body.classList.add("run-page");
    place.box.hidden = true;
    this.bar.focus();
    this.#wake();
  }

  /** @param {Element[]} nodes */
  #makeCells(nodes) {
    this.marks = marksOf(nodes.map(codeOf));
    const edits = readEdits();
    return nodes.map((node, i) => {
      const cell = new Cell(/** @type {HTMLElement} */ (node), {
        number: i + 1,
        help: HELP,
        view: this.widgets.view,
        run: () => this.run([cell]),
        changed: () => this.cells && this.#keep(),
      });
      if (edits.has(this.marks[i])) cell.text = edits.get(this.marks[i]);
      return cell;
    });
  }

  /** Run cells one after the other, behind those that wait. @param {Cell[]} wanted */
  run(wanted) {
    const added = wanted.filter((cell) => cell !== this.#running && !this.#queue.includes(cell));
    for (const cell of added) cell.mark = "waiting";
    this.#queue.push(...added);
    this.#wake();
    this.#next();
  }

  /** Start Python, if it does not run. */
  #wake() {
    if (this.#state !== "off") return;
    this.#state = "loading";
    this.bar.canStop(true);
    this.bar.load({ loaded: 0, total: 0, what: "Python" });
    this.python.start();
  }

  #next() {
    if (this.#state !== "ready" || this.#running || !this.#queue.length) return;
    const cell = this.#queue.shift();
    this.#running = cell;
    cell.begin();
    this.bar.canStop(true);
    this.#announce(cell);
    const codes = this.cells.map(({ number, text }) => [number, text]);
    this.python.run(cell.number, cell.text, /** @type {[number, string][]} */ (codes));
  }

  /** Say that a cell runs, and how long it will. @param {Cell} cell */
  #announce({ number, seconds }) {
    const long = seconds ? `, which takes about ${duration(seconds)}` : "";
    this.bar.say(`Running cell ${number}${long}.`);
  }

  /** @param {any} message */
  #hear(message) {
    const cell = this.cells[message.cell - 1];
    if (message.type === "progress") this.bar.load(message);
    else if (message.type === "ready") this.#ready(message);
    else if (message.type === "output") cell.add(message.output);
    else if (message.type === "ended") this.#ended(cell, message);
    else if (message.type === "failed") this.#fail(message);
    else if (message.type === "started") {
      cell.mark = "running";
      this.#announce(cell);
    } else this.widgets.hear(message);
  }

  /** @param {{ missing: string[] }} message */
  #ready({ missing }) {
    this.#state = "ready";
    this.bar.canStop(false);
    this.bar.say(lacking(missing) || "Python is ready. Change a cell and run it, or run all.");
    this.#next();
  }

  /** @param {Cell} cell @param {any} how */
  #ended(cell, how) {
    this.#running = null;
    cell.end();
    cell.mark = how.ok ? "done" : "failed";
    cell.node.dataset.runTook = how.seconds; // for tools/run_pages.py
    if (!how.ok) this.#explain(cell, how);
    const mayFail = cell.node.classList.contains("tag_raises-exception");
    const goesOn = how.ok || mayFail || how.package === "matplotlib"; // only figures are missing
    if (goesOn && this.#queue.length) return this.#next();
    const left = this.#queue.splice(0);
    for (const one of left) one.mark = "";
    this.bar.canStop(false);
    const rest = left.length ? ` The ${left.length} after it have not run.` : "";
    const others = this.cells.filter((one) => one.mark === "failed" && one !== cell);
    const failed = others.length ? ` Failed before: ${others.map(nameOf).join(", ")}.` : "";
    this.bar.say(
      how.ok
        ? `Cell ${cell.number} has run, in ${how.seconds.toFixed(1)} s.${failed}`
        : `Cell ${cell.number} stopped with an error${cell.error && `: ${cell.error}`}.${rest}`,
    );
  }

  /** Say what a cell lacked, if it is known. @param {Cell} cell @param {any} how */
  #explain(cell, how) {
    if (how.why) return cell.say(failure(how.why, ""));
    if (how.package === "numpy") return cell.say("NumPy is missing on this site.");
    const makers = (how.makers ?? []).map((/** @type {number} */ number) => this.cells[number - 1]);
    const maker = nearest(makers, cell);
    if (!maker) return;
    const name = html("code", {}, how.name);
    const where = `cell ${maker.number}${maker.isSolution ? ", a solution" : ""}`;
    if (maker.number > cell.number) return cell.say(name, ` is made further down, in ${where}.`);
    const wanted = this.cells.slice(0, cell.number).filter((one) =>
      !one.isSolution || one === maker || one === cell
    );
    const first = button(`Run ${range(1, cell.number)}`, () => this.run(wanted));
    cell.say(name, ` comes from ${where}: run that one first. `, first);
  }

  /** Forget what Python knew. @param {string} words what is said of it */
  #forget(words) {
    this.python.stop();
    this.widgets.forget();
    this.#state = "off";
    this.#running?.end();
    this.#running = null;
    this.#queue = [];
    for (const cell of this.cells) cell.mark = "";
    this.bar.canStop(false);
    this.bar.say(words);
  }

  /** @param {{ why: string, text: string }} message */
  #fail({ why, text }) {
    console.warn(`Python: ${why}`, text);
    this.#forget(failure(why, text));
  }

  /** Keep the reader's changes. */
  #keep() {
    const pairs = this.cells.map((cell, i) => /** @type {const} */ ([this.marks[i], cell]));
    const changed = pairs.filter(([, { isChanged }]) => isChanged);
    const isKept = writeEdits(new Map(changed.map(([mark, { text }]) => [mark, text])));
    if (!isKept) this.bar.say("Your changes last until you leave: this browser stores nothing.");
  }

  /** Put the page back as it was: outputs, widgets and code. */
  #restore() {
    const { box } = this.place;
    const edits = readEdits();
    this.python.stop();
    this.cells.forEach((cell) => cell.restore());
    writeEdits(new Map());
    [this.bar.element, this.sheet].forEach((part) => part.remove());
    document.body.classList.remove("run-page");
    box.hidden = false;
    const again = button("Bring my changes back", () => {
      box.querySelector("[role=status]").textContent = "";
      writeEdits(edits);
      start(this.place);
    });
    const said = ["The page is as it was. ", ...edits.size ? [again] : []];
    box.querySelector("[role=status]").replaceChildren(...said);
    box.querySelector("button").focus();
  }
}

const nameOf = (/** @type {Cell} */ { number }) => `cell ${number}`;

/**
 * Return which of the cells that make a name is meant: the last before the one that needs it.
 * @param {Cell[]} makers @param {Cell} cell
 * @returns {Cell | undefined}
 */
function nearest(makers, cell) {
  const others = makers.filter((one) => one !== cell);
  const before = others.filter(({ number }) => number < cell.number);
  return before.findLast(({ isSolution }) => !isSolution) ?? before.at(-1) ?? others[0];
}
