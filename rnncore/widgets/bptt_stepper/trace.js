// The gradient through time, every intermediate of every step, as rnncore.bptt has it.

import { ACTIVATIONS } from "../shared/activations.js";
import { dot, outer, plus, sizeOf, spectralNorm, sum, times } from "../shared/algebra.js";
import { asMatrices, forward } from "../shared/cell.js";

export const REACH = 30; // the steps of the chart
const STEEPEST = { linear: 1, tanh: 1, sigmoid: 0.25, relu: 1 }; // the largest slope there is
export const WEIGHTS = ["W_h", "W_x", "b"];

// The forward run of cell.js, and what comes back: index t is that of the equations, and
// vectors and matrices stay such in the scalar form. Row i of W_h belongs to unit i of the
// state before, column j to unit j of the state: forward sums the columns, backward the rows.
export function trace(values) {
  const params = asMatrices(values);
  const { W_x, W_h, b, activation, scalar } = params;
  const direct = [null, ...(scalar ? values.dS.map((d) => [d]) : values.dS)];
  const run = forward(values);
  const slopeOf = ACTIVATIONS[activation].slope;
  const slope = run.h.map((h, t) => (t === 0 ? null : h.map(slopeOf)));
  const recur = run.from_h.map((rows) => rows && b.map((_, j) => sum(rows.map((row) => row[j]))));
  const going = goBack(direct, slope, W_h, values.window);
  const last = direct.length - 1;
  const each = {}; // what step t adds: the number that met the weight, times an error
  const add = (name, errors) => {
    each[`${name}W_x`] = errors.map((d, t) => d && outer(run.x[t], d));
    each[`${name}W_h`] = errors.map((d, t) => d && outer(run.h[t - 1], d));
    each[`${name}b`] = errors;
  };
  add("local_", slope);
  add("d", going.dz);
  add("held_", slope.map((s, t) => s && times(direct[t], s)));
  for (const weight of WEIGHTS) {
    each[`sum_${weight}`] = sumsBack(each[`d${weight}`], last);
    each[`sum_held_${weight}`] = sumsBack(each[`held_${weight}`], last);
  }
  const uncut = values.window < last ? goBack(direct, slope, W_h, last).dz : going.dz;
  add("whole_", uncut);
  for (const weight of WEIGHTS) {
    each[`whole_${weight}`] = sumsBack(each[`whole_${weight}`], last)[1];
  }
  const untransposed = going.dz_on.map((d) =>
    d && b.map((_, j) => sum(d.map((value, i) => value * W_h[i][j])))
  );
  const dx = going.dz.map((d) => d && W_x.map((row) => dot(d, row)));
  return {
    ...run,
    recur,
    slope,
    direct,
    ...going,
    untransposed,
    dx,
    ...each,
    ...reachOf(params, direct[last], values.scale),
  };
}

// From the last step to the first. A window keeps apart what entered at different steps, the
// youngest first, since each part goes its own way to its own end.
function goBack(direct, slope, W_h, window) {
  const last = direct.length - 1;
  const none = W_h.map(() => 0);
  const added = (parts) => parts.reduce(plus, none);
  const out = { back: [], dh: [], dz: [null], dz_on: [null], from_dz: [null] };
  out.back[last] = none;
  let parts = [];
  for (let t = last; t > 0; t -= 1) {
    out.dh[t] = plus(direct[t], out.back[t]);
    const errors = (window < last ? [direct[t], ...parts] : [out.dh[t]]).map((part) =>
      times(part, slope[t])
    );
    const onward = window < last && t > 1 ? errors.slice(0, window - 1) : errors; // the oldest stays behind
    out.dz[t] = added(errors);
    out.dz_on[t] = added(onward);
    out.from_dz[t] = W_h.map((row) => times(out.dz_on[t], row));
    out.back[t - 1] = out.from_dz[t].map(sum);
    parts = onward.map((part) => W_h.map((row) => dot(part, row)));
  }
  out.dh[0] = out.back[0];
  return out;
}

// What the variable of the code holds after each step back.
function sumsBack(each, last) {
  const sums = [null];
  for (let t = last; t > 0; t -= 1) sums[t] = t === last ? each[t] : plus(sums[t + 1], each[t]);
  return sums;
}

// How much of what enters at the last of many steps arrives k steps back, with W_h scaled and
// the inputs repeated.
function reachOf({ X, W_x, W_h, b, h0, activation }, enters, scale) {
  const scaled = W_h.map((row) => row.map((w) => w * scale));
  const { h } = forward({
    X: Array.from({ length: REACH }, (_, k) => X[k % X.length]),
    W_x,
    W_h: scaled,
    b,
    h0,
    activation,
  });
  const reach = [sizeOf(enters)];
  let dh = enters;
  for (let t = REACH; t > 0; t -= 1) {
    const dz = times(dh, h[t].map(ACTIVATIONS[activation].slope));
    dh = scaled.map((row) => dot(dz, row));
    reach.push(sizeOf(dh));
  }
  const most = spectralNorm(scaled) * STEEPEST[activation];
  const left = reach[0] > 0 ? reach[REACH] / reach[0] : 0;
  return {
    reach,
    bound: reach.map((_, k) => reach[0] * most ** k),
    most,
    limit: most ** REACH,
    left,
  };
}
