// The test digits on offer.

import { range } from "../shared/algebra.js";
import { html, put, svg } from "../shared/dom.js";
import { roving } from "../shared/roving.js";

const LEVELS = [1, 2, 3, 4]; // of grey, in quarters

/**
 * Make two shelves of test digits to pick from.
 * @param {object} options
 * @param {{ number: number, label: number, says: number, ink: string }[]} options.gallery
 * @param {number} options.rows
 * @param {(changes: object) => void} options.save
 * @param {() => number[][]} options.image
 * @param {AbortSignal} options.signal
 */
export function pickerPanel({ gallery, rows, save, image, signal }) {
  const digits = gallery.map((digit) => digitButton(digit, { rows, save, signal }));
  const [right, wrong] = [false, true].map((is) => digits.filter((digit) => digit.isWrong === is));
  const shelves = [
    shelf("Test digits", right),
    wrong.length ? shelf("Test digits that it gets wrong", wrong) : null,
  ];
  const element = html("div", { class: "picker" }, ...shelves);
  roving(element, [...right, ...wrong].map(({ button }) => button), 1, signal);
  const update = () => {
    const now = JSON.stringify(image());
    digits.forEach(({ button, picture }) =>
      put(button, { "aria-pressed": String(picture === now) })
    );
  };
  return { element, update };
}

function digitButton({ number, label, says, ink }, { rows, save, signal }) {
  const pixels = [...ink].map((letter) => parseInt(letter, 17) / 16);
  const readAs = says === label ? "" : `, read as ${says}`;
  const words = `${label}, test digit ${number}${readAs}`;
  const picture = svg("svg", { viewBox: `0 0 ${rows} ${rows}`, "aria-hidden": "true" });
  picture.append(...LEVELS.map((level) => layer(pixels, level, rows)));
  const attributes = { type: "button", class: "test-digit", "aria-label": words, title: words };
  const button = html("button", attributes, picture);
  const picked = range(rows).map((i) => pixels.slice(rows * i, rows * (i + 1)));
  button.addEventListener("click", () => save({ image: picked }), { signal });
  return { button, isWrong: says !== label, picture: JSON.stringify(picked) };
}

// The pixels of one grey.
function layer(pixels, level, rows) {
  const at = (i) => `M${i % rows},${Math.floor(i / rows)}h1v1h-1z`;
  const d = pixels.map((v, i) => (Math.round(4 * v) === level ? at(i) : "")).join("");
  return svg("path", { opacity: level / 4, d });
}

const shelf = (name, digits) =>
  html(
    "div",
    { class: "shelf", role: "group", "aria-label": name },
    html("small", { "aria-hidden": "true" }, name),
    html("div", { class: "digits" }, ...digits.map(({ button }) => button)),
  );
