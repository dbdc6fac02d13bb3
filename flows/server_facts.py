"""What a flow server tells of itself that decides how it is used: its database, and whether it is ours.

A server hides the address of its database. Ours names itself to PostgreSQL; others that do so, or that
say their driver or host, are known by it. Of the rest nothing is assumed: they are used as if on SQLite.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

import httpx

from flows.server import FlowServer
from lifecycle.settings import Settings

SLOTS_ON_POSTGRESQL: Final = 4
SLOTS_OTHERWISE: Final = 1
"""On SQLite a server answers "database is locked" under four runs at once."""
ASK_SECONDS: Final = 2.0
KEPT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """`home` is where the server keeps its files, on the machine that it runs on."""

    postgresql: bool
    home: str | None


_KNOWN: dict[str, tuple[float, ServerFacts]] = {}


def slots_at(server: FlowServer, settings: Settings) -> int:
    """How many flows may be at work on a server at once; the setting goes before what the server says."""
    if settings.flows_at_once is not None:
        return settings.flows_at_once
    facts = facts_of(server)
    return SLOTS_ON_POSTGRESQL if facts is not None and facts.postgresql else SLOTS_OTHERWISE


def facts_of(server: FlowServer) -> ServerFacts | None:
    """What the server says of itself; None where it does not say it in time. Kept for a while."""
    at, known = _KNOWN.get(server.api_url, (0.0, None))
    if known is not None and time.monotonic() - at < KEPT_SECONDS:
        return known
    told = _told(server)
    if told is not None:
        _KNOWN[server.api_url] = time.monotonic(), told
    return told


def is_ours(facts: ServerFacts | None, settings: Settings) -> bool:
    """Whether it is the server that `lifecycle up` runs on this home."""
    return facts is not None and facts.home == str(settings.home / "prefect")


def _told(server: FlowServer) -> ServerFacts | None:
    user, _, password = (server.auth or "").partition(":")
    try:
        with httpx.Client(timeout=ASK_SECONDS, trust_env=False) as client:
            answer = client.get(
                f"{server.api_url.rstrip('/')}/admin/settings", auth=(user, password) if server.auth else None
            )
            answer.raise_for_status()
            told = answer.json()
            return ServerFacts(_on_postgresql(told["server"]["database"]), told.get("home"))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError):
        return None


def _on_postgresql(database: dict[str, Any]) -> bool:
    named = database["sqlalchemy"]["connect_args"]["application_name"]
    return bool(named or database["host"] or str(database["driver"]).startswith("postgresql"))
