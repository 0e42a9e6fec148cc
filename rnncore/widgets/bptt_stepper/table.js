// What each time step adds to the gradient of one weight; the last row is the sum.

import { html, put, renew, symbol, write } from "../shared/dom.js";
import { shown, shownBriefly } from "../shared/numbers.js";

// Rows of the weight: those of W_x are features, those of W_h units, and b has one.
export function contributionTable(box, { scalar, timesteps, units, rows, weight, brief }) {
  const all = [...Array(units).keys()];
  const times = [...Array(timesteps).keys()].map((k) => k + 1);
  const td = () => html("td", { class: "num" });
  const head = (...parts) => html("th", { scope: "col" }, ...parts);
  const index = (t, i, j) => (scalar ? [t] : weight === "b" ? [t, j] : [t, i, j]);
  const from = { W_h: (t) => ["h", t - 1], W_x: (t) => ["x", t], b: () => null }[weight];
  const fromSym = { W_h: "h_prev", W_x: "x" }[weight];
  const inner = (array, t, i) => (weight === "b" ? array[t] : array[t][i]);
  const plain = { W_h: "h_t−1", W_x: "x_t", b: "1" }[weight];
  const caption = html("caption");
  const [factorHead, addsHead] = [head(), head()];
  let headed; // the derivative that the heads speak of
  let lines, sums;

  const show = (cell, reached, name, place, value, sym) => {
    renew(cell, reached ? name : null, place, value, sym, brief() ? shownBriefly : shown, "·");
  };

  if (scalar) {
    lines = times.map((t) => {
      const [incoming, slope, local, arrives, adds] = [td(), td(), td(), td(), td()];
      const bar = html("span", { class: "bar" });
      const tr = html(
        "tr",
        {},
        html("th", { scope: "row" }, `t = ${t}`),
        incoming,
        slope,
        local,
        arrives,
        adds,
        html("td", { class: "bars", "aria-hidden": "true" }, bar),
      );
      return { t, tr, incoming, slope, local, arrives, adds, bar };
    });
    sums = { label: html("th", { scope: "row", colspan: 5 }), cells: [[td()]] };
    const columns = [
      head("step"),
      head(...symbol(plain)),
      head("× f′(z", html("sub", {}, "t"), ")"),
      head(
        "= ",
        "∂",
        ...symbol("h_t"),
        "/∂",
        ...symbol(weight),
        html("small", {}, "this step alone"),
      ),
      factorHead,
      addsHead,
      html("td", { class: "bars" }),
    ];
    put(
      box,
      {},
      html(
        "table",
        { class: "products adds" },
        caption,
        html("thead", {}, html("tr", {}, ...columns)),
        html(
          "tbody",
          {},
          ...lines.map(({ tr }) => tr),
          html(
            "tr",
            { class: "total" },
            sums.label,
            sums.cells[0][0],
            html("td", { class: "bars" }),
          ),
        ),
      ),
    );
  } else {
    const bodies = times.map((t) => {
      const top = { slope: all.map(() => td()), arrives: all.map(() => td()) };
      const title = html("th", { scope: "rowgroup" }, `t = ${t}`);
      const inside = [...Array(rows).keys()].map(() => ({
        incoming: td(),
        local: all.map(() => td()),
        adds: all.map(() => td()),
      }));
      const element = html(
        "tbody",
        {},
        html("tr", { class: "factors" }, title, ...top.slope, ...top.arrives),
        ...inside.map((row) => html("tr", {}, row.incoming, ...row.local, ...row.adds)),
      );
      return { t, element, top, inside };
    });
    lines = bodies;
    sums = {
      label: html("th", { scope: "row", colspan: 1 + units, rowspan: rows }),
      cells: [...Array(rows).keys()].map(() => all.map(() => td())),
    };
    const totals = html(
      "tbody",
      { class: "total" },
      ...sums.cells.map((cells, i) => html("tr", {}, ...(i === 0 ? [sums.label] : []), ...cells)),
    );
    put(factorHead, { colspan: units });
    const localHead = html(
      "th",
      { scope: "col", colspan: units },
      "× f′(z",
      html("sub", {}, "t"),
      ") = ∂",
      ...symbol("h_t"),
      "/∂",
      ...symbol(weight),
      html("small", {}, "this step alone, unit by unit"),
    );
    put(
      box,
      {},
      html(
        "table",
        { class: "products adds" },
        caption,
        html("thead", {}, html("tr", {}, head(...symbol(plain)), localHead, factorHead)),
        ...bodies.map(({ element }) => element),
        totals,
      ),
    );
  }

  // `to`: how far back it has come; timesteps + 1 where it has not begun.
  return (run, { to, now, derivative, window }) => {
    const local = derivative === "local";
    const [arrivesName, addsName, sumName] = local
      ? ["direct", `held_${weight}`, `sum_held_${weight}`]
      : ["dh", `d${weight}`, `sum_${weight}`];
    const arrivesSym = local ? "dS" : "dh";
    if (headed !== derivative) {
      headed = derivative;
      const gradient = html("span", { "data-sym": `d${weight}` }, ...symbol(`dL/d${weight}`));
      const adds = local ? ["= its term"] : ["= adds to ", gradient];
      put(
        caption,
        {},
        "What each use of ",
        ...symbol(weight),
        local ? " adds within its own step" : " adds to its gradient",
      );
      put(
        factorHead,
        {},
        "× ",
        html("span", { "data-sym": arrivesSym }, ...symbol(local ? "dS_t" : "dL/dh_t")),
        ...(scalar ? [] : [" ", ...adds]),
        html("small", {}, local ? "the loss at t alone" : "the loss at t and later"),
      );
      if (scalar) put(addsHead, {}, ...adds);
    }
    const sizes = scalar
      ? run[addsName].slice(1).flat(2).map(Math.abs).filter(Number.isFinite)
      : [];
    const scale = Math.max(0, ...sizes);
    for (const line of lines) {
      const { t } = line;
      const reached = t >= to;
      if (scalar) {
        const source = from(t);
        if (source) {
          show(
            line.incoming,
            reached,
            source[0],
            [source[1]],
            run[source[0]][source[1]][0],
            fromSym,
          );
        } else write(line.incoming, reached ? "1" : "·");
        show(line.slope, reached, "slope", [t], run.slope[t][0], "");
        show(
          line.local,
          reached,
          `local_${weight}`,
          [t],
          inner(run[`local_${weight}`], t, 0)[0],
          "",
        );
        show(line.arrives, reached, arrivesName, [t], run[arrivesName][t][0], arrivesSym);
        const value = inner(run[addsName], t, 0)[0];
        show(line.adds, reached, addsName, [t], value, `d${weight}`);
        const share = reached && scale && !Number.isNaN(value)
          ? Math.min(1, Math.abs(value) / scale) * 50
          : 0;
        put(line.bar, {
          style: `left: ${value < 0 ? 50 - share : 50}%; width: ${share}%`,
          "data-bar": `${addsName},${t}`,
        });
        put(line.tr, { class: t === now && reached ? "now" : null });
      } else {
        put(line.element, { class: t === now && reached ? "now" : null, hidden: !reached });
        all.forEach((j) => {
          show(line.top.slope[j], reached, "slope", [t, j], run.slope[t][j], "");
          show(
            line.top.arrives[j],
            reached,
            arrivesName,
            [t, j],
            run[arrivesName][t][j],
            arrivesSym,
          );
        });
        line.inside.forEach((row, i) => {
          const source = from(t);
          if (source) {
            show(
              row.incoming,
              reached,
              source[0],
              [source[1], i],
              run[source[0]][source[1]][i],
              fromSym,
            );
          } else write(row.incoming, reached ? "1" : "·");
          all.forEach((j) => {
            show(
              row.local[j],
              reached,
              `local_${weight}`,
              index(t, i, j),
              inner(run[`local_${weight}`], t, i)[j],
              "",
            );
            show(
              row.adds[j],
              reached,
              addsName,
              index(t, i, j),
              inner(run[addsName], t, i)[j],
              `d${weight}`,
            );
          });
        });
      }
    }
    const begun = to <= timesteps;
    if (!scalar) put(sums.label.closest("tbody"), { hidden: !begun });
    const whole = to <= 1;
    sums.cells.forEach((cells, i) =>
      cells.forEach((cell, j) =>
        show(
          cell,
          begun,
          sumName,
          index(begun ? Math.max(to, 1) : 1, i, j),
          begun ? inner(run[sumName], Math.max(to, 1), i)[j] : 0,
          `d${weight}`,
        )
      )
    );
    const gradient = html("span", { "data-sym": `d${weight}` }, ...symbol(`dL/d${weight}`));
    put(
      sums.label,
      {},
      ...(!begun
        ? ["the sum"]
        : local
        ? [whole ? "the sum of the steps alone" : "so far, of the steps alone"]
        : !whole
        ? ["the sum so far"]
        : window < timesteps
        ? [`the sum within the window of ${window}`]
        : ["the sum: the gradient ", gradient]),
    );
  };
}
