"""`make linkcheck` tells good links from broken ones, from moved ones, and from no network."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from tools import linkcheck

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")
ANSWERS = {
    "/": (404, ""),
    "/good": (200, '<p id="here">'),
    "/gone": (404, ""),
    "/moved": (301, "/good"),
    "/elsewhere": (302, "/good"),
    "/refused": (403, ""),
    "/late": (200, "late"),
}


@pytest.fixture(scope="module")
def host():
    """The address of a server that answers each path in its own way."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, said = ANSWERS[self.path]
            if said == "late":
                done.wait(1.5)
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", said)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(said.encode())

        do_HEAD = do_GET

        def log_message(self, *arguments):
            pass

    done = threading.Event()
    with serving(Handler) as address:
        yield address
        done.set()


@contextmanager
def serving(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def found(host):
    """What is said of a link of each kind, {its end: the line}, and how many are broken."""
    ends = ["good", "good#here", "good#nowhere", "gone", "moved", "elsewhere", "refused", "late"]
    links = {f"{host}/{end}": ["intro.html"] for end in ends}
    links["http://127.0.0.1:9/"] = ["own.html", "README.md"]
    lines, broken = linkcheck.report(links, linkcheck.check(links, linkcheck_timeout=0.5))
    said = {line.split()[1].removeprefix(f"{host}/"): line for line in lines}
    assert len(said) == len(lines)
    return said, broken


def test_a_good_link_is_not_mentioned(found):
    assert not {"good", "good#here", "elsewhere"} & {*found[0]}


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("gone", "404 Client Error: Not Found"),
        ("good#nowhere", "Anchor 'nowhere' not found"),
        ("late", "no answer in time"),
        ("http://127.0.0.1:9/", "no such host, or it does not answer"),
    ],
)
def test_a_broken_link_has_one_line_that_says_why(found, end, why):
    line = found[0][end]
    assert line.startswith("broken:  ")
    assert line.endswith(f": {why}")


def test_only_broken_links_are_counted(found):
    assert found[1] == 4


def test_a_line_names_the_places_of_a_link(found):
    assert "http://127.0.0.1:9/ (own.html, README.md): " in found[0]["http://127.0.0.1:9/"]


def test_what_has_moved_for_good_says_where_it_is_now(found, host):
    assert found[0]["moved"] == f"moved:   {host}/moved (intro.html) is now at {host}/good"


def test_a_host_that_refuses_programs_proves_nothing(found):
    assert found[0]["refused"].startswith("refused: ")


def test_of_a_doi_its_registry_is_asked(monkeypatch):
    asked = []

    def ask(addresses, settings):
        asked.extend(addresses)
        return dict.fromkeys(addresses, ("working", "", 0))

    monkeypatch.setattr(linkcheck, "ask", ask)
    doi = "https://doi.org/10.1207/s15516709cog1402_1"
    assert linkcheck.check([doi]) == {doi: ("working", "", 0)}
    assert asked == ["https://doi.org/api/handles/10.1207/s15516709cog1402_1"]


def test_pages_and_texts_name_their_links_and_some_are_left_out(tmp_path):
    (tmp_path / "html" / "book").mkdir(parents=True)
    (tmp_path / "html" / "book" / "a.html").write_text(
        '<a class="x" href="https://a.org/?b=1&amp;c=2">a</a><a href="b.html">b</a>'
        '<pre>https://book.example/</pre><a href="https://mybinder.org/v2/gh/us/rnn">c</a>'
    )
    text = tmp_path / "README.md"
    text.write_text("[a](https://a.org/?b=1&c=2), <https://d.org/#e> and `https://f.org`")
    assert linkcheck.links(tmp_path / "html", [text]) == {
        "https://a.org/?b=1&c=2": ["a.html", "README.md"],
        "https://d.org/#e": ["README.md"],
    }


def test_without_a_network_there_is_one_line_and_not_one_for_each_link(monkeypatch, tmp_path):
    (tmp_path / "index.html").write_text('<a href="http://127.0.0.1:9/a">a</a>')
    monkeypatch.setattr(linkcheck, "HTML", tmp_path)
    monkeypatch.setattr(linkcheck, "TEXTS", [])
    monkeypatch.setattr("sys.argv", ["linkcheck"])
    with pytest.raises(SystemExit) as stop:
        linkcheck.main()
    assert stop.value.code == "There is no network: no answer from http://127.0.0.1:9/."


def test_a_host_that_answers_anything_is_a_network(host):
    assert linkcheck.hosts_that_are_silent({f"{host}/good": [], "http://127.0.0.1:9/": []}) == []


def test_the_links_are_checked_each_week_and_not_by_each_run_of_the_tests():
    text = (linkcheck.ROOT / ".github" / "workflows" / "weekly.yml").read_text("utf8")
    steps = yaml.safe_load(text)["jobs"]["links"]["steps"]
    assert "make linkcheck" in [step.get("run") for step in steps]
    assert "linkcheck" not in (linkcheck.ROOT / "tools" / "stages.py").read_text("utf8")
