"""Serve the book and build it again on save: `make serve`.

It serves a copy of the last good build, so that pages stay whole while a build runs or after one
has failed.  Open pages reload themselves after a build.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import watchfiles

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
SETTINGS = {"_config.yml", "_toc.yml"}
RELOAD = b'new EventSource("/~changes").onmessage = () => location.reload();'


class Site:
    """The copy that is served, and a condition that is notified when there is a new one."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.current = self.folder / "0"  # empty until a build succeeds
        self.number = 0
        self.news = threading.Condition()

    def build(self):
        if run(sys.executable, "-m", "tools.build_book"):
            print("\nThe build failed (see above). Save again to try again.", flush=True)
            return
        fresh = self.folder / str(self.number + 1)
        shutil.copytree(HTML, fresh)
        with self.news:
            old, self.current = self.current, fresh
            self.number += 1
            self.news.notify_all()
        shutil.rmtree(old, ignore_errors=True)


def run(*command):
    """Run a command and return its exit status; Ctrl-C ends it without a word."""
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGKILL)
            raise


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.directory = str(self.server.site.current)
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() and self.path.endswith("/") else path
        if self.path == "/~changes":
            self.send_changes()
        elif self.path == "/~reload.js":
            self.send_bytes(RELOAD, "text/javascript")
        elif page.suffix == ".html" and page.is_file():
            script = b'<script src="/~reload.js"></script></body>'
            self.send_bytes(page.read_bytes().replace(b"</body>", script), "text/html")
        else:
            super().do_GET()

    def send_bytes(self, content, kind):
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def send_changes(self):
        """Keep the connection open, and say so when the next build is there."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        site = self.server.site
        with site.news:
            known = site.number
        try:
            while True:
                with site.news:
                    site.news.wait(timeout=15)
                    changed = site.number != known
                self.wfile.write(b"data: built\n\n" if changed else b": still here\n\n")
                self.wfile.flush()
                known = site.number
        except OSError:
            pass  # the page was closed

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments):
        pass


class Ignore(watchfiles.DefaultFilter):
    ignore_dirs = (*watchfiles.DefaultFilter.ignore_dirs, ".ipynb_checkpoints", "_build")


def is_setting(_, path):
    return Path(path).name in SETTINGS


def watch(changed, paths, **options):
    """Set the event `changed` whenever a file under `paths` is saved."""
    for _ in watchfiles.watch(*paths, **options):
        changed.set()


def watch_sources(changed):
    # The settings are seen through their folder: editors replace a file when they save it.
    folders = [ROOT / "book", ROOT / "rnncore"]
    for paths, options in (
        (folders, {"watch_filter": Ignore()}),
        ([ROOT], {"watch_filter": is_setting, "recursive": False}),
    ):
        threading.Thread(target=watch, args=(changed, paths), kwargs=options, daemon=True).start()


def main():
    changed = threading.Event()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.site = Site(folder)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            watch_sources(changed)
            while True:
                changed.clear()
                server.site.build()
                print(f"\nServing http://127.0.0.1:{server.server_port}/ (Ctrl-C ends)", flush=True)
                changed.wait()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
