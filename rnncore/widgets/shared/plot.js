// A small chart: axes with ticks, and a place for lines and dots; linear or logarithmic upwards.

import { put, svg, tspans, write } from "./dom.js";
import { equal } from "./frame/parameters.js";
import { shownBriefly } from "./numbers.js";

export function plot({ width, height = 170, title, xName, yName }) {
  const box = { left: 58, right: width - 10, top: 10, bottom: height - 34 };
  const axes = svg("g", { class: "axes" });
  const marks = svg("g", { class: "marks" });
  const words = svg("desc");
  const element = svg(
    "svg",
    { class: "plot", role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, title),
    words,
    axes,
    marks,
    svg("text", {
      class: "axis-name",
      x: (box.left + box.right) / 2,
      y: height - 4,
      "text-anchor": "middle",
    }, ...tspans(xName)),
    svg("text", {
      class: "axis-name",
      x: 11,
      y: (box.top + box.bottom) / 2,
      "text-anchor": "middle",
      transform: `rotate(-90 11 ${(box.top + box.bottom) / 2})`,
    }, ...tspans(yName)),
  );
  let range = null; // {x: [least, most], y: [least, most], log}
  const share = (value, [a, b]) => (value - a) / (b - a);
  const up = (value) => (range.log ? Math.log10(value) : value);
  const toX = (value) => box.left + share(value, range.x) * (box.right - box.left);
  const toY = (value) => box.bottom - share(up(value), range.y.map(up)) * (box.bottom - box.top);

  // The ticks move only when the range does; they are drawn anew.
  function scale(wanted) {
    if (equal(wanted, range)) return;
    range = wanted;
    const text = (x, y, anchor, content) =>
      svg(
        "text",
        { class: "tick", x, y, "text-anchor": anchor, "dominant-baseline": "central" },
        content,
      );
    const line = (x1, y1, x2, y2, name) => svg("line", { class: name, x1, y1, x2, y2 });
    const across = ticks(range.x, width < 420 ? 4 : 8, range.whole);
    const upwards = range.log ? powers(range.y) : ticks(range.y, 4);
    put(
      axes,
      {},
      ...upwards.flatMap((
        v,
      ) => [
        line(box.left, toY(v), box.right, toY(v), v === (range.log ? 1 : 0) ? "zero" : "rule"),
        text(box.left - 6, toY(v), "end", range.log ? powerOfTen(v) : shownBriefly(v)),
      ]),
      line(box.left, box.bottom, box.right, box.bottom, "zero"),
      ...across.map((v) => text(toX(v), box.bottom + 12, "middle", shownBriefly(v))),
    );
  }
  // A path through the points (x, y) that are finite and, on a logarithmic axis, above zero.
  function path(points) {
    let pen = "M";
    return points.map(([x, y]) => {
      if (!Number.isFinite(y) || (range.log && y <= 0)) {
        pen = "M";
        return "";
      }
      const part = `${pen}${toX(x).toFixed(2)},${clamp(toY(y), -height, 2 * height).toFixed(2)}`;
      pen = "L";
      return part;
    }).join("");
  }
  return {
    element,
    marks,
    box,
    scale,
    path,
    at: (x, y) => [toX(x), toY(y)],
    from: (px) =>
      range.x[0] + ((px - box.left) / (box.right - box.left)) * (range.x[1] - range.x[0]),
    describe: (text) => write(words, text),
  };
}

export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

// Round numbers that divide a range into about `count` parts.
function ticks([least, most], count, whole = false) {
  const raw = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max([1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw), whole ? 1 : 0);
  const first = Math.ceil(least / step - 1e-9);
  return Array.from(
    { length: Math.floor(most / step + 1e-9) - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
}

// Powers of ten within a range, about five of them; 1 is one of them where it lies within.
function powers([least, most]) {
  const [a, b] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(most) + 1e-9)];
  const step = Math.max(1, Math.ceil((b - a) / 5));
  const first = Math.ceil(a / step) * step;
  return Array.from(
    { length: Math.floor((b - first) / step) + 1 },
    (_, i) => 10 ** (first + i * step),
  );
}

// 10⁻⁵, and the powers near 1 as they are.
function powerOfTen(value) {
  const power = Math.round(Math.log10(value));
  if (Math.abs(power) < 3) return shownBriefly(value);
  return `10${
    [...String(power)].map((digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit])).join("")
  }`;
}
