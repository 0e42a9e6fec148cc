// @ts-nocheck: this function runs in a page, where a test sends it.
export default () => {
  const numbers = (colour) => { // rgb(…) counts to 255, what color-mix() gives to 1
    const [, form, parts] = colour.match(/^(rgba?|color)\((?:srgb )?([^a-z]*)\)$/);
    const most = form === "color" ? 255 : 1;
    return parts.match(/[\d.]+/g).map((part, k) => (k < 3 ? most : 1) * part);
  };
  const mix = (a, b, share) => a.map((part, k) => share * part + (1 - share) * b[k]);
  const over = (ground, [r, g, b, alpha = 1]) => mix([r, g, b], ground, alpha);
  const grounds = new Map([[null, [255, 255, 255]]]);
  const groundOf = (node) => { // with what the element itself paints
    if (!grounds.has(node)) {
      const behind = groundOf(node.parentElement);
      const { backgroundColor, opacity } = getComputedStyle(node);
      grounds.set(node, mix(over(behind, numbers(backgroundColor)), behind, Number(opacity)));
    }
    return grounds.get(node);
  };
  const groundIn = (drawing, text) => { // what has been drawn before under the middle of it
    const { x, y, width, height } = text.getBoundingClientRect();
    const covers = (shape) => {
      const { left, right, top, bottom } = shape.getBoundingClientRect();
      return left <= x + width / 2 && right >= x + width / 2 &&
        top <= y + height / 2 && bottom >= y + height / 2;
    };
    return [...drawing.querySelectorAll("rect, circle")].reduce((ground, shape) => {
      if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) return ground;
      const { fill, fillOpacity, opacity, visibility } = getComputedStyle(shape);
      if (fill === "none" || visibility !== "visible" || !covers(shape)) return ground;
      return mix(over(ground, numbers(fill)), ground, fillOpacity * opacity);
    }, groundOf(drawing));
  };
  const seen = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: node } = texts.currentNode;
    const [drawing, drawn] = [node.closest("svg"), node.closest("text")];
    if (!data.replace("​", "").trim() || node.closest("math, :disabled")) continue;
    if (drawing && !drawn) continue; // its title and description
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const { color, fill, fontSize, fontWeight } = getComputedStyle(node);
    const own = numbers(drawing ? fill : color);
    if (own[3] === 0) continue; // a phantom of TeX keeps a place free
    const ground = drawing ? groundIn(drawing, drawn) : groundOf(node);
    let text = over(ground, own);
    for (let part = node; part; part = part.parentElement) {
      const behind = drawing?.contains(part) ? ground : groundOf(part.parentElement);
      text = mix(text, behind, Number(getComputedStyle(part).opacity));
    }
    const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
    const sight = [text, ground, large];
    seen.set(String(sight), [...sight, `${node.tagName} ${node.className}: ${data.trim()}`]);
  }
  return [...seen.values()];
};
