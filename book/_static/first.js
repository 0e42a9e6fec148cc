// Runs before the page is painted: chooses the theme, and stands in for storage that is blocked.
(() => {
  "use strict";
  const { classList, dataset } = document.documentElement;

  /** What is kept until the page is closed, as storage that the browser keeps would have it. */
  const keptHere = () =>
    Object.create({
      getItem(key) {
        return Object.hasOwn(this, key) ? this[key] : null;
      },
      setItem(key, value) {
        this[key] = String(value);
      },
      removeItem(key) {
        delete this[key];
      },
      clear() {
        Object.keys(this).forEach((key) => delete this[key]);
      },
      key(place) {
        return Object.keys(this)[place] ?? null;
      },
      get length() {
        return Object.keys(this).length;
      },
    });

  // With cookies blocked even to look at `localStorage` throws, which the theme does not expect.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      globalThis[name].setItem("rnn-try", "");
      globalThis[name].removeItem("rnn-try");
    } catch {
      Object.defineProperty(globalThis, name, { value: keptHere(), configurable: true });
      dataset.storage = "page";
    }
  }

  // The reader's choice; else the system's.  A page in a frame may be asked for one: ?theme=light.
  const modes = ["light", "dark", "auto"];
  const kept = localStorage.getItem("mode");
  if (!modes.includes(kept)) localStorage.removeItem("mode"); // whoever wrote it
  const asked = "embed" in dataset && new URLSearchParams(location.search).get("theme");
  const mode = [asked, kept, "auto"].find((mode) => modes.includes(mode));
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.mode = mode;
  dataset.theme = mode === "auto" ? system : mode;

  // A browser that darkens light pages would spoil their pictures: it has the dark theme instead.
  const page = document.documentElement;
  page.style.cssText = "color-scheme: light; background-color: Canvas";
  const isWhite = getComputedStyle(page).backgroundColor === "rgb(255, 255, 255)";
  page.removeAttribute("style");
  if (!isWhite && !matchMedia("(forced-colors: active)").matches) {
    const darken = () => dataset.theme === "light" && (dataset.theme = "dark");
    new MutationObserver(darken).observe(page, { attributeFilter: ["data-theme"] });
    darken();
  }

  // Where scripts run, widgets stand in place of their film strips.
  classList.add("js");
  addEventListener("load", () => {
    if (!/** @type {any} */ (globalThis).rnn?.start) classList.remove("js"); // the host did not come
  });
})();
