// What leaves the widget: a call that reproduces it in Python, and a link to exactly this state.

import { html, write } from "../dom.js";
import { activeIn } from "./focus.js";

/**
 * Make the buttons, and the text that they copy.
 * @param {object} options
 * @param {() => string} options.code what is copied as Python
 * @param {() => string} options.link
 * @param {boolean} options.inBook a notebook has no page to link to
 * @param {AbortSignal} options.signal
 * @returns {{ element: HTMLElement, hide: () => void }}
 */
export function sharing({ code, link, inBook, signal }) {
  const text = html("pre", {
    class: "shared",
    tabindex: 0,
    hidden: true,
    "aria-label": "Text to copy",
  });
  const said = html("span", { class: "said", role: "status" });
  /** @type {HTMLElement} */
  let pressed;
  const button = (/** @type {string} */ label, /** @type {() => string} */ make) => {
    const b = html("button", { type: "button" }, label);
    b.addEventListener("click", async () => {
      pressed = b;
      write(text, make());
      text.hidden = false;
      write(said, await copied(text));
    }, { signal });
    return b;
  };
  const buttons = [button("Copy as Python", code), ...(inBook ? [button("Copy link", link)] : [])];
  const hide = () => {
    if (text === activeIn(text)) pressed.focus({ preventScroll: true });
    text.hidden = true;
    write(said, "");
  };
  const row = html("div", { class: "buttons" }, ...buttons, said);
  return { element: html("div", { class: "sharing" }, row, text), hide };
}

/**
 * Copy a text, or select it where the page may not; return what the reader is told.
 * @param {HTMLElement} text
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent ?? "");
    return "Copied.";
  } catch {
    getSelection()?.selectAllChildren(text);
    return "Selected: press Ctrl+C or ⌘C.";
  }
}
