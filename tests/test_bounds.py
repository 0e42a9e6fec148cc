"""The bounds of the requirements: the lowest, which are exceeded, and how one is lifted."""

import pytest
from packaging.requirements import Requirement

from tools import bounds


@pytest.mark.parametrize(
    ("line", "free"),
    [
        ("sphinx>=7.1,<8", "sphinx>=7.1"),
        ("sphinx-exercise>=1.0,<1.3", "sphinx-exercise>=1.0,<1.3"),
        ("sphinx==7.1.2", "sphinx>=7.1.2"),
        ('dependencies = ["sphinx>=2.0,<3"]', 'dependencies = ["sphinx>=2.0"]'),
        ("# sphinx, of which", "# sphinx, of which"),
    ],
)
def test_one_bound_is_lifted_and_no_other(line, free):
    assert bounds.lifted(f"numpy>=2.0,<3\n{line}\n", "sphinx") == f"numpy>=2.0,<3\n{free}\n"


@pytest.mark.parametrize(("version", "outside"), [("2.4.1", False), ("2.5.0", True)])
def test_a_newer_version_than_the_bound_is_outside(monkeypatch, tmp_path, version, outside):
    for name in bounds.FILES:
        (tmp_path / name).write_text("# Tested with these.\n\n")
    (tmp_path / "requirements.txt").write_text("# NumPy.\nnumpy>=2.0,<2.5\n")
    monkeypatch.setattr(bounds, "ROOT", tmp_path)
    monkeypatch.setattr(bounds, "newest", lambda name: version)
    assert bounds.is_outside("numpy") == outside


def test_every_requirement_has_an_upper_bound():
    for name, allowed in bounds.bounds().items():
        assert {part.operator for part in allowed} & {"<", "=="}, name


def test_the_oldest_versions_are_the_lower_bounds_of_the_package(monkeypatch, tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["numpy>=2.0,<3"]\n'
        '[project.optional-dependencies]\nbook = ["tqdm<5,>=4.66"]\ntest = ["pytest>=8,<9"]\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(bounds, "ROOT", tmp_path)
    monkeypatch.setattr(bounds.sys, "argv", ["bounds", "oldest"])
    bounds.main()
    assert capsys.readouterr().out == "numpy==2.0\ntqdm==4.66\n"


def test_book_and_package_promise_the_same_oldest_versions():
    allowed = bounds.bounds()
    assert bounds.oldest() == {name: bounds.lowest(allowed[name]) for name in bounds.promised()}


def test_the_requirements_are_enough_to_open_a_notebook_and_run_it():
    lines = (bounds.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert "--editable ." in lines
    names = {Requirement(line).name for line in lines if line and line[0] not in "#-"}
    assert {"jupyterlab", "notebook", "ipykernel", *bounds.promised()} <= names
