// One step of each cell as a drawing: the memory runs along the top, gates are valves in its pipes.

import { arrowhead, put, renew, svg, tspans, write } from "../shared/dom.js";
import { shownBriefly } from "../shared/numbers.js";
import { FREE, GATES } from "./trace.js";

const VALVE = 24; // how wide a valve opens
const PIPE = 11; // how thick the pipe is of the largest memory

// The parts of a drawing; each has set(value), or null for what is not reached yet.
function drawing({ title, width, height }) {
  const words = svg("desc");
  const pipes = svg("g", { class: "pipes" });
  const parts = svg("g");
  const arrow = arrowhead();
  const element = svg(
    "svg",
    { role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, title),
    words,
    arrow.defs,
    pipes,
    parts,
  );
  const middle = { "text-anchor": "middle", "dominant-baseline": "central" };
  const text = (x, y, attributes, ...content) =>
    parts.appendChild(svg("text", { x, y, ...middle, ...attributes }, ...content));
  const mark = (node, name, t, value, as = () => "") =>
    renew(node, value === null ? null : name, [t], value, undefined, as);

  // What flows, the thicker the larger it is.
  function pipe(d, sym = null) {
    const path = pipes.appendChild(svg("path", { class: "pipe", "data-sym": sym, d }));
    return (value, full) => {
      const thick = value === null || Number.isNaN(value)
        ? 1.5
        : 1.5 + (PIPE - 1.5) * Math.min(1, Math.abs(value) / full);
      put(path, {
        style: `stroke-width: ${thick.toFixed(2)}px`,
        class: value === null ? "pipe ahead" : "pipe",
      });
    };
  }
  // A state, named by its step.
  function state(x, y, name, sym, beside = false) {
    const label = beside
      ? text(x - 34, y, { class: "symbol", "data-sym": sym, "text-anchor": "end" })
      : text(x, y - 24, { class: "symbol", "data-sym": sym });
    const box = parts.appendChild(
      svg("rect", {
        class: "state",
        "data-sym": sym,
        x: x - 27,
        y: y - 15,
        width: 54,
        height: 30,
        rx: 6,
      }),
    );
    const value = text(x, y, { class: "value", "data-sym": sym });
    const letter = name.split("_")[0];
    let named;
    return (index, time, number) => {
      if (time !== named) put(label, {}, ...tspans(`${letter}_${time}`));
      named = time;
      put(box, { class: number === null ? "state ahead" : "state" });
      mark(value, name, index, number, shownBriefly);
    };
  }
  // A gate, or a candidate: what the weights make of x_t and h_{t-1}.
  function box(x, y, { letter, sym, role, name, kind, from }) {
    const [left, top] = [x - 29, y - 22];
    const frame = parts.appendChild(
      svg("rect", { class: kind, "data-sym": sym, x: left, y: top, width: 58, height: 44, rx: 6 }),
    );
    const head = text(x, top + 11, { class: "role", "data-sym": sym });
    const value = text(x, top + 26, { class: "value", "data-sym": sym });
    const bar = kind === "gate"
      ? parts.appendChild(
        svg("rect", {
          class: "opening-bar",
          x: left + 5,
          y: top + 35,
          width: 0,
          height: 5,
          "data-full": 48,
        }),
      )
      : null;
    const stubs = {
      left: `M${left - 18},${y} h15`,
      right: `M${left + 76},${y} h-15`,
      below: `M${x},${top + 62} v-15`,
    };
    if (from) {
      parts.appendChild(
        svg("path", { class: "stub", "data-sym": "W_x", d: stubs[from], "marker-end": arrow.url }),
      );
    }
    const word = svg("tspan", {});
    put(head, {}, svg("tspan", { class: "letter" }, ...[letter].flat()), word);
    return (t, number, held = false) => {
      write(word, ` ${held ? "held" : role}`);
      put(frame, { class: `${kind}${held ? " held" : ""}${number === null ? " ahead" : ""}` });
      mark(value, name, t, number, shownBriefly);
      if (!bar) return;
      put(bar, { width: Number.isFinite(number) ? 48 * number : 0 });
      mark(bar, name, t, number);
    };
  }
  // A valve across a pipe: what is coloured is shut.
  function valve(x, y, { name, sym, upright, stem, times = 19 }) {
    const size = upright ? { width: 8, height: VALVE } : { width: VALVE, height: 8 };
    if (stem) parts.appendChild(svg("path", { class: "stem", d: stem }));
    const slot = parts.appendChild(
      svg("rect", { class: "slot", x: x - size.width / 2, y: y - size.height / 2, ...size, rx: 2 }),
    );
    const hole = parts.appendChild(
      svg("rect", { class: "hole", "data-sym": sym, "data-valve": VALVE }),
    );
    text(x + (upright ? 0 : times), y - (upright ? 20 : 0), { class: "times" }, "×");
    return (t, number) => {
      const open = Number.isFinite(number) ? VALVE * number : 0;
      const [w, h] = upright ? [8, open] : [open, 8];
      put(hole, { x: x - w / 2, y: y - h / 2, width: w, height: h });
      put(slot, { class: number === null ? "slot ahead" : "slot" });
      mark(hole, name, t, number);
    };
  }
  function plus(x, y) {
    parts.appendChild(svg("circle", { class: "plus", cx: x, cy: y, r: 10 }));
    text(x, y, { class: "value" }, "+");
  }
  function pill(x, y, word) {
    parts.appendChild(
      svg("rect", { class: "squash", x: x - 22, y: y - 10, width: 44, height: 20, rx: 10 }),
    );
    text(x, y, { class: "role" }, word);
  }
  // A number beside a pipe.
  const label = (x, y, name, anchor = "middle", sym = null) => {
    const node = text(x, y, { class: "flow", "data-sym": sym, "text-anchor": anchor });
    return (t, number) => mark(node, name, t, number, shownBriefly);
  };
  return {
    element,
    parts,
    text,
    pipe,
    state,
    box,
    valve,
    plus,
    pill,
    label,
    arrow,
    describe: (said) => write(words, said),
  };
}

export function lstmCell() {
  const d = drawing({ title: "One step of the LSTM", width: 276, height: 240 });
  const pipes = [
    [d.pipe("M56,46 H78", "c_prev"), "c", 1],
    [d.pipe("M86,46 H128"), "kept", 0],
    [d.pipe("M148,46 H221", "c"), "c", 0],
    [d.pipe("M138,146 V110", "c_tilde"), "c_tilde", 0],
    [d.pipe("M138,102 V56"), "written", 0],
    [d.pipe("M248,60 V76", "c"), "c", 0],
    [d.pipe("M248,92 V164"), "tanh_c", 0],
    [d.pipe("M248,172 V210", "h"), "h", 0],
  ];
  const states = [
    [d.state(29, 46, "c", "c_prev"), "c", 1],
    [d.state(248, 46, "c", "c"), "c", 0],
    [d.state(29, 168, "h", "h_prev"), "h", 1],
    [d.state(248, 223, "h", "h", true), "h", 0],
  ];
  const valves = {
    f: d.valve(82, 46, { name: "f", sym: "f", upright: true, stem: "M82,84 V58" }),
    i: d.valve(138, 106, { name: "i", sym: "i", stem: "M156,106 H150", times: -19 }),
    o: d.valve(248, 168, { name: "o", sym: "o", stem: "M231,168 H236" }),
  };
  d.plus(138, 46);
  d.pill(248, 84, "tanh");
  const boxes = {
    f: d.box(82, 106, {
      letter: "f",
      sym: "f",
      role: "keep",
      name: "f",
      kind: "gate",
      from: "left",
    }),
    i: d.box(185, 106, {
      letter: "i",
      sym: "i",
      role: "write",
      name: "i",
      kind: "gate",
      from: "right",
    }),
    c_tilde: d.box(138, 168, {
      letter: "c̃",
      sym: "c_tilde",
      role: "new",
      name: "c_tilde",
      kind: "candidate",
      from: "below",
    }),
    o: d.box(202, 168, {
      letter: "o",
      sym: "o",
      role: "read",
      name: "o",
      kind: "gate",
      from: "below",
    }),
  };
  const flows = {
    kept: d.label(107, 30, "kept"),
    written: d.label(146, 74, "written", "start"),
    tanh_c: d.label(240, 137, "tanh_c", "end"),
  };
  return { d, pipes, states, valves, boxes, flows };
}

export function gruCell() {
  const d = drawing({ title: "One step of the GRU", width: 214, height: 240 });
  const pipes = [
    [d.pipe("M56,46 H78", "h_prev"), "h_gru", 1],
    [d.pipe("M86,46 H128"), "kept_gru", 0],
    [d.pipe("M148,46 H158", "h"), "h_gru", 0],
    [d.pipe("M138,146 V110", "h_tilde"), "h_tilde", 0],
    [d.pipe("M138,102 V56"), "written_gru", 0],
    [d.pipe("M29,60 V164", "h_prev"), "h_gru", 1],
    [d.pipe("M29,172 V228 H138 V190"), "reset", 0],
  ];
  const states = [[d.state(29, 46, "h_gru", "h_prev"), "h_gru", 1], [
    d.state(185, 46, "h_gru", "h"),
    "h_gru",
    0,
  ]];
  const valves = {
    z: d.valve(82, 46, { name: "z", sym: "z", upright: true, stem: "M82,84 V58" }),
    rest: d.valve(138, 106, { name: "rest", sym: "z", stem: "M111,106 H126" }),
    r: d.valve(29, 168, { name: "r", sym: "r", stem: "M46,168 H41", times: -19 }),
  };
  d.plus(138, 46);
  const boxes = {
    z: d.box(82, 106, {
      letter: "z",
      sym: "z",
      role: "keep",
      name: "z",
      kind: "gate",
      from: "below",
    }),
    h_tilde: d.box(138, 168, {
      letter: "h̃",
      sym: "h_tilde",
      role: "new",
      name: "h_tilde",
      kind: "candidate",
      from: "right",
    }),
    r: d.box(75, 168, {
      letter: "r",
      sym: "r",
      role: "reset",
      name: "r",
      kind: "gate",
      from: "below",
    }),
  };
  d.text(
    172,
    99,
    { class: "role", "data-sym": "z", "text-anchor": "start" },
    "1 − ",
    svg("tspan", { class: "letter" }, "z"),
  );
  const flows = {
    kept_gru: d.label(107, 30, "kept_gru"),
    written_gru: d.label(146, 74, "written_gru", "start"),
    rest: d.label(172, 115, "rest", "start", "z"),
    reset: d.label(107, 213, "reset"),
  };
  return { d, pipes, states, valves, boxes, flows };
}

export function simpleCell() {
  const d = drawing({ title: "One step of the simple update", width: 146, height: 240 });
  const pipes = [
    [d.pipe("M29,60 V84", "h_prev"), "h_simple", 1],
    [d.pipe("M29,128 V168 H63"), "from_h", 0],
    [d.pipe("M83,168 H117 V128"), "sum_simple", 0],
    [d.pipe("M117,84 V60", "h"), "h_simple", 0],
  ];
  const states = [[d.state(29, 46, "h_simple", "h_prev"), "h_simple", 1], [
    d.state(117, 46, "h_simple", "h"),
    "h_simple",
    0,
  ]];
  const W_h = d.box(29, 106, {
    letter: ["× ", ...tspans("W_h")],
    sym: "W_h",
    role: "",
    name: "simple",
    kind: "weight",
    from: null,
  });
  d.plus(73, 168);
  const squash = d.box(117, 106, {
    letter: "",
    sym: null,
    role: "tanh of",
    name: "sum_simple",
    kind: "squash",
    from: null,
  });
  d.parts.appendChild(
    svg("path", { class: "stub", "data-sym": "W_x", d: "M73,201 V181", "marker-end": d.arrow.url }),
  );
  const letter = (sym) =>
    svg(
      "tspan",
      { "data-sym": sym },
      ...(sym.includes("_") ? tspans(sym) : [svg("tspan", { "font-style": "italic" }, sym)]),
    );
  d.text(
    73,
    213,
    { class: "symbol" },
    letter("x"),
    " ",
    letter("W_x"),
    svg("tspan", { dy: -4 }, " + "),
    letter("b"),
  );
  const flows = { from_h: d.label(44, 156, "from_h") };
  return { d, pipes, states, valves: {}, boxes: {}, flows, W_h, squash };
}

// Bring a drawing up to date: before step 1 only the initial state is known.
export function showCell(
  { d, pipes, states, valves, boxes, flows, W_h, squash },
  run,
  t,
  { held, since, simple },
  words,
) {
  const full = Math.max(
    1,
    ...states.flatMap(([, name]) => run[name]).filter(Number.isFinite).map(Math.abs),
  );
  const value = (name) => (t > 0 ? run[name][t] : null);
  const isHeld = (name) => t >= since && GATES.includes(name) && held[GATES.indexOf(name)] !== FREE;
  for (const [set, name, back] of pipes) set(t > 0 ? run[name][t - back] : null, full);
  for (const [set, name, back] of states) {
    set(t - back, t - back < 0 ? "t−1" : t - back, t - back < 0 ? null : run[name][t - back]);
  }
  for (const [name, set] of Object.entries(valves)) set(t, value(name));
  for (const [name, set] of Object.entries(boxes)) set(t, value(name), isHeld(name));
  for (const [name, set] of Object.entries(flows)) set(t, value(name));
  W_h?.(1, simple[1]);
  squash?.(t, value("sum_simple"));
  d.describe(words);
}
