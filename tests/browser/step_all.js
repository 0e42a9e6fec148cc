// Opens the fields of every widget, and takes every stepper one step on.
(async () => {
  const click = (/** @type {string} */ selector) =>
    document.querySelectorAll(selector).forEach((node) => /** @type {any} */ (node).click());
  click(".rnn summary");
  click('.rnn [aria-label="Next step"]');
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
});
