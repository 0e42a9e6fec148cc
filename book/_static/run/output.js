// What a cell gives, as elements that look like the stored outputs of the page.

import { cleaned, html } from "./dom.js";

const MOST = 100; // outputs of one cell that are shown
const VIEW = "application/vnd.jupyter.widget-view+json";

/** @typedef {{ show: (id: string, plain: string) => HTMLElement, close: () => void }} Views */

/** What is shown under a name, to be updated from anywhere. @type {Map<string, HTMLElement>} */
const named = new Map();

/** @param {string} kind @param {string} text */
const block = (kind, text) =>
  html(
    "div",
    { class: `output ${kind} highlight-myst-ansi notranslate` },
    html("div", { class: "highlight" }, html("pre", { tabindex: 0 }, text)),
  );

/** @param {string} source @param {string} alt */
const picture = (source, alt) =>
  html("div", { class: "output image_png" }, html("img", { src: source, alt }));

const base64 = (/** @type {string} */ text) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** What comes first is shown. @type {[string, (value: string, alt: string) => HTMLElement][]} */
const KINDS = [
  ["text/html", (value) => html("div", { class: "output text_html" }, ...cleaned(value))],
  ["image/svg+xml", (value, alt) => picture(`data:image/svg+xml;base64,${base64(value)}`, alt)],
  ["image/png", (value, alt) => picture(`data:image/png;base64,${value.trim()}`, alt)],
  ["image/jpeg", (value, alt) => picture(`data:image/jpeg;base64,${value.trim()}`, alt)],
  ["text/plain", (value) => block("text_plain", value)],
];

/**
 * Let a carriage return go back to the start of its line, as progress bars ask for.
 * @param {string} text
 */
const printed = (text) =>
  text.replace(/\r+\n/g, "\n").split("\n").map((line) => line.replace(/^.*\r(?=.)/, "")).join("\n");

/**
 * Make the place for the outputs of a cell.
 * @param {object} options
 * @param {string} options.alt says what a figure is
 * @param {(id: string, plain: string) => { element: HTMLElement, close: () => void }} options.view
 *   shows a widget
 */
export function makeOutput({ alt, view }) {
  const element = html("div", { class: "cell_output docutils container" });
  /** @type {(() => void)[]} */
  let closers = [];
  let count = 0;
  /** @type {{ name: string, text: string, pre: HTMLElement } | null} */
  let stream = null;

  function clear() {
    closers.forEach((close) => close());
    closers = [];
    count = 0;
    stream = null;
    element.replaceChildren();
  }

  /** @param {{ name: string, text: string }} given */
  function print({ name, text }) {
    if (stream?.name !== name) {
      const made = block(name === "stderr" ? "stderr" : "stream", "");
      stream = { name, text: "", pre: made.querySelector("pre") };
      element.append(made);
    }
    stream.text += text;
    stream.pre.textContent = printed(stream.text);
  }

  /** @param {Record<string, any>} data */
  function shown(data) {
    if (data[VIEW]) {
      const made = view(data[VIEW].model_id, data["text/plain"] ?? "");
      closers.push(made.close);
      return made.element;
    }
    const [kind, make] = KINDS.find(([kind]) => typeof data[kind] === "string") ?? [];
    return kind ? make(data[kind], alt) : block("text_plain", "");
  }

  /** @param {any} output */
  function add(output) {
    if (output.kind === "clear") return clear();
    if (output.kind === "stream") return print(output);
    stream = null;
    const { name, update } = output.kind === "display" ? output : {};
    const made = output.kind === "error" ? block("error", output.text) : shown(output.data);
    if (update) named.get(name)?.replaceWith(made);
    else if (count < MOST) element.append(made);
    else if (count === MOST) element.append(block("stream", "… there is more, and not shown."));
    count += update ? 0 : 1;
    if (name) named.set(name, made);
  }
  return { element, add, clear };
}
