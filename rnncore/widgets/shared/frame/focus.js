// Where the focus is.

/**
 * Return the element that has the focus, in the document or shadow root that a node is in.
 * @param {Node} node
 * @returns {HTMLElement | null}
 */
export const activeIn = (node) => /** @type {HTMLElement | null} */ (
  /** @type {Document | ShadowRoot} */ (node.getRootNode()).activeElement ?? null
);
