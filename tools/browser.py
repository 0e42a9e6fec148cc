"""Find or install a browser for the tests of the built pages; print its path.

Try these in turn: $CHROME_PATH; Chromium's headless shell, which opens a page in half the time
(installed if this is Debian and root); a Chromium or Chrome in PATH; Debian's chromium, installed
likewise; Playwright's own, downloaded (then the word `playwright` is printed).
The answer is kept in _build/browser.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

STAMP = Path(__file__).resolve().parent.parent / "_build" / "browser"
SHELL = "chromium-headless-shell"
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


def main():
    print(path() or "playwright")


def path():
    """Return the path of a browser, found or installed; None means Playwright's own."""
    browser = find()
    if not browser:
        sys.exit(
            "No browser that runs headless: install Chromium or Chrome "
            "(Debian: sudo apt install chromium), or set CHROME_PATH to one."
        )
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(browser)
    return None if browser == "playwright" else browser


def find():
    return (
        remembered()
        or installed(os.environ.get("CHROME_PATH"), SHELL)
        or from_debian(SHELL, patience=180)
        or installed(*NAMES)
        or from_debian("chromium")
        or from_playwright()
    )


def remembered():
    """Return the answer of the last run if it still exists and $CHROME_PATH asks for no other."""
    browser = STAMP.read_text() if STAMP.exists() else ""
    if os.environ.get("CHROME_PATH", browser) != browser:
        return None
    path = playwrights_path() if browser == "playwright" else browser
    return browser if os.access(path, os.X_OK) else None


def installed(*names):
    candidates = (shutil.which(name) for name in names if name)
    return next((path for path in candidates if path and runs(path)), None)


def runs(path):
    """Return whether the browser draws a page; stubs and some sandboxed ones do not."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [path, "--headless", "--no-sandbox", "--disable-gpu"]
        command += [f"--user-data-dir={profile}", "--dump-dom", "about:blank"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0 and "<html" in done.stdout


def from_debian(package, patience=900):
    system = Path("/etc/os-release")
    if os.geteuid() or not system.exists() or "ID=debian" not in system.read_text().split():
        return None
    say(f"Installing Debian's {package}")
    install = ["apt-get", "install", "-y", "--no-install-recommends", package]
    if call("apt-get", "update", patience=patience) and call(*install, patience=patience):
        return installed(package)
    return None


def from_playwright():
    say("Downloading Playwright's Chromium")
    with_system_libraries = [] if os.geteuid() else ["--with-deps"]
    command = [sys.executable, "-m", "playwright", "install", *with_system_libraries, "chromium"]
    return "playwright" if call(*command) and runs(playwrights_path()) else None


def playwrights_path():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def call(*command, patience=900):
    """Run a command with its output on stderr; return whether it succeeded within that time."""
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, stdout=sys.stderr, env=settings, timeout=patience)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def say(line):
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
