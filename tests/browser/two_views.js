// @ts-nocheck: this function runs in a page, where a test sends it.
// Mounts two views of one model of the test's own, presses what there is, and closes them.
export default async (id) => {
  const state = structuredClone(globalThis.rnn.states[id]);
  const widget = globalThis.rnn.kinds[document.getElementById(id).dataset.rnnSlot];
  const listeners = new Map();
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
      state[name] = value;
      (listeners.get(`change:${name}`) ?? []).forEach((f) => f());
    },
    save_changes() {},
    on: (event, f) => listeners.set(event, [...(listeners.get(event) ?? []), f]),
    off: (event, f) => listeners.set(event, listeners.get(event).filter((g) => g !== f)),
  };
  const mount = async () => {
    const el = document.body.appendChild(document.createElement("div"));
    return { el, cleanup: await widget.render({ model, el }) };
  };
  const numbers = ({ el }) => [...el.querySelectorAll("[data-value]")].map((n) => n.dataset.value);
  const settle = () => new Promise((done) => setTimeout(done, 30));
  const [one, two] = [await mount(), await mount()];
  const events = [...listeners.keys()].length;
  const same = [];
  const find = (
    /** @type {string} */ selector,
  ) => /** @type {HTMLElement[]} */ ([...one.el.querySelectorAll(selector)]);
  const presets = find(".preset");
  const hints = find(".buttons button").slice(0, 2);
  const chips = presets.length ? presets : hints;
  for (const chip of chips) {
    chip.click();
    find('[aria-label="Next step"]')[0]?.click();
    await settle();
    const told = (view) => view.el.querySelector(".hints")?.textContent;
    const [ours, theirs] = [one, two].map((view) => JSON.stringify([numbers(view), told(view)]));
    same.push(ours === theirs);
  }
  one.cleanup();
  const left = [...listeners.values()].every((list) => list.length === 1);
  const empty = one.el.childElementCount === 0;
  chips[0].click(); // a button of a view that is gone does nothing
  two.cleanup();
  const none = [...listeners.values()].every((list) => list.length === 0);
  return { same, left, empty, none, events };
};
