// Widgets that live in the page's Python: their models, and the slots that show them.

import { cleaned, html } from "./dom.js";

/** The host of the page's widgets, afm-host.js. */
const rnn = /** @type {any} */ (globalThis).rnn;
const OURS = /^rnncore\.widgets\.(\w+)\.\w+$/;

/**
 * Keep the models of widgets.
 * @param {object} options
 * @param {Record<string, string>} options.files the script of each kind of widget, and `shared`
 * @param {(comm: string, content: any, cell: number) => void} options.tell tells Python
 */
export function makeWidgets({ files, tell }) {
  /** @type {Map<string, { kind: string, name: string, film: string, model: any }>} */
  const known = new Map();

  /** @param {any} message */
  function open({ comm, content: { state }, cell }) {
    const [, kind] = OURS.exec(state?._anywidget_id ?? "") ?? [];
    if (!(kind in files)) return;
    const save = (/** @type {any} */ changes) =>
      tell(comm, { method: "update", state: changes, buffer_paths: [] }, cell);
    known.set(comm, { kind, name: state.id, film: state.film, model: rnn.makeModel(state, save) });
  }

  /** @param {any} message */
  function take({ type, comm, content }) {
    if (type === "comm_close") known.delete(comm);
    else if (content.method === "update") known.get(comm)?.model.take(content.state);
  }

  /**
   * Show a widget.
   * @param {string} id of its model
   * @param {string} plain what stands for one that the page cannot show
   */
  function view(id, plain) {
    const found = known.get(id);
    if (!found) {
      const why = "This kind of widget needs Jupyter; a page shows the book’s own.";
      const text = html("p", {}, html("code", {}, plain), html("br"), why);
      return { element: text, close() {} };
    }
    const { kind, name, model } = found;
    const film = html("div", { class: "rnn-film" }, ...cleaned(String(model.get("film"))));
    const slot = html("div", {
      class: "rnn-slot",
      id: document.getElementById(name) ? null : name,
      "data-rnn-slot": kind,
      "data-rnn-id": name,
      "data-rnn-needs": `${files.shared} ${files[kind]}`,
    }, film);
    slot.rnnModel = model;
    queueMicrotask(() => rnn.start(slot)); // it is in the page then
    return { element: slot, close: () => slot.rnnClose?.() };
  }

  /** @param {any} message */
  const hear = (message) => message.type === "comm_open" ? open(message) : take(message);
  return { hear, view, forget: () => known.clear() };
}
