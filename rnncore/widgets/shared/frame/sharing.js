// What leaves the widget: a call that reproduces it in Python, and a link to exactly this state.

import { html, put, write } from "../dom.js";
import { activeIn } from "./focus.js";

/**
 * Make the buttons, and the text that they copy.
 * @param {object} options
 * @param {() => string} options.code what is copied as Python
 * @param {() => string} options.link
 * @param {boolean} options.inBook a notebook has no page to link to
 * @param {string} options.embed the address of the widget's embed page; empty where there is none
 * @param {AbortSignal} options.signal
 * @returns {{ element: HTMLElement, hide: () => void }}
 */
export function sharing({ code, link, inBook, embed, signal }) {
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
  const alone = embed ? embedLink(embed, link, signal) : null;
  const row = html("div", { class: "buttons" }, ...buttons, alone, said);
  return { element: html("div", { class: "sharing" }, row, text), hide };
}

/**
 * Make the link to the embed page, which opens there what is shown here.
 * @param {string} embed
 * @param {() => string} link
 * @param {AbortSignal} signal
 */
function embedLink(embed, link, signal) {
  const title = "This widget on a page of its own, for a frame or a projector";
  const a = html("a", { class: "embed", href: embed, title }, "Embed");
  const aim = () => put(a, { href: embed + new URL(link()).hash });
  for (const type of ["pointerdown", "click"]) a.addEventListener(type, aim, { signal });
  return a;
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
