"""Settings of the kernels in .venv; tools/venv.sh copies this file to .venv/etc/ipython.

Newer kernels warn at every start that they use TCP without encryption.  Ours are started by the
book and its tests, listen on this machine only, and end a minute later.
"""

import logging


def is_worth_saying(record: logging.LogRecord) -> bool:
    return "over TCP without encryption" not in record.getMessage()


logging.getLogger("IPKernelApp").addFilter(is_worth_saying)
