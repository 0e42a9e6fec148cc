// @ts-nocheck: this function runs in a page, where a test sends it.
// Gives the focus to all that Tab reaches; returns how much that is, and what does not show it.
export default () => {
  document.querySelectorAll("details").forEach((details) => details.open = true);
  const all = document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]",
  );
  const reached = [...all].filter((node) => node.tabIndex >= 0 && node.checkVisibility());
  const without = reached.filter((node) => {
    node.focus({ preventScroll: true });
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    return document.activeElement === node &&
      (outlineStyle === "none" || parseFloat(outlineWidth) < 2);
  });
  return [reached.length, without.map((node) => node.outerHTML.slice(0, 120))];
};
