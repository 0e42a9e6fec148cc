// Elements: made once, then changed in place, so that focus is never lost.

import { shown } from "./numbers.js";

/** @import { Attributes, Child, Children, Path } from "./types.d.ts" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Set attributes of an element and, where children are given, replace what is in it.
 * @template {Element} T
 * @param {T} node
 * @param {Attributes} attributes
 * @param {...Children} children
 * @returns {T} the node
 */
export function put(node, attributes = {}, ...children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  if (children.length) {
    node.replaceChildren(...children.flat().filter((child) => child !== null));
  }
  return node;
}

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export const html = (tag, attributes, ...children) =>
  put(document.createElement(tag), attributes, ...children);

/**
 * Make an element of a drawing.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Children} children
 * @returns {SVGElementTagNameMap[K]}
 */
export const svg = (tag, attributes, ...children) =>
  put(document.createElementNS(SVG, tag), attributes, ...children);

/**
 * Change a text where it differs.
 * @param {Node} node
 * @param {string} text
 */
export function write(node, text) {
  const { firstChild } = node;
  if (firstChild instanceof Text && firstChild === node.lastChild) {
    if (firstChild.data !== text) firstChild.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/**
 * Return the attributes of a number: its name, its index, and its exact value.
 * @param {string} name
 * @param {Path} index
 * @param {number} value
 * @returns {Attributes}
 */
export function tag(name, index, value) {
  return {
    "data-name": name,
    "data-index": index.join(","),
    "data-value": exactly(value),
  };
}

/**
 * Return the text that Number() reads back exactly.
 * @param {number} value
 */
const exactly = (value) => Object.is(value, -0) ? "-0" : String(value);

/** The attributes of no number: they take a tag away. */
export const NONE = { "data-name": null, "data-index": null, "data-value": null };

/**
 * Make a number with its tag and its rounded text.
 * @param {string} name
 * @param {Path} index
 * @param {number} value
 * @param {string} [text]
 * @param {string} [sym] what it lights up with
 */
export function number(name, index, value, text = shown(value), sym = name) {
  return html("span", { class: "num", "data-sym": sym, ...tag(name, index, value) }, text);
}

/** @type {WeakMap<Node, unknown>} */
const kept = new WeakMap(); // node -> what it shows

/**
 * Note that a place shows what `key` names from now on; say whether it showed something else.
 * @param {Node} node
 * @param {unknown} key
 */
export function noteChange(node, key) {
  if (Object.is(kept.get(node), key)) return false;
  kept.set(node, key);
  return true;
}

/** @type {WeakMap<Node, { place: string, value: number }>} */
const renewed = new WeakMap(); // the element of a number -> what is written there

/**
 * Bring a number that stays in its place up to date, touching only what has changed: in a drag
 * that is the text and the exact value.
 * @param {Element} node
 * @param {string | null} name null or empty: nothing yet
 * @param {Path} index
 * @param {number} value
 * @param {string | null} [sym] left out: that of the place
 * @param {(value: number) => string} [as] how it is written
 * @param {string} [blank] what stands there as long as there is no number
 */
export function renew(node, name, index, value, sym, as = shown, blank = "") {
  const place = `${name} ${index} ${sym} ${as.name}`;
  const was = renewed.get(node);
  const stays = was?.place === place;
  if (stays && (!name || Object.is(was.value, value))) return;
  renewed.set(node, { place, value });
  write(node, name ? as(value) : blank);
  if (stays) return node.setAttribute("data-value", exactly(value));
  put(node, {
    ...(name ? tag(name, index, value) : NONE),
    ...(sym === undefined ? {} : { "data-sym": sym }),
  });
}

/**
 * Makes a number that is brought up to date by what `get` returns.
 * @callback MakeNumber
 * @param {string} name
 * @param {Path} index
 * @param {() => number} get
 * @param {{ sym?: string, text?: (value: number) => string }} [options]
 * @returns {HTMLElement}
 */

/**
 * Return a function that makes parts anew when its key changes, and else brings their numbers up
 * to date.
 */
export function updated() {
  /** @type {string | null} */
  let made = null;
  /** @type {(() => void)[]} */
  let numbers = [];

  /** @type {MakeNumber} */
  const num = (name, index, get, { sym = name, text = shown } = {}) => {
    const node = html("span", { class: "num" });
    const update = () => renew(node, name, index, get(), sym, text);
    numbers.push(update);
    update();
    return node;
  };
  /**
   * @param {string} key
   * @param {(num: MakeNumber) => void} make
   */
  return (key, make) => {
    if (made === key) return numbers.forEach((update) => update());
    made = key;
    numbers = [];
    make(num);
  };
}

/**
 * Return a sentence with elements in it, as put() takes it: words`It adds to ${symbol("h_1")}.`
 * @param {TemplateStringsArray} texts
 * @param {...Children} nodes
 * @returns {Child[]}
 */
export const words = (texts, ...nodes) =>
  texts.flatMap((text, i) => [text, nodes[i] ?? null]).flat();

/**
 * Return a symbol as in the equations; the part after "_" is set as a subscript.
 * @param {string} text W_x, h_t−1
 * @returns {HTMLElement[]}
 */
export function symbol(text) {
  const [base, ...sub] = text.split("_");
  return [html("i", {}, base), ...(sub.length ? [html("sub", {}, sub.join("_"))] : [])];
}

/**
 * Return a symbol inside a drawing.
 * @param {string} text
 * @returns {Child[]}
 */
export function tspans(text) {
  const [base, ...sub] = text.split("_");
  return sub.length
    ? [
      svg("tspan", { "font-style": "italic" }, base),
      svg("tspan", { class: "sub", dy: 4 }, sub.join("_")),
    ]
    : [base];
}

/** Return an id that no other element of the page has: it may show a model twice. */
export const newId = () => `rnn-${Math.random().toString(36).slice(2)}`;

/**
 * Return an arrowhead of one drawing: another may be hidden, and its arrowhead with it.
 * @returns {{ defs: SVGDefsElement, url: string }} `url`: for marker-end
 */
export function arrowhead() {
  const id = newId();
  const marker = svg("marker", {
    id,
    viewBox: "0 0 8 8",
    refX: 6,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: "auto",
  }, svg("path", { d: "M0,0 L8,4 L0,8 z" }));
  return { defs: svg("defs", {}, marker), url: `url(#${id})` };
}

/**
 * Let a symbol that is pointed at or focused light up in equation, code and picture; one that is
 * pressed in the equation stays lit. Escape puts it out.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 * @returns {() => void} to be called after elements have changed
 */
export function linkSymbols(root, signal) {
  /** @type {string | null} */
  let pinned = null;
  /** @type {string | null} */
  let current = null; // what is pointed at or focused

  const light = () => {
    const sym = current ?? pinned;
    nodesOf(root, "[data-sym]").forEach((node) =>
      node.classList.toggle("lit", node.dataset.sym === sym)
    );
    nodesOf(root, "button.sym").forEach((node) =>
      put(node, { "aria-pressed": String(node.dataset.sym === pinned) })
    );
  };
  /**
   * @param {string} type
   * @param {(event: Event) => string | null} symOf
   */
  const on = (type, symOf) =>
    root.addEventListener(type, (event) => {
      current = symOf(event);
      light();
    }, { signal });
  on("pointerover", symUnder);
  on("pointerleave", () => null);
  on("focusin", symUnder);
  on("focusout", () => null);
  root.addEventListener("click", (event) => {
    const sym = /** @type {Element} */ (event.target).closest("button.sym")?.getAttribute(
      "data-sym",
    );
    if (!sym) return;
    pinned = pinned === sym ? null : sym;
    light();
  }, { signal });
  root.addEventListener("keydown", ({ key, defaultPrevented }) => {
    if (key !== "Escape" || defaultPrevented) return;
    current = pinned = null;
    light();
  }, { signal });
  return () => (current ?? pinned) && light();
}

/**
 * @param {Element} root
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
const nodesOf = (root, selector) => root.querySelectorAll(selector);

/** @param {Event} event */
const symUnder = ({ target }) =>
  target instanceof Element
    ? target.closest("[data-sym]:not([data-sym=''])")?.getAttribute("data-sym") ?? null
    : null;
