// What leaves the widget: a call that reproduces it in Python, and a link to exactly this state.

import { html, write } from "../dom.js";

export function sharing({ code, link, inBook, signal }) {
  const text = html("pre", {
    class: "shared",
    tabindex: 0,
    hidden: true,
    "aria-label": "Text to copy",
  });
  const said = html("span", { class: "said", role: "status" });
  let pressed;
  const button = (label, make) => {
    const b = html("button", { type: "button" }, label);
    b.addEventListener("click", async () => {
      pressed = b;
      write(text, make());
      text.hidden = false;
      try {
        await navigator.clipboard.writeText(text.textContent);
        write(said, "Copied.");
      } catch {
        getSelection().selectAllChildren(text);
        write(said, "Selected: press Ctrl+C or ⌘C.");
      }
    }, { signal });
    return b;
  };
  const buttons = [button("Copy as Python", code), ...(inBook ? [button("Copy link", link)] : [])];
  const hide = () => {
    if (text === text.getRootNode().activeElement) pressed.focus({ preventScroll: true });
    text.hidden = true;
    write(said, "");
  };
  return {
    element: html(
      "div",
      { class: "sharing" },
      html("div", { class: "buttons" }, ...buttons, said),
      text,
    ),
    hide,
  };
}
