// @ts-nocheck: this function runs in a page, where a test sends it.
// The colours of every text on the page, and of the ground that it stands on.
export default () => {
  const numbers = (colour) => { // rgb(…) counts to 255, what color-mix() gives to 1
    const [, form, parts] = colour.match(/^(rgba?|color)\((?:srgb )?([^a-z]*)\)$/);
    const most = form === "color" ? 255 : 1;
    return parts.match(/[\d.]+/g).map((part, k) => (k < 3 ? most : 1) * part);
  };
  const mix = (a, b, share) => a.map((part, k) => share * part + (1 - share) * b[k]);
  const over = (ground, [r, g, b, alpha = 1]) => mix([r, g, b], ground, alpha);
  const once = (of, known = new Map()) => (node) => {
    if (!known.has(node)) known.set(node, of(node));
    return known.get(node);
  };
  const opacityOf = once((node) => Number(getComputedStyle(node).opacity));
  const groundOf = once((node) => { // with what the element itself paints
    if (node === null) return [255, 255, 255];
    const behind = groundOf(node.parentElement);
    return mix(
      over(behind, numbers(getComputedStyle(node).backgroundColor)),
      behind,
      opacityOf(node),
    );
  });
  const shapesOf = once((drawing) =>
    // what may have been drawn under a text
    [...drawing.querySelectorAll("rect, circle")].flatMap((shape) => {
      const { fill, fillOpacity, opacity, visibility } = getComputedStyle(shape);
      if (fill === "none" || visibility !== "visible") return [];
      const colour = numbers(fill);
      return [{
        shape,
        colour,
        share: Number(fillOpacity) * Number(opacity),
        box: shape.getBoundingClientRect(),
      }];
    })
  );
  const groundIn = (drawing, text) => { // what has been drawn before under the middle of it
    const { x, y, width, height } = text.getBoundingClientRect();
    const [mx, my] = [x + width / 2, y + height / 2];
    const covers = ({ left, right, top, bottom }) =>
      left <= mx && right >= mx && top <= my && bottom >= my;
    const isBefore = (shape) =>
      shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
    return shapesOf(drawing).reduce(
      (ground, { shape, colour, share, box }) =>
        covers(box) && isBefore(shape) ? mix(over(ground, colour), ground, share) : ground,
      groundOf(drawing),
    );
  };
  const seen = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: node } = /** @type {Text} */ (texts.currentNode);
    if (!data.replace("\u200b", "").trim() || node.closest("math, :disabled")) continue;
    const [drawing, drawn] = [node.closest("svg"), node.closest("text")];
    if (drawing && !drawn) continue; // its title and description
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const { color, fill, fontSize, fontWeight } = getComputedStyle(node);
    const own = numbers(drawing ? fill : color);
    if (own[3] === 0) continue; // a phantom of TeX keeps a place free
    const ground = drawing ? groundIn(drawing, drawn) : groundOf(node);
    let text = over(ground, own);
    for (let part = node; part; part = part.parentElement) {
      if (opacityOf(part) === 1) continue; // nothing shines through
      const behind = drawing?.contains(part) ? ground : groundOf(part.parentElement);
      text = mix(text, behind, opacityOf(part));
    }
    const large = parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24);
    const sight = [text, ground, large];
    seen.set(String(sight), [...sight, `${node.tagName} ${node.className}: ${data.trim()}`]);
  }
  return [...seen.values()];
};
