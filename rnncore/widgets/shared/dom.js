// Elements: made once, then changed in place, so that focus is never lost.

import { shown } from "./numbers.js";

const SVG = "http://www.w3.org/2000/svg";

export function put(node, attributes = {}, ...children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  if (children.length) node.replaceChildren(...children.flat().filter((child) => child !== null));
  return node;
}

export const html = (tag, attributes, ...children) =>
  put(document.createElement(tag), attributes, ...children);
export const svg = (tag, attributes, ...children) =>
  put(document.createElementNS(SVG, tag), attributes, ...children);

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// A number with its name, its index and its exact value beside the rounded text.
export function tag(name, index, value) {
  return {
    "data-name": name,
    "data-index": index.join(","),
    "data-value": Object.is(value, -0) ? "-0" : String(value),
  };
}

export const NONE = { "data-name": null, "data-index": null, "data-value": null }; // no number: takes a tag away

export function number(name, index, value, text = shown(value), sym = name) {
  return html("span", { class: "num", "data-sym": sym, ...tag(name, index, value) }, text);
}

const kept = new WeakMap(); // node -> what it shows

// Whether a place showed something else so far; from now on it shows what `key` names.
export function noteChange(node, key) {
  if (kept.get(node) === key) return false;
  kept.set(node, key);
  return true;
}

// A number in a place that stays there, touched only where something has changed; no name: nothing
// yet; no sym: that of the place.
export function renew(node, name, index, value, sym, as = shown, blank = "") {
  if (!noteChange(node, `${name} ${index} ${value} ${sym} ${as.name}`)) return;
  write(node, name ? as(value) : blank);
  put(node, {
    ...(name ? tag(name, index, value) : NONE),
    ...(sym === undefined ? {} : { "data-sym": sym }),
  });
}

// Parts that are made anew only when `key` changes; else the numbers in them are brought up to date.
export function updated() {
  let made = null;
  let numbers = [];
  return (key, make) => {
    if (made === key) return numbers.forEach((update) => update());
    made = key;
    numbers = [];
    return make((name, index, get, { sym = name, text = shown } = {}) => {
      const node = html("span", { class: "num" });
      const update = () => renew(node, name, index, get(), sym, text);
      numbers.push(update);
      update();
      return node;
    });
  };
}

// A sentence with elements in it, as put() takes it: words`The rows add up to ${symbol("h_1")}.`
export const words = (texts, ...nodes) =>
  texts.flatMap((text, i) => [text, nodes[i] ?? null]).flat();

// A symbol as in the equations: W_x, h_{t-1}; the part after "_" is set as a subscript.
export function symbol(text) {
  const [base, ...sub] = text.split("_");
  return [html("i", {}, base), ...(sub.length ? [html("sub", {}, sub.join("_"))] : [])];
}

// The same inside a drawing: h_{t-1} is written "h_t−1".
export function tspans(text) {
  const [base, ...sub] = text.split("_");
  return sub.length
    ? [
      svg("tspan", { "font-style": "italic" }, base),
      svg("tspan", { class: "sub", dy: 4 }, sub.join("_")),
    ]
    : [base];
}

// An arrowhead of its own for each drawing: another may be hidden, and its arrowhead with it.
export function arrowhead() {
  const id = `rnn-arrow-${Math.random().toString(36).slice(2)}`;
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

// Point at a symbol in equation, code or picture, and it lights up in all of them;
// press it in the equation, and it stays lit.
export function linkSymbols(root, signal) {
  let pinned = null;
  let current = null; // what is pointed at or focused
  const light = () => {
    const sym = current ?? pinned;
    root.querySelectorAll("[data-sym]").forEach((node) =>
      node.classList.toggle("lit", node.dataset.sym === sym)
    );
    root.querySelectorAll("button.sym").forEach((node) =>
      put(node, { "aria-pressed": String(node.dataset.sym === pinned) })
    );
  };
  const on = (type, symOf) =>
    root.addEventListener(type, (event) => {
      current = symOf(event);
      light();
    }, { signal });
  const under = (event) =>
    event.target.closest?.("[data-sym]:not([data-sym=''])")?.dataset.sym ?? null;
  on("pointerover", under);
  on("pointerleave", () => null);
  on("focusin", under);
  on("focusout", () => null);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button.sym");
    if (!button) return;
    pinned = pinned === button.dataset.sym ? null : button.dataset.sym;
    light();
  }, { signal });
  return () => (current ?? pinned) && light(); // to be called after elements have changed
}
