// From text to terms: what is the same for a search has the same term.
//
//     The GRU's gates     the · gru · gat          h_{t-1}, h_{t−1}     ht1
//     (250, 32)           (250,32) · 250 · 32      W_h, wh              wh
//     173,401, 173 401     173401                  compute_states       computestat · comput · stat
//     0.5^{10}, 0.5**10   0.5^10                   SimpleRNN            simplernn · simpl · rnn
//     ∂L/∂W_h, dL/dW_h    dl · dwh                 .T, ᵀ                transpos

/** @import { Word } from "./types.d.ts" */
/** @typedef {{ [kind: string]: string | undefined }} Groups */

const NUMBER = String.raw`\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:_\d{3})*(?:\.\d+)?`;
const ITEM = String.raw`\s*(?:[-−]?(?:${NUMBER})|None)\s*`;
const TOKEN = new RegExp(
  [
    String.raw`(?<shape>[([](?:${ITEM},)+(?:${ITEM})?\s*[)\]])`,
    String.raw`(?<power>(?:\d+(?:\.\d+)?)(?:(?:\^|\*\*)\{?[-−]?\d+(?:\.\d+)?\}?|[⁻⁰¹²³⁴-⁹]+))`,
    String.raw`(?<spaced>\d{1,3}(?: \d{3})+(?![\d.,]))`,
    String.raw`(?<number>(?:${NUMBER})(?:e[-+]?\d+)?)`,
    String.raw`(?<transpose>(?<=[\w)\]}])\.T(?!\w)|ᵀ|⊤)`,
    String
      .raw`(?<name>∂?[\p{L}√][\p{L}\p{M}\p{N}′]*(?:_\{[^{}\s]*\}|_[a-z][-−]\d(?!\w)|_[\p{L}\p{N}]+)*` +
    String.raw`(?:['’-]\p{L}[\p{L}\p{M}\p{N}]*)*)`,
    String.raw`(?<sign>[@≈≤≥Σ])`,
  ].join("|"),
  "gu",
);
const GREEK = {
  α: "alpha",
  β: "beta",
  γ: "gamma",
  δ: "delta",
  ε: "epsilon",
  η: "eta",
  θ: "theta",
  λ: "lambda",
  μ: "mu",
  ρ: "rho",
  σ: "sigma",
  τ: "tau",
  φ: "phi",
  ω: "omega",
};

/** Return the words of a text, in their order. @param {string} text @returns {Word[]} */
export const wordsOf = (text) =>
  [...text.matchAll(TOKEN)].map((match) => {
    const { groups: found, 0: raw, index } = match;
    if (!known.has(raw)) {
      const [term, ...also] = termsOf(found);
      known.set(raw, { term, also, exact: !isWord(found) });
    }
    return { ...known.get(raw), start: index, end: index + raw.length };
  });

/** A book says the same words again and again. */
const known = new Map();

/**
 * Whether only its beginning may be typed: a word, and a decimal, but no symbol and no shape.
 * @param {Groups} found
 */
const isWord = ({ name, number }) =>
  name ? /^[\p{L}’'-]{3,}$/u.test(name) || /_.{3}/.test(name) : number?.includes(".");

/** @param {Groups} found @returns {string[]} */
const termsOf = ({ shape, power, spaced, number, transpose, name, sign }) => {
  if (shape) {
    const items = shape.slice(1, -1).split(",").map((item) => item.trim());
    // 173,401 in brackets is one number, too.
    const whole = [...shape.slice(1, -1).matchAll(new RegExp(NUMBER, "g"))].map(([one]) => one);
    const parts = items.filter(Boolean).map((item) => item.replace(/^[-−]/, ""));
    return [`(${items.join().replaceAll("−", "-")})`, ...new Set([...parts, ...whole.map(digits)])];
  }
  if (power) return [power.replace("**", "^").replace(/[{}]/g, "").replace(/[⁻⁰¹²³⁴-⁹]+/u, raised)];
  if (spaced) return [digits(spaced), ...spaced.split(" ")]; // or two numbers in a row
  if (number) return [digits(number)];
  if (transpose) return [stem("transpose")];
  return name ? namesOf(name) : [sign];
};

const digits = (number) => number.replaceAll(/[,_ ]/g, "");
const raised = (small) => `^${small.normalize("NFKD").replace("−", "-")}`;

/** Return the term of a name, and those of its parts: compute_states, SimpleRNN, one-hot. */
const namesOf = (name) => {
  if (/^(None|True|False)$/.test(name)) return [name];
  const own = name.replace(/['’]s$/, "");
  const parts = own.split(/[-_'’]|(?<=\p{Ll})(?=\p{Lu})/u).map(plain).filter((part) => part[1]);
  const whole = plain(own);
  return [...new Set([stem(whole), ...(parts.length > 1 ? parts.map(stem) : [])])];
};

/** Letters and digits alone, without marks: h̃ is h, α is alpha, ∂ is d. */
const plain = (name) => {
  const letters = name.replaceAll("∂", "d").replace(/[α-ω]/gu, (letter) => GREEK[letter] ?? letter);
  return letters.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
};

/** Return what the forms of a word have in common, and British and American spelling. */
const stem = (word) => {
  if (word.length < 4 || /\d/.test(word)) return word;
  let root = word.replace(/([^aeiou]\w*.)iz(e|es|ed|er|ers|ing|ations?)$/, "$1is$2")
    .replace(/(behavi|col|neighb|fav)our/, "$1or").replace(/^grey/, "gray")
    .replace(/centre/, "center").replace(/(label|model|travel|cancel|signal)l(?=e|i)/, "$1");
  root = root.replace(/ies$/, "y").replace(/(s|x|z|ch|sh)es$/, "$1").replace(/([^su])s$/, "$1");
  const shorter = root.replace(/(?:ing|ed)$/, "");
  if (shorter !== root && shorter.length > 3 && /[aeiouy]/.test(shorter)) {
    root = shorter.replace(/([bdfgmnprt])\1$/, "$1");
  }
  return root.length > 4 ? root.replace(/e$/, "") : root;
};
