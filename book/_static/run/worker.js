// Python, away from the page: it loads Pyodide and the packages, and runs one cell after another.

import comms from "./inpage/comms.py";
import init from "./inpage/__init__.py";
import lazy from "./inpage/lazy.py";
import names from "./inpage/names.py";
import session from "./inpage/session.py";
import shell from "./inpage/shell.py";

const SOURCES = { __init__: init, comms, lazy, names, session, shell };
const CORE = ["pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"];
const PACKAGES = ["rnncore", "ipython", "ipywidgets", "anywidget"];
// IPython's terminal is imported with it, and no page has one: a second, and half a megabyte.
const TERMINAL = ["prompt-toolkit", "wcwidth"];
const NO_TERMINAL = `
import sys, types
sys.modules["IPython.terminal.embed"] = types.SimpleNamespace(embed=None)
sys.path.append("/page")
`;
const HEAVY = ["matplotlib", "cycler"]; // these wait until a cell draws: see lazy.py

const send = (/** @type {any} */ message) => postMessage(message);
const asObject = { dict_converter: Object.fromEntries };

/** @type {any} */
let pyodide;
/** @type {any} */
let python; // the session
/** @type {{ base: string, files: Record<string, number>, missing: string[], packages: any }} */
let site;
let progress = { loaded: 0, total: 0, what: "" };

/**
 * Tell the page how much has come of what it waits for.
 * @param {number} bytes
 */
function count(bytes) {
  progress.loaded = Math.min(progress.loaded + bytes, progress.total);
  send({ type: "progress", ...progress });
}

/** Count the bytes of the site's files while they come. */
function countFetches() {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, options) => {
    const response = await fetch(input, options);
    const name = response.url.replace(/[?#].*/, "").split("/").pop();
    if (!response.ok || !response.body || !(name in site.files)) return response;
    const counter = new TransformStream({
      transform(chunk, out) {
        count(chunk.length);
        out.enqueue(chunk);
      },
    });
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(counter), { status, headers });
  };
}

/**
 * Return these packages and all that they need, without those that are there or missing.
 * @param {string[]} wanted
 */
function closure(wanted) {
  const found = new Set(), waiting = [...wanted];
  while (waiting.length) {
    const name = waiting.pop();
    const isThere = pyodide?.loadedPackages[site.packages[name]?.name];
    if (found.has(name) || isThere || !site.packages[name]) continue;
    found.add(name);
    waiting.push(...site.packages[name].depends);
  }
  return [...found];
}

/** @param {string[]} names of files */
const sizeOf = (names) => names.reduce((sum, name) => sum + (site.files[name] ?? 0), 0);

const filesOf = (/** @type {string[]} */ packages) =>
  packages.map((name) => site.packages[name].file_name);

/** An error with a reason that the page has words for. */
class Failure extends Error {
  constructor(/** @type {string} */ why, /** @type {string} */ text = "") {
    super(text);
    this.why = why;
  }
}

/** @param {string} address */
async function json(address) {
  const response = await fetch(address).catch(() => {
    throw new Failure("network");
  });
  if (!response.ok) throw new Failure(response.status === 404 ? "absent" : "network");
  return response.json();
}

/** Read what the site has; the lock without what is missing, or not wanted. */
async function look(/** @type {string} */ base) {
  const [{ files, missing }, lock] = await Promise.all(
    ["contents.json", "pyodide-lock.json"].map((name) => json(base + name)),
  );
  for (const name of [...missing, ...TERMINAL]) delete lock.packages[name];
  for (const of of /** @type {any[]} */ (Object.values(lock.packages))) {
    of.depends = of.depends.filter((name) => name in lock.packages);
  }
  site = { base, files, missing, packages: lock.packages };
  return lock;
}

/** Load Python and make its session. */
async function start(/** @type {{ base: string }} */ { base }) {
  const lock = await look(base);
  const wanted = closure(PACKAGES);
  progress = { loaded: 0, total: sizeOf([...CORE, ...filesOf(wanted)]), what: "Python" };
  countFetches();
  count(0);
  const { loadPyodide } = await import(`${base}pyodide.mjs`);
  pyodide = await loadPyodide({
    indexURL: base,
    packageBaseUrl: base,
    lockFileContents: lock,
    packages: PACKAGES,
    stdout: () => {}, // what it says of the packages
    stderr: () => {},
  });
  if (closure(PACKAGES).length) throw new Failure("network");
  progress.loaded = progress.total;
  send({ type: "progress", ...progress, what: "" });
  pyodide.FS.mkdirTree("/page/inpage");
  for (const [name, text] of Object.entries(SOURCES)) {
    pyodide.FS.writeFile(`/page/inpage/${name}.py`, text);
  }
  pyodide.runPython(NO_TERMINAL);
  const post = (/** @type {any} */ message) => {
    send(message.toJs(asObject));
    message.destroy();
  };
  python = pyodide.pyimport("inpage.session").Session(post);
  if (!site.missing.includes("numpy")) pyodide.pyimport("rnncore.widgets"); // the first cell waits less
  send({ type: "ready", missing: site.missing });
}

/** Fetch packages, and say how far that is. */
async function load(/** @type {string[]} */ wanted) {
  const packages = closure(wanted);
  if (!packages.length) return;
  progress = { loaded: 0, total: sizeOf(filesOf(packages)), what: wanted.join(", ") };
  count(0);
  await pyodide.loadPackage(packages, { messageCallback() {}, errorCallback() {} });
  if (closure(packages).length) throw new Failure("network");
}

/** Fetch what a cell imports, if the site has it, and matplotlib when it draws. */
async function prepare(/** @type {string} */ code) {
  const found = pyodide.pyimport("pyodide.code").find_imports(code).toJs();
  const names = Object.keys(site.packages).filter((name) =>
    !HEAVY.includes(name) && site.packages[name].imports.some((part) => found.includes(part))
  );
  await load(names);
  if (site.packages.matplotlib && python.draws(code)) {
    await load(["matplotlib"]);
    python.load_plots();
  }
}

async function run(/** @type {{ cell: number, code: string, codes: [number, string][] }} */ given) {
  const { cell, code, codes } = given;
  try {
    await prepare(code);
  } catch (error) { // Python is as it was
    return send({ type: "ended", cell, ok: false, why: reasonOf(error) });
  }
  send({ type: "started", cell });
  const since = performance.now();
  const end = await python.run(cell, code, pyodide.toPy(new Map(codes)));
  send({ type: "ended", cell, seconds: (performance.now() - since) / 1e3, ...end.toJs(asObject) });
  end.destroy();
}

/** @param {{ comm: string, content: any, cell: number }} message */
function comm({ comm, content, cell }) {
  python.receive(comm, pyodide.toPy(content), cell);
}

/** @param {any} error */
function reasonOf(error) {
  if (error.why) return error.why;
  const text = String(error?.message ?? error);
  if (error instanceof RangeError || /memory|allocat/i.test(text)) return "memory";
  if (error instanceof WebAssembly.CompileError || error instanceof SyntaxError) return "old";
  return !pyodide || /fetch|network/i.test(text) ? "network" : "other";
}

const HANDLERS = { start, run, comm };
/** @type {Promise<void>} */
let last = Promise.resolve();
addEventListener("message", ({ data }) => {
  last = last.then(() => HANDLERS[data.type](data)).catch((error) =>
    send({ type: "failed", why: reasonOf(error), text: String(error?.message ?? error) })
  );
});
