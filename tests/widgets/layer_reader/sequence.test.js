import { uniform } from "../../../rnncore/widgets/layer_reader/seeded.js";
import { readSequence } from "../../../rnncore/widgets/layer_reader/sequence.js";

const same = (/** @type {any} */ a, /** @type {any} */ b) => {
  if (JSON.stringify(a) !== JSON.stringify(b)) {
    throw new Error(`${JSON.stringify(a)}, not ${JSON.stringify(b)}`);
  }
};

// np.random.default_rng(seed).uniform(-1, 1, (rows, columns)) of NumPy 2.4.6
Deno.test("a seed gives the numbers of NumPy", () => {
  same(uniform(1, 2, 2), [
    [0.023643249400513433, 0.9009273926518706],
    [-0.7116807745607325, 0.8972988942744877],
  ]);
  same(uniform(4294967295, 1, 2), [[-0.496112863910007, -0.5618684074262867]]);
  same(uniform(12345, 3, 1), [[-0.5453279550656607], [-0.36648332058049427], [0.5947309146654682]]);
});

/** @type {[string, number, number[][] | RegExp][]} */
const TYPED = [
  ["1 0 1", 1, [[1], [0], [1]]],
  ["1,0,1", 1, [[1], [0], [1]]],
  ["1; 2;3\n", 1, [[1], [2], [3]]],
  ["0.5\n−0.25\n1/2", 1, [[0.5], [-0.25], [0.5]]],
  ["[[1, 0],\n [0, 1]]", 2, [[1, 0], [0, 1]]],
  ["np.array([[1.5, 0], [0, -1]])", 2, [[1.5, 0], [0, -1]]],
  ["tensor([[1., 2.], [3., 4.]])", 2, [[1, 2], [3, 4]]],
  ["0,5 1,25", 2, [[0.5, 1.25]]], // each line has two numbers, so these are decimal commas
  ["0,5\t1,25\n1,5\t2,5", 2, [[0.5, 1.25], [1.5, 2.5]]],
  ["0,5", 2, [[0, 5]]],
  ["0,5", 1, /could separate two numbers or be a decimal point/],
  ["0,5 1,25", 1, /could separate two numbers or be a decimal point/],
  ["1 2 3", 2, /takes 2 numbers, but line 1 has 3 numbers\. Nothing changed/],
  ["1 2\n3", 2, /line 2 has 1 number\./],
  ["1 2\nx 3", 2, /In line 2, “x” is not a number/],
  ["1e999", 1, /is too large/],
  ["NaN", 1, /is not a number/],
  ["", 1, /There are no numbers in it/],
  ["1 2 3 4 5 6", 1, /This layer takes at most 5 steps, but here there are 6/],
];

for (const [text, features, wanted] of TYPED) {
  Deno.test(`“${text}” for ${features} features is taken as meant, or refused in words`, () => {
    const { rows, why } = readSequence(text, features, 5);
    if (!(wanted instanceof RegExp)) return same(rows, wanted);
    if (rows !== null || !wanted.test(why)) throw new Error(`${JSON.stringify(rows)} ${why}`);
  });
}
