import { fits } from "../../../rnncore/widgets/mlp_stepper/fields.js";

const LIMITS = { rows: 4, layers: 4, units: 6, forms: ["batch", "vector"] };
const NET = {
  x0: [[1, 0.5], [0, 1]],
  W: [[[1, 2, 3], [4, 5, 6]], [[1], [2], [3]]],
  B: [[0, 0, 0], [1]],
  activations: ["relu", "softmax"],
  form: "batch",
  cell: [0, 0],
};
const deep = (/** @type {number} */ n) => ({
  x0: [[1]],
  W: Array(n).fill([[2]]),
  B: Array(n).fill([0]),
  activations: Array(n).fill("relu"),
});

Deno.test("mlp_stepper: what fits together and can be drawn is taken", () => {
  for (
    const change of [
      {},
      { form: "vector" },
      { cell: [3, 5] },
      { x0: Array(4).fill([1, 2]) },
      deep(4),
    ]
  ) {
    if (!fits({ ...NET, ...change }, LIMITS)) throw new Error(JSON.stringify(change));
  }
});

Deno.test("mlp_stepper: what does not fit together, or is too large, is refused", () => {
  const changes = [
    { x0: [1, 0.5] },
    { x0: [[1, 2, 3]] },
    { x0: [[1, 2], [1]] },
    { x0: Array(5).fill([1, 2]) },
    { W: [NET.W[0]] },
    { W: [[[1, 2, 3], [4, 5]], NET.W[1]] },
    { W: [NET.W[0], [[1], [2]]] },
    { B: [[0, 0, 0]] },
    { B: [[0, 0], [1]] },
    { B: [0, 1] },
    { activations: ["softmax", "relu"] },
    { activations: ["relu", "step"] },
    { form: "row" },
    { cell: [4, 0] },
    { cell: [0, 6] },
    { cell: [0.5, 0] },
    { cell: [0] },
    deep(5),
  ];
  for (const change of changes) {
    const values = /** @type {any} */ ({ ...NET, ...change });
    if (fits(values, LIMITS)) throw new Error(JSON.stringify(change));
  }
});
