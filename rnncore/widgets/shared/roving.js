// One stop for Tab among many items; the arrow keys go on from there.

import { put } from "./dom.js";

/**
 * Let arrow keys, Home and End move the focus among the items of a box.
 * @param {HTMLElement} box
 * @param {HTMLElement[]} items row by row
 * @param {number} columns
 * @param {AbortSignal} signal
 * @param {Record<string, (i: number) => void>} keys what other keys do to an item
 */
export function roving(box, items, columns, signal, keys = {}) {
  const rest = (/** @type {number} */ i) =>
    items.forEach((item, k) => put(item, { tabindex: k === i ? 0 : -1 }));
  const indexOf = (/** @type {Event} */ { target }) =>
    items.indexOf(/** @type {HTMLElement} */ (target));
  rest(0);
  box.addEventListener("focusin", (event) => {
    const i = indexOf(event);
    if (i >= 0) rest(i);
  }, { signal });
  box.addEventListener("keydown", (event) => {
    const i = indexOf(event);
    if (i < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = target(event.key, i, columns, items.length);
    if (to !== undefined) items[to]?.focus();
    else if (keys[event.key]) keys[event.key](i);
    else return;
    event.preventDefault();
    event.stopPropagation(); // these keys are not those of the steps
  }, { signal });
}

/**
 * Return the item that a key leads to; undefined for another key.
 * @param {string} key
 * @param {number} i
 * @param {number} columns
 * @param {number} count
 * @returns {number | undefined}
 */
function target(key, i, columns, count) {
  const start = i - (i % columns);
  /** @type {Record<string, number>} */
  const places = {
    ArrowLeft: i - 1,
    ArrowRight: i + 1,
    ArrowUp: i - columns,
    ArrowDown: i + columns,
    Home: start,
    End: Math.min(start + columns, count) - 1,
  };
  return places[key];
}
