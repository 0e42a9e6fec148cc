// Compares the film strips of the page with those of the Python classes, which pytest has written.

import { unpacked } from "../../rnncore/widgets/layer_reader/layer.js";

const CASES = new URL("../../_build/cases/films.json", import.meta.url);
const NUMBER = /−?\d+(?:\.\d+)?(?:e−?\d+)?/g;

/** @param {string} stem @returns {Promise<(reel: any) => string>} */
async function filmOf(stem) {
  const module = await import(`../../rnncore/widgets/${stem}/film.js`);
  if (stem !== "layer_reader") return module.film;
  return (reel) => module.filmOf(unpacked(reel.values.layer[reel.values.chosen - 1]))(reel);
}

/** Whether two texts are the same, but for the last digit of numbers. */
function alike(/** @type {string} */ a, /** @type {string} */ b) {
  if (a === b) return true;
  if (a.replace(NUMBER, "#") !== b.replace(NUMBER, "#")) return false;
  const read = (/** @type {string} */ text) =>
    [...text.matchAll(NUMBER)].map(([number]) => Number(number.replaceAll("−", "-")));
  const others = read(b);
  // Of an error near the rounding of floats only the size is the same.
  return read(a).every((n, i) =>
    Math.abs(n - others[i]) <= Math.max(1.01e-4, 0.01 * Math.abs(n)) || Math.abs(n) < 1e-7
  );
}

Deno.test("a film strip on the page is that of the Python class", async () => {
  const cases = JSON.parse(Deno.readTextFileSync(CASES));
  for (const { stem, values, limits, traits, film: right } of cases) {
    const film = await filmOf(stem);
    const model = { get: (/** @type {string} */ name) => traits[name] };
    const found = film({ values, limits, id: "a-1", model, stored: right });
    if (alike(found, right)) continue;
    const from = Math.max(0, [...found].findIndex((sign, i) => sign !== right[i]) - 60);
    const [here, there] = [found, right].map((text) => text.slice(from, from + 200));
    throw new Error(`${stem} ${JSON.stringify(values).slice(0, 400)}\n${here}\n${there}`);
  }
});
