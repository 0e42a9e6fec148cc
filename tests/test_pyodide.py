"""The Python of the pages: its lock names what is there, and compiled wheels are checked."""

import hashlib
import io
import json
import re

import pytest

from tools import pyodide


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that is made where no compiled wheel is."""
    folder = tmp_path_factory.mktemp("site") / "pyodide"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyodide, "FOLDER", folder)
        patch.setattr(pyodide, "compiled", dict)
        pyodide.gather()
    return folder


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_lock_names_files_that_are_there_and_nothing_else(folder):
    packages = read(folder / "pyodide-lock.json")["packages"]
    for package in packages.values():
        content = (folder / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"]
        assert set(package["depends"]) <= packages.keys()
    wheels = {path.name for path in folder.glob("*.whl")}
    assert wheels == {package["file_name"] for package in packages.values()}
    assert packages["rnncore"]["depends"] == ["numpy", "anywidget", "tqdm"]
    assert packages["rnncore"]["imports"] == ["rnncore"]


def test_the_contents_say_what_is_missing_and_how_large_the_rest_is(folder):
    contents = read(folder / "contents.json")
    assert contents["missing"] == list(pyodide.COMPILED)
    for name, size in contents["files"].items():
        assert (folder / name).stat().st_size == size


def test_the_pinned_versions_are_those_of_pyodide():
    pins = dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", pyodide.PINS.read_text(encoding="utf-8")))
    known = {name: one["version"] for name, one in pyodide.npm_lock()["packages"].items()}
    both = pins.keys() & known.keys()
    assert len(both) > 15
    assert {name: pins[name] for name in both} == {name: known[name] for name in both}


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """Keep wheels in an empty folder, and want only NumPy's."""
    monkeypatch.setattr(pyodide, "KEPT", tmp_path)
    monkeypatch.setattr(pyodide, "COMPILED", ("numpy",))
    monkeypatch.delenv("RNN_WASM_WHEELS", raising=False)
    return tmp_path


def serve(monkeypatch, content):
    """Let any address be one of this content; return the list of what is asked for."""
    asked = []
    monkeypatch.setattr(
        pyodide.urllib.request,
        "urlopen",
        lambda address, timeout: asked.append(address) or io.BytesIO(content),
    )
    return asked


def test_a_download_with_another_hash_is_refused(alone, monkeypatch):
    serve(monkeypatch, b"something else")
    with pytest.raises(SystemExit, match="numpy's wheel has the hash"):
        pyodide.download()
    assert pyodide.compiled() == {}


def test_a_download_with_the_hash_of_the_lock_is_kept(alone, monkeypatch):
    package = pyodide.npm_lock()["packages"]["numpy"]
    monkeypatch.setitem(package, "sha256", hashlib.sha256(b"a wheel").hexdigest())
    asked = serve(monkeypatch, b"a wheel")
    pyodide.download()
    pyodide.download()  # it is there
    version = read(pyodide.NPM / "package.json")["version"]
    assert len(asked) == 1
    assert asked[0].endswith(f"/v{version}/full/{package['file_name']}")
    assert pyodide.compiled()["numpy"].read_bytes() == b"a wheel"


def test_without_a_network_the_download_says_so(alone, monkeypatch):
    def refuse(address, timeout):
        raise OSError("no route to host")

    monkeypatch.setattr(pyodide.urllib.request, "urlopen", refuse)
    with pytest.raises(SystemExit, match=r"numpy's wheel could not be fetched: no route to host"):
        pyodide.download()


def test_a_named_folder_comes_instead(alone, monkeypatch, tmp_path):
    name = pyodide.npm_lock()["packages"]["numpy"]["file_name"]
    other = tmp_path / "other"
    other.mkdir()
    (other / name).write_bytes(b"another build")
    monkeypatch.setenv("RNN_WASM_WHEELS", str(other))
    assert pyodide.compiled() == {"numpy": other / name}
