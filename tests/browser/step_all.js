// @ts-nocheck: this function runs in a page, where a test sends it.
// Opens the fields of every widget, and takes every stepper one step on.
export default async () => {
  const click = (/** @type {string} */ selector) =>
    document.querySelectorAll(selector).forEach((node) => /** @type {any} */ (node).click());
  click(".rnn summary");
  click('.rnn [aria-label="Next step"]');
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
};
