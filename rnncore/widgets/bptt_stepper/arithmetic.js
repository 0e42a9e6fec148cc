// The arithmetic of one step back, each line beside the forward line that it undoes.

import { openOf, shutOf } from "../shared/arithmetic.js";
import { html, number, put, renew, symbol, write } from "../shared/dom.js";
import { factor, shown } from "../shared/numbers.js";

const SLOPES = { linear: "1", tanh: "1 − h²", sigmoid: "h (1 − h)", relu: "1 where h > 0, else 0" };

export const named = (text, sym) => html("span", { "data-sym": sym }, ...symbol(text));

// The scalar form: pairs of lines.
export function backwardLines(box) {
  const num = (name, index, value, sym) => number(name, index, value, factor(value), sym);
  const result = (name, index, value, sym) =>
    html("b", {}, number(name, index, value, shown(value), sym));
  const pair = (forth, back) =>
    html(
      "div",
      { class: "pair" },
      html("p", { class: "forth" }, ...forth),
      html("div", { class: "back" }, ...back.map((line) => html("p", {}, ...line))),
    );

  return (run, t, { W_x, W_h, b, activation, window }) => {
    const last = run.h.length - 1;
    const one = (name, time = t) => [run[name][time]].flat(2)[0];
    const [dh, dz, before, h] = [
      named(`dL/dh_${t}`, "dh"),
      () => named(`dL/dz_${t}`, "dz"),
      named(`h_${t - 1}`, "h_prev"),
      named(`h_${t}`, "h"),
    ];
    const dzNum = () => num("dz", [t], one("dz"));
    const stays = window < last && t > 1 && one("dz_on") !== one("dz"); // the window ends here for some of it
    const backAt = one("back", t - 1);
    // Where the slope is made of the state, with its numbers.
    const slopeLine = () => {
      const hNum = () => num("h", [t], one("h"), "h");
      const parts = {
        tanh: () => ["1 − ", hNum(), "²"],
        sigmoid: () => [hNum(), " × (1 − ", hNum(), ")"],
      }[activation];
      return parts
        ? [[
          "f′(z) = ",
          SLOPES[activation],
          " = ",
          ...parts(),
          " = ",
          num("slope", [t], one("slope"), ""),
        ]]
        : [];
    };
    const rows = [
      pair(
        [
          named(`h_${t}`, "h"),
          " goes into L",
          ...(t < last ? [" and into ", named(`z_${t + 1}`, "z")] : ["; no later step uses it"]),
        ],
        [[
          dh,
          " = ",
          num("direct", [t], one("direct"), "dS"),
          " from L",
          ...(t < last
            ? [" + ", num("back", [t], one("back"), "dh"), ` from step ${t + 1} = `]
            : [" = "]),
          result("dh", [t], one("dh")),
        ]],
      ),
      pair(
        [
          h,
          " = ",
          openOf(activation),
          named(`z_${t}`, "z"),
          shutOf(activation),
          " = ",
          openOf(activation),
          number("z", [t], one("z")),
          shutOf(activation),
          ...(activation === "linear" ? [] : [" = ", number("h", [t], one("h"))]),
        ],
        [
          ...slopeLine(),
          [
            dz(),
            " = ",
            named(`dL/dh_${t}`, "dh"),
            " · f′(z) = ",
            num("dh", [t], one("dh")),
            " × ",
            num("slope", [t], one("slope"), ""),
            " = ",
            result("dz", [t], one("dz")),
          ],
        ],
      ),
      pair(
        [
          named(`z_${t}`, "z"),
          " has ",
          before,
          named("W_h", "W_h"),
          " = ",
          num("h", [t - 1], one("h", t - 1), "h_prev"),
          " × ",
          num("W_h", [], W_h[0][0]),
        ],
        [
          [
            named("dL/dW_h", "dW_h"),
            " gets ",
            named(`h_${t - 1}`, "h_prev"),
            " · ",
            dz(),
            " = ",
            num("h", [t - 1], one("h", t - 1), "h_prev"),
            " × ",
            dzNum(),
            " = ",
            result("dW_h", [t], one("dW_h")),
          ],
          ...(stays
            ? [[
              html(
                "small",
                {},
                `The window of ${window} lets through `,
                num("dz_on", [t], one("dz_on"), "dz"),
                " of ",
                dz(),
                `: what entered at step ${t + window - 1} ends here.`,
              ),
            ]]
            : []),
          [
            named(`dL/dh_${t - 1}`, "dh_prev"),
            " gets ",
            ...(stays ? [] : [dz(), " · ", named("W_h", "W_h"), " = "]),
            num("dz_on", [t], one("dz_on"), "dz"),
            " × ",
            num("W_h", [], W_h[0][0]),
            " = ",
            result("back", [t - 1], backAt, "dh_prev"),
          ],
        ],
      ),
      pair(
        [
          "+ ",
          named(`x_${t}`, "x"),
          named("W_x", "W_x"),
          " = ",
          num("x", [t], one("x")),
          " × ",
          num("W_x", [], W_x[0][0]),
        ],
        [[
          named("dL/dW_x", "dW_x"),
          " gets ",
          named(`x_${t}`, "x"),
          " · ",
          dz(),
          " = ",
          num("x", [t], one("x")),
          " × ",
          dzNum(),
          " = ",
          result("dW_x", [t], one("dW_x")),
        ]],
      ),
      pair(["+ ", named("b", "b"), " = ", num("b", [], b[0])], [[
        named("dL/db", "db"),
        " gets ",
        dz(),
        " = ",
        result("db", [t], one("db")),
      ]]),
    ];
    put(
      box,
      {},
      html(
        "p",
        { class: "pair heads" },
        html("span", {}, "went forward"),
        html("span", {}, "comes back"),
      ),
      ...rows,
    );
  };
}

// The vector form: the errors unit by unit, then W_h twice, in one layout.  Forward a number
// stands before its row, and the columns are summed; back one stands over its column, and the
// rows are summed: that is the transpose.
export function backwardTables(box, units) {
  const all = [...Array(units).keys()];
  const slot = () => html("span", { class: "num" });
  const line = (kind, ...end) => {
    const made = { head: html("th", { scope: "row" }), nums: all.map(slot) };
    return {
      ...made,
      tr: html(
        "tr",
        { class: kind },
        made.head,
        ...made.nums.map((num) => html("td", {}, num)),
        ...end,
      ),
    };
  };
  const heads = (first, ...more) =>
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        ...[first, ...all.map((j) => `unit ${j + 1}`), ...more].map((parts) =>
          html("th", { scope: "col" }, parts)
        ),
      ),
    );
  const names = ["direct", "back", "dh", "slope", "dz", "dz_on"];
  const syms = { direct: "dS", back: "dh", dh: "dh", slope: "", dz: "dz", dz_on: "dz" };
  const errors = Object.fromEntries(names.map((name) => [name, line(name)]));
  const caption = html("caption");

  // W_h, each number of it over its product; `end` stands behind the row.
  const grid = (hasEnd) =>
    all.map((i) => {
      const made = {
        head: html("th", { scope: "row" }, `unit ${i + 1}`),
        weights: all.map(slot),
        nums: all.map(slot),
        end: slot(),
      };
      const cells = all.map((j) =>
        html(
          "td",
          { "data-wire": `${i},${j}` },
          html("small", {}, "× ", made.weights[j]),
          made.nums[j],
        )
      );
      return {
        ...made,
        tr: html(
          "tr",
          {},
          made.head,
          ...cells,
          hasEnd ? html("td", { class: "end" }, made.end) : null,
        ),
      };
    });
  const [forth, back] = [grid(false), grid(true)];
  forth.forEach(({ head, end }) => head.append(": ", end)); // what comes in, before its row
  const [sums, top] = [line("sums"), line("top", html("td"))];
  const titles = {
    forth: html("caption"),
    back: html("caption"),
    incoming: html("span"),
    outgoing: html("span"),
  };
  const mirror = html(
    "div",
    { class: "mirror" },
    html(
      "table",
      { class: "products" },
      titles.forth,
      heads(titles.incoming),
      html("tbody", {}, ...forth.map(({ tr }) => tr), sums.tr),
    ),
    html(
      "table",
      { class: "products" },
      titles.back,
      heads("to", titles.outgoing),
      html("tbody", {}, top.tr, ...back.map(({ tr }) => tr)),
    ),
  );
  // Point at one weight, and it lights up where it is walked the other way.
  const lightWire = (at) =>
    mirror.querySelectorAll("[data-wire]").forEach((cell) =>
      cell.classList.toggle("wire", cell.dataset.wire === at)
    );
  mirror.addEventListener(
    "pointerover",
    ({ target }) => lightWire(target.closest("[data-wire]")?.dataset.wire),
  );
  mirror.addEventListener("pointerleave", () => lightWire(undefined));
  const wrong = all.map(slot);
  const same = html("span");
  const slip = html(
    "p",
    {},
    "What unit j got goes back to unit i through the number that took i to j: that is the transpose. With ",
    named("W_h", "W_h"),
    " in place of ",
    named("W_h", "W_h"),
    html("sup", {}, "T"),
    " it would be ",
    ...wrong.flatMap((num, i) => [i ? ", " : "", num]),
    same,
    ".",
  );
  put(
    box,
    {},
    html(
      "table",
      { class: "products errors" },
      caption,
      heads("what arrives"),
      html("tbody", {}, ...names.map((name) => errors[name].tr)),
    ),
    mirror,
    slip,
  );
  let told;

  function tell(t, last, activation, window, stays) {
    const W = () => named("W_h", "W_h");
    const error = () => named(`dL/dz_${t}`, "dz");
    write(
      caption,
      `Back at step ${t}, unit by unit; forward it was h = ${openOf(activation)}z${
        shutOf(activation)
      }`,
    );
    put(errors.direct.head, {}, named(`dS_${t}`, "dS"), " from the loss");
    put(errors.back.head, {}, t < last ? `+ back from step ${t + 1}` : "+ nothing from later");
    put(errors.dh.head, {}, "= ", named(`dL/dh_${t}`, "dh"));
    put(errors.slope.head, {}, `× slope f′(z) = ${SLOPES[activation]}`);
    put(errors.dz.head, {}, "= ", named(`dL/dz_${t}`, "dz"));
    put(errors.dz_on.head, {}, `through the window of ${window}`);
    put(titles.incoming, {}, named(`h_${t - 1}`, "h_prev"));
    put(titles.outgoing, {}, named(`dL/dh_${t - 1}`, "dh_prev"));
    put(
      titles.forth,
      {},
      "Forward, ",
      named(`h_${t - 1}`, "h_prev"),
      " ",
      W(),
      ": each number meets its row of ",
      W(),
      ", and the ",
      html("b", {}, "columns"),
      " are summed",
    );
    put(
      titles.back,
      {},
      "Back, ",
      stays ? "what the window lets through of " : "",
      error(),
      " ",
      W(),
      html("sup", {}, "T"),
      ": each number meets its column of ",
      W(),
      ", and the ",
      html("b", {}, "rows"),
      " are summed",
    );
    put(sums.head, {}, "into ", named(`z_${t}`, "z"));
    put(top.head, {}, stays ? "through" : error());
  }

  return (run, t, { W_h, activation, window }) => {
    const last = run.h.length - 1;
    const stays = window < last && t > 1;
    const words = `${t} ${last} ${activation} ${window}`;
    if (told !== words) tell(t, last, activation, window, stays);
    told = words;
    put(errors.dz_on.tr, { hidden: !stays });
    for (const name of names) {
      errors[name].nums.forEach((num, j) =>
        renew(num, name === "dz_on" && !stays ? null : name, [t, j], run[name][t][j], syms[name])
      );
    }
    all.forEach((i) => {
      renew(forth[i].end, "h", [t - 1, i], run.h[t - 1][i], "h_prev");
      renew(back[i].end, "back", [t - 1, i], run.back[t - 1][i], "dh_prev");
      renew(sums.nums[i], "recur", [t, i], run.recur[t][i], "z");
      renew(top.nums[i], "dz_on", [t, i], run.dz_on[t][i], "dz");
      renew(wrong[i], "untransposed", [t, i], run.untransposed[t][i], "");
      all.forEach((j) => {
        [forth, back].forEach((rows) =>
          renew(rows[i].weights[j], "W_h", [i, j], W_h[i][j], "W_h", factor)
        );
        renew(forth[i].nums[j], "from_h", [t, i, j], run.from_h[t][i][j], "");
        renew(back[i].nums[j], "from_dz", [t, i, j], run.from_dz[t][i][j], "");
      });
    });
    write(
      same,
      all.every((i) => run.untransposed[t][i] === run.back[t - 1][i]) ? ", the same here" : "",
    );
  };
}
