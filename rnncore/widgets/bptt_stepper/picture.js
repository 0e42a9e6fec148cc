// The unrolled graph, walked both ways: states to the right, and under them their gradients,
// dashed, to the left; what the loss sends comes in from below.

import { arrowhead, put, renew, svg, tspans, write } from "../shared/dom.js";
import { shown, shownBriefly } from "../shared/numbers.js";

export function bpttPicture({ timesteps, features, units, scalar, width }) {
  const narrow = width < 420;
  const left = narrow ? 2 : 66; // room for the names of the rows
  const column = Math.min(130, Math.max(narrow ? 62 : 74, (width - left - 4) / (timesteps + 1)));
  const cell = { w: column * (narrow ? 0.7 : 0.6), x: 26, h: scalar ? 34 : 28 };
  const inCell = (
    value,
  ) => (cell.w < 62 || shown(value).length > 7 ? shownBriefly(value) : shown(value));
  const at = (t) => left + (t + 0.5) * column;
  const tall = units * cell.h;
  const top = { x: 22, h: 22 + features * cell.x + 44 };
  top.dh = top.h + tall + 46;
  top.dS = top.dh + tall + 52;
  const size = { width: left + (timesteps + 1) * column + 4, height: top.dS + tall + 8 };
  const middle = { "text-anchor": "middle", "dominant-baseline": "central" };
  const text = (x, y, attributes, ...content) => svg("text", { x, y, ...attributes }, ...content);
  const [forward, backward] = [arrowhead(), arrowhead()];
  put(backward.defs.firstChild, { class: "back" });

  const full = (kind) => cell.w / 2 - (kind === "d" ? 6 : 0); // the longest bar: the corners of a gradient are round
  // The numbers of one vector, each in a cell of its own, over a bar that shows its size.
  const stack = (kind, t, count, height, y) =>
    [...Array(count).keys()].map((j) => ({
      box: svg("rect", {
        class: `${kind}-box`,
        x: at(t) - cell.w / 2,
        y: y + j * height,
        width: cell.w,
        height: height - 4,
        rx: kind === "d" ? 11 : 4,
      }),
      bar: svg("rect", {
        class: `${kind}-bar`,
        "data-full": full(kind),
        y: y + (j + 1) * height - 10,
        height: 4,
        width: 0,
      }),
      label: text(at(t), y + j * height + height / 2 - (kind === "x" ? 2 : 4), {
        ...middle,
        class: `${kind}-num`,
      }),
    }));
  const named = (t, y, sym, name) =>
    text(at(t) - cell.w / 2 + (narrow ? -8 : 1), y - 8, {
      class: `${sym === "h" ? "h" : "d"}-name`,
    }, ...tspans(name));
  const edge = (kind, sym, d, head) =>
    svg("path", { class: `edge ${kind}`, "data-sym": sym, d, "marker-end": head.url });

  const nameAt = (row, over) => (narrow ? row + tall + 10 : over); // on a phone the name has no room over its arrow
  const bands = svg("rect", { class: "band", y: 2, width: column, height: size.height - 4, rx: 8 });
  const reachOfWindow = svg("rect", { class: "window", y: top.dh - 26, height: tall + 36, rx: 10 });
  const columns = [...Array(timesteps + 1).keys()].map((t) => {
    const [x, from, to] = [at(t), at(t - 1) + cell.w / 2, at(t) - cell.w / 2];
    const gap = (from + to) / 2;
    const [hMid, dMid] = [top.h + tall / 2 - 2, top.dh + tall / 2 - 2];
    const made = {
      x: t === 0 ? [] : stack("x", t, features, cell.x, top.x),
      h: stack("s", t, units, cell.h, top.h),
      dh: stack("d", t, units, cell.h, top.dh),
      dS: t === 0 ? [] : stack("d", t, units, cell.h, top.dS),
      went: svg("g", { class: "went" }),
      came: svg("g", { class: "came" }),
      back: t === 0 || !scalar || narrow
        ? null
        : text(gap, dMid + 17, { ...middle, class: "d-num small" }),
      slope: t === 0 || !scalar || narrow
        ? null
        : text(x + 7, top.h + tall + 12, { class: "slope-num" }, "f′ ", svg("tspan")),
      cut: t < 2 ? null : svg("path", {
        class: "cut",
        d: `M${gap - 4},${dMid + 7} l3,-11 M${gap + 1},${dMid + 7} l3,-11`,
      }),
    };
    if (t > 0) {
      made.went.append(
        edge("", "W_x", `M${x},${top.x + features * cell.x - 2} V${top.h - 4}`, forward),
        text(
          x + 6,
          top.x + features * cell.x + 15,
          { class: "edge-name", "data-sym": "W_x" },
          ...tspans("W_x"),
        ),
        edge("", "W_h", `M${from},${hMid} H${to - 3}`, forward),
        text(gap - 2, nameAt(top.h, hMid - 11), {
          ...middle,
          class: "edge-name",
          "data-sym": "W_h",
        }, ...tspans("W_h")),
      );
      made.toBefore = edge("back", "W_h", `M${to},${dMid} H${from + 3}`, backward);
      made.fromLoss = edge("back", "dS", `M${x},${top.dS - 2} V${top.dh + tall + 1}`, backward);
      const transposed = scalar ? [] : [svg("tspan", { class: "sub", dy: -11 }, "T")];
      made.came.append(
        made.toBefore,
        made.fromLoss,
        text(
          gap - (scalar ? 2 : 5),
          nameAt(top.dh, dMid - 13),
          { ...middle, class: "edge-name", "data-sym": "W_h" },
          ...tspans("W_h"),
          ...transposed,
        ),
        ...[made.back, made.cut].filter(Boolean),
        svg("path", {
          class: "slope",
          d: `M${x},${top.h + tall - 3} V${top.dh - (narrow ? 3 : 22)}`,
        }),
        ...[made.slope].filter(Boolean),
      );
      made.went.append(text(x, top.x - 10, { ...middle, class: "x-name" }, ...tspans(`x_${t}`)));
      made.came.append(named(t, top.dS, "dS", `dS_${t}`), ...made.dS.flatMap(Object.values));
    }
    made.went.append(
      named(t, top.h, "h", `h_${t}`),
      ...made.x.flatMap((c) => [c.box, c.label]),
      ...made.h.flatMap(Object.values),
    );
    made.came.append(
      named(t, top.dh, "dh", `${narrow ? "dh" : "dL/dh"}_${t}`),
      ...made.dh.flatMap(Object.values),
    );
    return made;
  });
  const rows = narrow ? [] : [
    ["input", top.x + (features * cell.x) / 2 - 2],
    ["state", top.h + tall / 2 - 2],
    ["gradient", top.dh + tall / 2 - 2],
    ["from the", top.dS + tall / 2 - 9],
    ["loss L", top.dS + tall / 2 + 5],
  ];
  const words = svg("desc");
  const element = svg(
    "svg",
    {
      class: narrow ? "unrolled narrow" : "unrolled",
      role: "img",
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
    },
    svg("title", {}, "The network unrolled in time, and the way back through it"),
    words,
    forward.defs,
    backward.defs,
    bands,
    reachOfWindow,
    ...rows.map(([name, y]) =>
      text(2, y, { class: "row-name", "dominant-baseline": "central" }, name)
    ),
    ...columns.map(({ came }) => came),
    ...columns.map(({ went }) => went),
  );

  function fill(cells, vector, { name, t, reached, scale, sym }) {
    cells.forEach(({ box, bar, label }, j) => {
      const value = vector[j];
      renew(label, reached ? name : null, scalar ? [t] : [t, j], value, sym, inCell);
      put(box, { "data-sym": sym });
      const long = !bar || !reached || Number.isNaN(value) || !scale
        ? 0
        : Math.min(1, Math.abs(value) / scale) * bar.dataset.full;
      if (bar) {
        put(bar, {
          x: value > 0 ? at(t) : at(t) - long,
          width: long,
          "data-bar": `${name},${t},${j}`,
        });
      }
    });
  }
  const largest = (vectors) => Math.max(0, ...vectors.flat().map(Math.abs).filter(Number.isFinite));

  // `now` is the time step that is worked on; forward up to `forth`, backward down to `to`.
  function update(run, { now, forth, to, window }) {
    const scale = { h: largest(run.h), d: largest([...run.dh, ...run.direct.slice(1)]) };
    const role = (t, sym) => (t === now ? sym : t === now - 1 ? `${sym}_prev` : null);
    const enters = (t) => t <= timesteps && run.direct[t].some((d) => d !== 0);
    const cutsAt = (t) => t > 1 && window < timesteps && enters(t + window - 1);
    const passes = (t) =>
      [...Array(t > 1 ? Math.min(window, timesteps) - 1 : window).keys()].some((k) =>
        enters(t + k)
      );
    put(bands, { x: at(now) - column / 2 });
    const last = Math.max(0, ...columns.map((_, t) => (t > 0 && enters(t) ? t : 0)));
    const first = last - window > 0 ? last - window + 1 : 0; // what comes to step 1 goes on to h_0
    const drawn = window < timesteps && last > 0; // where nothing enters there is nothing to go round
    put(
      reachOfWindow,
      drawn
        ? {
          x: at(first) - cell.w / 2 - 7,
          width: (last - first) * column + cell.w + 14,
          visibility: null,
        }
        : { visibility: "hidden" },
    );
    columns.forEach((made, t) => {
      const came = t >= Math.max(to, 1) || (t === 0 && to <= 1);
      made.went.classList.toggle("reached", t <= forth);
      made.came.classList.toggle("reached", came);
      [made.went, made.came].forEach((part) => part.classList.toggle("now", t === now));
      fill(made.x, run.x[t], { name: "x", t, reached: true, sym: t === now ? "x" : null });
      fill(made.h, run.h[t], {
        name: "h",
        t,
        reached: t <= forth,
        scale: scale.h,
        sym: role(t, "h"),
      });
      fill(made.dh, run.dh[t], {
        name: "dh",
        t,
        reached: came,
        scale: scale.d,
        sym: role(t, "dh"),
      });
      if (t === 0) return;
      fill(made.dS, run.direct[t], {
        name: "direct",
        t,
        reached: true,
        scale: scale.d,
        sym: t === now ? "dS" : null,
      });
      put(made.fromLoss, { class: `edge back${enters(t) ? "" : " idle"}` });
      put(made.toBefore, { class: `edge back${passes(t) ? "" : " idle"}` });
      if (made.cut) put(made.cut, { visibility: cutsAt(t) && !passes(t) ? null : "hidden" });
      if (!made.back) return;
      renew(made.back, came ? "back" : null, [t - 1], run.back[t - 1][0], null, shownBriefly);
      renew(made.slope.lastChild, came ? "slope" : null, [t], run.slope[t][0], null, shownBriefly);
      put(made.slope, { visibility: came ? null : "hidden" });
    });
    const done = to <= timesteps ? `; gradients back to step ${to}` : "";
    write(
      words,
      `${timesteps} inputs; states up to h_${forth}${done}. The way back runs against the arrows of the states.`,
    );
  }
  return { element, update, width: size.width, at };
}
