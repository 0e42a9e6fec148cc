// The arithmetic of one step back, each line beside the forward line that it undoes.

const SLOPES = { linear: "1", tanh: "1 − h²", sigmoid: "h (1 − h)", relu: "1 where h > 0, else 0" };

const named = (text, sym) => html("span", { "data-sym": sym }, ...symbol(text));

// The scalar form: pairs of lines.
function backwardLines(box) {
  const num = (name, index, value, sym) => number(name, index, value, factor(value), sym);
  const result = (name, index, value, sym) => html("b", {}, number(name, index, value, shown(value), sym));
  const pair = (forth, back) => html("div", { class: "pair" }, html("p", { class: "forth" }, ...forth), html("div", { class: "back" }, ...back.map((line) => html("p", {}, ...line))));

  return (run, t, { W_x, W_h, b, activation, window }) => {
    const last = run.h.length - 1;
    const one = (name, time = t) => [run[name][time]].flat(2)[0];
    const [dh, dz, before, h] = [named(`dL/dh_${t}`, "dh"), () => named(`dL/dz_${t}`, "dz"), named(`h_${t - 1}`, "h_prev"), named(`h_${t}`, "h")];
    const dzNum = () => num("dz", [t], one("dz"));
    const stays = window < last && t > 1 && one("dz_on") !== one("dz"); // the window ends here for some of it
    const backAt = one("back", t - 1);
    const rows = [
      pair(
        [named(`h_${t}`, "h"), " goes into L", ...(t < last ? [" and into ", named(`z_${t + 1}`, "z")] : ["; no later step uses it"])],
        [[dh, " = ", num("direct", [t], one("direct"), "dS"), " from L", ...(t < last ? [" + ", num("back", [t], one("back"), "dh"), ` from step ${t + 1} = `] : [" = "]), result("dh", [t], one("dh"))]],
      ),
      pair(
        [h, " = ", openOf(activation), named(`z_${t}`, "z"), shutOf(activation), " = ", openOf(activation), number("z", [t], one("z")), shutOf(activation), ...(activation === "linear" ? [] : [" = ", number("h", [t], one("h"))])],
        [[dz(), " = ", named(`dL/dh_${t}`, "dh"), " · f′(z) = ", num("dh", [t], one("dh")), " × ", num("slope", [t], one("slope"), ""), " = ", result("dz", [t], one("dz"))]],
      ),
      pair(
        [named(`z_${t}`, "z"), " has ", before, named("W_h", "W_h"), " = ", num("h", [t - 1], one("h", t - 1), "h_prev"), " × ", num("W_h", [], W_h[0][0])],
        [
          [named("dL/dW_h", "dW_h"), " gets ", named(`h_${t - 1}`, "h_prev"), " · ", dz(), " = ", num("h", [t - 1], one("h", t - 1), "h_prev"), " × ", dzNum(), " = ", result("dW_h", [t], one("dW_h"))],
          [named(`dL/dh_${t - 1}`, "dh_prev"), " gets ", dz(), " · ", named("W_h", "W_h"), " = ", num("dz_on", [t], one("dz_on"), "dz"), " × ", num("W_h", [], W_h[0][0]), " = ", result("back", [t - 1], backAt, "dh_prev")],
          ...(stays ? [[html("small", {}, one("dz_on") === 0 ? `The window of ${window} ends here: nothing goes on.` : `Of dL/dz, what entered at step ${t + window - 1} ends here: the window is ${window}.`)]] : []),
        ],
      ),
      pair(
        ["+ ", named(`x_${t}`, "x"), named("W_x", "W_x"), " = ", num("x", [t], one("x")), " × ", num("W_x", [], W_x[0][0])],
        [[named("dL/dW_x", "dW_x"), " gets ", named(`x_${t}`, "x"), " · ", dz(), " = ", num("x", [t], one("x")), " × ", dzNum(), " = ", result("dW_x", [t], one("dW_x"))]],
      ),
      pair(["+ ", named("b", "b"), " = ", num("b", [], b[0])], [[named("dL/db", "db"), " gets ", dz(), " = ", result("db", [t], one("db"))]]),
    ];
    put(box, {}, html("p", { class: "pair heads" }, html("span", {}, "went forward"), html("span", {}, "comes back")), ...rows);
  };
}

// The vector form: the errors unit by unit, then W_h twice, in one layout.  Forward a number
// stands before its row, and the columns are summed; back one stands over its column, and the
// rows are summed: that is the transpose.
function backwardTables(box, units) {
  const all = [...Array(units).keys()];
  const th = (...parts) => html("th", { scope: "row" }, ...parts);
  const heads = (first, ...more) => html("thead", {}, html("tr", {}, ...[first, ...all.map((j) => `unit ${j + 1}`), ...more].map((text) => html("th", { scope: "col" }, text))));
  const cell = () => html("td");
  const line = (kind) => {
    const made = { head: th(), cells: all.map(cell) };
    return { ...made, tr: html("tr", { class: kind }, made.head, ...made.cells) };
  };
  const names = ["direct", "back", "dh", "slope", "dz", "dz_on"];
  const errors = Object.fromEntries(names.map((name) => [name, line(name)]));
  const grid = () => ({ caption: html("caption"), top: line("top"), rows: all.map(() => ({ ...line("row"), end: html("td", { class: "end" }) })), sums: line("sums") });
  const [forth, back] = [{ ...grid(), heads: heads("") }, { ...grid(), heads: heads("", "sum") }];
  put(
    box, {},
    html("table", { class: "products errors" }, html("caption", {}), heads(""), html("tbody", {}, ...names.map((name) => errors[name].tr))),
    html(
      "div", { class: "mirror" },
      html("table", { class: "products" }, forth.caption, forth.heads, html("tbody", {}, ...forth.rows.map(({ tr }) => tr), forth.sums.tr)),
      html("table", { class: "products" }, back.caption, back.heads, html("tbody", {}, back.top.tr, ...back.rows.map(({ tr }) => tr))),
    ),
  );
  back.rows.forEach(({ tr, end }) => tr.append(end));
  back.top.tr.append(cell());
  const caption = box.querySelector("caption");

  return (run, t, { W_h, activation, window }) => {
    const last = run.h.length - 1;
    const stays = window < last && t > 1;
    write(caption, `Back at step ${t}, unit by unit; forward it was h = ${openOf(activation)}z${shutOf(activation)}`);
    const labels = {
      direct: [named(`dS_${t}`, "dS"), " from the loss"],
      back: t < last ? [`+ back from step ${t + 1}`] : ["+ nothing from later"],
      dh: ["= ", named(`dL/dh_${t}`, "dh")],
      slope: [`× slope f′(z) = ${SLOPES[activation]}`],
      dz: ["= ", named(`dL/dz_${t}`, "dz")],
      dz_on: [`the window of ${window} lets on`],
    };
    put(errors.dz_on.tr, { hidden: !stays });
    for (const name of names) {
      put(errors[name].head, {}, ...labels[name]);
      errors[name].cells.forEach((td, j) => put(td, {}, ...(name === "dz_on" && !stays ? [""] : [number(name, [t, j], run[name][t][j], shown(run[name][t][j]), { direct: "dS", back: "dh", slope: "" }[name] ?? (name === "dz_on" ? "dz" : name))])));
    }
    put(forth.heads.querySelector("th"), {}, named(`h_${t - 1}`, "h_prev"));
    put(back.heads.querySelector("th"), {}, "");
    put(back.heads.querySelector("th:last-child"), {}, named(`dL/dh_${t - 1}`, "dh_prev"));
    put(forth.caption, {}, "Forward, ", named(`h_${t - 1}`, "h_prev"), " ", named("W_h", "W_h"), ": each number meets its row of ", named("W_h", "W_h"), ", and the ", html("b", {}, "columns"), " are summed");
    put(back.caption, {}, "Back, ", named(`dL/dz_${t}`, "dz"), " ", named("W_h", "W_h"), html("sup", {}, "T"), ": each number meets its column of ", named("W_h", "W_h"), ", and the ", html("b", {}, "rows"), " are summed");
    const weight = (i, j) => html("small", {}, "× ", number("W_h", [i, j], W_h[i][j], factor(W_h[i][j])));
    all.forEach((i) => {
      put(forth.rows[i].head, {}, `unit ${i + 1}: `, number("h", [t - 1, i], run.h[t - 1][i], shown(run.h[t - 1][i]), "h_prev"));
      put(back.rows[i].head, {}, `unit ${i + 1}`);
      all.forEach((j) => {
        put(forth.rows[i].cells[j], {}, weight(i, j), number("from_h", [t, i, j], run.from_h[t][i][j], shown(run.from_h[t][i][j]), ""));
        put(back.rows[i].cells[j], {}, weight(i, j), number("from_dz", [t, i, j], run.from_dz[t][i][j], shown(run.from_dz[t][i][j]), ""));
      });
      put(back.rows[i].end, {}, number("back", [t - 1, i], run.back[t - 1][i], shown(run.back[t - 1][i]), "dh_prev"));
      put(forth.sums.cells[i], {}, number("recur", [t, i], run.recur[t][i], shown(run.recur[t][i]), "z"));
      put(back.top.cells[i], {}, number("dz_on", [t, i], run.dz_on[t][i], shown(run.dz_on[t][i]), "dz"));
    });
    put(forth.sums.head, {}, "into ", named(`z_${t}`, "z"));
    put(back.top.head, {}, named(`dL/dz_${t}`, "dz"));
  };
}
