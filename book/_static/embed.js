// An embed page: starts its one widget at once, follows the reader's font size, and keeps what
// leaves the page (the link to the book, the text to copy) at the step that is shown.
((rnn) => {
  "use strict";
  const page = document.documentElement;
  /** @type {any} */
  const slot = document.querySelector("[data-rnn-slot]");
  const footer = document.querySelector("footer");
  const [large, details, copy] = /** @type {HTMLElement[]} */ (
    [...footer.querySelectorAll("details, button")]
  );
  const text = details.querySelector("pre");
  const asked = new URLSearchParams(location.search); // ?large=1&theme=dark

  const resize = () => {
    page.style.fontSize = asked.has("large") ? "150%" : "";
    dispatchEvent(new Event("resize")); // the widget follows
    large.setAttribute("aria-pressed", String(asked.has("large")));
  };

  /** Let what leaves the page lead to what is shown. */
  const aim = () => {
    const { hash } = slot.rnnModel
      ? new URL(rnn.kinds[slot.dataset.rnnSlot].asLink(slot.rnnModel))
      : location;
    const here = footer.dataset.page ?? location.href.split(/[?#]/)[0]; // what others can open
    const search = asked.size ? `?${asked}` : "";
    for (
      const part of /** @type {NodeListOf<HTMLElement>} */ (text.querySelectorAll("[data-to]"))
    ) {
      const { href } = new URL(part.dataset.to || search, here);
      part.textContent = (href.split("#")[0] + hash).replaceAll("&", "&amp;");
    }
    const back = footer.querySelector("a");
    back.href = back.href.split("#")[0] + (hash || `#${slot.id}`);
  };

  large.addEventListener("click", () => {
    if (asked.has("large")) asked.delete("large");
    else asked.set("large", "1");
    try {
      history.replaceState(
        null,
        "",
        (asked.size ? `?${asked}` : location.pathname) + location.hash,
      );
    } catch {
      // a frame without an address of its own
    }
    resize();
    aim();
  });
  copy.addEventListener("click", async () => {
    const said = details.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(text);
      said.textContent = "Selected: press Ctrl+C or ⌘C.";
    }
  });

  [large, details, copy].forEach((part) => part.hidden = false);
  if (top !== window) footer.querySelectorAll("a").forEach((link) => link.target = "_blank");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (page.dataset.mode === "auto") page.dataset.theme = matches ? "dark" : "light";
  });
  resize();
  aim();
  rnn.start(slot).then(() => {
    slot.rnnModel?.on("change", aim);
    aim();
  });
})(/** @type {any} */ (globalThis).rnn ??= {});
