// A widget is a guest: the keys pressed inside it are not shortcuts of the notebook around it.

import { put } from "../dom.js";

// JupyterLab and Notebook 7 leave the keys of an element with this attribute alone. Notebook 7 looks
// before an event reaches the element, at the element itself and then at what is around it.
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

/**
 * Keep the keys pressed inside an element from what is around it.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
export function keepKeys(root, signal) {
  const mark = (/** @type {FocusEvent} */ event) =>
    put(/** @type {Element} */ (event.target), OWN_KEYS);
  root.addEventListener("focusin", mark, { signal, capture: true });
  // nbclassic and the frame of VS Code listen on the document and the window.
  const keep = (/** @type {KeyboardEvent} */ event) => {
    if (!isForAll(event)) event.stopPropagation();
  };
  for (const type of /** @type {const} */ (["keydown", "keypress", "keyup"])) {
    root.addEventListener(type, keep, { signal });
  }
}

/**
 * Whether a key is one of the browser or the whole application: Tab, copy, save.
 * @param {KeyboardEvent} event
 */
const isForAll = ({ key, ctrlKey, metaKey }) =>
  key === "Tab" || ((ctrlKey || metaKey) && key !== "Enter"); // Enter runs the notebook's cell
