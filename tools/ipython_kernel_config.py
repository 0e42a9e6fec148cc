"""What kernels in .venv read as they start; tools/venv.sh copies it to .venv/etc/ipython.

Newer kernels warn at every start that they talk over TCP without encryption.  Ours are started
by the book and its tests, listen on this machine's loopback alone, and end a minute later.
"""

import logging


def is_worth_saying(record: logging.LogRecord) -> bool:
    return "over TCP without encryption" not in record.getMessage()


logging.getLogger("IPKernelApp").addFilter(is_worth_saying)
