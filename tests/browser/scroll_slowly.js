// @ts-nocheck: this function runs in a page, where a test sends it.
// Scroll down the page as the key Page Down does, by seven eighths of a screen, and wait at each
// for the widgets that are on it; the last one is far enough.
export default async () => {
  // A page that is not drawn has no frames, and nobody else would end this wait.
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const frame = () => Promise.race([drawn(), new Promise((done) => setTimeout(done, 1000))]);
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
    scrollBy({ top: 0.875 * innerHeight, behavior: "instant" });
    await frame();
    for (const end = performance.now() + 10e3; pending() && performance.now() < end;) await frame();
    if (pending()) throw new Error("a widget on the screen does not start");
    if (seen !== (seen = lively())) await frame(); // what has just started is laid out here
  } while (scrollY > before && !isOver());
  await frame();
};
