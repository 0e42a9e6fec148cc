// A toolbar is one stop for Tab; the arrow keys, Home and End lead from button to button.

import { put } from "../dom.js";

/** @type {Record<string, number>} */
const WAYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/**
 * Return the attributes of an element whose buttons are one stop.
 * @param {string} label
 * @param {string} [each] what a button is
 * @returns {import("../types.d.ts").Attributes}
 */
export const toolbar = (label, each = "button") => ({
  role: "toolbar",
  "aria-label": label,
  "aria-description": `Left and right arrow keys move from ${each} to ${each}.`,
});

/**
 * Return the button that a key leads to; undefined for another key.
 * @template T
 * @param {string} key
 * @param {T} from
 * @param {T[]} buttons
 */
export function target(key, from, buttons) {
  if (!WAYS[key]) return undefined;
  const to = buttons.indexOf(from) + WAYS[key];
  return buttons[Math.min(Math.max(to, 0), buttons.length - 1)];
}

/**
 * Return the button that Tab stops at: where it did, as long as that is there; else the first.
 * @template {{ getAttribute: (name: string) => string | null }} T
 * @param {T[]} buttons
 */
export const stopOf = (buttons) =>
  buttons.find((button) => button.getAttribute("tabindex") === "0") ?? buttons[0];

/**
 * Let keys move among the buttons of each toolbar inside an element.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 * @returns {() => void} to be called after buttons have come, or were hidden or shown
 */
export function toolbars(root, signal) {
  const here = (/** @type {Event} */ event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    return { button, bar: button?.closest("[role=toolbar]") };
  };
  root.addEventListener("focusin", (event) => {
    const { bar, button } = here(event);
    if (bar) rest(buttonsOf(bar), button);
  }, { signal });
  root.addEventListener("keydown", (event) => {
    const { bar, button } = here(event);
    if (!bar || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = target(event.key, button, buttonsOf(bar));
    if (!to) return;
    event.preventDefault();
    to.focus();
  }, { signal });
  return () =>
    root.querySelectorAll("[role=toolbar]").forEach((bar) => {
      const buttons = buttonsOf(bar);
      rest(buttons, stopOf(buttons));
    });
}

/** @param {Element} bar */
const buttonsOf = (bar) =>
  [...bar.querySelectorAll("button")].filter((button) => !button.closest("[hidden]"));

/** @param {Element[]} buttons @param {Element | null | undefined} stop */
const rest = (buttons, stop) =>
  buttons.forEach((button) => put(button, { tabindex: button === stop ? 0 : -1 }));
