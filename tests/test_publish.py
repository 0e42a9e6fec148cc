"""How versions of the book are published beside one another."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tools import publish

ROOT = Path(__file__).parents[1]
PAGE = """<html><head><title>{title}</title>
</head><body><article><h1>{title}</h1></article>
<p class="version">Version {version}</p></body></html>
"""
MISSING = '<html data-content_root="./"><a href="book/intro.html">b</a><a href="#a">a</a></html>'


def build(folder, version, **more):
    """Make a small site as the book's build does, of this version."""
    files = {
        "index.html": '<html data-moved="book/intro.html">',
        "book/intro.html": PAGE.format(title="Intro", version=version),
        "book/04_bptt.html": PAGE.format(title="4 · Back &amp; forth", version=version),
        "embed/memory.html": "<title>Memory</title>",
        "lite/notebooks/index.html": "<title>Notebooks</title>",
        "_static/moved.js": "",
        "_static/site.01234567.js": "",
        "_static/stepper.png": version,
        "_sources/book/intro.ipynb": version,
        "404.html": MISSING,
        "robots.txt": "Sitemap: https://book.example/latest/sitemap.xml",
    }
    for name, text in (files | more).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    return folder


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def published(tmp_path):
    """What is published after version 1.2.0: the first that has a version."""
    built = build(tmp_path / "built", "1.2.0", **{"book/old.html": "<title>Old</title>"})
    publish.publish(built, tmp_path / "nothing", tmp_path / "one", "1.2.0")
    return tmp_path / "one"


def publish_next(published, version, **more):
    built = build(published.parent / version, version, **more)
    publish.publish(built, published, published.parent / f"new-{version}", version)
    return published.parent / f"new-{version}"


def test_the_latest_is_the_built_site(published):
    assert tree(published / "latest") == tree(published.parent / "built")


def test_a_new_major_version_leaves_the_older_ones_untouched(published):
    two = publish_next(published, "2.0.0")
    assert tree(two / "v1") == tree(published / "v1")
    assert b"Version 2.0.0" in tree(two / "v2")["book/intro.html"]
    assert tree(publish_next(two, "3.1.0") / "v1") == tree(published / "v1")


def test_the_latest_is_replaced_entirely(published):
    assert "book/old.html" in tree(published / "latest")
    for version in ("1.3.0", "2.0.0"):
        new = publish_next(published, version)
        assert tree(new / "latest") == tree(published.parent / version)
        assert not (new / "book" / "old.html").exists()


def test_another_release_of_the_same_version_takes_its_place(published):
    new = publish_next(published, "1.3.0")
    assert b"Version 1.3.0" in (new / "v1" / "book" / "intro.html").read_bytes()
    assert "book/old.html" not in tree(new / "v1")


@pytest.mark.parametrize(
    ("place", "to"),
    [
        ("index.html", "latest/index.html"),
        ("book/04_bptt.html", "../latest/book/04_bptt.html"),
        ("embed/memory.html", "../latest/embed/memory.html"),
        ("lite/notebooks/index.html", "../../latest/lite/notebooks/index.html"),
    ],
)
def test_an_address_without_a_version_leads_to_the_same_page(published, place, to):
    text = (published / place).read_text("utf8")
    assert f'data-moved="{to}"' in text
    assert f'content="0; url={to}"' in text
    assert (published / place).parent.joinpath(to).is_file()
    script = re.search(r'src="([^"]*moved\.js)"', text)[1]
    assert (published / place).parent.joinpath(script).is_file()


def test_what_cannot_lead_on_is_there_without_a_version_too(published):
    new = publish_next(published, "1.3.0")
    assert (new / "_sources" / "book" / "intro.ipynb").read_text() == "1.3.0"
    assert (new / "_static" / "stepper.png").read_text() == "1.3.0"
    assert not (new / "_static" / "site.01234567.js").exists()


def test_what_was_published_before_there_were_versions_is_replaced(tmp_path):
    before = build(tmp_path / "before", "0.9.0")
    (before / "CNAME").write_text("book.example")
    new = publish_next(before, "1.0.0")
    assert 'data-moved="../latest/book/intro.html"' in (new / "book" / "intro.html").read_text()
    assert {path.name for path in new.glob("v*")} == {"v1", "versions.js"}
    assert (new / "CNAME").read_text() == "book.example"


def test_each_page_of_a_version_says_which_it_is_and_leads_to_the_latest(published):
    for name in ("intro", "04_bptt"):
        text = (published / "v1" / "book" / f"{name}.html").read_text("utf8")
        latest = f"../../latest/book/{name}.html"
        assert f'Version 1.2.0, <a href="{latest}">the latest version</a></p>' in text
        script = (
            f'src="../../versions.js" data-version="1" data-latest="{latest}"></script>\n</head>'
        )
        assert script in text
    assert "versions.js" not in (published / "latest" / "book" / "intro.html").read_text("utf8")


def test_the_pages_of_all_versions_learn_which_is_the_newest(published):
    for version in ("2.0.0", "10.0.0"):
        published = publish_next(published, version)
    assert 'Number("10")' in (published / "versions.js").read_text("utf8")


def test_the_page_for_a_missing_address_is_found_at_the_top(published):
    text = (published / "404.html").read_text("utf8")
    assert 'content_root="latest/"' in text
    assert 'href="latest/book/intro.html"' in text
    assert 'href="#a"' in text


def test_a_canonical_address_is_in_the_latest_version(tmp_path):
    site = "https://book.example/rnn/latest"
    new = tmp_path / "new"
    publish.publish(build(tmp_path / "built", "1.0.0"), tmp_path / "no", new, "1.0.0", site)
    text = (new / "book" / "intro.html").read_text("utf8")
    assert f'rel="canonical" href="{site}/book/intro.html"' in text


def test_what_would_break_addresses_is_refused(published, tmp_path):
    built, new = tmp_path / "built", tmp_path / "new"
    with pytest.raises(ValueError, match=r"must be 1\.0 or later, as v1 is published already"):
        publish.publish(built, published, new, "0.9.0")
    with pytest.raises(ValueError, match=r"must be empty or end in /latest/.*got https://a\.org/"):
        publish.publish(built, published, new, "1.3.0", "https://a.org")
    with pytest.raises(ValueError, match=r"BUILT must be the built site, got .*where no index"):
        publish.publish(tmp_path, published, new, "1.3.0")
    with pytest.raises(ValueError, match="NEW must be a new or an empty folder"):
        publish.publish(built, published, published, "1.3.0")
    assert not new.exists()


# --- The workflow ---------------------------------------------------------------------------


def test_the_workflow_publishes_what_is_offered_and_keeps_what_was_published():
    jobs = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text("utf8"))["jobs"]
    built = "\n".join(step.get("run", "") for step in jobs["test"]["steps"])
    made = re.findall(r"make (\w+)", built)
    assert made[0] == "test"
    assert (
        made.index("lite") < made.index("zip") < made.index("pdf") < made.index("book")
    )  # which links to both
    publish = jobs["publish"]
    assert publish["needs"] == ["check", "test", "package"]
    commands = [step.get("run", step.get("uses", "")).strip() for step in publish["steps"]]
    order = [
        "actions/download-artifact",
        ".github/published.sh fetch earlier",
        ".venv/bin/python -m tools.publish built earlier new",
        ".github/published.sh store new",
        "actions/upload-pages-artifact",
        "actions/deploy-pages",
    ]
    places = [next(i for i, said in enumerate(commands) if wanted in said) for wanted in order]
    assert places == sorted(places)


@pytest.fixture
def clone(tmp_path):
    """A clone of an empty repository, with a function that runs the workflow's script in it."""
    git("init", "--quiet", "--bare", tmp_path / "origin")
    git("clone", "--quiet", tmp_path / "origin", tmp_path / "clone")
    shutil.copy(ROOT / ".github" / "published.sh", tmp_path / "published.sh")

    def run(*arguments):
        command = [tmp_path / "published.sh", *arguments]
        return subprocess.run(command, cwd=tmp_path / "clone", capture_output=True, text=True)

    return tmp_path / "clone", run


def git(*arguments):
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def test_what_is_stored_is_fetched_at_the_next_time(clone):
    folder, run = clone
    assert run("fetch", "earlier").returncode == 0
    assert not (folder / "earlier").exists()  # nothing was published yet
    for text in ("one", "two"):
        (folder / "new" / "_static").mkdir(parents=True, exist_ok=True)
        (folder / "new" / "_static" / "a.txt").write_text(text)
        (folder / "new" / ".gitignore").write_text("*")
        done = run("store", "new")
        assert done.returncode == 0, done.stderr
    assert run("fetch", "earlier").returncode == 0
    assert (folder / "earlier" / "_static" / "a.txt").read_text() == "two"
    assert git("-C", folder, "rev-list", "--count", "origin/published").strip() == "1"


def test_nothing_is_published_while_it_is_unknown_what_was(clone):
    folder, run = clone
    shutil.rmtree(folder.parent / "origin")
    done = run("fetch", "earlier")
    assert done.returncode != 0
    assert "what was published before" in done.stderr
