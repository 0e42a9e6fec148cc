// The parameters of a widget: read from the model, written as a link, and back.

import { packed, unpacked } from "../numbers.js";

const start = new WeakMap(); // model -> its parameters when first shown

export const read = (model, params) =>
  Object.fromEntries(params.map((name) => [name, model.get(name)]));
export const isPlain = (value) => [value].flat(2).every((v) => v === 0); // zeros need no mention
export const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);
export const lengths = (
  value,
) => (Array.isArray(value) ? [value.length, ...lengths(value[0] ?? 0)] : []);

export function rememberStart(model, params) {
  if (!start.has(model)) start.set(model, read(model, params));
  return start.get(model);
}

// The number at a place of a nested list, and the list with that number replaced: never in
// place, or the model sees no change.
export const numberAt = (value, path) => path.reduce((inner, i) => inner[i], value);

export function replaced(value, [i, ...rest], number) {
  if (i === undefined) return number;
  return value.map((inner, k) => (k === i ? replaced(inner, rest, number) : inner));
}

// The step and what differs from the start, as a link to this page.
export function asLink(model, params) {
  const first = rememberStart(model, params);
  const changed = params.filter((name) => !equal(model.get(name), first[name]));
  const parts = changed.map((name) =>
    `${name}=${
      encodeURIComponent(packed(model.get(name))).replace(/%(2C|3B|7C)/g, decodeURIComponent)
    }`
  );
  if (model.get("step") !== undefined) parts.unshift(`step=${model.get("step")}`);
  return `${location.href.split("#")[0]}#${model.get("id")}?${parts.join("&")}`;
}

// Take over what is valid in a link; the rest is ignored.
export function fromLink(
  model,
  query,
  { params, words = {}, valid, linkable = valid, steps = () => 0 },
) {
  const [first, limits] = [rememberStart(model, params), model.get("limits")];
  const known = typeof words === "function" ? words(limits) : words;
  const asked = {};
  for (const name of params) {
    const text = query.get(name);
    const value = text === null ? null : linked(text, first[name], known[name]);
    if (value !== null) asked[name] = value;
  }
  let values = { ...first, ...asked }; // shapes that change together
  if (!linkable(values, first, limits)) {
    values = { ...first };
    for (const [name, value] of Object.entries(asked)) {
      const tried = { ...values, [name]: value };
      if (linkable(tried, first, limits)) values = tried;
    }
  }
  const step = query.get("step") ?? "";
  const last = steps(values, limits);
  const to = /^\d+$/.test(step) && Number(step) <= last ? Number(step) : model.get("step");
  for (const [name, value] of Object.entries({ ...values, step: Math.min(to, last) })) {
    model.set(name, value);
  }
  model.save_changes();
}

// One value of a link, of the kind of `like`; null where it is none.
function linked(text, like, known) {
  if (typeof like === "string") return known?.includes(text) ? text : null;
  if (Array.isArray(like) && typeof like[0] === "string") {
    const list = text.split(",");
    return list.every((word) => known?.includes(word)) ? list : null;
  }
  if (typeof like === "boolean") return { true: true, false: false }[text] ?? null;
  return unpacked(text, like);
}
