// The shape after each layer, and the parameters of each layer.

export const MOST = 100000;
export const KINDS = ["SimpleRNN", "SimpleRNNCell"];
export const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
export const written = (shape) =>
  `(${shape.map((n) => n ?? "None").join(", ")}${shape.length === 1 ? "," : ""})`;

// A shape as a list, null for None; null where the text is none.
export function readShape(text) {
  const [, inner] = text.match(/^\s*[([]?\s*(.*?)\s*,?\s*[)\]]?\s*$/);
  const parts = inner.split(/[\s,]+/).map((
    part,
  ) => (part === "None" ? null : /^\d+$/.test(part) ? Number(part) : NaN));
  const fits = (n, i) => (n === null ? i === 0 : n >= 1 && n <= MOST);
  return parts.length <= 4 && parts.every(fits) ? parts : null;
}

// The layers: name, the axes it expects (null: any), and its parameters as [name, shape].
export function layersOf({ features: f, units: n, kind, tokens, outputs: m }) {
  const time = kind === "SimpleRNNCell" ? [] : [["timesteps", null]];
  return [
    ...(tokens ? [{ name: "Embedding", parameters: [["table", [tokens, f]]] }] : []),
    {
      name: kind,
      axes: [["batch", null], ...time, ["features", f]],
      parameters: [["W_x", [f, n]], ["W_h", [n, n]], ["b", [n]]],
    },
    ...(m ? [{ name: "Dense", parameters: [["W", [n, m]], ["b", [m]]] }] : []),
  ];
}

// What the package says of a shape that does not fit, in its own words; "" where it fits.
function refusal(given, axes) {
  const shape = given.map((n) => n ?? 1);
  const fits = (s) =>
    s.length === axes.length && axes.every(([, n], i) => n === null || n === s[i]);
  if (!axes || fits(shape)) return "";
  const words = `(${axes.map(([word]) => word).join(", ")}) = (${
    axes.map(([, n]) => n ?? "any").join(", ")
  })`;
  const message = `x must have shape ${words}, got ${written(given)}.`;
  if (shape.length === 2 && fits([shape[1], shape[0]])) {
    return `${message} Its transpose fits: pass x.T.`;
  }
  if (fits([1, ...shape])) return `${message} One example is a batch of one: pass x[np.newaxis].`;
  return message;
}

function through(name, shape, { features, units, outputs, kind, return_sequences }) {
  if (name === "Embedding") return [...shape, features];
  if (name === "Dense") return [...shape.slice(0, -1), outputs];
  return [...shape.slice(0, kind === "SimpleRNN" && return_sequences ? 2 : 1), units];
}

export function trace(values) {
  const shapes = [readShape(values.shape)];
  const layers = layersOf(values);
  let error = "";
  for (const { name, axes } of layers) {
    error = axes ? refusal(shapes.at(-1), axes) : "";
    if (error) break;
    shapes.push(through(name, shapes.at(-1), values));
  }
  const product = (shape) => shape.reduce((a, b) => a * b, 1);
  const parameters = layers.map((layer) =>
    layer.parameters.reduce((sum, [, shape]) => sum + product(shape), 0)
  );
  return { shapes, parameters, total: parameters.reduce((a, b) => a + b, 0), error };
}
