// The hidden-state update, one time step at a time: scalar (system S4) and vector form.

const PARAMS = ["X", "W_x", "W_h", "b", "h0", "activation"];

const read = (model) => Object.fromEntries(PARAMS.map((name) => [name, model.get(name)]));
const plain = (value) => [value].flat().every((v) => v === 0); // all zeros need no mention
const shapeOf = ({ X, W_x, W_h, scalar }) => [X.length, W_x.length, W_h.length, scalar];
const start = new WeakMap(); // model -> its parameters when first shown

function render({ model, el }) {
  const abort = new AbortController();
  const { signal } = abort;
  if (!start.has(model)) start.set(model, read(model));
  const inBook = el.closest("[data-rnn-slot]") !== null;

  let run, scalar, shape, picture, arithmetic, revealed = model.get("step");
  const root = html("section", { class: "rnn", "data-rnn-widget": "state-stepper", role: "group", "aria-label": "Stepper for the hidden-state update" });
  const live = html("p", { class: "live", "aria-live": "polite" });
  const presets = html("div", { class: "presets", role: "group", "aria-label": "Presets" });
  const equation = html("p", { class: "equation" });
  const frame = html("div", { class: "frame", tabindex: 0, role: "group", "aria-label": "Unrolled network; arrow keys step through time" });
  const legend = html("p", { class: "legend" }, html("small", {}, "Bars in S: how large each state is; to the right positive, to the left negative."));
  const sum = html("div", { class: "sum", tabindex: 0, role: "group", "aria-label": "The arithmetic of this step" });
  const code = html("div", { class: "code", tabindex: 0, role: "group", "aria-label": "The code that runs" });
  const editor = html("details", { class: "editor" });
  const note = html("p", { class: "note" });

  const step = () => Math.min(model.get("step"), model.get("X").length);
  const save = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  // Go to a step; with "Predict first" on, what has not been seen is asked for instead.
  function goto(to) {
    if (predict.on() && to > revealed) {
      if (step() !== revealed) save({ step: revealed });
      controls.stop();
      predict.ask(question(revealed + 1));
      return false;
    }
    predict.close();
    revealed = Math.max(revealed, to);
    if (to !== step()) save({ step: to });
    return true;
  }
  const controls = transport({ goto, step, steps: () => run.x.length - 1, signal });
  const predict = guess({ signal, reveal: () => {
    revealed += 1;
    save({ step: revealed });
    root.querySelector('[aria-label="Next step"]').focus();
  } });
  const share = sharing({ signal, inBook, code: () => asPython(read(model), step()), link: () => asLink(model) });
  const inputs = fields({ signal, change: (name, value) => setNumber[name](value) });
  let setNumber = {};

  // What to guess at step t, and what the usual slips would give.
  function question(t) {
    const { W_x, W_h, b } = asMatrices(read(model));
    const f = ACTIVATIONS[model.get("activation")];
    const [x, before] = [run.x[t], run.h[t - 1]];
    const dot = (v, M) => v.reduce((total, value, i) => total + value * M[i][0], 0);
    const plus = before.reduce((total, value) => total + value, 0) + W_h.reduce((total, row) => total + row[0], 0);
    const slips = [
      [f(dot(x, W_x) + plus + b[0]), "add the recurrent weight instead of multiplying by it"],
      [f(dot(x, W_x) + b[0]), "leave the previous state out"],
      [f(dot(before, W_h) + b[0]), "leave the input out"],
      [run.z[t][0], "stop before the activation"],
      [before[0], "pass the old state on unchanged"],
    ].filter(([wrong]) => Math.abs(wrong - run.h[t][0]) > 1e-2 * Math.max(1, Math.abs(run.h[t][0])));
    return { name: `h_${t}`, part: scalar ? "" : ", unit 1", value: run.h[t][0], slips };
  }

  // Everything whose number of elements depends on the shapes.
  function build() {
    const params = asMatrices(read(model));
    scalar = params.scalar;
    shape = shapeOf(params);
    draw();
    put(root, { "data-mode": scalar ? "scalar" : "vector" });
    buildEquation();
    arithmetic = scalar ? arithmeticLines(sum) : productTable(sum, params.W_x.length, params.W_h.length);
    buildEditor(params);
  }

  function draw() {
    const [timesteps, features, units] = shape;
    picture = unrolled({ timesteps, features, units, scalar, width: frame.clientWidth || 640 });
    put(frame, {}, picture.element);
  }

  function buildEquation() {
    const sym = (text, name) => html("button", { type: "button", class: "sym", "data-sym": name, "aria-pressed": "false", "aria-label": `Light up ${text.replace("{", "").replace("}", "")}` }, ...symbol(text.replace(/[{}]/g, "")));
    const f = model.get("activation");
    const [open, shut] = f === "linear" ? ["", ""] : [`${f}(`, ")"];
    const bias = plain(model.get("b")) ? [] : [" + ", sym("b", "b")];
    if (equation.dataset.form === `${f} ${bias.length}`) return;
    equation.dataset.form = `${f} ${bias.length}`;
    put(equation, {}, sym("h_t", "h"), ` = ${open}`, sym("x_t", "x"), " ", sym("W_x", "W_x"), " + ", sym("h_{t−1}", "h_prev"), " ", sym("W_h", "W_h"), ...bias, shut);
  }

  function buildEditor({ X, W_x, W_h, b, h0 }) {
    inputs.clear();
    setNumber = {};
    const group = (legend, columns, ...children) => html("fieldset", { style: `--columns: ${columns}` }, html("legend", {}, legend), html("div", { class: "grid" }, ...children));
    const one = (param, name, sym, path) => {
      setNumber[name] = (value) => save({ [param]: replaced(model.get(param), path, value) });
      return inputs.field(name, sym, (value) => setNumber[name](value));
    };
    const matrix = (param, M) => M.flatMap((row, i) => row.map((_, j) => one(param, scalar ? param : `${param} ${i + 1},${j + 1}`, param, scalar ? [] : [i, j])));
    const kinds = html("select", { "aria-label": "activation" }, ...Object.keys(ACTIVATIONS).map((name) => html("option", { value: name }, name)));
    kinds.addEventListener("change", () => save({ activation: kinds.value }), { signal });
    inputs.kinds = kinds;
    const weights = scalar
      ? [group("weights, bias, initial state", 4, matrix("W_x", W_x), matrix("W_h", W_h), one("b", "b", "b", []), one("h0", "h 0", "h_prev", []))]
      : [group("W_x: a row per feature, a column per unit", W_h.length, matrix("W_x", W_x)), group("W_h: a row per previous unit, a column per unit", W_h.length, matrix("W_h", W_h)),
        group("b: the bias of each unit", W_h.length, b.map((_, j) => one("b", `b ${j + 1}`, "b", [j]))), group("h_0: the initial state", W_h.length, h0.map((_, j) => one("h0", `h 0,${j + 1}`, "h_prev", [j])))];
    put(editor, {}, html("summary", {}, "Change the numbers"), html("div", { class: "matrices" }, ...weights,
      group("inputs: " + (scalar ? "one number per step" : "a row per step, a column per feature"), scalar ? 4 : W_x.length, X.flatMap((row, k) => row.map((_, i) => one("X", scalar ? `x ${k + 1}` : `x ${k + 1},${i + 1}`, "x", scalar ? [k] : [k, i]))))),
      html("label", { class: "slider" }, "activation ", kinds), inputs.sliderRow);
    showFields();
    inputs.choose(scalar ? "W_h" : "W_h 1,1");
  }

  function showFields() {
    const { X, W_x, W_h, b, h0 } = asMatrices(read(model));
    const all = (param, M) => M.forEach((row, i) => row.forEach((value, j) => inputs.update(scalar ? param : `${param} ${i + 1},${j + 1}`, value)));
    all("W_x", W_x);
    all("W_h", W_h);
    b.forEach((value, j) => inputs.update(scalar ? "b" : `b ${j + 1}`, value));
    h0.forEach((value, j) => inputs.update(scalar ? "h 0" : `h 0,${j + 1}`, value));
    X.forEach((row, k) => row.forEach((value, i) => inputs.update(scalar ? `x ${k + 1}` : `x ${k + 1},${i + 1}`, value)));
    inputs.kinds.value = model.get("activation");
  }

  const choices = [...model.get("presets"), { name: "start values", ...start.get(model) }];
  const same = (values) => PARAMS.every((name) => !(name in values) || JSON.stringify(values[name]) === JSON.stringify(model.get(name)));
  const chips = choices.map(({ name, note: words = "", ...values }) => {
    const chip = html("button", { type: "button", class: "preset" }, name);
    chip.addEventListener("click", () => {
      save({ ...start.get(model), ...values });
      write(note, words);
    }, { signal });
    return { chip, update: () => put(chip, { "aria-pressed": String(same({ ...start.get(model), ...values })) }) };
  });
  put(presets, {}, chips.length > 1 ? html("span", {}, "A memory that") : null, ...chips.map(({ chip }) => chip));

  function showCode(t) {
    const { activation, b, h0 } = read(model);
    const T = run.x.length - 1;
    const [open, shut] = activation === "linear" ? ["", ""] : [`${activation === "tanh" ? "np." : ""}${activation}(`, ")"];
    const times = scalar ? "*" : " @ ";
    const sizes = scalar ? `1, ${T + 1}` : `1, ${T + 1}, ${run.h[0].length}`;
    const W = (name) => html("span", { "data-sym": name }, name);
    const lines = [
      [`S = np.zeros((${sizes}))`, plain(h0) ? "" : "; S[:, 0] = h0"],
      [`for k in range(${T}):`, html("span", { class: "comment" }, t > 0 ? `  # k = ${t - 1}` : "")],
      ["    ", html("span", { "data-sym": "h" }, "S[:, k+1]"), ` = ${open}`, html("span", { "data-sym": "x" }, "X[:, k]"), times, W("W_x"), " + ", html("span", { "data-sym": "h_prev" }, "S[:, k]"), times, W("W_h"), ...(plain(b) ? [] : [" + ", W("b")]), shut],
    ];
    const active = t === 0 ? 0 : 2;
    put(code, {}, ...lines.map((parts, i) => html("code", { class: i === active ? "active" : "", "aria-current": i === active ? "step" : null }, ...parts)));
  }

  function words(t) {
    const list = (v) => v.map((value) => shown(value)).join(", ");
    if (t === 0) return `Step 0 of ${run.x.length - 1}: the initial state h_0 = ${list(run.h[0])}.`;
    if (!scalar) return `Step ${t} of ${run.x.length - 1}: h_${t} = ${list(run.h[t])}.`;
    const { W_x, W_h } = read(model);
    return `Step ${t} of ${run.x.length - 1}: h_${t} = ${lineOfNumbers(run, t, W_x, W_h, model.get("b"), model.get("activation"))} = ${shown(run.h[t][0])}.`;
  }

  function update() {
    const params = read(model);
    run = trace(params);
    const m = asMatrices(params);
    if (shapeOf(m).join() !== shape.join()) build();
    const t = step();
    put(root, { "data-step": t, "data-steps": run.x.length - 1 });
    picture.update(run, t);
    arithmetic(run, t, m);
    showCode(t);
    showFields();
    controls.update();
    chips.forEach((chip) => chip.update());
    share.hide();
    write(live, words(t));
    relight();
    if (frame.scrollWidth > frame.clientWidth) frame.scrollLeft = picture.centre(t) - frame.clientWidth / 2;
  }

  root.addEventListener("keydown", controls.onKey, { signal });
  const relight = linkSymbols(root, signal);
  run = trace(read(model));
  put(root, {}, presets, equation, frame, legend, controls.element, html("div", { class: "beside" }, sum, code), note, predict.element, editor, share.element, live);
  el.append(root);
  build();
  update();

  const changed = (name) => () => {
    if (name === "step") revealed = Math.max(revealed, step());
    else {
      predict.close();
      revealed = step();
      write(note, "");
    }
    if (name === "activation" || name === "b") buildEquation();
    update();
  };
  const handlers = [...PARAMS, "step"].map((name) => [`change:${name}`, changed(name)]);
  handlers.forEach(([event, handler]) => model.on(event, handler));
  const resize = new ResizeObserver(() => {
    if (frame.clientWidth === drawnAt) return;
    drawnAt = frame.clientWidth;
    draw();
    update();
  });
  let drawnAt = frame.clientWidth;
  resize.observe(frame);
  return () => {
    abort.abort();
    resize.disconnect();
    handlers.forEach(([event, handler]) => model.off(event, handler));
    root.remove();
  };
}

// The scalar update, line by line: symbols, numbers, products, result.
function arithmeticLines(box) {
  const sym = (text, name) => html("span", { "data-sym": name }, ...symbol(text));
  return (run, t, { W_x, W_h, b, activation }) => {
    if (t === 0) {
      return put(box, {}, html("p", {}, ...symbol("h_0"), " = ", number("h", [0], run.h[0][0]), html("small", {}, "  the initial state, S[:, 0]")));
    }
    const bias = b[0] !== 0;
    const f = activation !== "linear";
    const num = (name, index, value, sym) => number(name, index, value, factor(value), sym);
    const lines = [
      [sym(`h_${t}`, "h"), f ? ` = ${activation}(` : " = ", sym(`x_${t}`, "x"), " · ", sym("W_x", "W_x"), " + ", sym(`h_${t - 1}`, "h_prev"), " · ", sym("W_h", "W_h"), ...(bias ? [" + ", sym("b", "b")] : []), f ? ")" : ""],
      [f ? `= ${activation}(` : "= ", num("x", [t], run.x[t][0]), " × ", num("W_x", [], W_x[0][0]), " + ", num("h", [t - 1], run.h[t - 1][0], "h_prev"), " × ", num("W_h", [], W_h[0][0]), ...(bias ? [" + ", num("b", [], b[0])] : []), f ? ")" : ""],
      [f ? `= ${activation}(` : "= ", num("x W_x", [t], run.fromX[t][0][0]), " + ", num("h W_h", [t], run.fromH[t][0][0]), ...(bias ? [" + ", num("b", [], b[0])] : []), f ? ")" : ""],
      ...(f ? [[`= ${activation}(`, num("z", [t], run.z[t][0]), ")"]] : []),
      ["= ", html("b", {}, number("h", [t], run.h[t][0]))],
    ];
    put(box, {}, ...lines.map((parts) => html("p", {}, ...parts)));
  };
}

function lineOfNumbers(run, t, W_x, W_h, b, activation) {
  const line = `${factor(run.x[t][0])} × ${factor(W_x)} + ${factor(run.h[t - 1][0])} × ${factor(W_h)}` + (b === 0 ? "" : ` + ${factor(b)}`);
  return activation === "linear" ? line : `${activation}(${line})`;
}

// Every product of one vector update: a row per incoming number, a column per unit.
function productTable(box, features, units) {
  const columns = [...Array(units).keys()];
  const cellsOf = (row) => columns.map(() => row.appendChild(html("td")));
  const row = (kind) => {
    const head = html("th", { scope: "row" });
    const tr = html("tr", { class: kind }, head);
    return { tr, head, cells: cellsOf(tr) };
  };
  const rows = { x: [...Array(features).keys()].map(() => row("x")), h: columns.map(() => row("h")), b: row("b"), z: row("z"), out: row("out") };
  const caption = html("caption");
  const head = html("tr", {}, html("th", { scope: "col" }, "comes in"), ...columns.map((j) => html("th", { scope: "col" }, `unit ${j + 1}`)));
  const body = html("tbody", {}, ...rows.x.map((r) => r.tr), ...rows.h.map((r) => r.tr), rows.b.tr, rows.z.tr, rows.out.tr);
  put(box, {}, html("table", { class: "products" }, caption, html("thead", {}, head), body));

  return (run, t, { W_x, W_h, b, activation }) => {
    const named = (text) => symbol(text);
    if (t === 0) {
      put(caption, {}, "Step 0: the initial state, before any input");
      [...rows.x, ...rows.h, rows.b, rows.z].forEach(({ tr, head, cells }) => {
        put(tr, { hidden: true });
        [head, ...cells].forEach((cell) => cell.replaceChildren());
      });
    } else {
      put(caption, {}, `Step ${t}: each number that comes in meets one row of a weight matrix`);
      [...rows.x, ...rows.h, rows.b, rows.z].forEach(({ tr }) => put(tr, { hidden: null }));
      const fill = (list, name, sym, from, T, W, products, weight) => list.forEach(({ head: th, cells }, i) => {
        put(th, { "data-sym": sym }, ...named(`${name}_${T}`), html("span", { class: "again" }, name === "x" ? " feature" : " unit"), ` ${i + 1}: `, number(name, [T, i], from[i], shown(from[i]), sym));
        cells.forEach((td, j) => put(td, {}, html("small", {}, html("span", { class: "again" }, number(name, [T, i], from[i], factor(from[i]), sym), " "), "× ", number(weight, [i, j], W[i][j], factor(W[i][j]))), number(`${name} ${weight}`, [t, i, j], products[i][j], shown(products[i][j]), "")));
      });
      fill(rows.x, "x", "x", run.x[t], t, W_x, run.fromX[t], "W_x");
      fill(rows.h, "h", "h_prev", run.h[t - 1], t - 1, W_h, run.fromH[t], "W_h");
      put(rows.b.head, { "data-sym": "b" }, html("i", {}, "b"));
      rows.b.cells.forEach((td, j) => put(td, {}, number("b", [j], b[j])));
      put(rows.z.head, {}, ...named(`z_${t}`), html("small", { class: "again" }, " the column's sum"));
      rows.z.cells.forEach((td, j) => put(td, {}, number("z", [t, j], run.z[t][j])));
    }
    put(rows.out.head, { "data-sym": "h" }, ...named(`h_${t}`), t === 0 ? "" : html("small", {}, activation === "linear" ? " = " : ` = ${activation}(`, ...named(`z_${t}`), activation === "linear" ? "" : ")"));
    rows.out.cells.forEach((td, j) => put(td, {}, number("h", [t, j], run.h[t][j])));
  };
}

// The nested list with one number replaced; never in place, or the model sees no change.
function replaced(value, [i, ...rest], number) {
  if (i === undefined) return number;
  return value.map((inner, k) => (k === i ? replaced(inner, rest, number) : inner));
}

// The rnncore call that gives exactly what is shown; h is the state after `step` updates.
function asPython({ X, W_x, W_h, b, h0, activation }, step) {
  const scalar = !Array.isArray(W_x);
  const array = (value) => (Array.isArray(value) ? `np.array(${python(value)})` : python(value));
  const lines = ["import numpy as np", "from rnncore.states import compute_states", "", `X = np.array([${python(X)}])`, `W_x = ${array(W_x)}`, `W_h = ${array(W_h)}`];
  const extra = [];
  if (!plain(b)) lines.push(`b = ${array(b)}`) && extra.push("b=b");
  if (activation !== "linear") extra.push(`activation="${activation}"`);
  if (!plain(h0)) lines.push(`h0 = np.array([${python(h0)}])`) && extra.push("h0=h0");
  lines.push(`S = compute_states(${["X", "W_x", "W_h", ...extra].join(", ")})`, `h = S[0, ${step}]${scalar ? "" : "  # one number per unit"}`);
  return lines.join("\n") + "\n";
}

// The step and what differs from the start, as a link to this page.
function asLink(model) {
  const first = start.get(model) ?? {};
  const same = (name) => JSON.stringify(model.get(name)) === JSON.stringify(first[name]);
  const parts = [`step=${model.get("step")}`, ...PARAMS.filter((name) => !same(name)).map((name) => `${name}=${[model.get(name)].flat().length ? packed(model.get(name)) : ""}`)];
  return `${location.href.split("#")[0]}#${model.get("id")}?${parts.join("&")}`;
}

// Take over what is valid in a link; the rest is ignored.
function fromLink(model, query) {
  if (!start.has(model)) start.set(model, read(model));
  const lengths = (value) => (Array.isArray(value) ? [value.length, ...lengths(value[0])] : []);
  const values = { ...start.get(model), step: model.get("step") };
  for (const name of ["X", "W_x", "W_h", "b", "h0"]) {
    if (!query.has(name)) continue;
    const value = unpacked(query.get(name), values[name]);
    const [got, want] = [lengths(value), lengths(values[name])];
    if (name === "X" && value !== null && value.length <= 60) want[0] = got[0];
    const even = !Array.isArray(value?.[0]) || value.every((row) => row.length === value[0].length);
    if (value !== null && even && got.join() === want.join()) values[name] = value;
  }
  if (Object.hasOwn(ACTIVATIONS, query.get("activation") ?? "")) values.activation = query.get("activation");
  const step = query.get("step") ?? "";
  if (/^\d+$/.test(step) && Number(step) <= values.X.length) values.step = Number(step);
  values.step = Math.min(values.step, values.X.length);
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

export { trace };
export default { render, fromLink };
