// @ts-nocheck: this function runs in a page, where a test sends it.
// Renders every widget of a page again, as a new page would show it.
export default async () => {
  const { texts, states } = JSON.parse(document.getElementById("rnn-widgets").textContent);
  const page = /** @type {any} */ (globalThis);
  page.rnnModules ??= new Map(); // source -> module
  const load = (/** @type {string[]} */ parts) => {
    const source = parts.map((part) => texts[part]).join("\n");
    const url = () => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    if (!page.rnnModules.has(source)) page.rnnModules.set(source, import(url()));
    return page.rnnModules.get(source);
  };
  history.replaceState(null, "", location.pathname);
  delete document.documentElement.dataset.rnnFollowed;
  document.documentElement.dataset.theme = "light";
  scrollTo(0, 0);
  /** @type {HTMLElement} */ (document.activeElement).blur();
  for (const slot of /** @type {any} */ (document.querySelectorAll("[data-rnn-slot]"))) {
    const { _esm, ...state } = states[slot.dataset.rnnSlot];
    const { default: widget } = await load(_esm);
    slot.rnnClose();
    for (const [name, value] of Object.entries(state)) slot.rnnModel.set(name, value);
    slot.rnnClose = await widget.render({ model: slot.rnnModel, el: slot.firstElementChild });
  }
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
};
