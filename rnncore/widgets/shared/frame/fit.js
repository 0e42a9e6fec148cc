// How large a widget is: as the reader's own type asks, and on a low screen its drawing no higher
// than leaves room for the controls under it.

const USUAL = 16; // pixels: the type of a browser that nobody has set
const NARROWEST = 304; // pixels that a widget needs
const LOW = "(max-height: 780px) and (min-width: 600px)"; // the controls stay in sight (frame.css)
const SMALLEST = 0.6; // of a drawing

/**
 * Make all of a widget as large as the reader's own type, as far as its place is wide enough; what
 * is then left to grow, its words do.
 * @param {HTMLElement} root
 */
export function fitType(root) {
  const type = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;
  const room = root.parentElement?.clientWidth || Infinity;
  const zoom = Math.min(Math.max(1, type), Math.max(1, room / NARROWEST));
  setStyle(root, "zoom", zoom);
  setStyle(root, "--type", Math.max(1, type) / zoom);
}

/**
 * Let the drawing and the controls stand on the screen together.
 * @param {HTMLElement} root
 */
export function fitHeight(root) {
  /** @type {HTMLElement | null} */
  const drawing = root.querySelector(":scope > .drawing");
  const controls = root.querySelector(":scope > .transport");
  if (!drawing || !controls) return;
  const height = drawing.getBoundingClientRect().height / Number(drawing.style.zoom || 1);
  const head = Number.parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  const room = innerHeight - head - controls.getBoundingClientRect().height - 8;
  const zoom = matchMedia(LOW).matches ? Math.min(1, Math.max(SMALLEST, room / height)) : 1;
  setStyle(drawing, "zoom", zoom);
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 * @param {number} factor
 */
function setStyle({ style }, name, factor) {
  const text = factor === 1 ? "" : factor.toFixed(3);
  if (style.getPropertyValue(name) !== text) style.setProperty(name, text);
}
