"""A Jupyter server of the test's own, which serves JupyterLab and Notebook 7."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
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
        "--ServerApp.port": (port := free_port()),
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
    with started(command, folder, port) as address:
        yield address, folder


def free_port():
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def started(command, folder, port):
    """Start a server; yield its address when it listens.

    folder : where it has its data, none of which are the user's
    """
    log = (folder / "log").open("w+")
    env = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_DATA_DIR": str(folder)}
    server = subprocess.Popen(command, stdout=log, stderr=log, env=env)
    try:
        wait_for(server, port, folder / "log")
        yield f"http://127.0.0.1:{port}"
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


def wait_for(server, port, log):
    """Wait until the server listens."""
    for _ in range(1800):  # a few seconds, where nothing else runs
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"{Path(server.args[0]).name} did not start: {log.read_text()[-2000:]}")
