// @ts-nocheck: this function runs in a page, where a test sends it.
// The backward pass as it is written now, without what is struck.
export default (root) =>
  [...root.querySelectorAll(".pairs .back")].map((line) => {
    const copy = line.cloneNode(true);
    copy.querySelectorAll("del, [hidden], .comment").forEach((node) => node.remove());
    return copy.textContent;
  }).join("\n");
