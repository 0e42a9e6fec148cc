// The pad: a grid of pixels that mouse, finger and keys put ink on.

import { equal, numberAt, range, replaced } from "../shared/algebra.js";
import { html, put, tag } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { clamp } from "../shared/plot.js";
import { penFor } from "./pen.js";
import { roving } from "../shared/roving.js";

const LABEL = "The image: 8 rows of 8 pixels; " +
  "Space inks or clears one, plus and minus change it by a quarter";
const QUARTER = 0.25; // what + and − change

/**
 * Make the pad, and the tools below it.
 * @param {object} options
 * @param {number} options.rows
 * @param {(changes: object) => void} options.save
 * @param {() => number[][]} options.image
 * @param {AbortSignal} options.signal
 */
export function padPanel({ rows, save, image, signal }) {
  const lines = range(rows).map(() => {
    const cells = range(rows).map(() => html("div", { class: "pixel", role: "gridcell" }));
    return { cells, element: html("div", { class: "pad-row", role: "row" }, ...cells) };
  });
  const grid = { class: "pad", role: "grid", "aria-label": LABEL };
  const element = html("div", grid, ...lines.map((line) => line.element));
  const eraser = html("button", { type: "button", "aria-pressed": "false" }, "Eraser");
  const clear = html("button", { type: "button" }, "Clear");
  const isOn = () => eraser.getAttribute("aria-pressed") === "true";
  const on = (node, handler) => node.addEventListener("click", handler, { signal });
  on(eraser, () => put(eraser, { "aria-pressed": String(!isOn()) }));
  on(clear, () => save({ image: image().map((row) => row.map(() => 0)) }));
  drawOn(element, { rows, save, image, signal, erases: isOn });
  const pixels = lines.flatMap(({ cells }) => cells);
  roving(element, pixels, rows, signal, inkKeys({ rows, save, image }));
  const keys = html("small", { class: "keys" }, "or: arrow keys, Space, + and −");
  const update = (step) => image().forEach((row, i) => showRow(lines[i], row, i, step));
  return {
    element,
    tools: html("div", { class: "buttons tools" }, eraser, clear, keys),
    update,
  };
}

// The pen follows a pressed pointer.
function drawOn(element, { rows, save, image, signal, erases }) {
  const pen = penFor(rows);
  const follow = (event) => {
    const box = element.getBoundingClientRect(); // with a border of one pixel
    const x = (rows * (event.clientX - box.left - 1)) / (box.width - 2);
    const y = (rows * (event.clientY - box.top - 1)) / (box.height - 2);
    const drawn = pen.draw(image(), x, y, erases());
    if (!equal(drawn, image())) save({ image: drawn });
  };
  const on = (type, handler) => element.addEventListener(type, handler, { signal });
  on("pointerdown", (event) => {
    if (event.button !== 0 || pen.isDown()) return;
    element.setPointerCapture(event.pointerId);
    follow(event);
  });
  on("pointermove", (event) => {
    if (pen.isDown() && element.hasPointerCapture(event.pointerId)) follow(event);
  });
  on("lostpointercapture", pen.lift);
}

// What keys do to pixel i.
function inkKeys({ rows, save, image }) {
  const change = (f) => (i) => {
    const at = [Math.floor(i / rows), i % rows];
    save({ image: replaced(image(), at, clamp(f(numberAt(image(), at)), 0, 1)) });
  };
  const toggle = change((ink) => (ink > 0 ? 0 : 1));
  const more = change((ink) => ink + QUARTER);
  const less = change((ink) => ink - QUARTER);
  return { " ": toggle, Enter: toggle, "+": more, "=": more, "-": less };
}

function showRow({ element, cells }, row, i, step) {
  const isNow = i === step - 1;
  put(element, {
    "data-sym": isNow ? "x" : null,
    class: `pad-row${i < step ? " read" : ""}${isNow ? " now" : ""}`,
  });
  row.forEach((ink, j) => {
    if (cells[j].dataset.value === String(ink)) return;
    const label = `row ${i + 1}, column ${j + 1}, ink ${shown(ink)}`;
    put(cells[j], { ...tag("image", [i, j], ink), "aria-label": label });
    cells[j].style.setProperty("--ink", ink);
  });
}
