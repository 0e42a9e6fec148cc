"""One Python for a whole page: it runs cells, and says what they give, message by message."""

import asyncio
import builtins
import contextvars
import io
import os
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from inpage import comms
from inpage.lazy import Lazy, NotLoaded
from inpage.names import makers
from inpage.shell import make_shell

MOST = 200_000  # characters that one cell prints onto the page
PAUSE = 0.1  # seconds between two messages of what is printed


class Stream(io.TextIOBase):
    """Sends what is printed, several lines in one message, and stops at a limit."""

    def __init__(self, name: str, say: Callable[[dict], None]):
        self.name, self.say = name, say
        self.waiting: list[str] = []
        self.left, self.sent_at = MOST, time.monotonic()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text and self.left > 0:
            self.left -= len(text)
            self.waiting.append(text if self.left > 0 else "\n… more is printed, and not shown.\n")
            if time.monotonic() - self.sent_at > PAUSE:
                self.flush()
        return len(text)

    def flush(self) -> None:
        if self.waiting:
            self.say({"kind": "stream", "name": self.name, "text": "".join(self.waiting)})
            self.waiting, self.sent_at = [], time.monotonic()


class Session:
    """Runs the cells of a page.

    post : takes the messages
    missing : the packages that this site does not have
    """

    def __init__(self, post: Callable[[dict], None], missing: tuple[str, ...] = ()):
        self.post, self.missing = post, missing
        self.cell = 0  # whose outputs come
        self.context = contextvars.copy_context()  # of all cells: NumPy's print options are in it
        self.streams: list[Stream] = []
        os.environ["JUPYTER_WIDGETS_ECHO"] = "0"  # the page knows what it has sent
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        vars(builtins)["input"] = no_input
        self.shell = make_shell(self.say)
        comms.connect(self.post_for_cell)
        self.lazy = Lazy("matplotlib is missing on this site, so this cell cannot draw.")

    def say(self, output: dict) -> None:
        """Send an output of the cell that runs, after what it has printed."""
        if output["kind"] != "stream":
            self.flush()
        self.post({"type": "output", "cell": self.cell, "output": output})

    def post_for_cell(self, message: dict) -> None:
        self.post({**message, "cell": self.cell})

    def flush(self) -> None:
        for stream in self.streams:
            stream.flush()

    def draws(self, code: str) -> bool:
        """Whether a cell needs matplotlib, which is not loaded yet."""
        return self.lazy.is_used(self.plain(code), self.shell.user_ns)

    def load_plots(self) -> None:
        """Put matplotlib in the place of what stands for it."""
        self.lazy.load(self.shell.user_ns)

    def plain(self, code: str) -> str:
        """Return a cell as plain Python: without magics."""
        return self.shell.transform_cell(code)

    async def run(self, number: int, code: str, codes: dict[int, str]) -> dict[str, Any]:
        """Run a cell, and return how it went.

        codes : all cells of the page by their numbers, to say where a name comes from
        """
        self.cell = number
        self.shell.execution_count = number  # so that a traceback names the cell as the page does
        self.shell.last_error = None
        with Captured(self):
            await asyncio.Task(self.execute(code), context=self.context)
        return self.ending(codes)

    async def execute(self, code: str) -> None:
        shell = self.shell
        result = await shell.run_cell_async(
            code, store_history=True, transformed_cell=self.plain(code)
        )
        shell.events.trigger("post_execute")  # figures are shown now
        shell.events.trigger("post_run_cell", result)

    def ending(self, codes: dict[int, str]) -> dict[str, Any]:
        """Return what is to be said of the cell that has run."""
        error = self.shell.last_error
        end: dict[str, Any] = {"ok": error is None}
        if error is None:
            return end
        if isinstance(error, MemoryError):
            end["why"] = "memory"
        elif isinstance(error, NameError) and error.name:
            plain = {number: self.plain(code) for number, code in codes.items()}
            end |= {"name": error.name, "makers": makers(error.name, plain)}
        elif isinstance(error, NotLoaded):
            end["package"] = "matplotlib"
        elif isinstance(error, ModuleNotFoundError) and error.name:
            end["package"] = error.name.partition(".")[0]
        return end

    def receive(self, name: str, content: dict, cell: int) -> None:
        """Hand a message of the page to a widget; what that prints goes to the widget's cell."""
        self.cell = cell
        with Captured(self):
            self.context.run(comms.receive, name, content)


class Captured:
    """What is printed inside goes to the page."""

    def __init__(self, session: Session):
        self.session = session
        streams = [Stream("stdout", session.say), Stream("stderr", session.say)]
        session.streams = streams
        self.places = redirect_stdout(streams[0]), redirect_stderr(streams[1])

    def __enter__(self) -> None:
        for place in self.places:
            place.__enter__()

    def __exit__(self, *error: Any) -> None:
        for place in self.places:
            place.__exit__(*error)
        self.session.flush()


def no_input(prompt: str = "") -> str:
    """Stand in for `input`: a worker cannot wait for the reader."""
    raise RuntimeError("This page cannot ask for input. Write the value into the cell instead.")
