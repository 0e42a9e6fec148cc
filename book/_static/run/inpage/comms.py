"""The way between a widget in Python and its view on the page, and back."""

from collections.abc import Callable
from typing import Any

import comm
from comm.base_comm import BaseComm

TEXTS = ("_esm", "_css")  # the page has them already, and takes no code from a message


def connect(post: Callable[[dict], None]) -> None:
    """Let every comm that is made from now on speak to the page."""

    class PageComm(BaseComm):
        def publish_msg(
            self,
            msg_type: str,
            data: Any = None,
            metadata: Any = None,
            buffers: Any = None,
            **keys: Any,
        ) -> None:
            content = dict(data or {})
            if "state" in content:
                state = content["state"]
                content["state"] = {key: state[key] for key in state if key not in TEXTS}
            parts = [bytes(part) for part in buffers or ()]
            post({"type": msg_type, "comm": self.comm_id, "content": content, "buffers": parts})

    comm.create_comm = PageComm


def receive(name: str, content: dict) -> None:
    """Hand on a message of the page; a widget that is gone hears nothing."""
    manager = comm.get_comm_manager()
    if name in manager.comms:
        message = {"content": {"comm_id": name, "data": content}, "buffers": []}
        manager.comms[name].handle_msg(message)
