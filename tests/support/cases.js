// Compares a widget's trace.js with rnncore, on the cases that pytest has written.

const FOLDER = new URL("../../_build/cases/", import.meta.url);

/**
 * Register a test: `trace` gives each number of each case.
 * @param {string} stem the widget's folder
 * @param {(values: any, limits: any) => Record<string, any>} trace
 * @param {{ least?: number, other?: string[] }} options `least`: how many cases there must be;
 *   `other`: what Python computes and the page does not
 */
export function agreesWithPython(stem, trace, { least = 1000, other = [] } = {}) {
  Deno.test(`${stem}: trace gives the numbers of rnncore`, () => {
    const { limits, cases, numbers } = read(stem);
    if (cases.length < least) throw new Error(`There are only ${cases.length} cases.`);
    let start = 0;
    cases.forEach(({ values, arrays, words }, i) => {
      const found = trace(structuredClone(values), limits);
      const fail = (/** @type {string} */ what) => {
        throw new Error(`${stem}, case ${i}, ${what}\nparameters: ${JSON.stringify(values)}`);
      };
      for (const [name, count, tolerance] of arrays) {
        const right = numbers.subarray(start, start + count);
        start += count;
        if (other.includes(name)) continue;
        if (!(name in found)) fail(`${name} is missing`);
        const wrong = difference(found[name], right, tolerance);
        if (wrong) fail(`${name}${wrong}`);
      }
      for (const [name, text] of Object.entries(words)) {
        if (found[name] !== text) fail(`${name}: ${found[name]}\n  in rnncore: ${text}`);
      }
      const known = new Set([...arrays.map(([name]) => name), ...Object.keys(words)]);
      for (const name of Object.keys(found)) {
        if (!known.has(name)) fail(`${name} is no number of rnncore's trace`);
      }
    });
  });
}

/** The cases of a widget, as tests/support/cases.py writes them. */
function read(/** @type {string} */ stem) {
  try {
    const { limits, cases } = JSON.parse(Deno.readTextFileSync(new URL(`${stem}.json`, FOLDER)));
    const bytes = Deno.readFileSync(new URL(`${stem}.f64`, FOLDER));
    return { limits, cases, numbers: new Float64Array(bytes.buffer) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `pytest has written no cases for ${stem} yet: run the test_cases.py beside this test.`,
    );
  }
}

/** Where an array differs from the right numbers, in words; "" where it does not. */
function difference(
  /** @type {any} */ value,
  /** @type {Float64Array} */ right,
  /** @type {number} */ tolerance,
) {
  const flat = [value].flat(Infinity);
  // What begins at step 1 has null for step 0, and NaN for each of its numbers in Python.
  const found = flat[0] === null
    ? [...Array(right.length - flat.length + 1).fill(NaN), ...flat.slice(1)]
    : flat;
  if (found.length !== right.length) return ` has ${found.length} numbers, not ${right.length}`;
  const k = found.findIndex((v, i) =>
    !(Object.is(v ?? NaN, right[i]) || Math.abs(v - right[i]) <= tolerance ||
      Number(v) === right[i])
  );
  return k < 0 ? "" : `, number ${k} of ${right.length}: ${found[k]}, in rnncore ${right[k]}`;
}
