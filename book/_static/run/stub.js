// The button "Run this page". All that runs cells is loaded when it is pressed, and no earlier.
(() => {
  "use strict";
  /** @type {HTMLElement | null} */
  const box = document.querySelector("[data-run]");
  if (!box) return;
  const folder = /** @type {any} */ (document.currentScript).src.replace(/[^/]*$/, "");
  const [button, said] = [box.querySelector("button"), box.querySelector("[role=status]")];
  button.addEventListener("click", async () => {
    if (location.protocol === "file:") {
      said.textContent = "Python can’t start on a page that was opened as a file. Read it on the " +
        "book’s site, or serve the folder: python -m http.server";
      return;
    }
    said.textContent = "Loading the editor …";
    try {
      const { start } = await import(folder + box.dataset.run);
      start({ box, folder });
    } catch (error) {
      const why = error instanceof SyntaxError
        ? "This browser is too old for it."
        : "Check the connection, and press again.";
      said.textContent = `The editor did not come. ${why}`;
      console.warn(error);
    }
  });
})();
