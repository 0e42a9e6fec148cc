"""A Jupyter server of the test's own, which serves JupyterLab and Notebook 7."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
PLACES = {"JupyterLab": "lab/tree", "Notebook 7": "notebooks"}


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """The address of the server, and the folder that it shows."""
    folder = tmp_path_factory.mktemp("jupyter")
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    options = {
        "--ServerApp.root_dir": folder,
        "--ServerApp.port": 0,
        "--IdentityProvider.token": "",
        "--LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "--LabApp.workspaces_dir": folder / "workspaces",
        "--LabApp.user_settings_dir": folder / "settings",
        "--LabApp.expose_app_in_browser": True,
        "--JupyterNotebookApp.expose_app_in_browser": True,
        "--JupyterNotebookApp.user_settings_dir": folder / "settings",
    }
    command = [BIN / "jupyter-lab", "--no-browser", *(f"{k}={v}" for k, v in options.items())]
    command += ["--allow-root"] if not os.geteuid() else []
    log = (folder / "log").open("w+")
    env = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_DATA_DIR": str(folder)}
    server = subprocess.Popen(command, stdout=log, stderr=log, env=env)
    try:
        yield address(server, folder / "log"), folder
    finally:
        stop(server)
        log.close()


def stop(server):
    """End the server; one that is just starting a kernel may not hear of it."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def address(server, log):
    """Return the server's address as soon as it answers."""
    for _ in range(600):
        if found := re.search(r"http://(?:127\.0\.0\.1|localhost):(\d+)/lab", log.read_text()):
            base = f"http://127.0.0.1:{found[1]}"
            with suppress(urllib.error.URLError):  # it says its address before it listens
                urllib.request.urlopen(f"{base}/api", timeout=10).read()
                return base
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"Jupyter did not start: {log.read_text()[-2000:]}")
