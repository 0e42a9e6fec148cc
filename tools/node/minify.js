/**
 * Minify a classic script with esbuild; licences in it stay:
 *
 *     node minify.js < text as JSON
 */

import { json } from "node:stream/consumers";
import process from "node:process";

import { transform } from "esbuild";

const { code } = await transform(/** @type {string} */ (await json(process.stdin)), {
  minify: true,
  charset: "utf8",
  target: ["chrome111", "firefox114", "safari16.4"],
  legalComments: "inline",
});
process.stdout.write(code);
