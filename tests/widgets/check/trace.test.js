import { asState } from "../../../rnncore/widgets/check/keeper.js";
import { answerOf, trace } from "../../../rnncore/widgets/check/trace.js";
import { agreesWithPython } from "../../support/cases.js";
import { same } from "../../support/same.js";

agreesWithPython("check", trace);

const read = (kind, text) => JSON.stringify(answerOf(kind, [text], 0));

Deno.test("check: a shape may be written in several ways", () => {
  for (const text of ["(16, 41, 12)", "16, 41, 12", "[16,41,12]", "16 41 12", "(16, 41, 12,)"]) {
    if (read("shape", text) !== "[16,41,12]") throw new Error(text);
  }
  if (read("shapes", "(2, 3)\n\n 4 5 \n") !== "[[2,3],[4,5]]") throw new Error("two lines");
});

Deno.test("check: what can't be read is no answer", () => {
  for (const text of ["", "()", "16, x", "(16; 41)", "16.5, 2", "-1"]) {
    if (read("shape", text) !== "null") throw new Error(text);
  }
  for (const text of ["", " ", "x", "1e999", "-"]) {
    if (read("numbers", text) !== "null") throw new Error(text);
  }
  if (read("shapes", "(2, 3)\nx") !== "null") throw new Error("one line of two");
});

Deno.test("check: whatever was kept becomes a state", () => {
  const empty = { answer: [], opened: 0, solved: false };
  const others = [null, 5, "solved", [1], true, {}, { answer: { length: 9 }, opened: "3" }];
  for (const kept of [...others, { solved: 1, opened: -1 }, { solved: "true", opened: 0.5 }]) {
    same(asState(kept), empty, JSON.stringify(kept));
  }
  same(asState(JSON.parse('{"__proto__": {"solved": true, "opened": 9}}')), empty);
  const kept = { answer: ["1", {}, null, ["2"], 3], opened: 2, solved: true, more: 1 };
  same(asState(kept), { answer: ["1", "", "", "", ""], opened: 2, solved: true });
});
