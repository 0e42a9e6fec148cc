// A tap on a number, a row or a column looks there, and so do the arrow keys.

/** How far a key moves: rows, columns. */
const BY = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * Let a tap on a row of x, on a column of W, or on a number that comes out, look there.
 * @param {Element} board
 * @param {Record<string, { cells: { box: Element }[][] }>} parts
 * @param {(r: number | null, c: number | null) => void} choose
 * @param {AbortSignal} signal
 */
export function listenForTaps(board, parts, choose, signal) {
  /** @type {Map<Element, [number | null, number | null]>} */
  const places = new Map();
  for (const [key, { cells }] of Object.entries(parts)) {
    if (key === "z") continue; // its radio buttons say so themselves
    /** @type {(r: number, c: number) => [number | null, number | null]} */
    const place = (r, c) => [key === "x" || key === "next" ? r : null, key === "x" ? null : c];
    cells.forEach((row, r) => row.forEach(({ box }, c) => places.set(box, place(r, c))));
  }
  board.addEventListener("click", (event) => {
    const place = places.get(/** @type {Element} */ (event.target).closest(".cell"));
    if (place) choose(...place);
  }, { signal });
}

/**
 * Let the arrow keys move over the numbers of z, and stop at the edge.
 * @param {Element} board
 * @param {HTMLInputElement[][]} radios
 * @param {(r: number, c: number) => void} choose
 * @param {AbortSignal} signal
 */
export function listenForArrows(board, radios, choose, signal) {
  board.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLInputElement} */ (event.target);
    const by = BY[event.key];
    const r = radios.findIndex((row) => row.includes(target));
    if (!by || r < 0) return;
    event.preventDefault();
    const [row, column] = [r + by[0], radios[r].indexOf(target) + by[1]];
    const to = radios[row]?.[column];
    if (!to || to.closest("[hidden]")) return;
    to.focus();
    choose(row, column);
  }, { signal });
}
