// Break the gradient: the historical mistakes, and which check catches them.

import { html, NONE, number, put, svg, symbol, tag, tspans, write } from "../shared/dom.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { group, symbolButton, widget } from "../shared/frame/frame.js";
import { equal, lengths, numberAt } from "../shared/algebra.js";
import { python, shown, shownBriefly } from "../shared/numbers.js";
import { plot } from "../shared/plot.js";
import { agree, recurrentFields } from "../shared/recurrent.js";
import {
  ARRAYS,
  BOUND,
  flat,
  KINDS,
  largestOf,
  mapped,
  MISTAKES,
  TOLERANCE,
  trace,
} from "./trace.js";

const SYM = { X: "x", W_x: "W_x", W_h: "W_h", b: "b", h0: "h_prev" };
const PARAMS = [...ARRAYS, "dS", ...KINDS];
// --- What is shown ---------------------------------------------------------------

// The backward pass, line by line, each beside the forward line that it answers.  A part is a
// text, [text, symbol], or a slip {kind, right, wrong}.
const slip = (kind, right, wrong = "") => ({ kind, right, wrong });
const [x, S, W_x, W_h] = [["X[:, k]", "x"], ["S[:, k]", "h_prev"], ["W_x", "W_x"], ["W_h", "W_h"]];
const plus = slip("no_accumulation", "+=", "=");
const LISTING = [
  [["S[:, 0] = ", ["h0", "h_prev"]], [["dh_next", "dh_prev"], " = np.zeros_like(h0)"]],
  [["for k in range(T):"], ["for k in reversed(range(T)):"]],
  [["    L += np.sum(dS[:, k] * ", ["S[:, k+1]", "h"], ")"], [
    "    ",
    ["dh", "dh"],
    " = dS[:, k]",
    slip("no_future", " + dh_next"),
  ]],
  [["    ", ["S[:, k+1]", "h"], " = np.tanh(", ["z", "z"], ")"], [
    "    ",
    ["dz", "dz"],
    " = dh",
    slip("no_slope", " * (1 - S[:, k+1]**2)"),
  ]],
  [["    ", ["z", "z"], " = ", x, " @ ", W_x], [
    "    ",
    ["dX[:, k]", "dx"],
    " = dz @ ",
    W_x,
    slip("no_transpose_x", ".T"),
  ]],
  [[], ["    ", ["dW_x", "dW_x"], " ", plus, " ", x, ".T @ dz"]],
  [["        + ", S, " @ ", W_h], [
    "    ",
    ["dh_next", "dh_prev"],
    " = dz @ ",
    W_h,
    slip("no_transpose", ".T"),
  ]],
  [[], [
    "    ",
    ["dW_h", "dW_h"],
    " ",
    plus,
    " ",
    slip("same_state", "S[:, k]", "S[:, k+1]"),
    ".T @ dz",
  ]],
  [["        + ", ["b", "b"]], ["    ", ["db", "db"], " ", plus, " dz.sum(axis=0)"]],
];

function listing() {
  const slips = []; // {kind, kept, struck, put}
  const notes = []; // {kinds, note, row}
  const part = (row) => (item) => {
    if (typeof item === "string") return item;
    if (Array.isArray(item)) return html("span", { "data-sym": item[1] }, item[0]);
    const nodes = {
      kind: item.kind,
      kept: html("span", {}, item.right),
      struck: html("del", { "data-sym": item.kind }, item.right),
      put: html("ins", { "data-sym": item.kind }, item.wrong),
    };
    slips.push({ ...nodes, wrong: item.wrong });
    row.kinds.push(item.kind);
    return [nodes.kept, nodes.struck, nodes.put];
  };
  const rows = LISTING.map(([fore, back]) => {
    const row = { kinds: [] };
    row.note = html("span", { class: "comment" });
    row.fore = html(
      "code",
      { class: fore.length ? "fore" : "fore none" },
      ...fore.flatMap(part(row)),
    );
    row.back = html("code", { class: "back" }, ...back.flatMap(part(row)), row.note);
    notes.push(row);
    return [row.fore, row.back];
  });
  const head = ["the forward pass", "the backward pass, which answers it"].map((text) =>
    html("small", { class: "head" }, text)
  );
  const element = group(
    "code pairs",
    "The backward pass, each line beside the forward line that it answers",
    true,
  );
  put(element, {}, ...head, ...rows.flat());

  function update(made) {
    slips.forEach(({ kind, kept, struck, put: wrong, wrong: text }) => {
      kept.hidden = made[kind];
      struck.hidden = !made[kind];
      wrong.hidden = !made[kind] || text === "";
    });
    notes.forEach(({ kinds, note, back }) => {
      const on = kinds.filter((kind) => made[kind]);
      write(note, on.length ? `    # wrong: ${on.map((kind) => MISTAKES[kind]).join("; ")}` : "");
      note.hidden = on.length === 0;
      back.classList.toggle("active", on.length > 0);
    });
  }
  return { element, update };
}

const NUMBER = "#"; // stands among the parts of a sentence for its number
const symbolOrText = (text) => (ARRAYS.includes(text) ? symbol(text) : [text]);

function renumber(node, name, index, value) {
  put(node, tag(name, index, value));
  write(node, shown(value));
}

// Which check catches which mistake: what is switched on now, then each mistake alone.
function checks({ save, signal, training }) {
  const cell = () => html("td");
  const row = (head, attributes = {}) => {
    const cells = [cell(), cell(), cell()];
    return {
      cells,
      tr: html(
        "tr",
        attributes,
        html("th", { scope: "row", "data-sym": attributes["data-sym"] }, head),
        ...cells,
      ),
    };
  };
  const now = html("span");
  const current = row(now, { class: "now" });
  const rows = KINDS.map((kind) => {
    const input = html("input", { type: "checkbox", role: "switch", "aria-label": MISTAKES[kind] });
    input.addEventListener("change", () => save({ [kind]: input.checked }), { signal });
    return {
      kind,
      input,
      ...row(html("label", { class: "switch" }, input, html("span", {}, ...wordsOf(kind))), {
        "data-sym": kind,
      }),
    };
  });
  const totals = row("caught");
  const heads = ["the mistake", "the shapes", "the gradient check", "training"].map((text) =>
    html("th", { scope: "col" }, text)
  );
  const element = html(
    "table",
    { class: "checks" },
    html("caption", {}, "Switch a mistake on. Which check catches it?"),
    html("thead", {}, html("tr", {}, ...heads)),
    html("tbody", {}, ...rows.map(({ tr }) => tr), totals.tr, current.tr),
  );
  // What a cell says is made anew only when the words change, not with every number.
  const say = (box, caught, word, [name, index, value], ...details) => {
    const form = JSON.stringify([caught, word, name, index, details]);
    if (box.dataset.form !== form) {
      const parts = details.map((
        part,
      ) => (part === NUMBER
        ? number(name, index, value, undefined, "")
        : Array.isArray(part)
        ? html("span", { class: "which" }, ...part.flatMap(symbolOrText))
        : part)
      );
      put(
        box,
        { class: caught === null ? "none" : caught ? "caught" : "missed", "data-form": form },
        html("b", {}, word),
        html("small", {}, ...parts),
      );
    } else if (name) renumber(box.querySelector(".num"), name, index, value);
  };
  const runs = training.accuracy[0].length;
  const falling =
    KINDS.filter((_, i) =>
      training.training_loss[2 ** i].at(-1) < 0.9 * training.training_loss[2 ** i][0]
    ).length;

  // One row: `errors` of the five gradients, `combination` the number of the mistakes made.
  function fill([shapes, gradient, trained], { errors, tagged, combination, wrongAtAll }) {
    const refused = Number.isNaN(errors[0]);
    const wrong = ARRAYS.filter((_, i) => errors[i] > TOLERANCE);
    const learnt = training.learnt[combination];
    if (!wrongAtAll) say(shapes, null, "nothing", []);
    else {say(
        shapes,
        refused,
        refused ? "caught" : "missed",
        [],
        refused ? "NumPy stops" : "all fit",
      );}
    if (refused) say(gradient, null, "not reached", [], "NumPy has stopped");
    else if (wrong.length) {
      say(
        gradient,
        true,
        "caught",
        tagged,
        "error ",
        NUMBER,
        wrong.length === ARRAYS.length
          ? [" in all five"]
          : [" in ", ...wrong.flatMap((name, i) => (i ? [", ", name] : [name]))],
      );
    } else if (wrongAtAll) say(gradient, false, "missed", [], "nothing changes here");
    else say(gradient, null, "all right", tagged, "error ", NUMBER);
    const caught = wrongAtAll ? learnt < runs / 2 : null;
    say(
      trained,
      caught,
      caught === null ? "works" : caught ? "caught" : "missed",
      ["learnt", [combination], learnt],
      NUMBER,
      ` of ${runs}`,
      [" runs"],
      " learn it",
    );
    return { shapes: refused, gradient: wrong.length > 0, training: learnt < runs / 2 };
  }

  function update(run, made, combination) {
    const caught = rows.map(({ kind, input, tr, cells }, i) => {
      input.checked = made[kind];
      tr.classList.toggle("on", made[kind]);
      return fill(cells, {
        errors: run.alone[i],
        tagged: ["alone_worst", [i], run.alone_worst[i]],
        combination: 2 ** i,
        wrongAtAll: true,
      });
    });
    const worst = run.error.indexOf(Math.max(...run.error));
    write(now, combination ? "what is on now" : "no mistake on");
    fill(current.cells, {
      errors: run.error,
      tagged: ["error", [worst], run.error[worst]],
      combination,
      wrongAtAll: combination > 0,
    });
    const count = (check) => caught.filter((row) => row[check]).length;
    const running = KINDS.length - count("shapes");
    write(totals.cells[0], `${count("shapes")} of ${KINDS.length}`);
    write(
      totals.cells[1],
      `${count("gradient")} of ${running}${running < KINDS.length ? " that run" : ""}`,
    );
    write(inTraining, `${count("training")} of ${KINDS.length}`);
  }
  const inTraining = html("span");
  put(totals.tr, { class: "totals" });
  put(totals.cells[2], {}, inTraining, html("small", {}, `the loss falls in ${falling}`));
  return { element, update };
}

// The words of a mistake, its symbols set as such; the same inside a drawing.
const wordsOf = (kind) =>
  MISTAKES[kind].split(" ").flatMap((
    word,
    i,
  ) => [i ? " " : "", ...(word.includes("_") ? symbol(word) : [word])]);
const drawn = (text) =>
  text.split(" ").flatMap((word, i, { length }) => {
    const [base, sub] = word.split("_");
    const space = i < length - 1 ? " " : "";
    return sub
      ? [...tspans(word), svg("tspan", { dy: -4 }, space || "\u200b")]
      : [`${base}${space}`];
  });

// A mark for each array: its shape is the second cue beside its colour.
const MARKS = {
  X: ["x", "M-4,-4 L4,4 M-4,4 L4,-4"],
  W_x: ["W", "M0,-5 L5,4 L-5,4 z"],
  W_h: ["W", "M-4,-4 H4 V4 H-4 z"],
  b: ["W", "M0,-5.5 L5.5,0 L0,5.5 L-5.5,0 z"],
  h0: ["h", "M-4.5,0 a4.5,4.5 0 1,0 9,0 a4.5,4.5 0 1,0 -9,0 z"],
};
const mark = (name, attributes = {}) =>
  svg("path", { class: `mark ${MARKS[name][0]}`, d: MARKS[name][1], ...attributes });

// Backward pass against numerical gradient: what is right lies on the diagonal.
function scatter(values, width) {
  const chart = plot({
    width,
    height: width - 6,
    title: "The backward pass against the numerical gradient",
    xName: "numerical gradient",
    yName: "backward pass",
  });
  const diagonal = svg("line", { class: "diagonal" });
  const empty = svg("text", {
    class: "tick",
    x: chart.box.right - 6,
    y: chart.box.bottom - 12,
    "text-anchor": "end",
  }, "no gradient to show");
  const dots = ARRAYS.flatMap((name) =>
    flat(
      mapped(
        values[name],
        (_, path) => ({
          name,
          path,
          off: svg("line", { class: "off" }),
          dot: mark(name, { "data-sym": `d${SYM[name]}` }),
        }),
      ),
    )
  );
  put(
    chart.marks,
    {},
    diagonal,
    empty,
    ...dots.map(({ off }) => off),
    ...dots.map(({ dot }) => dot),
  );

  function update(run) {
    const refused = Number.isNaN(run.error[0]);
    const size = Math.max(
      1e-6,
      ...ARRAYS.flatMap((name) => flat([run[`numerical_${name}`], refused ? 0 : run[`d${name}`]]))
        .map(Math.abs),
    );
    const power = 10 ** Math.floor(Math.log10(size));
    const reach = ([1, 1.5, 2, 3, 5, 7].find((m) => m * power >= 1.02 * size) ?? 10) * power;
    chart.scale({ x: [-reach, reach], y: [-reach, reach] });
    const [[x1, y1], [x2, y2]] = [chart.at(-reach, -reach), chart.at(reach, reach)];
    put(diagonal, { x1, y1, x2, y2 });
    put(empty, { visibility: refused ? "visible" : "hidden" });
    dots.forEach(({ name, path, off, dot }) => {
      const [right, given] = [
        numberAt(run[`numerical_${name}`], path),
        numberAt(run[`d${name}`], path),
      ];
      put(dot, { visibility: refused ? "hidden" : null });
      put(off, { visibility: refused ? "hidden" : null });
      if (refused) return put(dot, NONE);
      const [x, y] = chart.at(right, given);
      const onDiagonal = chart.at(right, right)[1];
      const wrong = numberAt(run.wrong[name], path);
      put(dot, {
        ...tag(`d${name}`, path, given),
        transform: `translate(${x.toFixed(2)},${y.toFixed(2)})`,
      });
      dot.classList.toggle("wrong", wrong);
      put(off, { x1: x, x2: x, y1: y, y2: wrong ? onDiagonal : y });
    });
    const wrong = ARRAYS.filter((_, i) => run.error[i] > TOLERANCE);
    chart.describe(
      refused
        ? "NumPy has stopped: there is no gradient."
        : wrong.length
        ? `Off the diagonal are numbers of ${wrong.join(", ")}.`
        : "All numbers lie on the diagonal.",
    );
  }
  return { element: chart.element, update };
}

// For each number of a gradient, whether it is wrong: off by a share of the largest of its array.
function wrongIn(run, name) {
  const [a, b] = [run[`d${name}`], run[`numerical_${name}`]];
  const most = TOLERANCE * largestOf(a, b);
  return mapped(a, (value, path) => Math.abs(value - numberAt(b, path)) > most);
}

const shapeOf = (value) =>
  `(${lengths(value).join(", ")}${lengths(value).length === 1 ? "," : ""})`;

// Each gradient as a matrix: above, what the backward pass gives; below, the numerical one.
function matrix(name, value) {
  const rows = lengths(value).length === 2 ? value : [value];
  const pathOf = (i, j) => (rows === value ? [i, j] : [j]);
  const cells = rows.map((row, i) =>
    row.map((_, j) => ({
      path: pathOf(i, j),
      box: html("td"),
      given: html("span", { class: "num", "data-sym": `d${SYM[name]}` }),
      sign: html("span", { class: "sign" }),
      right: html("span", { class: "num quiet" }),
    }))
  );
  const [said, errorAt] = [html("span"), html("span", { class: "num", "data-sym": "" })];
  const verdict = html("span", { class: "verdict" }, said, errorAt);
  const glyph = svg("svg", {
    class: "glyph",
    viewBox: "-7 -7 14 14",
    width: 14,
    height: 14,
    "aria-hidden": "true",
  }, mark(name));
  const title = html("span", { "data-sym": `d${SYM[name]}` }, ...symbol(`d${name}`));
  const caption = html(
    "caption",
    {},
    glyph,
    title,
    html("small", {}, ` ${shapeOf(value)} `),
    verdict,
  );
  const body = cells.map((row) =>
    html(
      "tr",
      {},
      ...row.map(({ box, given, sign, right }) =>
        put(box, {}, html("span", {}, sign, given), right)
      ),
    )
  );
  const element = html("table", { class: "gradient" }, caption, html("tbody", {}, ...body));

  function update(run) {
    const error = run.error[ARRAYS.indexOf(name)];
    const refused = Number.isNaN(error);
    const found = refused ? "" : error > TOLERANCE ? "wrong" : "right";
    put(verdict, { class: `verdict ${found}` });
    write(said, { wrong: "wrong by ", right: "right to " }[found] ?? "not computed");
    if (refused) put(errorAt, NONE) && write(errorAt, "");
    else renumber(errorAt, "error", [ARRAYS.indexOf(name)], error);
    cells.flat().forEach(({ path, box, given, sign, right }) => {
      const [a, b] = [numberAt(run[`d${name}`], path), numberAt(run[`numerical_${name}`], path)];
      write(right, shownBriefly(b));
      put(right, tag(`numerical_${name}`, path, b));
      write(given, refused ? "–" : shownBriefly(a));
      put(given, refused ? NONE : tag(`d${name}`, path, a));
      const wrong = !refused && numberAt(run.wrong[name], path);
      write(sign, wrong ? "≠" : "");
      box.classList.toggle("wrong", wrong);
    });
  }
  return { element, update };
}

// The loss while the toy task is trained: right, with each mistake alone, and with those on now.
function curves(training, width) {
  const epochs = training.training_loss[0].length;
  const chart = plot({
    width,
    height: 210,
    title: "The loss while the toy task is trained",
    xName: "epoch",
    yName: "loss",
  });
  chart.scale({ x: [1, epochs], y: [0, 0.8], whole: true });
  const path = (combination) =>
    chart.path(training.training_loss[combination].map((value, i) => [i + 1, value]));
  const last = (combination) => training.training_loss[combination].at(-1);
  const end = (combination, name) => {
    const [cx, cy] = chart.at(epochs, last(combination));
    return svg("circle", {
      class: `dot ${name}`,
      cx,
      cy,
      r: 3,
      ...tag("training_loss", [combination, epochs - 1], last(combination)),
    });
  };
  const thin = KINDS.map((kind, i) =>
    svg("path", { class: "line thin", "data-sym": kind, d: path(2 ** i) })
  );
  const right = svg("path", { class: "line right", d: path(0) });
  const now = svg("path", { class: "line gradient now" });
  const dot = svg("circle", { class: "dot gradient", r: 4 });
  // The names stand over the ends of the lines; those that end together share one.
  const ends = [[0, "the right gradient"], ...KINDS.map((kind, i) => [2 ** i, MISTAKES[kind]])].map(
    ([combination, text]) => ({ text, y: chart.at(0, last(combination))[1] }),
  ).sort((a, b) => a.y - b.y);
  const shared = [];
  ends.forEach(({ text, y }) => {
    if (shared.length && y - shared.at(-1).y < 6) shared.at(-1).texts.push(text);
    else shared.push({ y, texts: [text] });
  });
  const names = width < 420
    ? []
    : shared.flatMap(({ y, texts }) =>
      ["line-name halo", "line-name"].map((name) =>
        svg(
          "text",
          { class: name, x: chart.box.right - 4, y: y - 7, "text-anchor": "end" },
          drawn(texts.join(" · ")),
        )
      )
    );
  put(
    chart.marks,
    {},
    ...thin,
    right,
    ...KINDS.map((_, i) => end(2 ** i, "quiet")),
    end(0, ""),
    now,
    dot,
    ...names,
  );

  function update(combination) {
    const [cx, cy] = chart.at(epochs, last(combination));
    put(now, { d: path(combination) });
    put(dot, { cx, cy, ...tag("training_loss", [combination, epochs - 1], last(combination)) });
    const losses = training.training_loss[combination];
    chart.describe(
      `With what is on now the loss goes from ${shown(losses[0])} to ${
        shown(losses.at(-1))
      }; with the right gradient it goes to ${shown(last(0))}.`,
    );
  }
  return { element: chart.element, update };
}

function view({ values, root, note, save, signal, model }) {
  const training = model.get("training");
  const equation = html(
    "p",
    { class: "equation" },
    symbolButton("h_t", "h"),
    " = tanh(",
    symbolButton("x_t", "x"),
    symbolButton("W_x", "W_x"),
    " + ",
    symbolButton("h_t−1", "h_prev"),
    symbolButton("W_h", "W_h"),
    " + ",
    symbolButton("b", "b"),
    ")",
  );
  const shapes = html("p", { class: "legend" });
  const table = checks({ save, signal, training });
  const lines = listing();
  const sum = group("sum", "The worst number, and how the numerical gradient is made", true);
  const picture = html("div", { class: "frame" });
  const matrices = html("div", { class: "gradients" });
  const chart = html("div", { class: "frame" });
  const runs = html("p");
  const task = html(
    "p",
    {},
    html("b", {}, "Training. "),
    "Keep the first of six bits; Embedding(2, 8), SimpleRNN(8), Dense(8, 1), so ",
    ...symbol("W_x"),
    " is (8, 8) here. Each line is the middle one of five runs: ",
    html("span", { class: "key now" }, "thick"),
    ", what is on now; ",
    html("span", { class: "key right" }, "dashed"),
    ", the right gradient; ",
    html("span", { class: "key thin" }, "thin"),
    ", each mistake alone.",
  );
  let given, run, combination, dots, tables, learning;

  function compute(values) {
    given = values;
    run = trace(values);
    run.wrong = Object.fromEntries(ARRAYS.map((name) => [name, wrongIn(run, name)]));
    combination = KINDS.reduce((sum, kind, i) => sum + (values[kind] ? 2 ** i : 0), 0);
  }

  function draw() {
    const width = Math.max(chart.clientWidth || 640, 240);
    dots = scatter(given, Math.min(290, width, Math.max(250, Math.round(0.36 * width))));
    learning = curves(training, Math.min(width, 700));
    put(picture, {}, dots.element);
    put(chart, {}, learning.element);
  }

  function build() {
    put(root, { "data-mode": "vector" });
    root.querySelector(".presets").after(note); // what a preset says is read beside it
    tables = ["W_x", "W_h", "b", "h0", "X"].map((name) => matrix(name, given[name]));
    put(matrices, {}, ...tables.map(({ element }) => element));
    const { X, W_x, W_h, b, dS } = given;
    put(
      shapes,
      {},
      html(
        "small",
        {},
        "L = Σ ",
        ...symbol("dS_t"),
        " · ",
        ...symbol("h_t"),
        ". Shapes: ",
        ...symbol("x_t"),
        ` ${shapeOf(X[0])}, `,
        ...symbol("W_x"),
        ` ${shapeOf(W_x)}, `,
        ...symbol("h_t"),
        ` ${shapeOf(b)}, `,
        ...symbol("W_h"),
        ` ${shapeOf(W_h)}, `,
        html("i", {}, "b"),
        ` ${shapeOf(b)}, `,
        html("i", {}, "dS"),
        ` ${shapeOf(dS)}.`,
      ),
    );
    draw();
  }

  // Where the backward pass is worst: {name, path}.
  function worst() {
    const name = ARRAYS[run.error.indexOf(Math.max(...run.error))];
    let place = null;
    mapped(run[`d${name}`], (a, path) => {
      const off = Math.abs(a - numberAt(run[`numerical_${name}`], path));
      if (!place || off > place.off) place = { off, path };
    });
    return { name, path: place.path };
  }

  function showSum() {
    const refused = Number.isNaN(run.error[0]);
    const [units, features] = [given.W_h.length, given.W_x.length];
    const { name, path } = refused ? {} : worst();
    const value = (prefix) => numberAt(run[`${prefix}${name}`], path);
    const form = JSON.stringify([name, path, combination > 0, units, features]);
    if (sum.dataset.form === form) {
      sum.querySelectorAll(".num").forEach((node) => {
        if (node.dataset.name !== "run") {
          renumber(node, node.dataset.name, path, value(node.dataset.name.slice(0, -name.length)));
        }
      });
      return;
    }
    put(sum, { "data-form": form });
    if (refused) {
      put(
        sum,
        {},
        html(
          "p",
          {},
          "NumPy stops at the line of ",
          html("span", { "data-sym": "dx" }, html("i", {}, "dX")),
          ": ",
          html("i", {}, "dz"),
          ` is (1, ${units}), `,
          ...symbol("W_x"),
          ` (${features}, ${units}).`,
        ),
        html("p", { class: "message" }, html("code", {}, refusal(features, units))),
      );
      return;
    }
    const at = html(
      "span",
      { "data-sym": SYM[name] },
      ...symbol(name),
      ` ${path.map((i) => i + 1).join(",")}`,
    );
    const num = (prefix) =>
      number(
        `${prefix}${name}`,
        path,
        value(prefix),
        undefined,
        prefix === "d" ? `d${SYM[name]}` : "",
      );
    const small = (text) => html("small", {}, text);
    put(
      sum,
      {},
      html(
        "p",
        {},
        small(combination ? "The worst number, at " : "The least exact number, at "),
        at,
        small(". The backward pass says "),
        html("b", {}, num("d")),
        small("."),
      ),
      html(
        "p",
        {},
        small("Between "),
        at.cloneNode(true),
        small(" − ε and + ε the loss changes by "),
        num("rise_"),
        small("; divided by 2ε, "),
        num("rise_"),
        " / ",
        number("run", [], run.run),
        " = ",
        html("b", {}, num("numerical_")),
        small("."),
      ),
    );
  }

  function showRuns() {
    if (runs.dataset.form === String(combination)) return;
    put(runs, { "data-form": combination });
    const list = training.accuracy[combination].flatMap((
      value,
      i,
    ) => [i ? ", " : "", number("accuracy", [combination, i], value)]);
    put(
      runs,
      {},
      combination ? "With what is on now" : "With the right gradient",
      ", the five runs answer ",
      ...list,
      " % right in the end; guessing gives 50\u00a0%.",
    );
  }

  function show() {
    table.update(run, given, combination);
    lines.update(given);
    dots.update(run);
    tables.forEach((each) => each.update(run));
    learning.update(combination);
    showSum();
    showRuns();
  }

  function words() {
    const on = KINDS.filter((kind) => given[kind]).map((kind) => MISTAKES[kind]);
    const wrong = ARRAYS.filter((_, i) => run.error[i] > TOLERANCE);
    const found = Number.isNaN(run.error[0])
      ? "NumPy stops, the shapes do not fit"
      : wrong.length
      ? `the gradient check finds ${wrong.join(", ")} wrong`
      : "the gradient check finds all gradients right";
    return `${on.length ? `On: ${on.join("; ")}` : "No mistake is on"}. Here ${found}; ${
      training.learnt[combination]
    } of ${training.accuracy[0].length} runs learn the task.`;
  }

  function fieldGroups() {
    const later = {
      legend: "dS: what the loss sends to each state, a row per step, a column per unit",
      columns: given.b.length,
      fields: fieldsOf("dS", given.dS, "dh"),
    };
    const bounded = (group) => ({
      ...group,
      fields: group.fields.map((field) => ({ ...field, min: -BOUND, max: BOUND })),
    });
    return { groups: [...recurrentFields(values()), later].map(bounded), chosen: "W_h 1,2" };
  }

  return {
    head: [equation, shapes, html("div", { class: "frame" }, table.element), lines.element],
    body: [
      html(
        "div",
        { class: "compare" },
        picture,
        html(
          "div",
          {},
          html(
            "p",
            { class: "legend" },
            html(
              "small",
              {},
              "Above: the backward pass. Below: the numerical gradient. After “by” and “to”: the largest difference, as a share of the largest number, or of 0.001 where all are smaller.",
            ),
          ),
          matrices,
        ),
      ),
      sum,
      html("div", { class: "trained" }, task, chart, runs),
    ],
    compute,
    shape: () => ARRAYS.map((name) => lengths(given[name])),
    build,
    fields: fieldGroups,
    show,
    words,
    resized: draw,
  };
}

// What NumPy says of dz @ W_x.
const refusal = (features, units) =>
  `ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size ${features} is different from ${units})`;

// Whether all shapes agree: while Python changes several parameters in turn, they do not.
const fits = (values) =>
  agree(values) && Array.isArray(values.W_x) && values.X.length > 0 &&
  values.X.length <= 6 && values.W_x.length <= 4 && values.b.length <= 4 &&
  equal(lengths(values.dS), [values.X.length, values.b.length]) &&
  values.dS.every((row) => row.length === values.b.length) && [...ARRAYS, "dS"].every((name) =>
    flat(values[name]).every((value) => Math.abs(value) <= BOUND)
  ) && KINDS.every((kind) => typeof values[kind] === "boolean");

function inPython(values) {
  const on = KINDS.filter((kind) => values[kind]);
  const rows = (
    name,
  ) => (name === "X" || name === "dS" || name === "h0"
    ? `[${python(values[name])}]`
    : python(values[name]));
  return [
    "import numpy as np",
    "from rnncore.gradcheck import check",
    "from rnncore.states import compute_states",
    "from rnncore.widgets.mistakes import backpropagate",
    "",
    "given = {",
    ...ARRAYS.map((name) => `    "${name}": np.array(${rows(name)}),`),
    "}",
    `dS = np.array(${rows("dS")})`,
    `mistakes = [${on.map((kind) => `"${kind}"`).join(", ")}]`,
    "",
    "def loss(**given):",
    '    return np.sum(dS * compute_states(**given, activation="tanh")[:, 1:])',
    "",
    'S = compute_states(**given, activation="tanh")',
    'gradients = backpropagate(given["X"], S, dS, given["W_x"], given["W_h"], mistakes)',
    "report = check(loss, given, gradients._asdict())",
    "print(report)",
    "",
  ].join("\n");
}

export default widget({
  kind: "break-the-gradient",
  label: "Lab: break the gradient",
  params: PARAMS,
  valid: fits,
  presets: "Mistakes:",
  python: inPython,
  view,
});
