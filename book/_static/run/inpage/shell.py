"""An IPython whose outputs are messages to the page, as a kernel's are to its notebook."""

from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from inpage.lazy import NotLoaded


class Results(DisplayHook):
    """Sends the value of a cell's last expression."""

    shell: "Shell"

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        self.shell.say({"kind": "result", "data": format_dict})


class Displays(DisplayPublisher):
    """Sends what a cell displays."""

    def publish(self, data: dict, *_: Any, update: bool = False, **named: Any) -> None:
        name = (named.get("transient") or {}).get("display_id")
        self.shell.say({"kind": "display", "data": data, "name": name, "update": update})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.say({"kind": "clear"})


class Shell(InteractiveShell):
    """IPython without a terminal, a history on a disk, or colours."""

    displayhook_class = Type(Results)
    display_pub_class = Type(Displays)
    say = AnyTrait()  # takes an output
    last_error: BaseException | None = None

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.last_error = evalue
        text = "\n".join(stb).lstrip("-\n")  # a rule, as wide as a terminal
        if isinstance(evalue, NotLoaded):
            text = str(evalue)  # where it comes from is of no use
        self.say({"kind": "error", "name": etype.__name__, "text": text})

    def enable_gui(self, gui: Any = None) -> None:
        pass  # matplotlib's own backend for notebooks asks for none


def make_shell(say: Any) -> Shell:
    """Return the one shell, which `get_ipython()` returns from now on."""
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    return Shell.instance(config=settings, say=say)
