// @ts-nocheck: this function runs in a page, where a test sends it.
// Drag the slider of the only widget, then scroll to a part, or end the drag; tell what that
// changes: the elements that are made, and the parts of the widget in which something is written.

export default async ({ share, ends, then }) => {
  const root = document.querySelector("[data-rnn-widget]");
  const slider = root.querySelector('input[aria-label^="Drag"]');
  const records = [];
  const seen = new MutationObserver((more) => records.push(...more));
  const [least, most] = [slider.min, slider.max].map(Number);
  const partOf = (node) => [...root.children].find((part) => part.contains(node))?.className;
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

  await frame();
  await frame(); // the browser has told what is in sight
  seen.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  slider.value = least + share * (most - least);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await frame();
  if (then) {
    root.querySelector(then).scrollIntoView();
    await frame();
    await frame();
  }
  if (ends) slider.dispatchEvent(new Event("change", { bubbles: true }));
  records.push(...seen.takeRecords());
  seen.disconnect();
  const added = records.filter(({ target }) => !target.closest?.(".axes")) // new for a new range
    .flatMap(({ addedNodes }) => [...addedNodes]);
  return {
    made: added.filter((node) => node.nodeType === 1).map((node) => node.outerHTML),
    written: [...new Set(records.map(({ target }) => partOf(target)))],
  };
};
