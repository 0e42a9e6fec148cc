// The unrolled graph over the matrix S: one column per time step, drawn once, then filled.

import { arrowhead, put, renew, svg, tspans, write } from "../shared/dom.js";
import { shown, shownBriefly } from "../shared/numbers.js";

const TOP = 26;

export function unrolled({ timesteps, features, units, scalar, width }) {
  const narrow = width < 420;
  const left = narrow ? 4 : 46; // room for the names of the rows
  const column = Math.min(
    104,
    Math.max(narrow ? (timesteps > 9 ? 46 : 42) : 54, (width - left - 4) / (timesteps + 1)),
  );
  const inNodes = scalar && column >= 78; // else the states stand in S alone
  const inCell = (
    value,
  ) => (column < 78 || shown(value).length > 8 ? shownBriefly(value) : shown(value));
  const cell = { w: column - (narrow ? 3 : 6), x: 30, h: scalar ? 44 : 34 };
  const radius = inNodes ? 24 : narrow ? 13 : 17;
  const at = (t) => left + (t + 0.5) * column;
  const xBottom = TOP + features * cell.x;
  const node = xBottom + 44 + radius;
  const sTop = node + radius + 44;
  const size = { width: left + (timesteps + 1) * column + 4, height: sTop + units * cell.h + 6 };
  const times = [...Array(timesteps + 1).keys()];
  const middle = { "text-anchor": "middle", "dominant-baseline": "central" };
  const arrow = arrowhead();
  const text = (x, y, attributes, content = "") => svg("text", { x, y, ...attributes }, content);

  const band = svg("rect", { class: "band", y: 2, width: column, height: size.height - 4, rx: 8 });
  const parts = times.map((t) => {
    const x = at(t);
    const group = svg("g", { class: "time" });
    const inputs = t === 0 ? [] : [...Array(features).keys()].map((i) => ({
      box: svg("rect", {
        class: "x-box",
        x: x - cell.w / 2,
        y: TOP + i * cell.x,
        width: cell.w,
        height: cell.x - 4,
        rx: 4,
      }),
      label: text(x, TOP + i * cell.x + cell.x / 2 - 2, { ...middle, class: "x-num" }),
    }));
    const edges = t === 0 ? [] : [
      svg("path", {
        class: "edge",
        "data-sym": "W_x",
        d: `M${x},${xBottom} V${node - radius - 3}`,
        "marker-end": arrow.url,
      }),
      text(x + 6, xBottom + 20, { class: "edge-name", "data-sym": "W_x" }, tspans("W_x")),
      svg("path", {
        class: "edge",
        "data-sym": "W_h",
        d: `M${at(t - 1) + radius},${node} H${x - radius - 3}`,
        "marker-end": arrow.url,
      }),
      text((x + at(t - 1)) / 2 - 2, node - Math.max(11, radius * 0.9), {
        ...middle,
        class: "edge-name",
        "data-sym": "W_h",
      }, tspans("W_h")),
    ];
    const circle = svg("circle", { class: "node", cx: x, cy: node, r: radius });
    const inNode = text(
      x,
      node,
      { ...middle, class: inNodes ? "h-num" : "h-name" },
      inNodes ? "" : tspans(`h_${t}`),
    );
    const down = svg("path", { class: "edge down", d: `M${x},${node + radius} V${sTop - 20}` });
    const heading = text(
      x,
      sTop - 11,
      { ...middle, class: "heading" },
      `S[${scalar ? ":" : 0},${column < 72 ? "" : " "}${t}]`,
    );
    const cells = [...Array(units).keys()].map((j) => ({
      box: svg("rect", {
        class: "s-box",
        x: x - cell.w / 2,
        y: sTop + j * cell.h,
        width: cell.w,
        height: cell.h - 4,
        rx: 4,
      }),
      bar: svg("rect", {
        class: "bar",
        "data-bar": scalar ? `${t}` : `${t},${j}`,
        "data-full": cell.w / 2,
        y: sTop + (j + 1) * cell.h - 10,
        height: 6,
        width: 0,
      }),
      label: text(x, sTop + j * cell.h + cell.h / 2 - 5, { ...middle, class: "s-num" }),
    }));
    group.append(
      ...edges,
      ...inputs.flatMap((c) => [c.box, c.label]),
      circle,
      inNode,
      down,
      heading,
      ...cells.flatMap((c) => [c.box, c.bar, c.label]),
    );
    if (t > 0) group.append(text(x, TOP - 12, { ...middle, class: "x-name" }, tspans(`x_${t}`)));
    return { group, inputs, circle, inNode, cells };
  });
  const names = narrow ? [] : [
    text(4, TOP - 12, { class: "row-name", "dominant-baseline": "central" }, "input"),
    text(4, node, { class: "row-name", "dominant-baseline": "central" }, "state"),
    text(
      4,
      sTop + (units * cell.h) / 2 - 2,
      { class: "row-name", "dominant-baseline": "central" },
      "S",
    ),
  ];
  const title = svg("title", {}, "The network unrolled in time");
  const description = svg("desc");
  const element = svg(
    "svg",
    {
      class: narrow ? "unrolled narrow" : "unrolled",
      role: "img",
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
    },
    title,
    description,
    arrow.defs,
    band,
    ...names,
    ...parts.map((p) => p.group),
  );

  // Bars share one scale: the largest finite |h| of the whole run fills half a cell,
  // to the right of the middle where h is positive, to the left where it is negative.
  function update(run, step) {
    const scale = Math.max(1e-300, ...run.h.flat().map(Math.abs).filter(Number.isFinite));
    put(band, { x: at(step) - column / 2 });
    parts.forEach(({ group, inputs, circle, inNode, cells }, t) => {
      const reached = t <= step;
      group.classList.toggle("reached", reached);
      group.classList.toggle("now", t === step);
      put(circle, { "data-sym": t === step ? "h" : t === step - 1 ? "h_prev" : null });
      inputs.forEach(({ box, label }, i) => {
        const value = run.x[t][i];
        renew(label, "x", scalar ? [t] : [t, i], value, t === step ? "x" : null, inCell);
        put(box, { "data-sym": t === step ? "x" : null });
      });
      if (inNodes) renew(inNode, reached ? "h" : null, [t], run.h[t][0], null, shownBriefly);
      cells.forEach(({ box, bar, label }, j) => {
        const value = run.h[t][j];
        const long = Number.isNaN(value) || !reached
          ? 0
          : (Math.min(1, Math.abs(value) / scale) * cell.w) / 2;
        put(bar, { x: value > 0 ? at(t) : at(t) - long, width: long });
        renew(label, reached ? "h" : null, scalar ? [t] : [t, j], value, null, inCell);
        put(box, { "data-sym": t === step ? "h" : t === step - 1 ? "h_prev" : null });
      });
    });
    write(
      description,
      `${timesteps} inputs, ${timesteps + 1} states; ${step} of ${timesteps} updates done.`,
    );
  }
  // Where the current column stands, to keep it in view when the drawing is wider than the screen.
  const centre = (step) => at(step) - column / 2;
  return { element, update, centre };
}
