// Elements.

/**
 * Make an element.
 * @param {string} name
 * @param {Record<string, any>} [attributes] those that are null or false are left out
 * @param {(Node | string | null)[]} children
 * @returns {any}
 */
export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * @param {string} text
 * @param {() => void} press
 * @param {Record<string, any>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(text, press, attributes = {}) {
  const element = html("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", () => element.ariaDisabled === "true" || press());
  return element;
}

/** Write a text if it is another one; live regions speak each time they are written to. */
export function write(/** @type {Element} */ element, /** @type {string} */ text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Elements that bring in something else, or run it. */
const ACTIVE = "script, iframe, object, embed, link, meta, base, form, frame, template, style";

/**
 * Return what is left of HTML without all that could run, load or cover the page.
 * @param {string} text
 */
export function cleaned(text) {
  const template = html("template");
  template.innerHTML = text; // nothing in it runs or loads
  const body = template.content;
  body.querySelectorAll(ACTIVE).forEach((node) => node.remove());
  for (const node of body.querySelectorAll("*")) {
    for (const { name, value } of [...node.attributes]) {
      const runs = name.startsWith("on") || /^\s*(?:javascript|vbscript):/i.test(value);
      const isTaken = name === "id" && document.getElementById(value);
      if (runs || isTaken || (name === "style" && /position|url\(/i.test(value))) {
        node.removeAttribute(name);
      }
    }
  }
  for (const link of body.querySelectorAll("a[href]")) {
    const file = /^(\w+)\.(?:ipynb|md)(?=#|$)/; // of the book, as in a notebook
    link.setAttribute("href", link.getAttribute("href").replace(file, "$1.html"));
  }
  return [...body.childNodes];
}
