"""Import this first in a test process: it saves seconds.

nbformat imports jsonschema, which compiles a grammar of internationalised addresses if
rfc3987_syntax is installed.  Nothing here needs it, and jsonschema works without it.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
