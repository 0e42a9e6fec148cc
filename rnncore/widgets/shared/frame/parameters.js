// The parameters of a widget, as its model has them now and had them at first.

/** @import { Model, Values } from "../types.d.ts" */

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
