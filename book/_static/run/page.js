// "Run this page": turns the code cells of a page into ones that run, all in one Python.

import { HELP, makeBar } from "./bar.js";
import { codeOf, makeCell } from "./cell.js";
import { button, html } from "./dom.js";
import { markOf, readEdits, writeEdits } from "./keeper.js";
import { makePython } from "./python.js";
import css from "./run.css";
import { makeWidgets } from "./widgets.js";
import { duration, failure, lacking, range } from "./words.js";

/** @typedef {ReturnType<typeof makeCell>} Cell */

// Written in by the bundler.
/** @type {string} */
const WORKER = /** @type {any} */ (globalThis).RUN_WORKER;
/** @type {Record<string, string>} */
const FILES = /** @type {any} */ (globalThis).RUN_FILES;

/** What was changed before the page was restored, until the reader goes. */
let thrownAway = new Map();

/**
 * Begin.
 * @param {{ box: HTMLElement, folder: string }} place the box with the button that was pressed
 */
export function start({ box, folder }) {
  const base = new URL("../pyodide/", folder).href;
  const sheet = html("style", {}, css);
  document.head.append(sheet);
  /** @type {"loading" | "ready" | "off"} */
  let state = "off";
  /** @type {Cell[]} */
  let queue = [];
  /** @type {Cell | null} */
  let running = null;

  const python = makePython({ worker: folder + WORKER, base, on: hear });
  const widgets = makeWidgets({ files: FILES, tell: python.tell });
  const bar = makeBar({
    runAll: () => run(cells.filter(({ isSolution }) => !isSolution)),
    stop,
    restore,
  });
  const nodes = [...document.querySelectorAll("article div.cell")].filter((node) =>
    node.querySelector(".cell_input pre")
  );
  const marks = marksOf(nodes.map(codeOf));
  const cells = nodes.map((node, i) =>
    makeCell(/** @type {HTMLElement} */ (node), {
      number: i + 1,
      help: HELP,
      view: widgets.view,
      run: () => run([cells[i]]),
      changed: keep,
    })
  );
  const edits = readEdits();
  cells.forEach((cell, i) => edits.has(marks[i]) && cell.set(edits.get(marks[i])));

  document.body.append(bar.element);
  document.body.classList.add("run-page");
  box.hidden = true;
  bar.focus();
  wake();

  /** Start Python, if it does not run. */
  function wake() {
    if (state !== "off") return;
    state = "loading";
    bar.canStop(true);
    bar.load({ loaded: 0, total: 0, what: "Python" });
    python.start();
  }

  /** @param {Cell[]} wanted */
  function run(wanted) {
    const fresh = wanted.filter((cell) => cell !== running && !queue.includes(cell));
    fresh.forEach((cell) => cell.setMark("waiting"));
    queue.push(...fresh);
    wake();
    next();
  }

  function next() {
    if (state !== "ready" || running || !queue.length) return;
    [running, ...queue] = queue;
    running.begin();
    bar.canStop(true);
    const codes = cells.map((
      { number, text },
    ) => /** @type {[number, string]} */ ([number, text()]));
    const long = running.seconds ? `, which takes about ${duration(running.seconds)}` : "";
    bar.say(`Running cell ${running.number}${long}.`);
    python.run(running.number, running.text(), codes);
  }

  /** @param {any} message */
  function hear(message) {
    const cell = cells[message.cell - 1];
    if (message.type === "progress") bar.load(message);
    else if (message.type === "ready") ready(message);
    else if (message.type === "started") started(cell);
    else if (message.type === "output") cell.add(message.output);
    else if (message.type === "ended") ended(cell, message);
    else if (message.type === "failed") fail(message);
    else widgets.hear(message);
  }

  /** @param {{ missing: string[] }} message */
  function ready({ missing }) {
    state = "ready";
    bar.canStop(false);
    bar.say(lacking(missing) || "Python is ready. Change a cell and run it, or run all.");
    next();
  }

  /** @param {Cell} cell */
  function started(cell) {
    cell.setMark("running");
    const long = cell.seconds ? `, which takes about ${duration(cell.seconds)}` : "";
    bar.say(`Running cell ${cell.number}${long}.`);
  }

  /** @param {Cell} cell @param {any} how */
  function ended(cell, how) {
    running = null;
    cell.end();
    if (!how.ok) explain(cell, how);
    cell.node.dataset.runTook = how.seconds; // for tools/run_pages.py
    cell.setMark(how.ok ? "done" : "failed");
    const mayFail = cell.node.classList.contains("tag_raises-exception");
    const goesOn = how.ok || mayFail || how.package === "matplotlib"; // only figures are missing
    if (goesOn && queue.length) return next();
    bar.canStop(false);
    const left = goesOn ? [] : queue.splice(0);
    left.forEach((one) => one.setMark(""));
    const rest = left.length ? ` The ${left.length} after it have not run.` : "";
    bar.say(
      how.ok
        ? `Cell ${cell.number} has run, in ${how.seconds.toFixed(1)} s.`
        : `Cell ${cell.number} stopped with an error.${rest}`,
    );
  }

  /** Say which cell makes a name that is missing. @param {Cell} cell @param {any} how */
  function explain(cell, how) {
    if (how.why) return cell.say(failure(how.why, ""));
    if (how.package === "numpy") return cell.say("NumPy is missing on this site.");
    if (!how.makers) return;
    const makers = how.makers.map((number) => cells[number - 1]).filter((one) => one !== cell);
    const before = makers.filter(({ number }) => number < cell.number);
    const maker = before.findLast(({ isSolution }) => !isSolution) ?? before.at(-1) ?? makers[0];
    if (!maker) return;
    const name = html("code", {}, how.name);
    const where = `cell ${maker.number}${maker.isSolution ? ", a solution" : ""}`;
    if (maker.number > cell.number) return cell.say(name, ` is made further down, in ${where}.`);
    const upTo = cells.filter(({ number, isSolution }) =>
      number <= cell.number && (!isSolution || number === cell.number || number === maker.number)
    );
    cell.say(
      name,
      ` comes from ${where}: run that one first. `,
      button(`Run ${range(1, cell.number)}`, () => run(upTo)),
    );
  }

  /** Forget what Python knew. @param {string} words */
  function forget(words) {
    python.stop();
    widgets.forget();
    state = "off";
    running?.end();
    running = null;
    queue = [];
    cells.forEach((cell) => cell.setMark(""));
    bar.canStop(false);
    bar.say(words);
  }

  function stop() {
    forget("Stopped. What the cells had made is gone: run from the top.");
  }

  /** @param {{ why: string, text: string }} message */
  function fail({ why, text }) {
    console.warn(`Python: ${why}`, text);
    forget(failure(why, text));
  }

  /** Keep the reader's changes. */
  function keep() {
    const changed = cells.map((cell, i) => /** @type {const} */ ([marks[i], cell]))
      .filter(([, cell]) => cell.text() !== cell.stored);
    const isKept = writeEdits(new Map(changed.map(([mark, cell]) => [mark, cell.text()])));
    if (!isKept) bar.say("Your changes last until you leave: this browser stores nothing.");
  }

  /** Put the page back as it was, outputs, widgets and code. */
  function restore() {
    thrownAway = readEdits();
    python.stop();
    cells.forEach((cell) => cell.restore());
    writeEdits(new Map());
    bar.element.remove();
    sheet.remove();
    document.body.classList.remove("run-page");
    box.hidden = false;
    offer(box, () => start({ box, folder }));
    box.querySelector("button").focus();
  }
}

/**
 * Say that the page is as it was, and offer what was thrown away.
 * @param {HTMLElement} box
 * @param {() => void} again
 */
function offer(box, again) {
  const said = box.querySelector("[role=status]");
  const count = thrownAway.size;
  const back = button("Bring my changes back", () => {
    said.textContent = "";
    writeEdits(thrownAway);
    again();
  });
  said.replaceChildren("The page is as it was. ", ...count ? [back] : []);
}

/** Return a mark for each text, equal ones told apart. @param {string[]} texts */
function marksOf(texts) {
  const count = new Map();
  return texts.map((text) => {
    const mark = markOf(text);
    count.set(mark, (count.get(mark) ?? 0) + 1);
    return `${mark}-${count.get(mark)}`;
  });
}
