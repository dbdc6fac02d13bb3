"""Commands that a text advises, made good for the home that was named on the command line.

Whoever typed `--home` can take over what is advised as it stands. Only texts for people pass here.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_HOME: ContextVar[str | None] = ContextVar("home", default=None)


@contextmanager
def home_typed(home: str | None) -> Iterator[None]:
    """While a command runs: the home as it was typed, None where it was not."""
    token = _HOME.set(home)
    try:
        yield
    finally:
        _HOME.reset(token)


def advised(text: str) -> str:
    """The text, with `--home` in every command of ours that it names."""
    home = _HOME.get()
    if home is None or "lifecycle " not in text:
        return text
    from console.tree import COMMANDS  # the tree stands above the screen

    ours = rf"(?<![\w./-])lifecycle (?=(?:{'|'.join(COMMANDS)})(?![\w.-]))"
    return re.sub(ours, lambda _: f"lifecycle --home {shlex.quote(home)} ", text, flags=re.ASCII)
