// @ts-nocheck: this function runs in a page, where a test sends it.
// Scroll down the page as a reader does, and wait at each screen for the widgets that are on it;
// the last one is far enough.
export default async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const pending = () =>
    slots.some((slot) => {
      if (slot.matches(".alive")) return false;
      const { top, bottom } = slot.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
  const slots = [...document.querySelectorAll("[data-rnn-slot]")];
  const lively = () => slots.filter((slot) => slot.matches(".alive")).length;
  const isOver = () => slots.every((slot) => slot.getBoundingClientRect().bottom < innerHeight);
  let before, seen = 0;
  do {
    before = scrollY;
    scrollBy({ top: innerHeight / 2, behavior: "instant" });
    await frame();
    for (let k = 0; pending() && k < 300; k += 1) await frame();
    if (pending()) throw new Error("a widget on the screen does not start");
    if (seen !== (seen = lively())) await frame(); // what has just started is laid out here
  } while (scrollY > before && !isOver());
  await frame();
};
