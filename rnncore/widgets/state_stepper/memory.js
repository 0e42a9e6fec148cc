// The two parts of the stepper's picture that show it, closed at first.

import { html, NONE, noteChange, number, put, svg, symbol, tag, write } from "../shared/dom.js";
import { isPlain } from "../shared/frame/parameters.js";
import { shown } from "../shared/numbers.js";
import { clamp, plot } from "../shared/plot.js";
import { memory } from "./trace.js";

export function memoryPanels({ save, signal, limits }) {
  let bent = "tanh"; // the activation that the switch turns on
  const toggle = html("input", { type: "checkbox", role: "switch" });
  const toggled = html("span", {});
  const onOff = html("label", { class: "switch" }, toggle, toggled);
  toggle.addEventListener("change", () => save({ activation: toggle.checked ? bent : "linear" }), {
    signal,
  });

  const strip = html("div", { class: "strip" });
  const ends = html("p", { class: "ends" });
  const terms = html("div", {
    class: "terms",
    role: "group",
    "aria-label": "The share of each step",
    tabindex: 0,
  });
  let chart, dots, lines, latest; // latest() gives what is to be shown
  // What is closed costs nothing: it is filled while it is open.
  const panel = (title, fill, ...parts) => {
    const inside = html("div");
    const element = html("details", { class: "panel" }, html("summary", {}, title), inside);
    const update = () => {
      if (noteChange(inside, element.open)) inside.replaceChildren(...(element.open ? parts : []));
      if (element.open) fill(...latest());
    };
    element.addEventListener("toggle", update, { signal });
    return { element, update };
  };
  const panels = [
    panel(`Its size over ${limits.horizon} steps, activation on and off`, showSizes, strip, ends),
    panel("Without an activation: all steps are one linear map", showShares, terms),
  ];

  function draw(width) {
    chart = plot({
      width,
      title: "The size of the state",
      xName: "time step t",
      yName: "size of h_t",
    });
    lines = {
      norm_linear: svg("path", { class: "line W dashed" }),
      norm: svg("path", { class: "line h" }),
    };
    dots = Object.fromEntries(
      Object.keys(lines).map((name) => [
        name,
        Array.from(
          { length: limits.horizon + 1 },
          () => svg("circle", { class: `dot ${name === "norm" ? "h" : "W"}`, r: 2.5 }),
        ),
      ]),
    );
    put(chart.marks, {}, ...Object.values(lines), ...dots.norm_linear, ...dots.norm);
    put(strip, {}, chart.element);
  }

  // Only what is reached: after the last input, silence up to step 50.
  function showSizes(run, params, t) {
    const last = t >= params.X.length ? limits.horizon : Math.min(t, limits.horizon);
    const seen = [...run.norm.slice(0, last + 1), ...run.norm_linear.slice(0, last + 1)].filter((
      v,
    ) => v > 0 && v < Infinity);
    const decade = (v) => Math.log10(clamp(v, 1e-15, 1e15));
    const y = [
      Math.min(-1, ...seen.map((v) => Math.floor(decade(v)))),
      Math.max(1, ...seen.map((v) => Math.ceil(decade(v)))),
    ];
    chart.scale({ x: [0, limits.horizon], y: y.map((p) => 10 ** p), log: true, whole: true });
    for (const [name, line] of Object.entries(lines)) {
      const values = run[name].slice(0, last + 1);
      put(line, { d: chart.path(values.map((v, k) => [k, v])) });
      dots[name].forEach((dot, k) => {
        const value = run[name][k];
        const drawn = k <= last && value >= 1e-15 && value <= 1e15;
        const [cx, cy] = drawn ? chart.at(k, value) : [0, 0];
        put(
          dot,
          k <= last
            ? { ...tag(name, [k], value), cx, cy, visibility: drawn ? null : "hidden" }
            : { ...NONE, visibility: "hidden" },
        );
      });
    }
    const linear = params.activation === "linear";
    const after = last > params.X.length
      ? `after ${params.X.length} inputs and ${last - params.X.length} steps of silence`
      : `at step ${last}`;
    put(
      ends,
      {},
      html("span", { class: "key h" }, "●  "),
      `${params.activation}: `,
      number("norm", [last], run.norm[last], shown(run.norm[last]), "h"),
      ...(linear ? [] : [
        html("span", { class: "key W" }, "  ●  "),
        "without it: ",
        number("norm_linear", [last], run.norm_linear[last], shown(run.norm_linear[last]), ""),
      ]),
      ` ${after}`,
    );
    chart.describe(
      `The size of the state ${after}: ${shown(run.norm[last])} with ${params.activation}, ${
        shown(run.norm_linear[last])
      } without an activation.`,
    );
  }

  // The shares of h_t, a row each; their sum is h_t where there is no activation.
  function showShares(run, params, t) {
    const units = [...params.b.keys()];
    const index = (k, j) => (params.scalar ? [t, k] : [t, k, j]);
    const power = (k) =>
      (t - k > 1 ? ["W_h", html("sup", {}, String(t - k))] : t - k === 1 ? ["W_h"] : []).flatMap((
        part,
      ) => (typeof part === "string" ? symbol(part) : [part]));
    const source = (
      k,
    ) => (k === 0 ? symbol("h_0") : [
      ...(isPlain(params.b) ? [] : ["("]),
      ...symbol(`x_${k}`),
      ...symbol("W_x"),
      ...(isPlain(params.b) ? [] : [" + ", html("i", {}, "b"), ")"]),
    ]);
    const row = (head, cells, kind) =>
      html(
        "tr",
        { class: kind },
        html("th", { scope: "row" }, ...head),
        ...cells.map((cell) => html("td", {}, cell)),
      );
    const first = isPlain(params.h0) ? 1 : 0; // an initial state of 0 adds nothing
    const rows = run.share[t].slice(first).map((share, i) =>
      row(
        [...source(i + first), " ", ...power(i + first)],
        units.map((j) => number("share", index(i + first, j), share[j], shown(share[j]), "")),
        "",
      )
    );
    const equal = params.activation === "linear";
    const verdict = equal
      ? [
        "The rows add up to ",
        ...symbol(`h_${t}`),
        ": the steps so far are one linear map of the inputs.",
      ]
      : [
        "With ",
        params.activation,
        " the rows add up to something else than ",
        ...symbol(`h_${t}`),
        ": the steps are no linear map any more.",
      ];
    const state = row(
      symbol(`h_${t}`),
      units.map((j) => number("h", params.scalar ? [t] : [t, j], run.h[t][j])),
      "out",
    );
    const sum = row(
      ["the sum"],
      units.map((j) =>
        number(
          "h_linear",
          params.scalar ? [t] : [t, j],
          run.h_linear[t][j],
          shown(run.h_linear[t][j]),
          "",
        )
      ),
      "z",
    );
    put(
      terms,
      {},
      html("table", { class: "products" }, html("tbody", {}, ...rows, sum, state)),
      html("p", {}, ...verdict),
    );
  }

  return {
    elements: [onOff, ...panels.map(({ element }) => element)],
    draw,
    show(run, params, t) {
      if (params.activation !== "linear") bent = params.activation;
      toggle.checked = params.activation !== "linear";
      write(toggled, ` Activation ${bent}: ${toggle.checked ? "on" : "off"}`);
      let all;
      latest = () => [all ??= { ...run, ...memory(params, limits) }, params, t];
      panels.forEach(({ update }) => update());
    },
  };
}
