// The arithmetic of LSTM, GRU and the simple update, one feature and one unit each.

import { ACTIVATIONS } from "../shared/activations.js";

export const GATES = ["i", "f", "o", "z", "r"]; // those that a hand can hold, in the order of `held`
export const FREE = -1;
export const CELLS = ["LSTM", "GRU", "simple"];

// Every number of every step. Names of states have the initial one at 0; all else begins at 1.
// A weighted sum is carried out as in rnncore, the inputs' share and the bias first.
export function trace({ X, lstm, gru, simple, h0, c0, held, since }) {
  const sigmoid = ACTIVATIONS.sigmoid.value;
  const out = { c: [c0], h: [h0], h_gru: [h0], h_simple: [h0] };
  const keep = (t, numbers) => {
    for (const [name, value] of Object.entries(numbers)) (out[name] ??= [null])[t] = value;
  };
  const sum = ([W_x, W_h, b], k, x, h) => x * W_x[k] + b[k] + h * W_h[k];
  const last = { lstm: 1, gru: 1, simple: 1 }; // what is left of step 1
  X.forEach((x, index) => {
    const t = index + 1;
    const gate = (name, total) => {
      const by_hand = held[GATES.indexOf(name)];
      return t >= since && by_hand !== FREE ? by_hand : sigmoid(total);
    };
    const [c_prev, h_prev, g_prev, s_prev] = [out.c, out.h, out.h_gru, out.h_simple].map((states) =>
      states[index]
    );

    const [sum_i, sum_f, sum_c, sum_o] = [0, 1, 2, 3].map((k) => sum(lstm, k, x, h_prev));
    const [i, f, o, c_tilde] = [
      gate("i", sum_i),
      gate("f", sum_f),
      gate("o", sum_o),
      Math.tanh(sum_c),
    ];
    const [kept, written] = [f * c_prev, i * c_tilde];
    const c = written + kept;
    const tanh_c = Math.tanh(c);

    const [sum_z, sum_r] = [0, 1].map((k) => sum(gru, k, x, g_prev));
    const [z, r] = [gate("z", sum_z), gate("r", sum_r)];
    const reset = r * g_prev;
    const sum_h = sum(gru, 2, x, reset);
    const h_tilde = Math.tanh(sum_h);
    const h_gru = h_tilde + z * (g_prev - h_tilde);

    const sum_simple = x * simple[0] + simple[2] + s_prev * simple[1];
    const h_simple = Math.tanh(sum_simple);
    if (t > 1) {
      last.lstm *= f;
      last.gru *= z;
      last.simple *= simple[1] * (1 - h_simple * h_simple);
    }
    keep(t, {
      x,
      sum_i,
      sum_f,
      sum_c,
      sum_o,
      i,
      f,
      c_tilde,
      o,
      kept,
      written,
      c,
      tanh_c,
      h: o * tanh_c,
    });
    keep(t, {
      sum_z,
      sum_r,
      sum_h,
      z,
      r,
      reset,
      h_tilde,
      rest: 1 - z,
      kept_gru: z * g_prev,
      written_gru: (1 - z) * h_tilde,
      h_gru,
    });
    keep(t, { sum_simple, from_h: s_prev * simple[1], h_simple });
    keep(t, { left_lstm: last.lstm, left_gru: last.gru, left_simple: last.simple });
  });
  return out;
}
