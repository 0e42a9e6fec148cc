// @ts-nocheck: this function runs in a page, where a test sends it.
// Renders every widget of a page again, as a new page would show it.
export default async () => {
  history.replaceState(null, "", location.pathname);
  delete document.documentElement.dataset.rnnFollowed;
  document.documentElement.dataset.theme = "light";
  scrollTo(0, 0);
  /** @type {HTMLElement} */ (document.activeElement).blur();
  const { kinds, states } = globalThis.rnn;
  for (const slot of document.querySelectorAll("[data-rnn-slot]")) {
    slot.rnnClose();
    const state = Object.entries(states[slot.dataset.rnnId]);
    for (const [name, value] of state) slot.rnnModel.set(name, value);
    slot.rnnClose = await kinds[slot.dataset.rnnSlot].render({
      model: slot.rnnModel,
      el: slot.firstElementChild,
    });
  }
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
};
