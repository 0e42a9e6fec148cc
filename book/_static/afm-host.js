// Brings the book's widgets to life on a page without a kernel: a small host of the anywidget
// front-end-module contract. A classic script, like all that it loads: those run from file://, too.
((rnn) => {
  "use strict";
  /** @returns {NodeListOf<HTMLElement>} */
  const all = (selector) => document.querySelectorAll(selector);
  /** @returns {any} the element around the target of an event; null where there is none */
  const around = ({ target }, selector) => target.closest?.(selector) ?? null;
  const page = document.documentElement;
  const folder = /** @type {any} */ (document.currentScript)?.src.replace(/[^/]*$/, "");
  const soon = () => new Promise((done) => setTimeout(done)); // after what waits, and taps do

  // Point at a symbol in an equation of the page, and it lights up in all equations and widgets;
  // point at one in a widget, or let it have the focus, and it lights up in the equations.
  const light = (sym, where, how) =>
    all(`${where} [data-sym]`).forEach((node) =>
      node.classList.toggle(how, node.dataset.sym === sym)
    );
  let lit; // what is pointed at
  const pointAt = (event) => {
    const node = around(event, "[data-sym]");
    if (node === lit) return;
    lit = node;
    light(node?.dataset.sym, ".katex", "lit");
    light(node?.closest(".katex") ? node.dataset.sym : undefined, "[data-rnn-slot]", "glow");
  };
  document.addEventListener("pointerover", pointAt);
  document.addEventListener("focusin", pointAt);

  // A model over the state of a widget; the views of one model share it.
  const makeModel = (state, save = (_changes) => {}) => {
    const listeners = new Map();
    let unsaved = {};
    const emit = (event, ...args) =>
      [...(listeners.get(event) ?? [])].forEach((callback) => callback(...args));
    return {
      get: (name) => state[name],
      set(name, value) {
        if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
        state[name] = unsaved[name] = value;
        emit(`change:${name}`, this, value);
        emit("change", this);
      },
      save_changes() {
        save(unsaved);
        unsaved = {};
      },
      take(changes) { // what Python has set
        Object.assign(state, changes);
        Object.keys(changes).forEach((name) => emit(`change:${name}`, this, changes[name]));
        emit("change", this);
      },
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
  rnn.makeModel = makeModel; // for widgets that a page's own Python makes
  const models = new Map();
  const modelOf = (name) => {
    if (!models.has(name)) models.set(name, makeModel({ ...rnn.states[name] }));
    return models.get(name);
  };

  // Scripts come once each, and run in the order in which they were asked for.
  const loading = new Map();
  const load = (file) => {
    const come = (done, fail) => {
      const script = Object.assign(document.createElement("script"), { async: false });
      script.onload = done;
      script.onerror = () => {
        loading.delete(file);
        script.remove();
        fail(new Error(`${file} did not come.`));
      };
      script.src = folder + file;
      document.head.append(script);
    };
    if (!loading.has(file)) loading.set(file, new Promise(come));
    return loading.get(file);
  };
  // What a widget needs late, as soon as it does; a page on one sheet has it in it.
  rnn.comeLate = async (kind, file, needed) => {
    if (!rnn.late?.[kind]) await load(file);
    return rnn.late[kind](needed());
  };
  const styled = new Set();
  const style = (css) => {
    if (styled.has(css)) return;
    styled.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  };

  // A widget starts once: when it is near the screen, or a link leads to it.
  const begin = async (slot) => {
    const { rnnSlot: kind, rnnId: name, rnnNeeds: needs } = slot.dataset;
    const el = document.createElement("div");
    try {
      await Promise.all(needs.split(" ").filter(Boolean).map(load));
      await soon();
      style(rnn.css);
      style(rnn.kinds[kind].css);
      slot.prepend(el);
      slot.rnnModel ??= modelOf(name); // this and rnnClose: for the console, and for tests
      slot.rnnClose = await rnn.kinds[kind].render({ model: slot.rnnModel, el, experimental: {} });
      slot.classList.add("alive"); // it has its own height from now on
    } catch (error) {
      slot.classList.add("failed"); // the film strip shows the steps
      el.remove();
      started.delete(slot);
      console.error(`The widget ${name} did not start.`, error);
    }
  };
  const started = new Map();
  rnn.start = (slot) => {
    if (!started.has(slot)) started.set(slot, begin(slot));
    return started.get(slot);
  };
  // Paper gets the film strip of what the reader has set.
  addEventListener(
    "beforeprint",
    () =>
      all("[data-rnn-slot].alive").forEach((/** @type {any} */ slot) => {
        const strip = slot.querySelector(":scope > .rnn-film");
        slot.rnnFilm ??= strip.innerHTML;
        strip.innerHTML = rnn.kinds[slot.dataset.rnnSlot].film(slot.rnnModel, slot.rnnFilm);
      }),
  );
  rnn.startAll = () => Promise.all([...all("[data-rnn-slot]")].map(rnn.start));

  // The first report says which are near now; nothing is measured for it.
  const near = new Promise((done) => {
    const watch = new IntersectionObserver((entries) => {
      const close = entries.filter(({ isIntersecting }) => isIntersecting);
      close.forEach(({ target }) => watch.unobserve(target));
      done(Promise.all(close.map(({ target }) => rnn.start(target))));
    }, { rootMargin: "600px 0px" }); // above and below the screen
    rnn.watch = (slots) => slots.length ? slots.forEach((slot) => watch.observe(slot)) : done([]);
  });

  // What a link asks for and the page does not have, in words, where it would be.
  const said = Object.assign(document.createElement("p"), { className: "rnn-said" });
  said.setAttribute("role", "status");
  const say = (text) => {
    said.textContent = text;
    said.remove();
    if (text) (document.querySelector("article") ?? document.querySelector("main"))?.prepend(said);
  };

  // Links come out of chats and mails with a sign behind them, or with ? and = escaped.
  const STRAY = /[\s.,;:!?…'"’”»)\]}>\u200b-\u200f\u2060\ufeff]+$/u;
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // half an escape: taken as it is
    }
  };
  const targetOf = (hash) => {
    const [, name, query] = /^(.*?)(?:(?:\?|%3F)(.*))?$/is.exec(hash.slice(1)) ?? [];
    const id = decoded(name ?? "");
    const found = (id) => document.getElementById(id);
    const node = found(decoded(hash.slice(1))) && query === undefined
      ? found(decoded(hash.slice(1)))
      : found(id) ?? found(id.replace(STRAY, ""));
    return { id, node, query };
  };

  // Scrolls this frame and none around it.  What comes near is laid out only then, and moves it.
  const frame = () =>
    new Promise((done) => {
      requestAnimationFrame(() => setTimeout(done));
      setTimeout(done, 100); // a page in the background has no frames
    });
  // A font that comes then may take a line away above; one on a slow line is not waited for.
  const fonts = () =>
    Promise.race([document.fonts.ready, new Promise((done) => setTimeout(done, 300))]);
  const scrollTo = async (node) => {
    const above = [getComputedStyle(node).scrollMarginTop, getComputedStyle(page).scrollPaddingTop];
    const margin = above.reduce((sum, length) => sum + (Number.parseFloat(length) || 0), 0);
    for (let k = 0; k < 8; k += 1) {
      const before = scrollY;
      const top = node.getBoundingClientRect().top + scrollY - margin;
      scroll({ top, behavior: "instant" });
      if (k > 1 && Math.abs(scrollY - before) < 2) return;
      await frame();
      await fonts();
    }
  };
  // What a link to a step shows: the widget from its head on, or, where the screen is too low for
  // that, from its drawing on. The controls are under it.
  const viewOf = (slot) => {
    const parts = [slot, slot.querySelector(".drawing"), slot.querySelector(".transport")];
    if (!parts.every(Boolean)) return slot;
    const [all, drawing, controls] = parts.map((part) => part.getBoundingClientRect());
    const isHigh = drawing.bottom - all.top + controls.height > innerHeight - 72; // the page's head
    return isHigh ? parts[1] : slot;
  };
  const isOurs = () => top === window || document.hasFocus(); // the focus, that is

  /** Follow the fragment: #id?step=3&W_h=1.5 restores exactly that. */
  const follow = async ({ moves = true } = {}) => {
    const { hash } = location;
    const { id, node, query } = targetOf(hash);
    say("");
    if (hash.length > 1 && !node) {
      say(`This link leads to “${id.slice(0, 60)}”, which is not on this page.`);
    }
    /** @type {any} */
    const slot = node?.matches("[data-rnn-slot]") ? node : null;
    if (slot && query !== undefined) {
      await rnn.start(slot);
      if (hash !== location.hash) return; // another link has been followed since
      if (slot.rnnModel) rnn.kinds[slot.dataset.rnnSlot].fromLink(slot.rnnModel, query);
    }
    if (moves && node && (query !== undefined || node.id !== decoded(hash.slice(1)))) {
      await scrollTo(slot ? viewOf(slot) : node);
      /** @type {HTMLElement | null} */
      const inside = node.querySelector("[role=group][tabindex]");
      if (slot && isOurs()) inside?.focus({ preventScroll: true });
    }
    page.dataset.rnnFollowed = hash;
  };
  document.addEventListener("click", (event) => {
    const link = around(event, "a[href]");
    if (link && link.hash === location.hash && link.pathname === location.pathname) follow();
  });
  addEventListener("hashchange", () => follow());

  // The reader's place: the block at the top of the screen, for a reload, or back from elsewhere.
  const blocks = () => [...all("article section:not(.rnn) > :not(section)")];
  const PLACE = `rnn-place:${location.pathname}`;
  const keepPlace = () => {
    const seen = document.elementsFromPoint(innerWidth / 2, 90); // below the bar
    const at = blocks().findIndex((block) => seen.includes(block));
    if (at < 0 || page.dataset.storage === "page") return;
    try {
      const { top } = blocks()[at].getBoundingClientRect();
      sessionStorage.setItem(PLACE, JSON.stringify([at, top]));
      history.scrollRestoration = "manual"; // of this entry; the heights may be others then
    } catch {
      // full, or a frame without an address of its own
    }
  };
  addEventListener("pagehide", keepPlace);
  const keptPlace = () => {
    const [visit] = /** @type {any[]} */ (performance.getEntriesByType("navigation"));
    if (!/reload|back/.test(visit?.type)) return [];
    try {
      return [...JSON.parse(sessionStorage.getItem(PLACE) ?? "[]")].map(Number);
    } catch {
      return []; // not ours
    }
  };
  const findPlace = () => {
    const [at, top] = keptPlace();
    const block = blocks()[at];
    if (block) scroll({ top: block.getBoundingClientRect().top + scrollY - top });
    return Boolean(block);
  };

  const loaded = new Promise((done) => {
    if (document.readyState === "complete") done(undefined);
    else addEventListener("load", done); // the text comes first
  });

  const start = async () => {
    for (const slot of all("[data-rnn-slot]")) { // a page that was saved while they were alive
      slot.classList.remove("alive", "failed");
      slot.querySelectorAll(":scope > :not(.rnn-film)").forEach((left) => left.remove());
    }
    const returns = findPlace(); // a reload, or back from another page
    await follow({ moves: !returns });
    await loaded;
    rnn.watch([...all("[data-rnn-slot]")]);
    await near;
    if (returns) findPlace();
    page.dataset.rnnReady = "";
  };
  queueMicrotask(start); // after the theme's scripts, which close solutions; or failed
})(/** @type {any} */ (globalThis).rnn ??= {});
