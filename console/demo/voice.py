"""How the demo tells its story: chapters, steps, and the commands that would do the same.

On standard output for people; with `--json` only the chapters, on standard error. It decides nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date

from console.output import printable

INDENT = " " * 12


class Voice:
    """Prints as the story goes on."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def chapter(self, title: str) -> None:
        """A chapter begins."""
        self.beside(f"── {title}") if self._quiet else self._line(f"\n━━ {title}")

    def step(self, on: date, text: str, commands: Sequence[str] = ()) -> None:
        """Something was done."""
        self._line(f"{on.isoformat()}  {text}")
        for line in commands:
            self._line(f"{INDENT}$ {line}")

    def note(self, text: str) -> None:
        """A remark."""
        self._line(f"{INDENT}{text}")

    def beside(self, text: str) -> None:
        """Progress, on standard error."""
        print(printable(text), file=sys.stderr, flush=True)  # noqa: T201 - this is the screen

    def _line(self, text: str) -> None:
        if not self._quiet:
            print(printable(text), flush=True)  # noqa: T201 - this is the screen
