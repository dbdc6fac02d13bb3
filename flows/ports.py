"""The ports of a running `up`, as its command line chose them, for the commands that are typed beside it.

A file of the home that counts only while an `up` holds the home. It starts nothing and asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from lifecycle.settings import Settings

FILE: Final = "up.json"
_PORTS: Final = ("prefect_port", "daemon_port")


@contextmanager
def ports_told(settings: Settings) -> Iterator[None]:
    """Let other commands of this home find what is served here, for as long as it is."""
    path = settings.home / FILE
    beside = path.with_name(f".{FILE}")
    beside.write_text(json.dumps({name: getattr(settings, name) for name in _PORTS}), encoding="ascii")
    beside.replace(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def as_served(settings: Settings) -> Settings:
    """The settings, with the ports of the `up` that runs on this home now, if there is one."""
    try:
        told = json.loads((settings.home / FILE).read_bytes())
        prefect, daemon = (int(told[name]) for name in _PORTS)
    except (OSError, ValueError, TypeError, KeyError):
        return settings
    from flows.leader import house_held  # noqa: PLC0415 - only where a file is there, for the sake of each start

    if not house_held(settings.home):
        return settings
    return replace(settings, prefect_port=prefect, daemon_port=daemon)
