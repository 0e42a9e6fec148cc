// The parameters of a widget: read from the model, written as a link, and back.

import { equal } from "../algebra.js";
import { packed, unpacked } from "../numbers.js";

/** @import { Known, Model, Spec, Value, Values } from "../types.d.ts" */

/** @type {WeakMap<Model, Values>} */
const start = new WeakMap(); // model -> its parameters when first shown

/**
 * Return the parameters by name.
 * @param {Model} model
 * @param {string[]} params
 * @returns {Values}
 */
export const read = (model, params) =>
  Object.fromEntries(params.map((name) => [name, model.get(name)]));

/**
 * Return the parameters as they were when this was first asked.
 * @param {Model} model
 * @param {string[]} params
 */
export function rememberStart(model, params) {
  const values = start.get(model) ?? read(model, params);
  start.set(model, values);
  return values;
}

/**
 * Return the step and what differs from the start, as a link to this page.
 * @param {Model} model
 * @param {string[]} params
 */
export function asLink(model, params) {
  const first = rememberStart(model, params);
  const changed = params.filter((name) => !equal(model.get(name), first[name]));
  const parts = changed.map((name) => `${name}=${escaped(packed(model.get(name)))}`);
  if (model.get("step") !== undefined) parts.unshift(`step=${model.get("step")}`);
  return `${location.href.split("#")[0]}#${model.get("id")}?${parts.join("&")}`;
}

/** @param {string} text */
const escaped = (text) => encodeURIComponent(text).replace(/%(2C|3B|7C)/g, decodeURIComponent);

/**
 * Take over what is valid in a link; the rest is ignored.
 * @param {Model} model
 * @param {URLSearchParams} query
 * @param {Pick<Spec, "params" | "words" | "valid" | "linkable" | "steps">} spec
 */
export function fromLink(model, query, spec) {
  const { params, words = {}, steps = () => 0 } = spec;
  const [first, limits] = [rememberStart(model, params), model.get("limits")];
  const known = typeof words === "function" ? words(limits) : words;
  /** @type {Values} */
  const asked = {};
  for (const name of params) {
    const text = query.get(name);
    const value = text === null ? null : linked(text, first[name], known[name]);
    if (value !== null) asked[name] = value;
  }
  const values = accepted(
    asked,
    first,
    (tried) => spec.linkable ? spec.linkable(tried, first, limits) : spec.valid(tried, limits),
  );
  const step = query.get("step") ?? "";
  const last = steps(values, limits);
  const to = /^\d+$/.test(step) && Number(step) <= last ? Number(step) : model.get("step");
  for (const [name, value] of Object.entries({ ...values, step: Math.min(to, last) })) {
    model.set(name, value);
  }
  model.save_changes();
}

/**
 * Return the values with what is asked for: all of it, as shapes change together; or else, one
 * after the other, what fits.
 * @param {Values} asked
 * @param {Values} first
 * @param {(values: Values) => boolean} fits
 * @returns {Values}
 */
function accepted(asked, first, fits) {
  const all = { ...first, ...asked };
  if (fits(all)) return all;
  let values = { ...first };
  for (const [name, value] of Object.entries(asked)) {
    const tried = { ...values, [name]: value };
    if (fits(tried)) values = tried;
  }
  return values;
}

/**
 * Return one value of a link, of the kind of `like`; null where it is none.
 * @param {string} text
 * @param {Value} like
 * @param {Known} [known] the words it may be
 * @returns {Value}
 */
export function linked(text, like, known) {
  if (typeof like === "string") return known?.includes(text) ? text : null;
  if (Array.isArray(like) && typeof like[0] === "string") {
    const list = text.split(",");
    return list.every((word) => known?.includes(word)) ? list : null;
  }
  if (typeof like === "boolean") {
    return text === "true" || text === "false" ? text === "true" : null;
  }
  return unpacked(text, like);
}
