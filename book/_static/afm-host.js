// Brings the book's widgets to life on a page without a kernel: a small host of the
// anywidget front-end-module contract. A classic script, so that it also runs from file://.
(() => {
  "use strict";
  const data = document.getElementById("rnn-widgets");
  /** @returns {NodeListOf<HTMLElement>} */
  const all = (selector) => document.querySelectorAll(selector);
  /** @returns {any} the element around the target of an event; null where there is none */
  const around = ({ target }, selector) => target.closest?.(selector) ?? null;

  // Point at a symbol in an equation of the page, and it lights up in all equations and widgets;
  // point at one in a widget, and it lights up in the equations.
  const light = (sym, where, how) =>
    all(`${where} [data-sym]`).forEach((node) =>
      node.classList.toggle(how, node.dataset.sym === sym)
    );
  document.addEventListener("pointerover", (event) => {
    const node = around(event, "[data-sym]");
    light(node?.dataset.sym, ".katex", "lit");
    light(node?.closest(".katex") ? node.dataset.sym : undefined, "[data-rnn-slot]", "glow");
  });
  const ready = () => {
    document.documentElement.dataset.rnnReady = "";
  };
  if (!data) return ready();

  const { texts, states } = JSON.parse(data.textContent);

  // A module or style sheet is a list of places in `texts`; widgets of the same share the module.
  const modules = new Map();
  const load = (parts) => {
    const name = parts.join();
    if (!modules.has(name)) {
      const source = parts.map((part) => texts[part]).join("\n");
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(name, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(name);
  };
  const styled = new Set();
  const style = (parts) =>
    parts.filter((part) => !styled.has(part)).forEach((part) => {
      styled.add(part);
      document.head.append(
        Object.assign(document.createElement("style"), { textContent: texts[part] }),
      );
    });

  // A model over the embedded state; the views of one model share it.
  const makeModel = (state) => {
    const listeners = new Map();
    const emit = (event, ...args) =>
      [...(listeners.get(event) ?? [])].forEach((callback) => callback(...args));
    return {
      get: (name) => state[name],
      set(name, value) {
        if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
        state[name] = value;
        emit(`change:${name}`, this, value);
        emit("change", this);
      },
      save_changes() {},
      send() {},
      on: (event, callback) =>
        listeners.set(event, (listeners.get(event) ?? new Set()).add(callback)),
      off: (
        event,
        callback,
      ) => (callback
        ? listeners.get(event)?.delete(callback)
        : event
        ? listeners.delete(event)
        : listeners.clear()),
    };
  };
  const models = new Map(Object.entries(states).map(([key, state]) => [key, makeModel(state)]));

  const show = async (slot) => {
    const key = slot.dataset.rnnSlot;
    const { _esm, _css } = states[key];
    const el = document.createElement("div");
    try {
      const { default: widget } = await load(_esm);
      style(_css);
      slot.prepend(el);
      slot.classList.add("alive"); // hides the film strip on the screen
      slot.rnnModel = models.get(key); // this and rnnClose: for the console, and for tests
      slot.rnnClose = await widget.render({ model: slot.rnnModel, el, experimental: {} });
    } catch (error) {
      slot.classList.remove("alive");
      el.remove();
      console.error(`The widget ${slot.dataset.rnnId} did not start.`, error);
    }
  };

  // #id?step=3&W_h=1.5 restores exactly that; any other fragment is left to the browser.
  const follow = async () => {
    const [, name, query] = location.hash.slice(1).match(/^(.*?)(?:(?:\?|%3F)(.*))?$/i);
    const id = decodeURIComponent(name);
    const [slot] = query === undefined ? [] : all(`[data-rnn-id="${CSS.escape(id)}"]`);
    if (!slot) return;
    const { default: widget } = await load(states[slot.dataset.rnnSlot]._esm);
    widget.fromLink?.(models.get(slot.dataset.rnnSlot), query);
    slot.scrollIntoView({ block: "start", behavior: "instant" });
    /** @type {HTMLElement | null} */
    const inside = slot.querySelector("[role=group][tabindex]");
    inside?.focus({ preventScroll: true });
    document.documentElement.dataset.rnnFollowed = location.hash;
  };
  const start = async () => {
    await Promise.all([...all("[data-rnn-slot]")].map(show));
    await follow();
    ready();
  };
  document.addEventListener("click", (event) => {
    const link = around(event, "a[href]");
    if (link && link.hash === location.hash && link.pathname === location.pathname) {
      follow().catch(() => {}); // the same link again
    }
  });
  addEventListener("hashchange", () => follow().catch(() => {})); // a malformed fragment is ignored
  start().catch((error) => {
    ready();
    if (!(error instanceof URIError)) throw error;
  });
})();
