"""A bulk command as a whole: asked for once, shown as it goes, one fault out of many at its end.

One thing asked for and declined has the status of its own reason; of several, 3, or 7 where all
that failed could not be read. A store that cannot be reached comes before everything.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import typer

from console.output import new_console, reason_line, say
from states.errors import LifecycleError, Reason, UsageFault

PROGRESS_FROM = 20
"""From how many projects on a progress bar is worth its lines."""


def reasons_of(fault: LifecycleError) -> list[Reason]:
    """Every reason of a fault; its message where it has none."""
    return list(fault.reasons) or [Reason(None, fault.message)]


def declined_json(fault: LifecycleError) -> dict[str, Any]:
    """What a list of declined things says about one."""
    return {
        "code": fault.code,
        "message": fault.message,
        "reasons": [reason.as_json() for reason in reasons_of(fault)],
    }


def show_declined(declined: Sequence[tuple[str, LifecycleError]]) -> None:
    """What was declined, each with its reasons, on standard error."""
    for heading, fault in declined:
        say(f"{heading}（{fault.code}）")
        for reason in reasons_of(fault):
            say(f"  · {reason_line(reason)}")


def confirm(count: int, label: str) -> None:
    """Ask once, with the number. Raises UsageFault where nobody can be asked or the answer is no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageFault(f"将对 {count} 个项目办理“{label}”；没有终端可以确认，请加 --yes。")
    if not typer.confirm(f"将对 {count} 个项目办理“{label}”，继续吗？", default=False, err=True):
        raise UsageFault("已取消，未做任何改动。")


@contextmanager
def progress(count: int, label: str) -> Iterator[Callable[[int], None] | None]:
    """A bar on standard error for many projects."""
    if count < PROGRESS_FROM:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=new_console(stderr=True)) as bar:
        task = bar.add_task(label, total=count)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar whose length is known with the first step: called with how many are done, and of how many."""
    with ExitStack() as stack:
        bars: list[Callable[[int], None] | None] = []

        def advance(done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(progress(total, label)))
            if (bar := bars[0]) is not None:
                bar(done)

        yield advance


@dataclass
class Stop:
    """Whether somebody asked to stop."""

    asked: bool = False


@contextmanager
def stopping() -> Iterator[Stop]:
    """Let Ctrl-C ask for a stop after what is under way; a second one breaks off at once."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, frame: Any) -> None:
        if stop.asked:
            signal.default_int_handler(number, frame)
        stop.asked = True
        say("正在停止：办完这一批即停；再按一次 Ctrl-C 立即中断，这一批不作改动。")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
