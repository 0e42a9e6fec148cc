"""What experiments have recorded, as a chapter reads it."""

import json
import re

import pytest

from rnncore import records

STORED = {
    "title": "What is tried.",
    "date": "2026-11-30",
    "versions": {"python": "3.12.1", "numpy": "2.4.6", "rnncore": "0.1.0"},
    "seconds": 150,
    "rows": [{"lag": lag, "seed": seed, "right": 0.5} for lag in (10, 20) for seed in (1, 2, 3)],
}


@pytest.fixture
def stored(tmp_path, monkeypatch):
    (tmp_path / "toy.json").write_text(json.dumps(STORED), encoding="utf-8")
    monkeypatch.setattr(records, "FOLDER", tmp_path)


@pytest.mark.usefixtures("stored")
def test_a_record_is_read_by_its_name():
    record = records.read("toy")
    assert record.title == "What is tried."
    assert record.rows == STORED["rows"]
    assert record.made == (
        "6 runs over 3 seeds, computed on 2026-11-30 with Python 3.12.1, NumPy 2.4.6 and"
        " rnncore 0.1.0."
    )


@pytest.mark.usefixtures("stored")
def test_a_name_that_is_not_there_is_refused_with_those_that_are():
    refused = re.escape("name must be that of a record (toy), got 'tow'.")
    with pytest.raises(ValueError, match=refused):
        records.read("tow")
    with pytest.raises(ValueError, match="a record"):
        records.read("../toy")


@pytest.mark.usefixtures("stored")
def test_rows_are_picked_by_their_values():
    record = records.read("toy")
    assert [row["seed"] for row in record.where(lag=20)] == [1, 2, 3]
    assert record.where(lag=20, seed=4) == []
    with pytest.raises(ValueError, match=r"a row has lag, seed, right, but no leg\."):
        record.where(leg=20)


def test_every_record_of_the_package_can_be_read():
    for name in records.names():
        record = records.read(name)
        assert record.rows
        assert record.made.endswith(".")
