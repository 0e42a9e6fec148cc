import { answerOf, trace } from "../../../rnncore/widgets/check/trace.js";
import { agreesWithPython } from "../../support/cases.js";

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
