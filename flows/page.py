"""What the daemon's pages take and give: a request over HTTP as a value, and the answer to it.

Only the values. Who may ask for what stands in `flows.page_routes`, how they travel in `flows.page_server`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from flows.bootstrap import App


class Who(StrEnum):
    """Who may ask for a page."""

    ANYBODY = "anybody"
    """Whoever reaches the port; what is shown is no secret, or its secret stands in the address."""
    OWNER = "owner"
    """Who can read the token in the home's `daemon.json`: the user of the system that runs the daemon."""
    FLOW_SERVER = "flow_server"
    """The flow server with the token of its warnings, perhaps from another machine."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; the body was read whole and is within the limit of its route."""

    path: str
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: bytes = b""

    def document(self) -> Any:
        """The body as JSON; ValueError if it is none, or deeper than any that is meant for us."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("too deep") from None


@dataclass(frozen=True, slots=True)
class Page:
    """An answer; `more` are pieces that are sent as they come, after the content."""

    status: HTTPStatus
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Iterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of one daemon work with."""

    app: App
    token: str = field(repr=False)
    wake: Callable[[], None]
    """To be called after a commit: the consequences are taken up at once."""
    leads: Callable[[], bool] = lambda: False
    """Whether this daemon does the scheduled work, or stands by."""


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table: method, pattern of the whole path, who may ask, what answers, longest body."""

    method: str
    path: str
    who: Who
    answer: Callable[[Desk, Asked], Page]
    longest_body: int = 0


def as_json(status: HTTPStatus, document: Any, **headers: str) -> Page:
    """A page of JSON that nobody keeps."""
    told = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", **headers}
    return Page(status, json.dumps(document, ensure_ascii=False, default=str).encode(), told)
