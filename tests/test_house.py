"""The picture of the house is current, and what it is read from is read rightly."""

from xml.etree import ElementTree

import pytest

from tools import house, imports


def test_the_picture_is_current():
    stored = house.TARGET.read_text(encoding="utf-8")
    assert stored == house.draw(), "the imports have changed: run `make house`"


def test_every_room_has_a_window_with_its_name():
    wings = house.wings(house.ROOT)
    rooms = [room for wing in wings for room in wing.rooms.values()]
    texts = ElementTree.fromstring(house.draw()).iter("{http://www.w3.org/2000/svg}text")
    words = " ".join(text.text for text in texts)
    assert len(rooms) > 25
    assert all(room.name.replace("_", " ") in words for room in rooms)


@pytest.fixture
def package(tmp_path):
    """A small package: a door, a private module, and a widget in two languages."""
    files = {
        "rnncore/__init__.py": "from rnncore.states import step\n",
        "rnncore/_checks.py": "import numpy\n",
        "rnncore/states.py": "from rnncore._checks import check\n",
        "rnncore/layers/__init__.py": "from rnncore.layers.simple import SimpleRNN\n",
        "rnncore/layers/simple.py": "def f():\n    from rnncore import step\n",
        "rnncore/elman.py": "from rnncore import layers, states\nfrom rnncore.layers import (\n"
        "    SimpleRNN,\n)\n",
        "rnncore/widgets/__init__.py": "from rnncore.widgets.stepper import Stepper\n",
        "rnncore/widgets/stepper/__init__.py": "import rnncore.states\n",
        "rnncore/widgets/stepper/widget.js": 'import {\n  a,\n  b,\n} from "../shared/dom.js";\n',
        "rnncore/widgets/shared/dom.js": '// import x\nimport { n } from "./numbers.js";\n',
        "rnncore/widgets/shared/numbers.js": 'const words = "import";\n',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_room_uses_what_it_imports_from_where_it_is_made(package):
    assert imports.rooms(package) == {
        "rnncore.states": set(),
        "rnncore.layers.simple": {"rnncore.states"},
        "rnncore.elman": {"rnncore.states", "rnncore.layers.simple"},
        "rnncore.widgets.stepper": {"rnncore.states"},
    }


def test_imports_of_javascript_may_take_several_lines(package):
    top = "rnncore/widgets"
    assert imports.javascript_uses(package) == {
        f"{top}/shared/dom.js": {f"{top}/shared/numbers.js"},
        f"{top}/shared/numbers.js": set(),
        f"{top}/stepper/widget.js": {f"{top}/shared/dom.js"},
    }
    forms = 'import * as d from "./a.js";\nexport { b } from "./b.js";\nimport "./c.js";\n'
    assert imports.javascript_imports(forms) == ["./a.js", "./b.js", "./c.js"]


def test_a_room_is_above_all_that_it_uses():
    uses = {"a": set(), "b": {"a"}, "c": {"a", "b"}, "d": set()}
    assert imports.floors(uses) == {"a": 0, "b": 1, "c": 2, "d": 0}
    assert imports.direct(uses) == {"a": set(), "b": {"a"}, "c": {"b"}, "d": set()}


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="a → b → a"):
        imports.floors({"a": {"b"}, "b": {"a"}})
