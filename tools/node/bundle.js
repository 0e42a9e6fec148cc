/**
 * Bundle a script with all that it imports into one script:
 *
 *     node bundle.js < {"entry": path, "words": {"NAME": value, …}, "format": "iife"}
 *
 * Without a format it is an ES module.
 * Each word stands in the script for its value, as globalThis.NAME.  The licences of what comes
 * from npm stand before the text that comes out on the standard output.
 */

import { existsSync, readFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import { dirname, resolve } from "node:path";
import process from "node:process";

import { build } from "esbuild";

const HERE = import.meta.dirname;
const { entry, words, format = "esm" } = await json(process.stdin);
const define = Object.fromEntries(
  Object.entries(words).map(([name, value]) => [`globalThis.${name}`, JSON.stringify(value)]),
);
const { outputFiles, metafile } = await build({
  entryPoints: [entry],
  absWorkingDir: HERE,
  nodePaths: [resolve(HERE, "node_modules")],
  bundle: true,
  minify: true,
  format,
  charset: "utf8",
  target: ["chrome111", "firefox114", "safari16.4"],
  loader: { ".py": "text", ".css": "text" },
  define,
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "error",
});

/** The licence of each package, {text: [names]}. */
const licences = new Map();
for (const path of Object.keys(metafile.inputs)) {
  const [folder, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (!folder) continue;
  const file = ["", ".md", ".txt"].map((end) => resolve(HERE, folder, `LICENSE${end}`))
    .find(existsSync);
  if (!file) throw new Error(`${name} has no licence in ${dirname(folder)}.`);
  const text = readFileSync(file, "utf8").trim();
  licences.set(text, (licences.get(text) ?? new Set()).add(name));
}
const told = [...licences].map(([text, names]) => `/*!\n${[...names].join(", ")}\n\n${text}\n*/\n`);
process.stdout.write(told.join("") + outputFiles[0].text);
