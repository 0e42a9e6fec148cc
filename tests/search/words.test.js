import { wordsOf } from "../../book/_static/search/words.js";
import { same } from "../support/same.js";

const terms = (text) => wordsOf(text).map(({ term }) => term);

for (
  const forms of [
    ["gradients", "gradient", "Gradient", "gradient’s"],
    ["vanishing", "vanish", "vanished", "vanishes"],
    ["clipping", "clip", "clipped", "clips"],
    ["optimizers", "optimiser"],
    ["initialization", "initialisation"],
    ["behavior", "behaviour"],
    ["W_h", "wh", "W_{h}"],
    ["h_{t-1}", "h_{t−1}", "h_t-1"],
    ["dh_next", "dhnext"],
    ["ε", "epsilon"],
    ["h̃", "h"],
    ["∂L", "dL"],
    ["173,401", "173401", "173_401", "173 401"],
    ["0.5^{10}", "0.5**10", "0.5^10", "0.5¹⁰"],
    ["(250, 32)", "(250,32)", "[250, 32]", "( 250 , 32 )"],
    ["(100,)", "(100, )"],
    ["(None, 250, 32)", "(None,250,32)"],
    ["return_sequences", "returnsequences"],
  ]
) {
  Deno.test(`search: ${forms.join(" and ")} are the same`, () => {
    same(forms.map((form) => terms(form)), forms.map(() => [terms(forms[0])[0]]));
  });
}

for (
  const [one, other] of [
    ["None", "none"],
    ["(250, 32)", "(32, 250)"],
    ["(250, 32)", "250, 32"],
    ["0.5", "5"],
    ["W_h", "W_x"],
    ["size", "sise"],
  ]
) {
  Deno.test(`search: ${one} and ${other} are not the same`, () => {
    same(terms(one).join() === terms(other).join(), false);
  });
}

Deno.test("search: a part of a name, of a number's group and of a shape is found by itself", () => {
  const also = (text) => wordsOf(text)[0].also;
  same(also("compute_states"), ["comput", "stat"]);
  same(also("SimpleRNN"), ["simpl", "rnn"]);
  same(also("one-hot"), ["one", "hot"]);
  same(also("(250, 32)"), ["250", "32"]);
  same(also("f(173,401)").length, 0);
  same(wordsOf("(173,401)")[0].also.includes("173401"), true);
});

Deno.test("search: a word knows where it stands", () => {
  const text = "So dW_h is (250, 32).";
  same(wordsOf(text).map(({ start, end }) => text.slice(start, end)), [
    ...["So", "dW_h", "is", "(250, 32)"],
  ]);
});
