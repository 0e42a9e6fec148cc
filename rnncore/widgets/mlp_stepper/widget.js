// The forward pass of an MLP, layer by layer: z = x W + b, then the activation.

import { ACTIVATIONS, NAMES } from "../shared/activations.js";
import { html, NONE, number, put, symbol, tag, write } from "../shared/dom.js";
import { fieldsOf } from "../shared/frame/editor.js";
import { codeLines, group, symbolButton, widget } from "../shared/frame/frame.js";
import { lengths } from "../shared/algebra.js";
import { factor, python, shown, shownBriefly } from "../shared/numbers.js";
import {
  columnOf,
  counted,
  FORMS,
  indices,
  KNOWN,
  layers,
  MOST_LAYERS,
  MOST_ROWS,
  MOST_UNITS,
  rowOf,
  trace,
} from "./trace.js";

// What an activation takes at a time.
const taken = (name) => (name === "softmax" ? "each row" : "each number");

// A shape as Python writes it; the number at place `meets` is marked.
function shapeParts(shape, meets) {
  const marked = shape.flatMap((
    n,
    k,
  ) => [k ? ", " : "", k === meets ? html("b", { class: "meets" }, n) : String(n)]);
  return ["(", ...marked, shape.length === 1 ? ",)" : ")"];
}
const shapeText = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
const shapeSpan = (shape, meets) => html("span", { class: "shape" }, ...shapeParts(shape, meets));
const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));

// The loop as rows, one for each round: what goes in, the two arrows, what comes out.
function loopRows(list, { W }, shapeOf) {
  const L = W.length;
  const chip = (name, shape, meets) => {
    const known = shapeSpan(shape, meets);
    const unknown = html("span", { class: "shape", "aria-label": "not computed yet" }, "?");
    const node = html("span", { class: "chip" }, html("span", {}, ...symbol(name)), known, unknown);
    return {
      node,
      reach: (on) => {
        put(known, { hidden: !on });
        put(unknown, { hidden: on });
        put(node, { class: on ? "chip" : "chip waits" });
      },
    };
  };
  const arrow = (over, under) =>
    html(
      "span",
      { class: "arrow" },
      over,
      html("span", { class: "line", "aria-hidden": "true" }),
      under,
    );
  const rows = W.map((weights, i) => {
    const [inputs, units] = lengths(weights);
    const before = shapeOf(inputs);
    const chips = [
      chip(`x_${i}`, before, before.length - 1),
      chip(`z_${i + 1}`, shapeOf(units)),
      chip(`x_${i + 1}`, shapeOf(units)),
    ];
    const weight = html("span", {}, "@ ", ...symbol(`W_${i}`), " ", shapeSpan([inputs, units], 0));
    const bias = html("span", {}, "+ ", ...symbol(`B_${i}`), " ", shapeSpan([units]));
    const f = html("span", { class: "f" });
    const each = html("small");
    const round = html("span", { class: "round" }, html("i", {}, "i"), ` = ${i}`);
    const row = html(
      "li",
      {},
      round,
      chips[0].node,
      arrow(weight, bias),
      chips[1].node,
      arrow(f, each),
      chips[2].node,
    );
    return { row, chips, weight, bias, f, each };
  });
  const last = html("span", {});
  const end = html(
    "li",
    { class: "end" },
    html("span", { class: "round" }, html("i", {}, "i"), ` = ${L}`),
    last,
  );
  put(list, {}, ...rows.map(({ row }) => row), end);

  return (step, round, activations) => {
    rows.forEach(({ row, chips, weight, bias, f, each }, i) => {
      const now = i === round;
      put(row, { class: now ? "now" : null, "aria-current": now ? "step" : null });
      chips.forEach((c, k) => {
        c.reach(step >= 2 * i + k);
        put(c.node, { "data-sym": now ? ["x", "z", "x_next"][k] : null });
      });
      put(weight, { "data-sym": now ? "W" : null });
      put(bias, { "data-sym": now ? "b" : null });
      write(f, activations[i]);
      write(each, taken(activations[i]));
    });
    const over = step === 2 * L;
    put(end, { class: over ? "end now" : "end" });
    const [matrices, arrays] = [counted(L, "matrix", "matrices"), `${L + 1} arrays`];
    if (end.dataset.over === String(over)) return;
    put(end, { "data-over": over });
    put(
      last,
      {},
      "no ",
      ...symbol(`W_${L}`),
      ": the loop ends. ",
      ...(over
        ? [
          html("b", {}, `${matrices}, ${arrays}: `),
          ...symbol("x_0"),
          ` … `,
          ...symbol(`x_${L}`),
          ". ",
          html(
            "small",
            {},
            `One round more is an IndexError; one less stops at x[${L - 1}], shape ${
              shapeText(shapeOf(W[L - 1].length))
            }, without the output layer.`,
          ),
        ]
        : []),
    );
  };
}

// Numbers in rows, in cells that are made once and then filled.
function matrix(kind, rows, columns, inner = () => []) {
  const cells = indices(rows).map((r) =>
    indices(columns).map((c) => {
      const num = html("span", { class: "num" });
      return {
        num,
        box: html(kind === "z" ? "label" : "span", { class: "cell" }, ...inner(r, c), num),
      };
    })
  );
  const lines = cells.map((row) => html("span", { class: "row" }, ...row.map(({ box }) => box)));
  const element = html("div", { class: `matrix ${kind}`, role: "group" }, ...lines);
  // values: rows of numbers; at(r, c): the place of one; text(value); reached: whether they are
  // known; look(r, c): the class of a cell.
  function fill(values, { name, at, text, reached = true, look = () => "" }) {
    lines.forEach((line, r) => put(line, { hidden: r >= values.length }));
    cells.forEach((row, r) =>
      row.forEach(({ num, box }, c) => {
        const value = values[r]?.[c];
        const there = value !== undefined;
        put(box, { hidden: !there, class: there ? `cell ${look(r, c)}` : "cell" });
        put(num, there && reached ? tag(name, at(r, c), value) : NONE);
        write(num, there && reached ? text(value) : "");
      })
    );
  }
  return { element, cells, fill };
}

// Where a row of x and a column of W meet: x stands left of z, W above it.
function meeting(frame, { x0, W, form }, choose, signal) {
  const rows = form === "vector" ? 1 : x0.length;
  const most = (axis) => Math.max(...W.map((weights) => lengths(weights)[axis]));
  const name = `rnn-cell-${Math.random().toString(36).slice(2)}`;
  const radios = indices(rows).map(() => []);
  const radio = (r, c) => {
    radios[r][c] = html("input", { type: "radio", name });
    radios[r][c].addEventListener("change", () => choose(r, c), { signal });
    return [
      radios[r][c],
      html(
        "span",
        { class: "live" },
        form === "vector" ? `number ${c + 1}: ` : `row ${r + 1}, column ${c + 1}: `,
      ),
    ];
  };
  const parts = {
    W: matrix("W", most(0), most(1)),
    B: matrix("B", 1, most(1)),
    x: matrix("x", rows, most(0)),
    z: matrix("z", rows, most(1), radio),
    next: matrix("next", rows, most(1)),
  };
  put(parts.z.element, { role: "radiogroup" });
  const captions = Object.fromEntries(
    Object.keys(parts).map((key) => {
      const [title, shape, word] = [html("span"), html("span", { class: "shape" }), html("small")];
      return [key, {
        title,
        shape,
        word,
        element: html("span", { class: `caption of-${key}` }, title, " ", shape, word),
      }];
    }),
  );
  const across = html("span", { class: "across", "aria-hidden": "true" }, "→");
  const f = html("span", { class: "f" });
  const bend = html(
    "span",
    { class: "bend" },
    f,
    html("span", { class: "line", "aria-hidden": "true" }),
  );
  const board = html(
    "div",
    { class: "board" },
    ...Object.values(parts).map(({ element }) => element),
    across,
    bend,
    ...Object.values(captions).map(({ element }) => element),
  );
  put(frame, {}, board);

  // A tap on a row of x, on a column of W, or on a number that comes out, looks there.
  const places = new Map();
  for (const [key, { cells }] of Object.entries(parts)) {
    if (key === "z") continue;
    cells.forEach((row, r) =>
      row.forEach(({ box }, c) =>
        places.set(box, [key === "x" || key === "next" ? r : null, key === "x" ? null : c])
      )
    );
  }
  board.addEventListener("click", (event) => {
    const place = places.get(event.target.closest(".cell"));
    if (place) choose(...place);
  }, { signal });
  board.addEventListener("keydown", (event) => {
    const by =
      { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const r = radios.findIndex((row) => row.includes(event.target));
    if (!by || r < 0) return;
    event.preventDefault();
    const c = radios[r].indexOf(event.target) + by[1];
    const to = radios[r + by[0]]?.[c];
    if (!to || to.closest("[hidden]")) return;
    to.focus();
    choose(r + by[0], c);
  }, { signal });

  // The cells as wide as there is room for; the activation beside the sums, or under them.
  let text = shown;
  let looked; // the layer and the cell that were last brought into view
  function fit() {
    const room = frame.clientWidth || 640;
    const [inputs, units] = [most(0), most(1)];
    const beside = Math.floor(
      (room - 140) / Math.max(...W.map((weights) => weights.length + 2 * weights[0].length)),
    );
    const stacked = beside < 50;
    const width = stacked
      ? Math.max(44, Math.min(58, Math.floor((room - 34) / (inputs + units))))
      : Math.min(62, beside);
    put(board, {
      class: stacked ? "board stacked" : "board",
      style: `--cell: ${width}px; font-size: ${
        width < 50 ? 11 : 13
      }px; --in: ${inputs}; --out: ${units}`,
    });
    text = (value) => (width >= 58 && shown(value).length < 7 ? shown(value) : shownBriefly(value));
  }
  fit();

  function update({ x, z }, values, shapeOf, step, i) {
    const { W, B, activations, form } = values;
    const [r, c] = [rowOf(values), columnOf(values, i)];
    const vector = form === "vector";
    const bends = step === 2 * i + 2; // else the sum is what is looked at
    const known = [step >= 2 * i + 1, bends];
    const at = (first) => (row, column) => (vector ? [first, column] : [first, row, column]);
    const on = (yes) => (yes ? "on" : "");
    const here = (row, column) => row === r && column === c;
    parts.x.fill(x[i], { name: "x", at: at(i), text, look: (row) => on(!bends && row === r) });
    parts.W.fill(W[i], {
      name: "W",
      at: (k, j) => [i, k, j],
      text,
      look: (_, j) => on(!bends && j === c),
    });
    parts.B.fill([B[i]], {
      name: "B",
      at: (_, j) => [i, j],
      text,
      look: (_, j) => on(!bends && j === c),
    });
    const way = (row, column) => !bends && ((row === r && column < c) || (column === c && row < r));
    const feeds = (row) => bends && activations[i] === "softmax" && row === r;
    parts.z.fill(z[i + 1], {
      name: "z",
      at: at(i + 1),
      text,
      reached: known[0],
      look: (
        row,
        column,
      ) => (here(row, column) ? "on here" : feeds(row) ? "on" : way(row, column) ? "way" : ""),
    });
    parts.next.fill(x[i + 1], {
      name: "x",
      at: at(i + 1),
      text,
      reached: known[1],
      look: (row, column) =>
        on(bends && here(row, column)) + (bends && here(row, column) ? " here" : ""),
    });

    const focused = radios.flat().includes(frame.getRootNode().activeElement);
    radios.forEach((line, row) =>
      line.forEach((input, column) => {
        input.checked = here(row, column);
      })
    );
    if (focused) radios[r][c].focus();

    const f = activations[i];
    const words = {
      W: [`W_${i}`, lengths(W[i]), "weights", "W"],
      B: [`B_${i}`, [B[i].length], vector ? "bias" : "bias, added to each row", "b"],
      x: [`x_${i}`, shapeOf(W[i].length), vector ? "one example" : "a row per example", "x"],
      z: [`z_${i + 1}`, shapeOf(B[i].length), "weighted sums", "z"],
      next: [
        `x_${i + 1}`,
        shapeOf(B[i].length),
        f === "linear" ? "the same numbers" : `${f} of ${taken(f)}`,
        "x_next",
      ],
    };
    for (const [key, [title, shape, word, light]] of Object.entries(words)) {
      const caption = captions[key];
      const waits = (key === "z" && !known[0]) || (key === "next" && !known[1]);
      put(parts[key].element, {
        "data-sym": light,
        class: `matrix ${key}${waits ? " waits" : ""}`,
        "aria-label": key === "z"
          ? `Which number of ${title} to look at`
          : waits
          ? `${title}, not computed yet`
          : `${title}, shape ${shapeText(shape)}`,
      });
      put(caption.element, { "data-sym": light });
      if (caption.title.dataset.is !== title) {
        put(caption.title, { "data-is": title }, ...(key === "B" ? ["+ "] : []), ...symbol(title));
      }
      write(caption.shape, waits ? "" : shapeText(shape));
      write(caption.word, word);
    }
    put(board, { "data-phase": bends ? "activation" : "sum" });
    put(across, { style: `--row: ${r}`, class: bends ? "across" : "across on" });
    put(bend, { class: bends ? "bend on" : "bend" });
    write(bend.firstChild, f);

    if (looked === `${i},${r},${c}`) return;
    looked = `${i},${r},${c}`;
    if (frame.scrollWidth > frame.clientWidth) { // on a phone a wide layer is scrolled
      const [cell, around] = [parts.z.cells[r][c].box, frame].map((node) =>
        node.getBoundingClientRect()
      );
      frame.scrollLeft += cell.left + cell.width / 2 - around.left - around.width / 2;
    }
  }
  return { update, fit };
}

// f(z) of one number, written out; `row` holds the z of its row as numbers on the page.
function bent(name, row, c) {
  const e = (z) => ["e", html("sup", {}, z)];
  if (name === "linear") return [row(c)];
  if (name === "relu") return ["max(0, ", row(c), ")"];
  if (name === "tanh") return ["tanh(", row(c, shown), ")"];
  if (name === "sigmoid") return ["1 / (1 + ", ...e(["−", row(c)].flat()), ")"];
  const all = row();
  return [...e([row(c)]), " / (", ...all.flatMap((z, j) => [j ? " + " : "", ...e([z])]), ")"];
}

function view({ values, root, save, signal }) {
  const now = Object.fromEntries(
    ["z_1", "x_0", "W_0", "B_0", "x_1", "z_1 again"].map((
      key,
      k,
    ) => [key, symbolButton(key.split(" ")[0], ["z", "x", "W", "b", "x_next", "z"][k])]),
  );
  const f = html("span", { class: "f" });
  const equation = html(
    "p",
    { class: "equation" },
    html("span", {}, now.z_1, " = ", now.x_0, now.W_0, " + ", now.B_0),
    " ",
    html("span", {}, now.x_1, " = ", f, "(", now["z_1 again"], ")"),
  );
  const loop = html("ol", {
    class: "rounds",
    "aria-label": "The loop over the layers: a row for each round",
  });
  const frame = group("frame", "The product of this layer: the row and the column that meet", true);
  const sum = group("sum", "The arithmetic of this step", true);
  const one = group("sum one", "One layer that does the same", true);
  const code = group("code", "The code that runs", true);
  let run, more, rounds, picture, collapse;
  let named; // the round that the fields' symbols belong to

  const roundOf = (step) => Math.max(0, Math.ceil(step / 2) - 1);
  const shapeOf = (n) => (values().form === "vector" ? [n] : [values().x0.length, n]);
  const place = (
    r,
    c,
  ) => (values().form === "vector" ? `, number ${c + 1}` : `, row ${r + 1}, column ${c + 1}`);
  const at = (first, r, c) => (values().form === "vector" ? [first, c] : [first, r, c]);
  const hiddenLinear = () =>
    values().W.length > 1 && values().activations.slice(0, -1).every((name) => name === "linear");

  function choose(r, c) {
    const { form, cell } = values();
    save({ cell: [r === null || form === "vector" ? cell[0] : r, c ?? cell[1]] });
  }

  function compute(values) {
    run = layers(values);
    more = trace(values);
  }

  function showEquation(i) {
    const texts = {
      z_1: `z_${i + 1}`,
      x_0: `x_${i}`,
      W_0: `W_${i}`,
      B_0: `B_${i}`,
      x_1: `x_${i + 1}`,
      "z_1 again": `z_${i + 1}`,
    };
    write(f, values().activations[i]);
    if (equation.dataset.round === String(i)) return;
    put(equation, { "data-round": i });
    for (const [key, button] of Object.entries(now)) {
      put(button, { "aria-label": `Light up ${texts[key]}` }, ...symbol(texts[key]));
    }
  }

  const numberOf = (name, index, value, text, light) =>
    number(name, index, value, text(value), light);

  function showSum(step, i) {
    const { W, B, activations, form } = values();
    const [r, c] = [rowOf(values()), columnOf(values(), i)];
    const [inputs, units] = lengths(W[i]);
    const line = (...parts) => html("p", {}, ...parts);
    const before = shapeOf(inputs);
    const spot = (light, title) => [sym(title, light), html("small", {}, place(r, c))];
    if (step === 0) {
      const what = form === "vector"
        ? `one example of ${counted(inputs, "number")}, no batch axis`
        : `${counted(before[0], "example")} in rows, ${counted(inputs, "number")} each`;
      return put(
        sum,
        {},
        line(
          sym("x_0", "x"),
          " is the input, shape ",
          shapeSpan(before),
          html("small", {}, `  ${what}`),
        ),
      );
    }
    const z = (j, text = factor) => numberOf("z", at(i + 1, r, j), run.z[i + 1][r][j], text, "z");
    if (step === 2 * i + 2) {
      const row = (
        j,
        text,
      ) => (j === undefined
        ? run.z[i + 1][r].map((_, k) => z(k, shown))
        : z(j, text ?? (activations[i] === "sigmoid" ? factor : shown)));
      const each = {
        softmax: "softmax takes a whole row, and makes it sum to 1",
        linear: "linear leaves each number as it is",
      }[activations[i]] ?? `${activations[i]} takes each number by itself`;
      return put(
        sum,
        {},
        line(
          shapeSpan(shapeOf(units)),
          " → ",
          shapeSpan(shapeOf(units)),
          html("small", {}, `  ${each}`),
        ),
        line(...spot("x_next", `x_${i + 1}`), " = ", ...bent(activations[i], row, c)),
        line(
          "= ",
          html("b", {}, numberOf("x", at(i + 1, r, c), run.x[i + 1][r][c], shown, "x_next")),
        ),
      );
    }
    const pair = (k) =>
      html(
        "span",
        { class: "pair" },
        numberOf("x", at(i, r, k), run.x[i][r][k], factor, "x"),
        " × ",
        numberOf("W", [i, k, c], W[i][k][c], factor, "W"),
      );
    const plus = (parts) => parts.flatMap((part, k) => (k ? [" + ", part] : [part]));
    const bias = () => numberOf("B", [i, c], B[i][c], factor, "b");
    const meet = form === "vector" ? `column ${c + 1} of` : `row ${r + 1} of`;
    put(
      sum,
      {},
      line(
        shapeSpan(before, before.length - 1),
        " @ ",
        shapeSpan([inputs, units], 0),
        " + ",
        shapeSpan([units]),
        " → ",
        shapeSpan(shapeOf(units)),
        html("small", {}, `  ${inputs} meets ${inputs}, and both are gone`),
      ),
      line(
        ...spot("z", `z_${i + 1}`),
        " = ",
        html(
          "small",
          {},
          ...(form === "vector"
            ? [sym(`x_${i}`, "x"), " · "]
            : [`${meet} `, sym(`x_${i}`, "x"), " · "]),
          `column ${c + 1} of `,
          sym(`W_${i}`, "W"),
          ` + number ${c + 1} of `,
          sym(`B_${i}`, "b"),
        ),
      ),
      line("= ", ...plus([...indices(inputs).map(pair), bias()])),
      line(
        "= ",
        ...plus([
          ...more.products[i].map((value, k) =>
            numberOf("products", [i, k], value, k ? factor : shown, "")
          ),
          bias(),
        ]),
      ),
      line("= ", html("b", {}, z(c, shown))),
    );
  }

  // Without activations between them, all layers are one: its matrix, and the same number from it.
  function showOne(step) {
    const { W } = values();
    const L = W.length;
    put(one, { hidden: !(hiddenLinear() && step === 2 * L) });
    if (one.hidden) return;
    const [r, c] = [rowOf(values()), columnOf(values(), L - 1)];
    const text = (value) => (shown(value).length < 7 ? shown(value) : shownBriefly(value));
    collapse.W.fill(more.W_one, {
      name: "W_one",
      at: (k, j) => [k, j],
      text,
      look: (_, j) => (j === c ? "on" : ""),
    });
    collapse.B.fill([more.b_one], {
      name: "b_one",
      at: (_, j) => [j],
      text,
      look: (_, j) => (j === c ? "on" : ""),
    });
    put(
      collapse.line,
      {},
      sym(`z_${L}`, "z"),
      html("small", {}, place(r, c)),
      " = ",
      ...run.x[0][r].flatMap((
        value,
        k,
      ) => [
        html(
          "span",
          { class: "pair" },
          numberOf("x", at(0, r, k), value, factor, ""),
          " × ",
          numberOf("W_one", [k, c], more.W_one[k][c], factor, ""),
        ),
        " + ",
      ]),
      numberOf("b_one", [c], more.b_one[c], factor, ""),
      " = ",
      html("b", {}, numberOf("z", at(L, r, c), run.z[L][r][c], shown, "z")),
    );
  }

  function buildOne() {
    const { W, B } = values();
    const L = W.length;
    collapse = {
      W: matrix("W", W[0].length, B[L - 1].length),
      B: matrix("B", 1, B[L - 1].length),
      line: html("p"),
    };
    const product = indices(L).flatMap((i) => symbol(`W_${i}`));
    put(
      one,
      {},
      html(
        "p",
        {},
        "No activation between the layers, so one matrix does the work of all: ",
        html("span", { class: "nowrap" }, html("i", {}, "W"), " = ", ...product),
        ", shape ",
        shapeSpan(lengths(more.W_one)),
        ", and a bias ",
        html("i", {}, "b"),
        " ",
        shapeSpan([more.b_one.length]),
      ),
      html(
        "div",
        { class: "pairs" },
        html("span", { class: "named" }, html("i", {}, "W"), collapse.W.element),
        html("span", { class: "named" }, html("i", {}, "b"), collapse.B.element),
      ),
      collapse.line,
    );
  }

  function showCode(step, i) {
    const { W, activations } = values();
    const L = W.length;
    const span = (text, name) => html("span", { "data-sym": name }, text);
    const form = [step, activations].join();
    if (code.dataset.form === form) return;
    put(code, { "data-form": form });
    const comment = (text) => html("span", { class: "comment" }, `  # ${text}`);
    codeLines(code, [
      [span("x", ""), " = [", span("x0", i === 0 ? "x" : ""), "]"],
      [
        "for i in range(len(W)):",
        comment(step === 0 ? `${counted(L, "round")}` : `i = ${i} of 0 … ${L - 1}`),
      ],
      [
        "    ",
        span("z", "z"),
        " = ",
        span("x[i]", "x"),
        " @ ",
        span("W[i]", "W"),
        " + ",
        span("B[i]", "b"),
      ],
      [
        "    ",
        span("x.append", "x_next"),
        "(f[i](",
        span("z", "z"),
        "))",
        comment(`f[${i}] is ${activations[i]}`),
      ],
      ...(step === 2 * L ? [["y = x[-1]", comment(`x[${L}], the output`)]] : []),
    ], step === 0 ? 0 : 3 - (step % 2));
  }

  function words(step) {
    const { W, B, activations } = values();
    const L = W.length;
    const i = roundOf(step);
    const [r, c] = [rowOf(values()), columnOf(values(), i)];
    const of = `Step ${step} of ${2 * L}`;
    const units = shapeText(shapeOf(B[i].length));
    if (step === 0) return `${of}: the input x_0, shape ${shapeText(shapeOf(W[0].length))}.`;
    if (step % 2) {
      const terms = run.x[i][r].map((value, k) => `${factor(value)} × ${factor(W[i][k][c])}`);
      return `${of}, i = ${i}: z_${i + 1}, shape ${shapeText(shapeOf(W[i].length))} @ ${
        shapeText(lengths(W[i]))
      } + ${shapeText([B[i].length])} → ${units}${place(r, c)}: ${
        [...terms, factor(B[i][c])].join(" + ")
      } = ${shown(run.z[i + 1][r][c])}.`;
    }
    const end = step === 2 * L
      ? ` The loop ends: ${counted(L, "matrix", "matrices")}, ${L + 1} arrays.`
      : "";
    return `${of}, i = ${i}: x_${i + 1} = ${activations[i]}(z_${i + 1}), shape ${units}${
      place(r, c)
    }: ${shown(run.x[i + 1][r][c])}.${end}`;
  }

  // What to guess before a step, and what the usual slips would give.
  function question(step) {
    const { W, B, activations } = values();
    const i = roundOf(step);
    const [r, c] = [rowOf(values()), columnOf(values(), i)];
    const [x, z] = [run.x[i], run.z[i + 1]];
    const name = activations[i];
    const bends = step % 2 === 0;
    const right = bends ? run.x[i + 1][r][c] : z[r][c];
    const [inputs, units] = lengths(W[i]);
    const beside = (n, k) => (k + 1 < n ? k + 1 : k - 1);
    const [r2, c2] = [beside(x.length, r), beside(units, c)];
    const add = (numbers) => numbers.reduce((a, b) => a + b, 0);
    const column = W[i].map((row) => row[c]);
    const f = (kind, value) => ACTIVATIONS[kind].value(value);
    const e = z[r].map(Math.exp);
    const slips = bends
      ? [
        [z[r][c], "leave the activation out"],
        ...(name === "relu" ? [[Math.abs(z[r][c]), "drop the sign, where relu gives 0"]] : []),
        ...(name === "linear" ? [[f("relu", z[r][c]), "cut at 0, as relu does"]] : []),
        ...(name === "softmax"
          ? [[e[c], "leave out the division by the sum of the row"], [
            z[r][c] / add(z[r]),
            "leave out the exponential",
          ], [f("sigmoid", z[r][c]), "take the number by itself, as sigmoid does"]]
          : []),
        ...(name === "tanh" ? [[f("sigmoid", z[r][c]), "take sigmoid for tanh"]] : []),
        ...(name === "sigmoid"
          ? [[f("tanh", z[r][c]), "take tanh for sigmoid"], [
            e[c] / (1 - e[c]),
            "take the sign in the denominator for a minus",
          ]]
          : []),
      ]
      : [
        [z[r][c] - B[i][c], "leave the bias out"],
        ...(c2 >= 0 ? [[z[r][c2], `take column ${c2 + 1} of W_${i}`]] : []),
        ...(r2 >= 0 ? [[z[r2][c], `take row ${r2 + 1} of x_${i}`]] : []),
        ...(inputs === units
          ? [[
            add(x[r].map((value, k) => value * W[i][c][k])) + B[i][c],
            `take a row of W_${i} for a column`,
          ]]
          : []),
        ...(name === "softmax" ? [] : [[f(name, z[r][c]), `go on to ${name}`]]),
        [add(x[r]) + add(column) + B[i][c], "add where the row and the column multiply"],
        [
          z[r][c] - add(x[r].slice(1).map((value, k) => value * column[k + 1])),
          "stop after the first product",
        ],
      ];
    const far = slips.filter(([wrong]) =>
      Number.isFinite(wrong) && Math.abs(wrong - right) > 1e-2 * Math.max(1, Math.abs(right))
    );
    return {
      name: bends ? `x_${i + 1}` : `z_${i + 1}`,
      part: place(r, c),
      value: right,
      slips: far,
    };
  }

  function fields() {
    const { x0, W, B, activations } = values();
    const inner = (param, name, light) => (value, i) =>
      fieldsOf(param, value, light, `${name}[${i}]`).map((field) => ({
        ...field,
        path: [i, ...field.path],
      }));
    const layer = W.flatMap((weights, i) => [
      {
        legend: `W[${i}]: a row for each number that comes in, a column for each unit`,
        columns: B[i].length,
        fields: inner("W", "W", "W")(weights, i),
      },
      {
        legend: `B[${i}]: the bias of each unit`,
        columns: B[i].length,
        fields: inner("B", "B", "b")(B[i], i),
      },
    ]);
    return {
      groups: [{
        legend: "x0: a row for each example",
        columns: x0[0].length,
        fields: fieldsOf("x0", x0, "x"),
      }, ...layer],
      choices: [
        ...activations.map((_, i) => ({
          param: "activations",
          path: [i],
          label: `activation f[${i}]`,
          known: i === W.length - 1 ? KNOWN : NAMES,
        })),
        { param: "form", label: "what goes in", known: FORMS },
      ],
      chosen: "W[0] 1,1",
    };
  }

  // A field is a symbol of the round that runs, or of none.
  function nameFields(i) {
    if (named === i) return;
    named = i;
    const light = { x0: i === 0 ? "x" : null, [`W[${i}]`]: "W", [`B[${i}]`]: "b" };
    root.querySelectorAll(".field").forEach((node) =>
      put(node, { "data-sym": light[node.firstChild.textContent.split(" ")[0]] })
    );
  }

  function build() {
    put(root, { "data-mode": "vector" }); // fields lie as in a matrix
    rounds = loopRows(loop, values(), shapeOf);
    picture = meeting(frame, values(), choose, signal);
    buildOne();
    named = undefined;
    put(code, { "data-form": null });
  }

  function show(step) {
    const i = roundOf(step);
    showEquation(i);
    rounds(step, i, values().activations);
    picture.update(run, values(), shapeOf, step, i);
    showSum(step, i);
    showOne(step);
    showCode(step, i);
    nameFields(i);
  }

  return {
    head: [equation, loop, frame],
    body: [html("div", { class: "beside" }, sum, one, code)],
    compute,
    shape: () => [values().form, lengths(values().x0), values().W.map(lengths)],
    build,
    fields,
    show,
    words,
    question,
    resized: () => picture.fit(),
  };
}

// Whether all fits together, and can be drawn.
function fits({ x0, W, B, activations, form, cell }) {
  const upTo = (list, most) => Array.isArray(list) && list.length >= 1 && list.length <= most;
  const wide = (rows, most) =>
    upTo(rows, most) &&
    rows.every((row) =>
      upTo(row, MOST_UNITS) && row.length === rows[0].length && !row.some(Array.isArray)
    );
  if (
    !wide(x0, MOST_ROWS) || !upTo(W, MOST_LAYERS) ||
    !W.every((weights) => wide(weights, MOST_UNITS))
  ) return false;
  if (B.length !== W.length || activations.length !== W.length || !FORMS.includes(form)) {
    return false;
  }
  const inputs = W.every((weights, i) =>
    weights.length === (i ? W[i - 1][0].length : x0[0].length)
  );
  const units = W.every((weights, i) =>
    upTo(B[i], MOST_UNITS) && B[i].length === weights[0].length && !B[i].some(Array.isArray)
  );
  const known = activations.every((name, i) => (i === W.length - 1 ? KNOWN : NAMES).includes(name));
  const whole = (n, most) => Number.isInteger(n) && n >= 0 && n < most;
  return inputs && units && known && cell.length === 2 && whole(cell[0], MOST_ROWS) &&
    whole(cell[1], MOST_UNITS);
}

function inPython(values, step) {
  const { W, B, activations, form } = values;
  const { x } = layers(values);
  const i = Math.max(0, Math.ceil(step / 2) - 1);
  const [r, c] = [rowOf(values), columnOf(values, i)];
  const array = (value) => `np.array(${python(value)})`;
  const list = (arrays) => `[\n${arrays.map((value) => `    ${array(value)},\n`).join("")}]`;
  const index = (column) => (form === "vector" ? `[${column}]` : `[${r}, ${column}]`);
  const looked = step === 0
    ? `x[0]${index(0)}`
    : step % 2
    ? `z[${i}]${index(c)}`
    : `x[${i + 1}]${index(c)}`;
  return [
    "import numpy as np",
    "from rnncore import mlp",
    "",
    `x0 = ${array(form === "vector" ? x[0][0] : x[0])}`,
    `W = ${list(W)}`,
    `B = ${list(B)}`,
    `x = mlp.forward(x0, W, B, [${activations.map((name) => `"${name}"`).join(", ")}])`,
    "z = [x[i] @ W[i] + B[i] for i in range(len(W))]",
    `number = ${looked}`,
    "",
  ].join("\n");
}

export default widget({
  kind: "mlp-stepper",
  label: "Stepper for the forward pass of an MLP",
  params: ["x0", "W", "B", "activations", "form", "cell"],
  looks: ["cell"],
  words: { activations: KNOWN, form: FORMS },
  valid: fits,
  steps: ({ W }) => 2 * W.length,
  presets: "Try",
  python: inPython,
  view,
});
