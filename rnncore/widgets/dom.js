// Elements: made once, then changed in place, so that focus is never lost.

const SVG = "http://www.w3.org/2000/svg";

function put(node, attributes = {}, ...children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? "" : value);
  }
  if (children.length) node.replaceChildren(...children.flat().filter((child) => child !== null));
  return node;
}

const html = (tag, attributes, ...children) => put(document.createElement(tag), attributes, ...children);
const svg = (tag, attributes, ...children) => put(document.createElementNS(SVG, tag), attributes, ...children);

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// A number with its name, its index and its exact value beside the rounded text.
function tag(name, index, value) {
  return { "data-name": name, "data-index": index.join(","), "data-value": Object.is(value, -0) ? "-0" : String(value) };
}

function number(name, index, value, text = shown(value), sym = name) {
  return html("span", { class: "num", "data-sym": sym, ...tag(name, index, value) }, text);
}

// A symbol as in the equations: W_x, h_{t-1}; the part after "_" is set as a subscript.
function symbol(text) {
  const [base, ...sub] = text.split("_");
  return [html("i", {}, base), ...(sub.length ? [html("sub", {}, sub.join("_"))] : [])];
}

// Point at a symbol in equation, code or picture, and it lights up in all of them.
function linkSymbols(root, signal) {
  let pinned = null;
  const light = (sym) => root.querySelectorAll("[data-sym]").forEach((node) => node.classList.toggle("lit", node.dataset.sym === sym));
  const symOf = (event) => event.target.closest?.("[data-sym]")?.dataset.sym ?? null;
  const on = (type, handler) => root.addEventListener(type, handler, { signal });
  on("pointerover", (event) => light(symOf(event) ?? pinned));
  on("pointerleave", () => light(pinned));
  on("focusin", (event) => light(symOf(event) ?? pinned));
  on("focusout", () => light(pinned));
  on("click", (event) => {
    const button = event.target.closest("button.sym");
    if (!button) return;
    pinned = pinned === button.dataset.sym ? null : button.dataset.sym;
    root.querySelectorAll("button.sym").forEach((b) => put(b, { "aria-pressed": String(b.dataset.sym === pinned) }));
    light(pinned);
  });
  return () => light(pinned); // to be called after elements have changed
}
