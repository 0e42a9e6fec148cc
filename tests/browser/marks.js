// @ts-nocheck: this function runs in a page, where a test sends it.
// In the page, in forced colours: what is marked and does not look marked, in words.
export default () => {
  const LOOKS = ["backgroundColor", "outline", "borderLeftColor", "borderTopWidth"];
  const looks = (node) => LOOKS.map((name) => getComputedStyle(node)[name]).join();
  const PAIRS = [
    [".code code.active", ".code code:not(.active)"],
    ['.preset[aria-pressed="true"]', '.preset[aria-pressed="false"]'],
    ['.choice[aria-pressed="true"]', '.choice[aria-pressed="false"]'],
    ['.choice button[aria-pressed="true"]', '.choice button[aria-pressed="false"]'],
    [".chooser label:has(:checked)", ".chooser label:not(:has(:checked))"],
    [".rounds li.now", ".rounds li:not(.now)"],
    [".matrix .cell.on", ".matrix .cell:not(.on, .way, .here)"],
    ["tr.now", "tr:not(.now)"],
    [".pad-row.now", ".pad-row:not(.now)"],
    [".cell.chosen", ".cell:not(.chosen, .matrix *)"],
  ];
  const found = [];
  for (const pair of PAIRS) {
    const [marked, other] = pair.map((part) => document.querySelector(`.rnn ${part}`));
    if (!marked || !other) found.push(`there is no ${pair[marked ? 1 : 0]}`);
    else if (looks(marked) === looks(other)) found.push(`${pair[0]} is as ${pair[1]}`);
  }
  // What is drawn by a ground alone.
  const canvas = getComputedStyle(document.querySelector(".rnn")).backgroundColor;
  const GROUNDS = [
    ['.pixel[data-value="1"]', "::before"],
    [".answers .lead .meter"],
    [".adds .bar"],
    [".bd-header-article .fa-bars", "::before"],
  ];
  for (const [part, pseudo] of GROUNDS) {
    const node = document.querySelector(part);
    if (!node) found.push(`there is no ${part}`);
    else if (getComputedStyle(node, pseudo).backgroundColor === canvas) {
      found.push(`${part} is not there`);
    }
  }
  // Shapes have no colours but the reader's.
  const ours = new Set();
  for (const name of ["CanvasText", "Canvas", "Highlight", "GrayText"]) {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = name;
    ours.add(getComputedStyle(probe).color);
    probe.remove();
  }
  for (const shape of document.querySelectorAll(".rnn svg :is(path, rect, circle, line, text)")) {
    for (const name of ["fill", "stroke"]) {
      const colour = getComputedStyle(shape)[name];
      if (colour.startsWith("rgb(") && !ours.has(colour)) {
        found.push(`${shape.localName}.${shape.getAttribute("class")}: ${name} ${colour}`);
      }
    }
  }
  return [...new Set(found)];
};
