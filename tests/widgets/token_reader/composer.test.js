// What is typed: which words it may become, and what is said of a text that is no review.

import { begunAt, completionsOf } from "../../../rnncore/widgets/token_reader/completions.js";
import { refusal } from "../../../rnncore/widgets/token_reader/composer.js";
import { reviewIn } from "../../../rnncore/widgets/token_reader/trace.js";

const VOCABULARY = [
  "",
  "good",
  "great",
  "gripping",
  "bad",
  "boring",
  "brilliant",
  "not",
  "this",
  "a",
];
const LIMITS = { vocabulary: VOCABULARY, not: 7, longest: 4, padding: 8, units: 8, columns: 2 };

function equal(/** @type {any} */ found, /** @type {any} */ right) {
  const [a, b] = [found, right].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${a}, not ${b}`);
}

Deno.test("token_reader: capitals, punctuation and spaces do not count in a review", () => {
  equal(reviewIn("  This, NOT good… ", LIMITS), "this not good");
  equal(reviewIn("this+not+good", LIMITS), "this not good"); // a link
});

Deno.test("token_reader: unknown words, none, and too many are no review", () => {
  for (const text of ["", " ,. ", "this is good", "10/10", "bad bad bad bad bad", "<b>bad</b>"]) {
    equal(reviewIn(text, LIMITS), null);
  }
});

Deno.test("token_reader: the letters before the caret are completed, a whole word is not", () => {
  equal(begunAt("this Gr", 7), "gr");
  equal(begunAt("this gr good", 7), "gr");
  equal(begunAt("this ", 5), "");
  equal(completionsOf("gr", VOCABULARY), ["great", "gripping"]);
  equal(completionsOf("bad", VOCABULARY), []);
  equal(completionsOf("x", VOCABULARY), []);
  equal(completionsOf("", VOCABULARY), []);
});

Deno.test("token_reader: what is no review is refused in words that help", () => {
  const of = (/** @type {string} */ text) => refusal(text, LIMITS, "not bad");
  const stays = "so the review stays “not bad”.";
  const unknown = "is not among the 9 words that the network knows, ";
  equal(of("brillant"), `“brillant” ${unknown}${stays} Did you mean “brilliant”?`);
  equal(of("bat"), `“bat” ${unknown}${stays} Did you mean “bad”?`);
  equal(of("this liked"), `“liked” ${unknown}${stays} “Choose words” shows them all.`);
  equal(of("i"), `“i” ${unknown}${stays} “Choose words” shows them all.`);
  equal(of(""), `A review has 1 to 4 words, but this one has 0, ${stays}`);
  equal(of("bad bad bad bad bad"), `A review has 1 to 4 words, but this one has 5, ${stays}`);
});
