// Links to a state of a widget: written exactly, and read as people and programs pass them on.

import { equal } from "../algebra.js";
import { clipped, packed, plain, readNumber, shown, unpacked } from "../numbers.js";
import { read, rememberStart } from "./parameters.js";

/** @import { Known, Limits, Model, Spec, Value, Values } from "../types.d.ts" */

const LONGEST = 50_000; // characters of a link that is read
const MOST_TOLD = 3; // parts that a message names
const TAIL = 40; // characters in which the marks after a link are looked for
const BEHIND =
  /(?:&(?:gt|quot|nbsp|raquo|#3[49]);|[\s.,:;!?…"'\x60´«»‹›“”„‘’‚()[\]{}<>*_~|/\\\u3001\u3002])+$/;

/**
 * What of a link is taken, and in words what is not.
 * @typedef {{ values: Values, step: number, unread: string[] }} Read
 */

/**
 * Return the step that is shown and what differs from the start, as a link to this page.
 * @param {Model} model
 * @param {Pick<Spec, "params" | "steps" | "valid">} spec
 */
export function asLink(model, { params, steps, valid }) {
  const first = rememberStart(model, params);
  const values = read(model, params);
  const changed = params.filter((name) => !equal(values[name], first[name]));
  const parts = changed.map((name) => `${name}=${escaped(packed(values[name]))}`);
  const step = model.get("step");
  if (step !== undefined) {
    const limits = model.get("limits");
    const last = steps && valid(values, limits) ? steps(values, limits) : step;
    parts.unshift(`step=${Math.min(step, last)}`); // there may be fewer than a moment ago
  }
  return `${location.href.split("#")[0]}#${model.get("id")}?${parts.join("&")}`;
}

/** @param {string} text */
const escaped = (text) => encodeURIComponent(text).replace(/%(2C|3B|7C)/g, decodeURIComponent);

/**
 * Take over what can be taken of a link; the trait `unread` says in words what is left.
 * @param {Model} model
 * @param {string} query what comes after its "?", as it is
 * @param {Spec} spec
 */
export function fromLink(model, query, spec) {
  const first = rememberStart(model, spec.params);
  const { values, step, unread } = readLink(query, spec, first, read(model, ["limits", "step"]));
  const more = unread.length - MOST_TOLD;
  const told = [...unread.slice(0, MOST_TOLD), ...(more > 0 ? [`and ${more} more`] : [])];
  model.set("unread", null); // so that the same words are news, and none as well
  for (const [name, value] of Object.entries({ ...values, step })) model.set(name, value);
  model.set(
    "unread",
    told.length ? `Part of this link could not be used: ${told.join("; ")}.` : "",
  );
  model.save_changes();
}

/**
 * Read a link.
 * @param {string} query
 * @param {Pick<Spec, "params" | "words" | "valid" | "linkable" | "steps">} spec
 * @param {Values} first the values of what the link does not name
 * @param {{ limits?: Limits, step?: number }} now
 * @returns {Read}
 */
export function readLink(query, spec, first, { limits, step = 0 }) {
  if (query.length > LONGEST) return { values: first, step, unread: ["it is too long"] };
  const { parts, isCut } = partsOf(query);
  const known = typeof spec.words === "function" ? spec.words(limits) : spec.words ?? {};
  /** @type {Values} */
  const asked = {};
  /** @type {[string, string][]} */
  const why = isCut ? [["", "it ends in “…”, as if it had been cut off"]] : []; // a param, or ""
  for (const [name, texts] of parts) {
    if (name === "step") continue;
    const part = `“${clipped([name, ...texts.slice(0, 1)].join("="))}”`;
    if (!spec.params.includes(name)) why.push(["", `${part} means nothing here`]);
    else if (texts.length > 1) why.push([name, `${name} is in it twice`]);
    else {
      const value = linked(texts[0] ?? "", first[name], known[name]);
      if (value === null) why.push([name, `${part} is not ${wanted(first[name], known[name])}`]);
      else asked[name] = value;
    }
  }
  const taken = thatFit(
    asked,
    first,
    (tried) => spec.linkable ? spec.linkable(tried, first, limits) : spec.valid(tried, limits),
  );
  const values = { ...first, ...taken };
  Object.keys(asked).filter((name) => !(name in taken))
    .forEach((name) => why.push([name, `“${name}=${clipped(packed(asked[name]))}” does not fit`]));
  const unread = why.map(([name, text]) =>
    name ? `${text}, so ${name} is ${brief(values[name])}` : text
  );
  const to = stepIn(parts.get("step"), step, spec.steps?.(values, limits));
  return { values, step: to.step, unread: [...to.unread, ...unread] };
}

/**
 * Return the parts of a link by name, each with its texts. What was escaped, twice too, is itself
 * again; what a sentence or a chat program has put after the link is gone. `isCut`: dots at the
 * end may stand for more of it.
 * @param {string} query
 * @returns {{ parts: Map<string, string[]>, isCut: boolean }}
 */
export function partsOf(query) {
  const text = plain([1, 2, 3].reduce(decoded, query).replace(/&(?:amp;)+/g, "&"));
  const [behind = ""] = text.slice(-TAIL).match(BEHIND) ?? [];
  const clean = text.slice(0, text.length - behind.length);
  const parts = new Map();
  for (const part of clean.replaceAll("\\", "").split("&").filter((part) => part.trim())) {
    const [name, ...texts] = part.split("=").map((piece) => piece.trim());
    if (!parts.has(name)) parts.set(name, []);
    if (texts.length) parts.get(name).push(texts.join("="));
  }
  return { parts, isCut: /…|\.\.\./.test(behind) };
}

/** @param {string} text */
const decoded = (text) =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run; // no text: it is told as it stands
    }
  });

/**
 * Return the step that is asked for, the last one where there are fewer, and what to say then.
 * @param {string[] | undefined} texts
 * @param {number} now
 * @param {number | undefined} steps how many there are; undefined for a widget without any
 */
function stepIn(texts, now, steps) {
  const last = steps ?? 0;
  const stays = Math.min(now, last);
  if (!texts) return { step: stays, unread: [] };
  const step = texts.length === 1 ? readNumber(texts[0]).value : null;
  if (step === null || !Number.isInteger(step) || step < 0) {
    const part = texts.length > 1 ? "a second step" : `“step=${clipped(texts[0] ?? "")}”`;
    return { step: stays, unread: [`${part} is not a step, so this is step ${stays}`] };
  }
  if (step <= last) return { step: Math.abs(step), unread: [] };
  const part = `“step=${clipped(texts[0])}”`;
  const why = steps === undefined
    ? "means nothing here"
    : `is past the end, so this is step ${last}`;
  return { step: last, unread: [`${part} ${why}`] };
}

/**
 * Return what is asked for and fits: all of it, as shapes change together; else all but one; else,
 * one after the other, what fits with those before.
 * @param {Values} asked
 * @param {Values} first
 * @param {(values: Values) => boolean} fits
 * @returns {Values}
 */
function thatFit(asked, first, fits) {
  const some = (/** @type {string[]} */ names) =>
    Object.fromEntries(names.map((name) => [name, asked[name]]));
  const doFit = (/** @type {string[]} */ names) => fits({ ...first, ...some(names) });
  const names = Object.keys(asked);
  const nearlyAll = [names, ...names.map((left) => names.filter((name) => name !== left))];
  const taken = nearlyAll.find(doFit) ?? names.reduce(
    (before, name) => doFit([...before, name]) ? [...before, name] : before,
    /** @type {string[]} */ ([]),
  );
  return some(taken);
}

/**
 * Return one value of a link, of the kind of `like`; null where it is none.
 * @param {string} text
 * @param {Value} like
 * @param {Known} [known] the words it may be
 * @returns {Value}
 */
export function linked(text, like, known) {
  if (typeof known === "function") return known(text.replaceAll("+", " "));
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

/**
 * Return what a part of a link must be, in words.
 * @param {Value} like
 * @param {Known} [known]
 */
function wanted(like, known) {
  if (typeof known === "function") return "understood";
  if (known) return `${Array.isArray(like) ? "made" : "one"} of ${known.join(", ")}`;
  if (typeof like === "boolean") return "true or false";
  return Array.isArray(like) ? "finite numbers as in the widget" : "a finite number";
}

/** @param {Value} value */
const brief = (value) => typeof value === "number" ? shown(value) : clipped(packed(value));
