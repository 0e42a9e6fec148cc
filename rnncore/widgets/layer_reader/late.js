// What reads files: on a page of the book it comes when the first one is dropped.

import { opened } from "./reading.js";

/** @import { Limits, Opened } from "./reading.js" */

/**
 * Open a file; a Refusal where it holds no layer.
 * @param {Blob & { name?: string }} file
 * @param {Limits} limits
 * @returns {Promise<Opened>}
 */
export const open = async (file, limits) => await opened(file, limits);
