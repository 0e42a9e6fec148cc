// The hidden-state update, one time step at a time: scalar (system S4) and vector form.

const shapeOf = ({ X, W_x, W_h, scalar }) => [X.length, W_x.length, W_h.length, scalar];

function render({ model, el }) {
  const abort = new AbortController();
  const { signal } = abort;
  const inBook = el.closest("[data-rnn-slot]") !== null;
  rememberStart(model);

  const group = (name, label, scrolls) => html("div", { class: name, role: "group", "aria-label": label, tabindex: scrolls ? 0 : null });
  const root = html("section", {
    class: "rnn", role: "group", "aria-label": "Stepper for the hidden-state update",
    "data-rnn-widget": "state-stepper", "data-lm-suppress-shortcuts": "true", // its keys are not the notebook's
  });
  const presets = group("presets", "Presets");
  const equation = html("p", { class: "equation" });
  const frame = group("frame", "Unrolled network; arrow keys step through time", true);
  const legend = html("p", { class: "legend" }, html("small", {}, "Bars in S: the size and sign of each state."));
  const sum = group("sum", "The arithmetic of this step", true);
  const code = group("code", "The code that runs", true);
  const note = html("p", { class: "note", role: "status" });
  const live = html("p", { class: "live", "aria-live": "polite" });

  // What is shown: parameters, the run they give, and the form (numbers or matrices).
  let params, run, shape, picture, arithmetic;
  let revealed = model.get("step"); // how far the reader has seen, for "Predict first"
  const step = () => Math.min(model.get("step"), run.x.length - 1);
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
    if (to !== step()) save({ step: to });
    return true;
  }
  const controls = transport({ goto, step, steps: () => run.x.length - 1, signal });
  const predict = guess({
    signal,
    begin: () => { revealed = step(); },
    reveal: () => {
      revealed += 1;
      save({ step: revealed });
      root.querySelector('[aria-label="Next step"]').focus();
    },
  });
  const edit = editor({ model, save });
  const share = sharing({ signal, inBook, code: () => asPython(read(model), step()), link: () => asLink(model) });

  // What to guess at step t, and what the usual slips would give.
  function question(t) {
    const { W_x, W_h, b, activation, scalar } = params;
    const f = ACTIVATIONS[activation];
    const [x, before, right] = [run.x[t], run.h[t - 1], run.h[t][0]];
    const total = (numbers) => numbers.reduce((sum, value) => sum + value, 0);
    const dot = (v, M) => total(v.map((value, i) => value * M[i][0]));
    const slips = [
      [f(dot(x, W_x) + total(before) + total(W_h.map((row) => row[0])) + b[0]), "add the recurrent weight instead of multiplying by it"],
      [f(dot(x, W_x) + b[0]), "leave the previous state out"],
      [f(dot(before, W_h) + b[0]), "leave the input out"],
      [run.z[t][0], "stop before the activation"],
      [before[0], "pass the old state on unchanged"],
    ].filter(([wrong]) => Math.abs(wrong - right) > 1e-2 * Math.max(1, Math.abs(right)));
    return { name: `h_${t}`, part: scalar ? "" : ", unit 1", value: right, slips };
  }

  const chips = [...model.get("presets"), { name: "start values" }].map(({ name, note: words = "", ...values }) => {
    const chip = html("button", { type: "button", class: "preset" }, name);
    const all = () => ({ ...start.get(model), ...values });
    chip.addEventListener("click", () => {
      save(all());
      queueMicrotask(() => write(note, words)); // after the change has been shown
    }, { signal });
    const isOn = () => PARAMS.every((param) => equal(all()[param], model.get(param)));
    const update = () => put(chip, { "aria-pressed": String(isOn()) });
    return { chip, update: Object.keys(values).length ? update : () => {} };
  });
  put(presets, {}, chips.length > 1 ? html("span", {}, "A memory that") : null, ...chips.map(({ chip }) => chip));

  function showEquation() {
    const { activation, b } = params;
    const form = `${activation} ${isPlain(b)}`;
    if (equation.dataset.form === form) return;
    equation.dataset.form = form;
    const sym = (text, name) => html("button", { type: "button", class: "sym", "data-sym": name, "aria-pressed": "false", "aria-label": `Light up ${text}` }, ...symbol(text));
    const bias = isPlain(b) ? [] : [" + ", sym("b", "b")];
    put(equation, {}, sym("h_t", "h"), ` = ${openOf(activation)}`, sym("x_t", "x"), sym("W_x", "W_x"), " + ", sym("h_t−1", "h_prev"), sym("W_h", "W_h"), ...bias, shutOf(activation));
  }

  function showCode(t) {
    const { activation, b, h0, scalar } = params;
    const T = run.x.length - 1;
    const times = scalar ? "*" : " @ ";
    const sym = (text, name) => html("span", { "data-sym": name }, text);
    const open = activation === "tanh" ? "np.tanh(" : openOf(activation);
    const bias = isPlain(b) ? [] : [" + ", sym("b", "b")];
    const lines = [
      [`S = np.zeros((1, ${T + 1}${scalar ? "" : `, ${run.h[0].length}`}))`, isPlain(h0) ? "" : "; S[:, 0] = h0"],
      [`for k in range(${T}):`, html("span", { class: "comment" }, t > 0 ? `  # k = ${t - 1}` : "")],
      ["    ", sym("S[:, k+1]", "h"), ` = ${open}`, sym("X[:, k]", "x"), times, sym("W_x", "W_x"), " + ", sym("S[:, k]", "h_prev"), times, sym("W_h", "W_h"), ...bias, shutOf(activation)],
    ];
    const active = t === 0 ? 0 : 2;
    put(code, {}, ...lines.map((parts, i) => html("code", { class: i === active ? "active" : "", "aria-current": i === active ? "step" : null }, ...parts)));
  }

  // The step in words, for those who listen.
  function words(t) {
    const of = `Step ${t} of ${run.x.length - 1}: `;
    const h = run.h[t].map((value) => shown(value)).join(", ");
    if (t === 0) return `${of}the initial state h_0 = ${h}.`;
    return `${of}h_${t} = ${params.scalar ? `${lineOfNumbers(run, t, params)} = ` : ""}${h}.`;
  }

  function draw() {
    const [timesteps, features, units, scalar] = shape;
    picture = unrolled({ timesteps, features, units, scalar, width: frame.clientWidth || 640 });
    put(frame, {}, picture.element);
  }

  // Everything whose number of elements depends on the shapes.
  function build() {
    shape = shapeOf(params);
    put(root, { "data-mode": params.scalar ? "scalar" : "vector" });
    draw();
    arithmetic = params.scalar ? arithmeticLines(sum) : productTable(sum, params.W_x.length, params.W_h.length);
    edit.build(params);
    edit.update(params);
    edit.choose(params.scalar ? "W_h" : "W_h 1,1");
  }

  function update() {
    const given = read(model);
    if (!agree(given)) return; // in the middle of a change
    params = asMatrices(given);
    run = trace(given);
    if (!equal(shapeOf(params), shape)) build();
    const t = step();
    put(root, { "data-step": t, "data-steps": run.x.length - 1 });
    showEquation();
    picture.update(run, t);
    arithmetic(run, t, params);
    showCode(t);
    edit.update(params);
    controls.update();
    chips.forEach((chip) => chip.update());
    write(live, words(t));
    relight();
    if (frame.scrollWidth > frame.clientWidth) frame.scrollLeft = picture.centre(t) - frame.clientWidth / 2;
  }

  root.addEventListener("keydown", controls.onKey, { signal });
  const relight = linkSymbols(root, signal);
  put(root, {}, presets, equation, frame, legend, controls.element, html("div", { class: "beside" }, sum, code), note, predict.element, edit.element, share.element, live);
  el.append(root);
  update();

  // Several traits often change at once: they are shown together, after the last of them.
  const waiting = new Set();
  const changed = (name) => () => {
    if (waiting.add(name).size > 1) return;
    queueMicrotask(() => {
      const byStepAlone = waiting.size === 1 && waiting.has("step");
      waiting.clear();
      if (signal.aborted) return;
      share.hide();
      if (!byStepAlone) {
        write(note, "");
        predict.close();
        if (predict.on() && model.get("step") > 0) save({ step: 0 }); // the numbers ahead are new: guess afresh
      }
      update();
      revealed = byStepAlone ? Math.max(revealed, step()) : step();
    });
  };
  const handlers = [...PARAMS, "step"].map((name) => [`change:${name}`, changed(name)]);
  handlers.forEach(([event, handler]) => model.on(event, handler));
  let drawnAt = frame.clientWidth;
  const resize = new ResizeObserver(() => {
    if (frame.clientWidth === drawnAt) return;
    drawnAt = frame.clientWidth;
    draw();
    update();
  });
  resize.observe(frame);

  return () => {
    abort.abort();
    edit.stop();
    resize.disconnect();
    handlers.forEach(([event, handler]) => model.off(event, handler));
    root.remove();
  };
}

export { trace };
export default { render, fromLink };
