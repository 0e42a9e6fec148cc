"""The Python of a page that runs in the reader's browser: what `run/worker.js` loads there."""
