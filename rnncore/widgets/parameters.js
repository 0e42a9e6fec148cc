// The parameters of a recurrent stepper: read from the model, written as Python, as a link, and back.

const PARAMS = ["X", "W_x", "W_h", "b", "h0", "activation"];
const start = new WeakMap(); // model -> its parameters when first shown

const read = (model) => Object.fromEntries(PARAMS.map((name) => [name, model.get(name)]));
const isPlain = (value) => [value].flat().every((v) => v === 0); // zeros need no mention
const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const lengths = (value) => (Array.isArray(value) ? [value.length, ...lengths(value[0] ?? 0)] : []);

function rememberStart(model) {
  if (!start.has(model)) start.set(model, read(model));
  return start.get(model);
}

// Whether all shapes agree: while Python changes several parameters in turn, they do not.
function agree({ X, W_x, W_h, b, h0 }) {
  if (!Array.isArray(W_x)) return ![W_h, b, h0].some(Array.isArray) && !X.some(Array.isArray);
  const units = W_h.length;
  const wide = (matrix, columns) => Array.isArray(matrix) && matrix.every((row) => row.length === columns);
  return wide(X, W_x.length) && wide(W_x, units) && wide(W_h, units) && b.length === units && h0.length === units;
}

// The nested list with one number replaced; never in place, or the model sees no change.
function replaced(value, [i, ...rest], number) {
  if (i === undefined) return number;
  return value.map((inner, k) => (k === i ? replaced(inner, rest, number) : inner));
}

// The rnncore call that gives exactly what is shown; h is the state after `step` updates.
function asPython({ X, W_x, W_h, b, h0, activation }, step) {
  const array = (value) => (Array.isArray(value) ? `np.array(${python(value)})` : python(value));
  const batch = X.length ? `np.array([${python(X)}])` : `np.zeros((${[1, 0, ...lengths(W_x).slice(0, 1)].join(", ")}))`;
  const lines = [`X = ${batch}`, `W_x = ${array(W_x)}`, `W_h = ${array(W_h)}`];
  const options = [];
  if (!isPlain(b)) lines.push(`b = ${array(b)}`) && options.push("b=b");
  if (activation !== "linear") options.push(`activation="${activation}"`);
  if (!isPlain(h0)) lines.push(`h0 = np.array([${python(h0)}])`) && options.push("h0=h0");
  return [
    "import numpy as np",
    "from rnncore.states import compute_states",
    "",
    ...lines,
    `S = compute_states(${["X", "W_x", "W_h", ...options].join(", ")})`,
    `h = S[0, ${step}]${Array.isArray(W_x) ? "  # one number per unit" : ""}`,
    "",
  ].join("\n");
}

// The step and what differs from the start, as a link to this page.
function asLink(model) {
  const first = rememberStart(model);
  const changed = PARAMS.filter((name) => !equal(model.get(name), first[name]));
  const parts = [`step=${model.get("step")}`, ...changed.map((name) => `${name}=${packed(model.get(name))}`)];
  return `${location.href.split("#")[0]}#${model.get("id")}?${parts.join("&")}`;
}

// Take over what is valid in a link; the rest is ignored.
function fromLink(model, query) {
  const values = { ...rememberStart(model) };
  const longest = Math.max(60, values.X.length);
  for (const name of ["X", "W_x", "W_h", "b", "h0"]) {
    const value = query.has(name) ? unpacked(query.get(name), values[name]) : null;
    if (value === null) continue;
    const tried = { ...values, [name]: value };
    const fits = name === "X" ? value.length <= longest : equal(lengths(value), lengths(values[name]));
    if (fits && agree(tried)) values[name] = value;
  }
  const activation = query.get("activation") ?? "";
  if (Object.hasOwn(ACTIVATIONS, activation)) values.activation = activation;
  const step = query.get("step") ?? "";
  const asked = /^\d+$/.test(step) && Number(step) <= values.X.length ? Number(step) : model.get("step");
  values.step = Math.min(asked, values.X.length);
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}
