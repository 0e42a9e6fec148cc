"""The tests, one file for each module; `support` has what several of them use."""

import tools.light_imports  # noqa: F401
