// @ts-nocheck: this function runs in a page, where a test sends it.
// Presses keys on everything that can have the focus in a widget; returns what gets out of it and
// is not for all, what of the browser's does not get out, and what lacks the mark for JupyterLab.
export default (root) => {
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  const OWN = ["x", "d", "m", "ArrowLeft", "ArrowDown", " ", "Escape", "Enter"].map((key) => ({
    key,
  }));
  OWN.push({ key: "Enter", shiftKey: true }, { key: "Enter", ctrlKey: true }, {
    key: "M",
    shiftKey: true,
  });
  const OF_ALL = [{ key: "Tab" }, { key: "c", ctrlKey: true }, { key: "s", metaKey: true }];
  const TYPES = ["keydown", "keypress", "keyup"];
  const seen = [];
  const see = ({ type, key }) => seen.push(`${type} ${key}`);
  const around = [globalThis, document, document.body, root.parentElement];
  const each = (change) =>
    around.forEach((target) => TYPES.forEach((type) => change(target, type)));
  each((target, type) => target.addEventListener(type, see));

  root.querySelectorAll("details").forEach((details) => details.open = true);
  root.append(document.createElement("button")); // one that comes later
  const result = { out: [], kept: [], unmarked: [], count: 0 };
  const press = (node, of) => {
    seen.length = 0;
    for (const type of TYPES) {
      const options = { ...of, bubbles: true, cancelable: true, composed: true };
      node.dispatchEvent(new KeyboardEvent(type, options));
    }
    return seen.length;
  };
  for (const node of [...root.querySelectorAll(FOCUSABLE)]) {
    if (!node.isConnected || !node.checkVisibility()) continue;
    node.focus();
    if (document.activeElement !== node) continue;
    result.count += 1;
    const name = node.outerHTML.slice(0, 80);
    if (!node.hasAttribute("data-lm-suppress-shortcuts")) result.unmarked.push(name);
    for (const of of OWN) if (press(node, of)) result.out.push(`${of.key} on ${name}`);
    for (const of of OF_ALL) {
      if (press(node, of) !== 3 * around.length) result.kept.push(`${of.key} on ${name}`);
    }
  }
  root.lastChild.remove();
  each((target, type) => target.removeEventListener(type, see));
  return result;
};
