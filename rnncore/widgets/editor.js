// The fields for every input and weight, laid out as the matrices are.

function editor({ model, save }) {
  const element = html("details", { class: "editor" });
  let abort = new AbortController();
  let fieldsNow, kinds, setNumber;

  // A field per number, under the names a reader counts by: W_h 2,3 is row 2, column 3.
  function build({ scalar, X, W_x, W_h, b, h0 }) {
    const open = element.open;
    abort.abort();
    abort = new AbortController();
    setNumber = {};
    fieldsNow = fields({ signal: abort.signal, change: (name, value) => setNumber[name](value) });
    const one = (param, name, sym, path) => {
      setNumber[name] = (value) => save({ [param]: replaced(model.get(param), path, value) });
      return fieldsNow.field(name, sym, (value) => setNumber[name](value));
    };
    const grid = (legend, columns, cells) => html("fieldset", { style: `--columns: ${columns}` }, html("legend", {}, legend), html("div", { class: "grid" }, ...cells));
    const matrix = (param, M) => M.flatMap((row, i) => row.map((_, j) => one(param, `${param} ${i + 1},${j + 1}`, param, [i, j])));
    const units = W_h.length;
    const groups = scalar
      ? [
        grid("weights, bias, initial state", 4, [one("W_x", "W_x", "W_x", []), one("W_h", "W_h", "W_h", []), one("b", "b", "b", []), one("h0", "h 0", "h_prev", [])]),
        grid("inputs: one number per step", 4, X.map((_, k) => one("X", `x ${k + 1}`, "x", [k]))),
      ]
      : [
        grid("W_x: a row per feature, a column per unit", units, matrix("W_x", W_x)),
        grid("W_h: a row per previous unit, a column per unit", units, matrix("W_h", W_h)),
        grid("b: the bias of each unit", units, b.map((_, j) => one("b", `b ${j + 1}`, "b", [j]))),
        grid("h 0: the initial state", units, h0.map((_, j) => one("h0", `h 0,${j + 1}`, "h_prev", [j]))),
        grid("x: a row per step, a column per feature", W_x.length, X.flatMap((row, k) => row.map((_, i) => one("X", `x ${k + 1},${i + 1}`, "x", [k, i])))),
      ];
    kinds = html("select", { "aria-label": "activation" }, ...Object.keys(ACTIVATIONS).map((name) => html("option", { value: name }, name)));
    kinds.addEventListener("change", () => save({ activation: kinds.value }), { signal: abort.signal });
    put(element, {}, html("summary", {}, "Change the numbers"), html("div", { class: "matrices" }, ...groups), html("label", { class: "slider" }, "activation ", kinds), fieldsNow.sliderRow);
    element.open = open;
  }

  function update({ scalar, X, W_x, W_h, b, h0, activation }) {
    const name = (param, ...place) => (scalar ? param : `${param} ${place.map((i) => i + 1).join()}`);
    W_x.forEach((row, i) => row.forEach((value, j) => fieldsNow.update(name("W_x", i, j), value)));
    W_h.forEach((row, i) => row.forEach((value, j) => fieldsNow.update(name("W_h", i, j), value)));
    b.forEach((value, j) => fieldsNow.update(name("b", j), value));
    h0.forEach((value, j) => fieldsNow.update(scalar ? "h 0" : `h 0,${j + 1}`, value));
    X.forEach((row, k) => row.forEach((value, i) => fieldsNow.update(scalar ? `x ${k + 1}` : `x ${k + 1},${i + 1}`, value)));
    kinds.value = activation;
  }
  return { element, build, update, choose: (name) => fieldsNow.choose(name), stop: () => abort.abort() };
}
