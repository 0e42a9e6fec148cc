// The numbers of np.random.default_rng(seed).uniform(-1, 1, …), so that Python has the same.

import { range } from "../shared/algebra.js";

const WORD = 0xFFFFFFFF;
const [LONG, DOUBLE_LONG] = [64n, 128n].map((bits) => (1n << bits) - 1n);
const MULTIPLIER = 47026247687942121848144207491837523525n;

/**
 * Make the hash of NumPy's SeedSequence, whose constant moves on with each call.
 * @param {number} constant
 * @param {number} multiplier
 */
function hashing(constant, multiplier) {
  return (/** @type {number} */ value) => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, multiplier);
    const product = Math.imul(mixed, constant);
    return product ^ (product >>> 16);
  };
}

/**
 * @param {number} a
 * @param {number} b
 */
function mixed(a, b) {
  const value = Math.imul(a, 0xca01f9dd) - Math.imul(b, 0x4973f715);
  return value ^ (value >>> 16);
}

/**
 * Return the eight words that a seed is spread over.
 * @param {number} seed
 */
function spread(seed) {
  const hash = hashing(0x43b0d7e5, 0x931e8875);
  const pool = [seed, 0, 0, 0].map(hash);
  for (const from of range(4)) {
    for (const to of range(4)) if (to !== from) pool[to] = mixed(pool[to], hash(pool[from]));
  }
  const last = hashing(0x8b51f9dd, 0x58f38ded);
  return range(8).map((k) => BigInt((last(pool[k % 4]) & WORD) >>> 0));
}

/**
 * Return rows of numbers from −1 to 1.
 * @param {number} seed a whole number from 0 to 2³² − 1
 * @param {number} rows
 * @param {number} columns
 */
export function uniform(seed, rows, columns) {
  const words = spread(seed);
  const [a, b, c, d] = range(4).map((k) => words[2 * k] | (words[2 * k + 1] << 32n));
  const increment = (((c << 64n) | d) << 1n | 1n) & DOUBLE_LONG;
  const moved = (/** @type {bigint} */ state) => (state * MULTIPLIER + increment) & DOUBLE_LONG;
  let state = moved(increment + ((a << 64n) | b));
  const next = () => {
    state = moved(state);
    const [folded, turn] = [(state >> 64n) ^ (state & LONG), state >> 122n];
    const bits = ((folded >> turn) | (folded << (64n - turn))) & LONG;
    return -1 + 2 * (Number(bits >> 11n) * 2 ** -53);
  };
  return range(rows).map(() => range(columns).map(next));
}
