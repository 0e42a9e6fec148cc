/**
 * Make the style sheet of the built book, or minify several:
 *
 *     node sheets.js bundle < {"sheets": [paths], "pages": [paths], "scripts": [paths], "folder": path}
 *     node sheets.js minify < {"name": "text", …}
 *
 * What comes out, on the standard output, is that sheet with the signs of all equations, or as many
 * texts as went in.
 */

import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { dirname, relative, resolve } from "node:path";
import process from "node:process";

import { compile } from "css-select";
import { DomUtils, parseDocument } from "htmlparser2";
import { transform } from "lightningcss";
import postcss from "postcss";
import selectorParser from "postcss-selector-parser";
import { PurgeCSS } from "purgecss";

// What scripts add to elements of the pages, and names of the elements that they make or fill.
const scripted = JSON.parse(readFileSync(new URL("scripted.json", import.meta.url), "utf8"));
const STATES = new Set(scripted.states), MADE = new Set(scripted.made);
// Pseudo-classes that are true or not of an element as the page is read.
const STEADY = /^:(is|where|not|has|root|empty|(only|first|last)-(child|of-type)|nth-[\w-]+)$/;
const DARK = /\[data-theme=["']?dark["']?\]/, LIGHT = /\[data-theme=["']?light["']?\]/;
// With these, prefixes and old forms are not needed: color-mix() asks for as much.
const TARGETS = { chrome: 111 << 16, firefox: 114 << 16, safari: (16 << 16) | (4 << 8) };

const minified = (text, visitor) =>
  transform({
    filename: "book.css",
    code: Buffer.from(text),
    minify: true,
    targets: TARGETS,
    visitor,
  }).code.toString();

/** Return a sheet with what it imports, and with addresses as seen from a folder. */
function read(path, folder) {
  const code = readFileSync(path);
  const found = transform({ filename: path, code, analyzeDependencies: true, errorRecovery: true });
  let text = found.code.toString();
  for (const { type, url, placeholder } of found.dependencies) {
    const target = resolve(dirname(path), url);
    const address = url.startsWith("data:") ? url : relative(folder, target);
    if (type === "import") text = read(target, folder) + text;
    else text = text.replaceAll(placeholder, address);
  }
  return text;
}

/** The theme's icon font, which is not delivered: its face, and the place of each icon in it. */
const withoutIconFont = {
  Rule: {
    "font-face": ({ value }) =>
      JSON.stringify(value.properties).includes("fontawesome") ? [] : undefined,
    style: ({ value }) => value.selectors.every(isGlyph) ? [] : undefined,
  },
};

const isGlyph = ([first, second, third]) =>
  first.name?.startsWith("fa-") && second?.kind === "before" && !third;

const isBare = (node) =>
  node.type === "attribute" && !node.operator && node.attribute.startsWith("data-");
const nameOf = (node) =>
  isBare(node) ? "" : node.type === "attribute" ? node.attribute : node.value;
const mentions = (selector, names) => {
  let found = false;
  selector.walk((node) => {
    found ||= names.has(nameOf(node));
  });
  return found;
};

/** Return what of a selector holds before any script has run. */
function lasting(selector) {
  const left = selector.clone();
  left.walkPseudos((node) => {
    if (!STEADY.test(node.value) || mentions(node, STATES) || volatile(node)) node.remove();
  });
  left.walk((node) => {
    if (["class", "attribute"].includes(node.type) && STATES.has(nameOf(node))) node.remove();
  });
  // Scripts make tables and buttons in places of all kinds: what ends in tags counts for nothing.
  const isNamed = (node) => ["class", "id", "attribute"].includes(node.type) || node.nodes?.length;
  while (left.last && !isNamed(left.last)) left.last.remove();
  const isHole = (node) =>
    node.type === "combinator" && (node.prev()?.type ?? "combinator") === "combinator";
  left.each((node) => {
    if (isHole(node)) left.insertBefore(node, selectorParser.universal());
  });
  return left;
}

/** Whether a pseudo-class asks for another one that comes and goes. */
function volatile(pseudo) {
  let found = false;
  pseudo.walkPseudos((node) => {
    found ||= node !== pseudo && !STEADY.test(node.value);
  });
  return found;
}

/** Return all elements of documents, and a map from a class or id to those that have it. */
function indexed(documents) {
  const all = [], byName = new Map();
  const visit = (node) => {
    if (node.attribs) {
      all.push(node);
      const { class: classes = "", id = "" } = node.attribs;
      for (const name of new Set(`${classes} ${id}`.split(/\s+/))) {
        if (!byName.has(name)) byName.set(name, []);
        byName.get(name).push(node);
      }
    }
    node.children?.forEach(visit);
  };
  documents.forEach(visit);
  return { all, byName };
}

/** Remove the selectors that match no element of any document, and rules without selectors. */
function matching(css, documents) {
  const { all, byName } = indexed(documents);
  const matches = (selector) => {
    const last = selector.nodes.findLastIndex((node) => node.type === "combinator");
    const named = selector.nodes.slice(last + 1).find(({ type }) => ["class", "id"].includes(type));
    const candidates = named ? byName.get(named.value) ?? [] : all;
    return candidates.length > 0 && candidates.some(compile(String(selector)));
  };
  const root = postcss.parse(css);
  root.walkRules((rule) => {
    if (rule.parent.name?.endsWith("keyframes")) return;
    const selectors = selectorParser().astSync(rule.selector);
    const kept = selectors.nodes.filter((selector) => {
      if (mentions(selector, MADE)) return true;
      const left = lasting(selector);
      return left.nodes.length === 0 || matches(left);
    });
    if (kept.length) rule.selector = kept.map(String).join(",");
    else rule.remove();
  });
  withoutUnusedFonts(root);
  return root.toString();
}

/** Remove the fonts that no rule names: PurgeCSS looks at `font-family` only, and not at `font`. */
function withoutUnusedFonts(root) {
  const values = [];
  root.walkDecls(/^font(-family)?$/, ({ parent, value }) => {
    if (parent.type === "rule") values.push(value);
  });
  root.walkAtRules("font-face", (face) => {
    face.walkDecls("font-family", ({ value }) => {
      if (!values.some((font) => font.includes(value))) face.remove();
    });
  });
}

/**
 * Paper is light whatever the theme: rules of the dark one hold on screens, and those of the light
 * one on paper as well.
 */
function lightOnPaper(css) {
  const root = postcss.parse(css);
  root.walkRules((rule) => {
    const { selectors } = rule;
    const dark = selectors.filter((selector) => DARK.test(selector));
    const light = selectors.filter((selector) => LIGHT.test(selector));
    const within = (params, selectors) =>
      selectors.length &&
      rule.after(postcss.atRule({ name: "media", params }).append(rule.clone({ selectors })));
    if (rule.parent.name?.endsWith("keyframes") || rule.parent.params === "print") return;
    if (rule.parent.params === "screen") return;
    within("print", light.map((selector) => selector.replace(LIGHT, "[data-theme]")));
    within("screen", dark);
    const others = selectors.filter((selector) => !dark.includes(selector));
    if (others.length) rule.selectors = others;
    else rule.remove();
  });
  return root.toString();
}

async function bundle({ sheets, pages, scripts, folder }) {
  const texts = [...pages, ...scripts].map((path) => readFileSync(path, "utf8"));
  const documents = texts.slice(0, pages.length).map((text) => parseDocument(text));
  const whole = sheets.map((path) => read(path, folder)).join("\n");
  const words = new Set(texts.flatMap((text) => text.match(/[\w-]+/g) ?? []));
  const [{ css }] = await new PurgeCSS().purge({
    css: [{ raw: matching(minified(whole, withoutIconFont), documents) }],
    content: [{ raw: [...words, ...STATES, ...MADE].join(" "), extension: "txt" }],
    dynamicAttributes: [...STATES, ...MADE],
    keyframes: true,
    variables: true,
    safelist: { variables: [...words].filter((word) => word.startsWith("--")) },
  });
  const equations = indexed(documents).byName.get("katex-html") ?? [];
  const signs = [...new Set(equations.map(DomUtils.textContent).join(""))].sort().join("");
  return { sheet: minified(lightOnPaper(css)), signs };
}

const input = JSON.parse(await text(process.stdin)); // a pipe: it may come in pieces
const result = process.argv[2] === "bundle"
  ? await bundle(input)
  : Object.fromEntries(Object.entries(input).map(([name, text]) => [name, minified(text)]));
process.stdout.write(JSON.stringify(result));
