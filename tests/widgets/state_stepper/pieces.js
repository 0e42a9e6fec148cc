// @ts-nocheck: this function runs in a page, where a test sends it.
// Mounts a stepper on a model of the test's own, and turns its form from vectors to numbers.
export default async (id) => {
  const state = structuredClone(globalThis.rnn.states[id]);
  const widget = globalThis.rnn.kinds[document.getElementById(id).dataset.rnnSlot];
  const listeners = new Map();
  const model = {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      (listeners.get(`change:${name}`) ?? []).forEach((f) => f());
    },
    save_changes() {},
    on: (event, f) => listeners.set(event, [...(listeners.get(event) ?? []), f]),
    off() {},
  };
  const el = document.body.appendChild(document.createElement("div"));
  await widget.render({ model, el });
  const root = el.querySelector(".rnn");
  const seen = [];
  const look = () => seen.push(root.dataset.steps + root.dataset.mode);
  for (const [name, value] of [["X", [1, 2]], ["W_x", 1], ["W_h", 1], ["b", 0], ["h0", 0]]) {
    model.set(name, value);
    await null;
    look();
  }
  const numbers = [...el.querySelectorAll("[data-value]")].map((n) => n.dataset.value);
  el.querySelector(".preset:last-child").click();
  await null;
  look();
  return [seen, numbers.includes("NaN")];
};
