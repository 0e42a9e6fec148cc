// What of a widget is in sight: in a drag, what is not waits for the end, or for a pause.

const PAUSE = 500; // milliseconds without a move of the slider

/**
 * @typedef {object} Sight
 * @property {(element: Element, update: () => void) => void} whenSeen update an element now, or,
 *   where it is out of sight in a drag, as soon as it is in sight or the drag is over
 * @property {(element: Element, update: () => void) => void} whenStill update it now, or when the
 *   drag is over
 */

/**
 * Watch the sliders of a widget, and what the screen shows of it.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 * @returns {Sight}
 */
export function sight(root, signal) {
  /** @type {Map<Element, boolean>} */
  const seen = new Map();
  /** @type {Map<Element, () => void>} */
  const waiting = new Map();
  let drags = false;
  let timer = 0;

  const run = (/** @type {Element} */ element, update = waiting.get(element)) => {
    waiting.delete(element);
    update?.();
  };
  const end = () => {
    clearTimeout(timer);
    drags = false;
    [...waiting.keys()].forEach((element) => run(element));
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      seen.set(target, isIntersecting);
      if (isIntersecting) run(target);
    }
  });
  root.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement && target.type === "range")) return;
    clearTimeout(timer);
    timer = setTimeout(end, PAUSE);
    drags = true;
  }, { signal, capture: true });
  root.addEventListener("change", end, { signal, capture: true });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    observer.disconnect();
  });

  /** @type {Sight["whenStill"]} */
  const whenStill = (element, update) => {
    if (drags) waiting.set(element, update);
    else run(element, update);
  };
  return {
    whenStill,
    whenSeen(element, update) {
      if (!seen.has(element)) {
        seen.set(element, true); // until the browser has looked
        observer.observe(element);
      }
      if (seen.get(element)) run(element, update);
      else whenStill(element, update);
    },
  };
}
