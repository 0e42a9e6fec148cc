/**
 * Say what is wrong with a page on paper: pale text, dark grounds, what reaches over the edge,
 * what only a screen can use, frames without anything in them.
 */
export default (() => {
  // What a screen reader hears, and parts of signs: the equation around them is measured.
  const UNMEASURED = ".katex-mathml, .katex svg, .vlist-t";
  const faults = [];
  const told = (node) => `${node.outerHTML.slice(0, 90)} in ${node.parentElement.className}`;
  const isSeen = (node) =>
    node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const luminance = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    if (a === 0) return null;
    const most = colour.startsWith("color(") ? 1 : 255;
    const parts = [r, g, b].map((part) => 1 - a + (a * part) / most) // on white
      .map((v) => v <= 0.04 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const hasText = (node) =>
    [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  const edge = document.documentElement.clientWidth + 0.5;

  for (const node of document.querySelectorAll("body *")) {
    if (!isSeen(node) || node.closest(UNMEASURED)) continue;
    const style = getComputedStyle(node);
    const ground = luminance(style.backgroundColor);
    if (ground !== null && ground < 0.7) faults.push(`dark ground: ${told(node)}`);
    if (hasText(node) && 1.05 / (luminance(style.color) + 0.05) < 4.5) {
      faults.push(`pale, ${style.color}: ${told(node)}`);
    }
    if (node.matches("img") && style.filter !== "none") {
      faults.push(`changed colours: ${told(node)}`);
    }
    const { left, right, width } = node.getBoundingClientRect();
    if (width && (right > edge || left < -0.5)) faults.push(`over the edge: ${told(node)}`);
    if (style.overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1 && width > 1) {
      faults.push(`cut: ${told(node)}`);
    }
    if (node.matches("button, input, select, summary.btn, nav, dialog, .headerlink")) {
      faults.push(`for a screen: ${told(node)}`);
    }
    if (node.matches("pre, .cell_input, .admonition, details, .rnn-slot, .rnn-film")) {
      const words = /** @type {HTMLElement} */ (node).innerText.trim();
      const holds = words || node.querySelector("img, svg");
      if (!holds) faults.push(`empty: ${told(node)}`);
    }
  }
  if (luminance(getComputedStyle(document.documentElement).backgroundColor) < 1) {
    faults.push("the page has a ground");
  }
  return [...new Set(faults)].slice(0, 20);
});
