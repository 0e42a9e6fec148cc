"""Gather in _build/pyodide what Python needs in a browser: Pyodide, a lock file, and wheels.

    python -m tools.pyodide             gather what is here, and say which wheels are missing
    python -m tools.pyodide --download  fetch the compiled wheels first, and check their hashes

- The core comes from npm's `pyodide`, and so does the lock, cut down to what the book imports.
- Pure-Python wheels come from the Python package index, pinned in tools/wasm-wheels.txt.
- The wheel of `rnncore` is built from this tree.
- No registry has the wheels that are compiled for Pyodide, NumPy's first of all. `--download`
  takes them from where Pyodide itself would take them, and refuses one whose hash is not that of
  the lock. RNN_WASM_WHEELS names a folder with other builds of them, for trying: their hashes
  are not checked.

`contents.json` lists the files with their sizes, and the packages whose wheels are missing.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from email import message_from_bytes
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / "tools" / "node" / "node_modules" / "pyodide"
PINS = ROOT / "tools" / "wasm-wheels.txt"
FOLDER = ROOT / "_build" / "pyodide"
KEPT = Path(sys.prefix) / "wasm"  # beside the other packages, so that a new build is quick
CORE = ("pyodide.asm.js", "pyodide.asm.wasm", "pyodide.js", "pyodide.mjs", "python_stdlib.zip")
COMPILED = ("numpy", "matplotlib", "contourpy", "kiwisolver", "pillow")
# `import rnncore` brings all but matplotlib, which a cell that draws imports by name.
NEEDS_OF_RNNCORE = ["numpy", "anywidget", "tqdm"]
FOR_PYODIDE = [
    "--only-binary=:all:",
    "--platform=pyodide_2025_0_wasm32",
    "--python-version=313",
    "--implementation=cp",
]


def main():
    if sys.argv[1:] not in ([], ["--download"]):
        sys.exit(__doc__)
    if sys.argv[1:]:
        download()
    contents = gather()
    size = sum(contents["files"].values()) / 1e6
    print(f"Python for the browser is in {FOLDER.relative_to(ROOT)}: {size:.1f} MB")
    if contents["missing"]:
        print(f"Wheels are missing: {', '.join(contents['missing'])}")


def gather():
    """Make the folder, unless it is there and up to date; return what is in it."""
    key = key_of_sources()
    contents = json.loads(read(FOLDER / "contents.json"))
    if contents.get("key") == key:
        return contents
    if folder := os.environ.get("RNN_WASM_WHEELS"):
        print(f"Compiled wheels are those of {folder}; their hashes are not checked")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in CORE:
        shutil.copyfile(NPM / name, FOLDER / name)
    lock, missing = trimmed_lock()
    write_json("pyodide-lock.json", lock)
    files = {path.name: path.stat().st_size for path in sorted(FOLDER.iterdir())}
    contents = {"key": key, "missing": missing, "files": files}
    write_json("contents.json", contents)
    return contents


def publish(site):
    """Put the folder into the built site as `pyodide/`."""
    contents, place = gather(), site / "pyodide"
    here = json.loads(read(place / "contents.json"))
    if here.get("key") != contents["key"]:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(FOLDER, place)


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else "{}"


def key_of_sources():
    """Hash all that the folder is made of."""
    told = [Path(__file__), PINS, NPM / "package.json", ROOT / "pyproject.toml", *package_files()]
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in told]
    parts += [f"{name} {path} {path.stat().st_mtime_ns}" for name, path in compiled().items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def package_files():
    return sorted(
        path
        for path in (ROOT / "rnncore").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def write_json(name, value):
    (FOLDER / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def trimmed_lock():
    """Copy the wheels into the folder; return a lock that names them, and what is missing."""
    wheels = pure() | compiled() | {"rnncore": wheel_of_rnncore()}
    packages = {name: entry(name, path) for name, path in wheels.items()}
    missing = [name for name in COMPILED if name not in packages]
    packages |= {name: npm_lock()["packages"][name] for name in missing}
    for package in packages.values():
        needs = map(canonicalize_name, package["depends"])
        package["depends"] = [name for name in needs if name in packages]
    return npm_lock() | {"packages": dict(sorted(packages.items()))}, missing


@cache
def npm_lock():
    return json.loads((NPM / "pyodide-lock.json").read_text(encoding="utf-8"))


def entry(name, wheel):
    """Copy a wheel into the folder and describe it: in npm's words, or in the wheel's own."""
    if wheel.parent != FOLDER:
        shutil.copyfile(wheel, FOLDER / wheel.name)
    known = npm_lock()["packages"].get(name) or described(name, wheel)
    return known | {"file_name": wheel.name, "sha256": sha256(wheel)}


def described(name, wheel):
    """Read from a wheel what the lock says of a package."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        where = next(path for path in names if path.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(where))
    wanted = map(Requirement, metadata.get_all("Requires-Dist", []))
    needs = [canonicalize_name(one.name) for one in wanted if not one.marker]
    tops = {path.partition("/")[0].removesuffix(".py") for path in names}
    return {
        "depends": NEEDS_OF_RNNCORE if name == "rnncore" else needs,
        "imports": sorted(top for top in tops if "." not in top),
        "install_dir": "site",
        "name": name,
        "package_type": "package",
        "unvendored_tests": False,
        "version": metadata["Version"],
    }


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pure():
    """Return the wheels of tools/wasm-wheels.txt; pip fetches them once and checks their hashes."""
    folder = KEPT / sha256(PINS)[:16]
    if not folder.exists():
        KEPT.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as part:
            pip("download", "--require-hashes", *FOR_PYODIDE, f"--dest={part}/whl", f"-r{PINS}")
            Path(part, "whl").rename(folder)
    return {canonicalize_name(path.name.split("-")[0]): path for path in folder.iterdir()}


def pip(command, *options):
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([sys.executable, "-m", "pip", command, *quiet, *options])
    if done.returncode:
        sys.exit(f"pip {command} failed (see above); the same command tries again.")


def compiled():
    """Return the wheels compiled for Pyodide that are here."""
    named = os.environ.get("RNN_WASM_WHEELS")
    found = {}
    for folder in [Path(named)] if named else [KEPT]:
        for name in COMPILED:
            path = folder / npm_lock()["packages"][name]["file_name"]
            if path.exists():
                found[name] = path
    return found


def download():
    """Fetch the compiled wheels that are not here, and check them against npm's lock."""
    KEPT.mkdir(exist_ok=True)
    for name in COMPILED:
        package = npm_lock()["packages"][name]
        path = KEPT / package["file_name"]
        if path.exists():
            continue
        address = place_of_wheels() + path.name
        print(f"Fetching {address}", flush=True)
        try:
            with urllib.request.urlopen(address, timeout=60) as response:
                content = response.read()
        except OSError as error:
            sys.exit(f"{name}'s wheel could not be fetched: {error}")
        if (got := hashlib.sha256(content).hexdigest()) != package["sha256"]:
            sys.exit(f"{name}'s wheel has the hash {got}, the lock wants {package['sha256']}.")
        path.write_bytes(content)


def place_of_wheels():
    """Return the address that npm's Pyodide takes its packages from, as its script has it."""
    version = json.loads((NPM / "package.json").read_text(encoding="utf-8"))["version"]
    found = re.search(r"`(https://[^`$]+)\$\{\w+\}([^`$]*/)`", (NPM / "pyodide.mjs").read_text())
    if not found:
        sys.exit(f"Pyodide {version} does not say where it takes its packages from.")
    return found[1] + version + found[2]


def wheel_of_rnncore():
    """Build the wheel; its build number is a hash, as browsers keep what goes by the same name."""
    code = hashlib.sha256(b"".join(path.read_bytes() for path in package_files())).hexdigest()
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place, "tree")
        tree.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, tree)
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "rnncore", tree / "rnncore", ignore=skipped)
        pip("wheel", "--no-build-isolation", f"--wheel-dir={place}", str(tree))
        (wheel,) = Path(place).glob("*.whl")
        name, version, tags = wheel.name.split("-", 2)
        return shutil.copy(wheel, FOLDER / f"{name}-{version}-0{code[:12]}-{tags}")


if __name__ == "__main__":
    main()
