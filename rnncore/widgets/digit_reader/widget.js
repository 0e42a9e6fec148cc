// A drawn digit, read row by row by the trained SimpleRNN of the package.

import { html, NONE, put, renew, svg, symbol, tag, tspans, write } from "../shared/dom.js";
import { codeLines, group, symbolButton, widget } from "../shared/frame/frame.js";
import { equal, numberAt, replaced } from "../shared/algebra.js";
import { shown } from "../shared/numbers.js";
import { BLANK, CLASSES, EIGHT, ROWS, trace, UNITS } from "./trace.js";

const PEN = 0.58; // the radius, in pixels of the image
const isImage = (image) =>
  Array.isArray(image) && image.length === ROWS &&
  image.every((row) =>
    Array.isArray(row) && row.length === ROWS && row.every((v) => v >= 0 && v <= 1)
  );

// A bar, and where it stands: there are hundreds, so what stays is not touched.
function raise(bar, name, index, value, top, height) {
  if (value === null ? !bar.dataset.name : bar.dataset.value === String(value)) return;
  put(bar, value === null ? NONE : tag(name, index, value));
  bar.setAttribute("y", top);
  bar.setAttribute("height", height);
}

// One of the items is a stop for Tab; the arrow keys go on from there.
function roving(box, items, columns, signal, keys = {}) {
  const rest = (i) => items.forEach((item, k) => put(item, { tabindex: k === i ? 0 : -1 }));
  rest(0);
  box.addEventListener("focusin", (event) => {
    const i = items.indexOf(event.target);
    if (i >= 0) rest(i);
  }, { signal });
  box.addEventListener("keydown", (event) => {
    const i = items.indexOf(event.target);
    if (i < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.stopPropagation(); // these keys are not those of the steps
    const start = i - (i % columns());
    const to = {
      ArrowLeft: i - 1,
      ArrowRight: i + 1,
      ArrowUp: i - columns(),
      ArrowDown: i + columns(),
      Home: start,
      End: Math.min(start + columns(), items.length) - 1,
    }[event.key];
    if (to !== undefined) items[to]?.focus();
    else if (keys[event.key]) keys[event.key](i);
    else return;
    event.preventDefault();
  }, { signal });
}

// --- The pad --------------------------------------------------------------------

// As in the data set, a pixel counts how many of its 4 × 4 points have ink; here, those that the
// pen has touched.  A mask has a bit for each of them.
const POINTS = [...Array(16).keys()];
const count = (mask) => POINTS.reduce((sum, k) => sum + ((mask >> k) & 1), 0);
const FROM_THE_MIDDLE = [5, 10, 6, 9, 4, 11, 1, 14, 7, 8, 2, 13, 0, 15, 3, 12];
const asMask = (ink) =>
  FROM_THE_MIDDLE.slice(0, Math.round(16 * ink)).reduce((mask, k) => mask | (1 << k), 0);

function pad({ save, image, signal }) {
  const cells = EIGHT.map(() => EIGHT.map(() => html("div", { class: "pixel", role: "gridcell" })));
  const rows = cells.map((row) => html("div", { class: "pad-row", role: "row" }, ...row));
  const element = html("div", {
    class: "pad",
    role: "grid",
    "aria-label":
      "The image: 8 rows of 8 pixels; Space inks or clears one, plus and minus change it by a quarter",
  }, ...rows);
  const eraser = html("button", { type: "button", "aria-pressed": "false" }, "Eraser");
  const clear = html("button", { type: "button" }, "Clear");
  const masks = EIGHT.map(() => EIGHT.map(() => 0));
  let last = null; // where the pen was

  // From where it was to (x, y), in pixels of the image.
  function stroke(x, y) {
    const [x0, y0] = last ?? [x, y];
    last = [x, y];
    const [dx, dy] = [x - x0, y - y0];
    const long = dx * dx + dy * dy || 1;
    const near = (px, py) => {
      const along = Math.min(1, Math.max(0, ((px - x0) * dx + (py - y0) * dy) / long));
      return Math.hypot(px - x0 - along * dx, py - y0 - along * dy) <= PEN;
    };
    const erases = eraser.getAttribute("aria-pressed") === "true";
    const drawn = image().map((row, i) =>
      row.map((ink, j) => {
        if (count(masks[i][j]) !== 16 * ink) masks[i][j] = asMask(ink); // it came from elsewhere
        const under = POINTS.reduce(
          (mask, k) => (near(j + ((k % 4) + 0.5) / 4, i + (Math.floor(k / 4) + 0.5) / 4)
            ? mask | (1 << k)
            : mask),
          0,
        );
        const mask = erases ? masks[i][j] & ~under : masks[i][j] | under;
        if (mask === masks[i][j]) {
          return ink;
        }
        masks[i][j] = mask;
        return count(mask) / 16;
      })
    );
    if (!equal(drawn, image())) save({ image: drawn });
  }
  const follow = (event) => {
    const box = element.getBoundingClientRect();
    stroke(
      (ROWS * (event.clientX - box.left - 1)) / (box.width - 2),
      (ROWS * (event.clientY - box.top - 1)) / (box.height - 2),
    );
  };
  const on = (node, type, handler) => node.addEventListener(type, handler, { signal });
  on(element, "pointerdown", (event) => {
    if (event.button !== 0 || last) return;
    element.setPointerCapture(event.pointerId);
    follow(event);
  });
  on(element, "pointermove", (event) => {
    if (last && element.hasPointerCapture(event.pointerId)) follow(event);
  });
  on(element, "lostpointercapture", () => {
    last = null;
  });
  on(
    eraser,
    "click",
    () => put(eraser, { "aria-pressed": String(eraser.getAttribute("aria-pressed") !== "true") }),
  );
  on(clear, "click", () => save({ image: BLANK }));

  const at = (i) => [Math.floor(i / ROWS), i % ROWS];
  const set = (i, change) =>
    save({
      image: replaced(image(), at(i), Math.min(1, Math.max(0, change(numberAt(image(), at(i)))))),
    });
  const toggle = (i) => set(i, (ink) => (ink > 0 ? 0 : 1));
  const more = (i) => set(i, (ink) => ink + 0.25);
  roving(element, cells.flat(), () => ROWS, signal, {
    " ": toggle,
    Enter: toggle,
    "+": more,
    "=": more,
    "-": (i) => set(i, (ink) => ink - 0.25),
  });

  function update(step) {
    image().forEach((row, i) => {
      put(rows[i], {
        "data-sym": i === step - 1 ? "x" : null,
        class: `pad-row${i < step ? " read" : ""}${i === step - 1 ? " now" : ""}`,
      });
      row.forEach((ink, j) => {
        const cell = cells[i][j];
        if (cell.dataset.value === String(ink)) return;
        put(cell, {
          ...tag("image", [i, j], ink),
          "aria-label": `row ${i + 1}, column ${j + 1}, ink ${shown(ink)}`,
        });
        cell.style.setProperty("--ink", ink);
      });
    });
  }
  return { element, tools: html("div", { class: "buttons tools" }, eraser, clear), update };
}

// --- The test digits --------------------------------------------------------------

function picker({ save, gallery, image, signal }) {
  const digits = gallery.map(({ number, label, says, ink }) => {
    const pixels = [...ink].map((letter) => parseInt(letter, 17) / 16);
    const layers = [1, 2, 3, 4].map((level) =>
      svg("path", {
        opacity: level / 4,
        d: pixels.map((
          v,
          i,
        ) => (Math.round(4 * v) === level ? `M${i % ROWS},${Math.floor(i / ROWS)}h1v1h-1z` : ""))
          .join(""),
      })
    );
    const words = `${label}, test digit ${number}${says === label ? "" : `, read as ${says}`}`;
    const button = html("button", {
      type: "button",
      class: "test-digit",
      "aria-label": words,
      title: words,
    }, svg("svg", { viewBox: "0 0 8 8", "aria-hidden": "true" }, ...layers));
    const picked = EIGHT.map((i) => pixels.slice(ROWS * i, ROWS * (i + 1)));
    button.addEventListener("click", () => save({ image: picked }), { signal });
    return { button, wrong: says !== label, picture: JSON.stringify(picked) };
  });
  const part = (name, some) =>
    html(
      "div",
      { class: "shelf", role: "group", "aria-label": name },
      html("small", { "aria-hidden": "true" }, name),
      html("div", { class: "digits" }, ...some.map(({ button }) => button)),
    );
  const right = digits.filter(({ wrong }) => !wrong);
  const wrong = digits.filter((digit) => digit.wrong);
  const element = html(
    "div",
    { class: "picker" },
    part("Test digits", right),
    wrong.length ? part("Test digits that it gets wrong", wrong) : null,
  );
  const buttons = [...right, ...wrong].map(({ button }) => button);
  roving(element, buttons, () => 1, signal);
  const update = () => {
    const now = JSON.stringify(image());
    digits.forEach(({ button, picture }) =>
      put(button, { "aria-pressed": String(picture === now) })
    );
  };
  return { element, update };
}

// --- The states and the answers ------------------------------------------------------

// Beside each row of the pad: the state after it, a bar for each unit, and the ten probabilities.
function record({ units, width, row, top }) {
  const left = 20;
  const right = width - 30;
  const u = (0.55 * (right - left - 10)) / units; // the width of a unit, and of a class
  const c = (0.45 * (right - left - 10)) / CLASSES.length;
  const xOf = (j) => left + j * u;
  const pOf = (k) => left + units * u + 10 + k * c;
  const height = top + ROWS * row;
  const half = row / 2 - 2;
  const text = (x, y, attributes, content = "") =>
    svg(
      "text",
      { x, y, "dominant-baseline": "central", "text-anchor": "middle", ...attributes },
      content,
    );
  const band = svg("rect", { class: "band", x: 0, width, height: row, rx: 6 });
  const column = svg("rect", { class: "unit-band", y: top, width: u, height: ROWS * row });
  const pointer = svg("path", { class: "unit-mark", d: "M0,0 l-4,-6 h8 z" });
  const lines = EIGHT.map((i) => {
    const y = top + i * row;
    const bars = [...Array(units).keys()].map((j) =>
      svg("rect", { class: "unit", x: xOf(j) + 0.5, width: u - 1, height: 0 })
    );
    const chances = CLASSES.map((k) =>
      svg("rect", { class: "chance", x: pOf(k) + 1, width: c - 2, height: 0 })
    );
    const says = text(width - 14, y + row / 2, { class: "says" });
    const floor = y + row - 3;
    const group = svg(
      "g",
      { class: "reading" },
      text(8, y + row / 2, { class: "row-name" }, String(i + 1)),
      svg("line", { class: "axis", x1: xOf(0), x2: xOf(units), y1: y + row / 2, y2: y + row / 2 }),
      svg("line", { class: "axis", x1: pOf(0), x2: pOf(10), y1: floor, y2: floor }),
      ...bars,
      ...chances,
      says,
    );
    return { group, bars, chances, says, middle: y + row / 2, floor };
  });
  const title = svg("title", {}, "The state and the probabilities after each row");
  const words = svg("desc");
  const heads = [
    ...CLASSES.map((k) => text(pOf(k + 0.5), top - 9, { class: "class-name" }, String(k))),
    text(width - 14, top - 9, { class: "row-name" }, "says"),
    text((xOf(0) + xOf(units)) / 2, 9, { class: "h-name" }, [
      ...tspans("h_t"),
      svg("tspan", { class: "shape", dy: -4 }, `  (${units},)`),
    ]),
    text((pOf(0) + pOf(10)) / 2, 9, { class: "p-name" }, [
      ...tspans("p_t"),
      svg("tspan", { class: "shape", dy: -4 }, "  (10,)"),
    ]),
  ];
  const element = svg(
    "svg",
    { class: "record", role: "img", viewBox: `0 0 ${width} ${height}`, width, height },
    title,
    words,
    band,
    column,
    pointer,
    ...heads,
    ...lines.map(({ group }) => group),
  );

  let shownAt = null;

  function update(run, step, unit) {
    put(band, { y: top + (step - 1) * row, visibility: step ? null : "hidden" });
    put(column, { x: xOf(unit - 1) });
    put(pointer, { transform: `translate(${(xOf(unit - 0.5)).toFixed(2)} ${top - 2})` });
    const moved = step !== shownAt;
    shownAt = step;
    lines.forEach(({ group, bars, chances, says, middle, floor }, i) => {
      const t = i + 1;
      const reached = t <= step;
      const role = t === step ? "h" : t === step - 1 ? "h_prev" : null;
      if (moved) {
        put(group, { class: `reading${t === step ? " now" : ""}` });
        bars.forEach((bar) => put(bar, { "data-sym": role }));
        chances.forEach((bar) => put(bar, { "data-sym": t === step ? "y" : null }));
      }
      bars.forEach((bar, j) => {
        const value = reached ? run.h[t][j] : 0;
        raise(
          bar,
          "h",
          [t, j],
          reached ? value : null,
          middle - Math.max(value, 0) * half,
          Math.abs(value) * half,
        );
      });
      chances.forEach((bar, k) => {
        const long = reached ? run.p[t][k] * (row - 6) : 0;
        raise(bar, "p", [t, k], reached ? run.p[t][k] : null, floor - long, long);
        bar.classList.toggle("lead", reached && run.says[t] === k);
      });
      renew(says, reached ? "says" : null, [t], run.says[t], undefined, String);
      put(says, {
        class: `says${reached && t > 1 && run.says[t] !== run.says[t - 1] ? " new" : ""}`,
      });
    });
    write(
      words,
      step
        ? `${step} of ${ROWS} rows read; it says ${run.says.slice(1, step + 1).join(", then ")}.`
        : "No row read yet.",
    );
  }
  const unitAt = (x) => { // counted from 1; null beside the units
    const j = Math.floor((x - left) / u);
    return j >= 0 && j < units ? j + 1 : null;
  };
  return { element, update, unitAt };
}

// --- The numbers of one step -----------------------------------------------------------

const span = (sym, ...parts) => html("span", { "data-sym": sym }, ...parts);
const place = (sym) => html("span", { class: "num", "data-sym": sym });

// The ten classes: bar, probability, logit.
function answers(units) {
  const rows = CLASSES.map((k) => {
    const bar = html("span", { class: "meter" });
    const [p, logit] = [place("y"), place("o")];
    return {
      bar,
      p,
      logit,
      tr: html(
        "tr",
        {},
        html("th", { scope: "row" }, String(k)),
        html("td", { class: "track" }, bar),
        html("td", {}, p),
        html("td", {}, logit),
      ),
    };
  });
  const caption = html("caption");
  const head = html(
    "tr",
    {},
    html("th", { scope: "col" }, "digit"),
    html("td"),
    html("th", { scope: "col" }, span("y", ...symbol("p_t"))),
    html("th", { scope: "col" }, span("o", "logit")),
  );
  const element = html(
    "table",
    { class: "answers" },
    caption,
    html("thead", {}, head),
    html("tbody", {}, ...rows.map(({ tr }) => tr)),
  );

  function update(run, t) {
    const text = t === 0 ? "No row read: no answer yet" : `After row ${t} it says ${run.says[t]}`;
    write(caption, text);
    rows.forEach(({ bar, p, logit, tr }, k) => {
      const value = t ? run.p[t][k] : 0;
      renew(p, t ? "p" : null, [t, k], value);
      renew(logit, t ? "logits" : null, [t, k], run.logits[t]?.[k]);
      put(bar, { ...(t ? tag("p", [t, k], value) : NONE), style: `width: ${100 * value}%` });
      put(tr, { class: t && run.says[t] === k ? "lead" : "" });
    });
  }
  const how = html(
    "p",
    { class: "how" },
    span("o", "logits"),
    " = ",
    span("h", ...symbol("h_t")),
    " ",
    span("W_y", ...symbol("W_y")),
    " + ",
    span("b_y", ...symbol("b_y")),
    html("br"),
    html("small", {}, `(${units},) @ (${units}, 10) + (10,)`),
    html("br"),
    span("y", ...symbol("p_t")),
    " = softmax(",
    span("o", "logits"),
    ")",
    html("br"),
    html("small", {}, "e to the power of each, over the sum of all ten"),
  );
  return { element: html("div", {}, element, how), update };
}

// One hidden unit, worked out: its column of W_x meets the row; the rest of z; tanh.
function workings({ units, save, signal }) {
  const range = html("input", {
    type: "range",
    min: 1,
    max: units,
    step: 1,
    "aria-label": "Hidden unit",
  });
  range.addEventListener("input", () => save({ unit: Number(range.value) }), { signal });
  const name = html("output");
  const [caption, unitHead] = [html("caption"), html("th", { scope: "row" })];
  const column = html("small");
  const pixels = EIGHT.map((i) => {
    const cells = [place("x"), place("W_x"), place("")];
    return {
      cells,
      tr: html(
        "tr",
        {},
        html("th", { scope: "row" }, `pixel ${i + 1}`),
        ...cells.map((cell) => html("td", {}, cell)),
      ),
    };
  });
  const total = place("x");
  const heads = [["pixel"], [span("x", ...symbol("x_t"))], [
    "× ",
    span("W_x", ...symbol("W_x")),
    column,
  ], ["product"]];
  const products = html(
    "table",
    { class: "products-of-unit" },
    caption,
    html(
      "thead",
      {},
      html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, ...head))),
    ),
    html(
      "tbody",
      {},
      ...pixels.map(({ tr }) => tr),
      html(
        "tr",
        { class: "total" },
        html(
          "th",
          { scope: "row", colspan: 3 },
          "their sum, one number of ",
          span("x", ...symbol("x_t")),
          " ",
          span("W_x", ...symbol("W_x")),
        ),
        html("td", {}, total),
      ),
    ),
  );

  const h_t = span("h", ...symbol("h_t"));
  const terms = [ // the array, what stands above it, its shapes
    [
      "x_W_x",
      "x",
      [span("x", ...symbol("x_t")), " ", span("W_x", ...symbol("W_x"))],
      `(8,) @ (8, ${units})`,
    ],
    ["h_W_h", "h_prev", [
      "+ ",
      span("h_prev", ...symbol("h_t−1")),
      " ",
      span("W_h", ...symbol("W_h")),
    ], `(${units},) @ (${units}, ${units})`],
    ["b", "b", ["+ ", span("b", html("i", {}, "b"))], `(${units},)`],
    ["z", "z", ["= ", span("z", ...symbol("z_t"))], `(${units},)`],
    ["h", "h", [h_t, " = tanh ", span("z", ...symbol("z_t"))], `(${units},)`],
  ].map(([key, sym, head, shape]) => ({ key, number: place(sym), head, shape }));
  const tableRow = (first, cells) => html("tr", {}, first, ...cells);
  const sum = html(
    "table",
    { class: "terms" },
    html("caption", {}, `Then ${units} such products with the state before, the bias, and tanh`),
    html(
      "thead",
      {},
      tableRow(html("td"), terms.map(({ head }) => html("th", { scope: "col" }, ...head))),
    ),
    html(
      "tbody",
      {},
      tableRow(
        html("th", { scope: "row" }, "shapes"),
        terms.map(({ shape }) => html("td", { class: "shape" }, shape)),
      ),
      tableRow(unitHead, terms.map(({ number }) => html("td", {}, number))),
    ),
  );
  const start = html(
    "p",
    {},
    span("h", ...symbol("h_0")),
    ` is ${units} zeros: no row has been read.`,
  );
  const element = html(
    "div",
    { class: "workings" },
    html("label", { class: "slider" }, name, range),
    start,
    products,
    sum,
  );

  function update(run, t, unit) {
    const j = unit - 1;
    write(name, `unit ${unit} of ${units}`);
    put(range, { "aria-valuetext": `unit ${unit}` });
    range.value = unit;
    put(start, { hidden: t > 0 });
    [products, sum].forEach((part) => put(part, { hidden: t === 0 }));
    write(caption, `Row ${t} meets the weights of unit ${unit}`);
    write(column, `[:, ${j}]`);
    write(unitHead, `unit ${unit}`);
    const fill = (cell, key, index, value) => renew(cell, t ? key : null, index, value);
    pixels.forEach(({ cells }, i) => {
      fill(cells[0], "x", [t, i], run.x[t]?.[i]);
      fill(cells[1], "W_x", [i, j], run.W_x[i][j]);
      fill(cells[2], "from_x", [t, i, j], run.from_x[t]?.[i][j]);
    });
    fill(total, "x_W_x", [t, j], run.x_W_x[t]?.[j]);
    terms.forEach((
      { key, number: node },
    ) => (key === "b"
      ? fill(node, key, [j], run.b[j])
      : fill(node, key, [t, j], run[key][t]?.[j]))
    );
  }
  return { element, update };
}

// --- The widget ------------------------------------------------------------------------

function view({ model, root, note, save, values, signal }) {
  const weights = model.get("weights");
  const units = weights.b.length;
  const image = () => model.get("image");
  const drawing = pad({ save, image, signal });
  const pick = picker({ save, image, signal, gallery: model.get("gallery") });
  const answer = answers(units);
  const work = workings({ units, save, signal });
  const beside = html("div", { class: "frame" });
  const heading = html(
    "p",
    { class: "pad-head" },
    html("b", {}, "Draw here"),
    " ",
    span("x", ...symbol("x_t")),
    html("small", {}, " is row t, (8,)"),
  );
  const legend = html(
    "p",
    { class: "legend" },
    html(
      "small",
      {},
      "A bar up is a positive unit, a bar down a negative one; press one to have it worked out below. In p, the full bar leads.",
    ),
  );
  const keys = html("small", { class: "keys" }, "or: arrow keys, Space, + and −");
  const stage = html(
    "div",
    { class: "stage" },
    html(
      "div",
      {},
      heading,
      drawing.element,
      put(drawing.tools, {}, ...drawing.tools.childNodes, keys),
    ),
    html("div", {}, beside, legend),
  );
  const equation = html(
    "p",
    { class: "equation" },
    symbolButton("h_t", "h"),
    " = tanh(",
    symbolButton("x_t", "x"),
    symbolButton("W_x", "W_x"),
    " + ",
    symbolButton("h_t−1", "h_prev"),
    " ",
    symbolButton("W_h", "W_h"),
    " + ",
    symbolButton("b", "b"),
    "),",
    html(
      "span",
      { class: "answer" },
      symbolButton("p_t", "y"),
      " = softmax(",
      symbolButton("h_t", "h"),
      symbolButton("W_y", "W_y"),
      " + ",
      symbolButton("b_y", "b_y"),
      ")",
    ),
  );
  const code = group("code", "The code that runs", true);
  const sum = group("sum", "One unit of this step, worked out", true);
  put(sum, {}, work.element);
  let run, picture;

  function draw() {
    const wide = root.clientWidth >= 600;
    const width = beside.clientWidth || 316;
    const row = wide ? (drawing.element.clientHeight || 272) / ROWS : 30;
    picture = record({ units, width, row, top: wide ? 41 : 36 });
    picture.element.addEventListener("click", (event) => {
      const unit = picture.unitAt(event.clientX - picture.element.getBoundingClientRect().left);
      if (unit !== null) save({ unit });
    }, { signal });
    put(beside, {}, picture.element);
  }

  function showCode(t) {
    const sym = (text, name) => html("span", { "data-sym": name }, text);
    codeLines(code, [
      [sym("h", "h"), ` = np.zeros(${units})`],
      [
        "for ",
        sym("x_t", "x"),
        " in image:",
        html("span", { class: "comment" }, t ? `  # image[${t - 1}]` : ""),
      ],
      [
        "    ",
        sym("h", "h"),
        " = np.tanh(",
        sym("x_t", "x"),
        " @ ",
        sym("W_x", "W_x"),
        " + ",
        sym("h", "h_prev"),
        " @ ",
        sym("W_h", "W_h"),
        " + ",
        sym("b", "b"),
        ")",
      ],
      [
        "    ",
        sym("p", "y"),
        " = softmax(",
        sym("h", "h"),
        " @ ",
        sym("W_y", "W_y"),
        " + ",
        sym("b_y", "b_y"),
        ")",
      ],
    ], t === 0 ? 0 : 2);
  }

  // The classes from the likeliest on.
  const ranked = (t) => [...CLASSES].sort((a, b) => run.p[t][b] - run.p[t][a]);

  function words(t) {
    if (t === 0) return "No row read yet: the state is zero.";
    const [first, second] = ranked(t);
    return `${t} of ${ROWS} rows read: it says ${first}, p = ${
      shown(run.p[t][first])
    }; then ${second}, p = ${shown(run.p[t][second])}.`;
  }

  // Which digit leads after row t.
  function question(t) {
    const [first, second] = ranked(t);
    const slips = [
      [run.says[t - 1], "stay with the digit that led before this row"],
      [run.says[ROWS], "take the digit that leads in the end"],
      [second, `take the runner-up, p = ${shown(run.p[t][second])}`],
    ].filter(([digit]) => digit !== null && digit !== first);
    return { name: "digit", part: ` that leads after row ${t}`, value: first, slips };
  }

  return {
    head: [pick.element, stage],
    body: [equation, html("div", { class: "beside" }, answer.element, sum), code],
    compute: (given) => {
      run = trace({ ...given, weights });
    },
    shape: () => units,
    build() {
      draw();
      stage.before(note); // what a preset shows is said above the picture, not under all the numbers
    },
    show(t) {
      const { unit } = values();
      drawing.update(t);
      pick.update();
      picture.update(run, t, unit);
      answer.update(run, t);
      work.update(run, t, unit);
      if (code.dataset.time !== String(t)) showCode(t);
      code.dataset.time = t;
    },
    words,
    question,
    resized: draw,
  };
}

function inPython({ image }, step) {
  const sixteenths = image.flat().every((v) => Number.isInteger(16 * v));
  const rows = image.map((row) => `    [${row.map((v) => (sixteenths ? 16 * v : v)).join(", ")}],`);
  return [
    "import numpy as np",
    ...(step ? ["from rnncore.activations import softmax"] : []),
    "from rnncore.states import compute_states",
    "from rnncore.widgets.digit_reader import reader",
    "",
    "image = np.array([",
    ...rows,
    `])${sixteenths ? " / 16" : ""}`,
    "rnn, dense = reader().layers",
    'S = compute_states(image[np.newaxis], **rnn.parameters, activation="tanh")',
    `h = S[0, ${step}]  # one number per unit`,
    ...(step
      ? ["p = softmax.value(dense.forward([h]))[0]  # one number per class", "digit = p.argmax()"]
      : []),
    "",
  ].join("\n");
}

const isValid = ({ image, unit }) =>
  isImage(image) && Number.isInteger(unit) && unit >= 1 && unit <= UNITS;

export default widget({
  kind: "digit-reader",
  label: "A network that reads a drawn digit row by row",
  params: ["image", "unit"],
  valid: isValid,
  steps: () => ROWS,
  presets: "A digit:",
  python: inPython,
  view,
});
