// @ts-nocheck: this function runs in a page, where a test sends it.
// Gives the focus to one of each kind that Tab reaches; returns how many kinds there are, and those
// that do not show it.
export default () => {
  document.querySelectorAll("details").forEach((details) => details.open = true);
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  const kindOf = ({ tagName, type, className, parentElement }) =>
    [tagName, type, className, parentElement.className].join();
  const reached = [...document.querySelectorAll(FOCUSABLE)].filter((node) =>
    node.tabIndex >= 0 && node.checkVisibility()
  );
  const one = new Map(reached.map((node) => [kindOf(node), node]));
  const without = [...one.values()].filter((node) => {
    node.focus({ preventScroll: true });
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    return document.activeElement === node &&
      (outlineStyle === "none" || parseFloat(outlineWidth) < 2);
  });
  return [one.size, without.map((node) => node.outerHTML.slice(0, 120))];
};
