// What the unit tests compare with.

/**
 * Throw unless two values are the same, down to the sign of a zero.
 * @param {any} found
 * @param {any} wanted
 * @param {string} what is compared
 */
export function same(found, wanted, what = "") {
  if (!isSame(found, wanted)) {
    throw new Error(`${what}\n${Deno.inspect(found)}\nshould be\n${Deno.inspect(wanted)}`);
  }
}

/**
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
function isSame(a, b) {
  if (Object(a) !== a || Object(b) !== b) return Object.is(a, b);
  const [names, others] = [Object.keys(a), Object.keys(b)];
  return names.length === others.length && names.every((name) => isSame(a[name], b[name]));
}

/**
 * Throw unless all numbers of nested lists are equal to a tolerance.
 * @param {any} found
 * @param {any} wanted
 * @param {number} tolerance
 */
export function near(found, wanted, tolerance = 1e-12) {
  const [a, b] = [[found].flat(Infinity), [wanted].flat(Infinity)];
  const isNear = a.length === b.length && a.every((v, i) => Math.abs(v - b[i]) <= tolerance);
  if (!isNear) throw new Error(`${Deno.inspect(found)}\nshould be\n${Deno.inspect(wanted)}`);
}
