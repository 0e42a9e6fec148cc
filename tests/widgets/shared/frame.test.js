import { wantedOf } from "../../../rnncore/widgets/shared/frame/fields.js";
import { isNear, notYet } from "../../../rnncore/widgets/shared/frame/guess.js";
import { stopOf, target, toolbar } from "../../../rnncore/widgets/shared/frame/toolbar.js";
import { powerOfTen, powers, ticks } from "../../../rnncore/widgets/shared/plot.js";
import { same } from "../../support/same.js";

Deno.test("guess: an answer is right to half a per cent, and near zero to 0.005", () => {
  same([isNear(100.4, 100), isNear(100.6, 100), isNear(0.004, 0), isNear(0.006, 0)], [
    true,
    false,
    true,
    false,
  ]);
});

Deno.test("guess: a slip is told by its number", () => {
  const question = {
    name: "h_1",
    part: "",
    value: 1,
    slips: /** @type {[number, string][]} */ ([[2, "add"]]),
  };
  same(notYet(2, question).includes("It is what you get if you add."), true);
  same(notYet(3, question), "Not yet: 3 is off by 2. Try again, or press Show me.");
});

Deno.test("fields: what a field takes, in words", () => {
  const some = [[false, -Infinity, Infinity], [true, 1, 12], [false, 0, Infinity], [false, -1, 1]];
  const words = some.map(([whole, min, max]) => wantedOf(/** @type {any} */ ({ whole, min, max })));
  same(words, [
    "a finite number",
    "a whole number from 1 to 12",
    "a number of at least 0",
    "a number from −1 to 1",
  ]);
});

Deno.test("plot: ticks are round, powers of ten have 1 among them", () => {
  same(ticks([0, 50], 8), [0, 10, 20, 30, 40, 50]);
  same(ticks([0, 3], 8, true), [0, 1, 2, 3]);
  same(ticks([-1, 1], 4), [-1, -0.5, 0, 0.5, 1]);
  same(powers([1e-5, 1e5]).includes(1), true);
  same([powerOfTen(1e-5), powerOfTen(100), powerOfTen(1e12)], ["10⁻⁵", "100", "10¹²"]);
});

Deno.test("toolbar: arrow keys lead to its neighbours, Home and End to its ends", () => {
  const buttons = ["h", "x", "W"];
  const from = (/** @type {string} */ button) =>
    ["ArrowLeft", "ArrowRight", "Home", "End", "ArrowUp"].map((key) =>
      target(key, button, buttons)
    );
  same(from("x"), ["h", "W", "h", "W", undefined]);
  same(from("h"), ["h", "x", "h", "W", undefined]);
  same(from("W"), ["x", "W", "h", "W", undefined]);
});

Deno.test("toolbar: Tab stops where it did, or at the first button if that is gone", () => {
  const at = (/** @type {(string | null)[]} */ ...stops) => {
    const buttons = stops.map((stop) => ({ getAttribute: () => stop }));
    const stop = stopOf(buttons);
    return stop && buttons.indexOf(stop);
  };
  same([at("-1", "0", "-1"), at(null, null), at("-1", "-1"), at()], [1, 0, 0, undefined]);
});

Deno.test("toolbar: its description says which keys lead on", () => {
  const { role, ...words } = toolbar("Equation", "symbol");
  same(role, "toolbar");
  same(words, {
    "aria-label": "Equation",
    "aria-description": "Left and right arrow keys move from symbol to symbol.",
  });
});
