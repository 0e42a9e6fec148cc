"""The package's text for an index of packages; all else is in pyproject.toml.

The README shows a picture and links to other files, which are not beside it there.  Where the
repository has an address, these become whole addresses, of the state with this version's tag.
While it has none, the picture is left out, and of a link its words stay.
"""

import re
import tomllib
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
PICTURE = re.compile(r"!\[([^]]*)\]\((?!https?:)([^)]+)\)\n*")
LINK = re.compile(r"(?<!!)\[([^]]*)\]\((?!https?:|#)([^)]+)\)")


def for_an_index(text, repository, tag):
    """Return the README with no link and no picture that needs the files beside it."""
    if repository:
        text = PICTURE.sub(rf"![\1]({repository}/raw/{tag}/\2)\n\n", text)
        return LINK.sub(rf"[\1]({repository}/blob/{tag}/\2)", text)
    return LINK.sub(r"\1", PICTURE.sub("", text))


def readme():
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.search(r'"(.+)"', (HERE / "rnncore" / "_version.py").read_text("utf-8"))[1]
    repository = project.get("urls", {}).get("Repository", "").rstrip("/")
    return for_an_index((HERE / "README.md").read_text("utf-8"), repository, f"v{version}")


if __name__ == "__main__":
    setup(long_description=readme(), long_description_content_type="text/markdown")
