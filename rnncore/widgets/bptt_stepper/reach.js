// How far back a gradient reaches: its size against the steps back, with W_h scaled.

import { dot, sizeOf } from "../shared/algebra.js";
import { html, number, put, svg, symbol, tag, write } from "../shared/dom.js";
import { shown } from "../shared/numbers.js";
import { clamp, plot } from "../shared/plot.js";
import { REACH } from "./trace.js";

export function reachChart({ width, change, signal }) {
  const box = html("div");
  const slider = html("input", {
    type: "range",
    min: 0.1,
    max: 3,
    step: 0.05,
    "aria-label": "Scale of W_h",
  });
  slider.addEventListener("input", () => change(Number(slider.value)), { signal });
  const by = html("span");
  const row = html(
    "label",
    { class: "slider" },
    html("span", { class: "slider-name" }, ...symbol("W_h"), " × ", by),
    slider,
  );
  const words = html("p");
  const heading = html(
    "p",
    {},
    html("b", {}, "How far back? "),
    `The same network over ${REACH} steps, the inputs again and again: what is left of the gradient that enters at the last.`,
  );
  const key = html("p", { class: "legend" });
  let chart, dots, line;

  function draw(width) {
    chart = plot({
      width,
      height: 190,
      title: "The size of the gradient against the steps back",
      xName: "steps back k",
      yName: "size of dL/dh",
    });
    line = svg("path", { class: "line W", "stroke-dasharray": "5 4" });
    dots = [...Array(REACH + 1).keys()].map((k) =>
      svg("circle", { class: "dot gradient", r: 3, ...tag("reach", [k], 0) })
    );
    chart.marks.append(line, ...dots);
    put(box, {}, chart.element);
  }

  // Whether the gradient explodes where f′ is left out of every step back.
  function explodesAlone(run, { W_h, scale }) {
    const enters = run.direct.at(-1);
    let dh = enters;
    for (let k = 0; k < REACH; k += 1) dh = W_h.map((row) => scale * dot(dh, row));
    return sizeOf(dh) > 1e2 * sizeOf(enters);
  }

  function update(run, params) {
    const { scale, activation, scalar } = params;
    const powersOf = [...run.reach, ...run.bound].filter((v) => v > 0 && v < Infinity).map(
      Math.log10,
    );
    const tens = (value, round) => 10 ** (5 * round(clamp(value, -25, 25) / 5));
    const lowest = Math.min(tens(Math.min(0, ...powersOf), Math.floor), 1e-5);
    const highest = Math.max(tens(Math.max(0, ...powersOf), Math.ceil), 1e5);
    chart.scale({ x: [0, REACH], y: [lowest, highest], log: true, whole: true });
    put(line, { d: chart.path(run.bound.map((v, k) => [k, v < lowest || v > highest ? NaN : v])) });
    dots.forEach((dot, k) => {
      const value = run.reach[k];
      const [x, y] = chart.at(k, value);
      const seen = value >= lowest && value <= highest;
      put(dot, {
        cx: x,
        cy: seen ? y : 0,
        visibility: seen ? null : "hidden",
        ...tag("reach", [k], value),
      });
    });
    slider.value = scale;
    put(by, { class: "num", ...tag("scale", [], scale) });
    write(by, shown(scale));
    const verdict = run.reach[0] === 0
      ? "nothing enters at the last step"
      : Number.isNaN(run.left)
      ? "beyond what numbers hold"
      : run.left < 1e-2
      ? "it vanishes"
      : run.left > 1e2
      ? "it explodes"
      : "it stays about steady";
    const [most, limit, left] = ["most", "limit", "left"].map((name) =>
      number(name, [], run[name], undefined, name === "left" ? "dh" : "W_h")
    );
    const bends = activation !== "linear";
    const exact = scalar && !bends;
    const step = scalar
      ? ["|", ...symbol("W_h"), bends ? " · f′| is at most " : "| is ", most, " a step back"]
      : [
        "A step back, through ",
        ...(bends ? ["f′ and "] : []),
        ...symbol("W_h"),
        ", makes no vector more than ",
        most,
        " times as long",
      ];
    const heldBack = bends && run.left <= 1e2 && explodesAlone(run, params);
    put(
      words,
      {},
      ...step,
      ": of all that enters, ",
      ...(exact ? [] : ["at most "]),
      most.cloneNode(true),
      html("sup", {}, String(REACH)),
      scalar ? " = " : " ≈ ",
      limit,
      ` is left after ${REACH} steps`,
      ...(exact ? [": "] : [", and here it is ", left, ": "]),
      html("b", {}, verdict),
      ".",
      ...(heldBack
        ? [
          " ",
          ...symbol("W_h"),
          ` alone would make it explode; f′, small where ${activation} is flat, holds it back.`,
        ]
        : []),
    );
    put(
      key,
      {},
      html(
        "small",
        {},
        html("span", { "data-sym": "dh" }, "●"),
        " size of dL/dh after k steps back   ",
        html("span", { "data-sym": "W_h" }, "- - -"),
        " the most it can be: ",
        ...(run.reach[0] === 1 ? [] : [number("reach", [0], run.reach[0], undefined, "dS"), " × "]),
        number("most", [], run.most, undefined, "W_h"),
        html("sup", {}, "k"),
      ),
    );
    chart.describe(
      `After ${REACH} steps back ${shown(run.left)} of the gradient is left: ${verdict}.`,
    );
  }
  draw(width);
  return { element: html("div", { class: "reach" }, heading, row, box, key, words), update, draw };
}
