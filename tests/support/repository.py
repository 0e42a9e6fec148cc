"""What stands in the repository only: where the package was unpacked alone, its tests say so."""

from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
needs_the_book = pytest.mark.skipif(
    not BOOK.is_dir(), reason="the package is here without its book"
)
NEEDS_THE_REPOSITORY = [
    f"test_{name}.py"
    for name in [
        "anchors",
        "archive",
        "audit",
        "blocks",
        "book_pages",
        "bounds",
        "build_book",
        "distribution",
        "extensions",
        "films",
        "first_pages",
        "house",
        "inpage",
        "learning_page",
        "linkcheck",
        "lite",
        "middle_pages",
        "notebooks",
        "pdf",
        "plain_checks",
        "plain_pages",
        "previews",
        "publish",
        "pyodide",
        "reader_elsewhere",
        "repository",
        "slides",
        "stages",
        "sweep",
        "tasks_page",
    ]
]
