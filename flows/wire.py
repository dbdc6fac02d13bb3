"""A command on its way between the command line and the daemon: as JSON, and back. Both sides read it here.

Decides how it is written and what a well-formed one looks like, never whether it is allowed. Imports nothing
dear: the command line pays for it at every step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any, Final

from lifecycle.requests import Batch, Declined, Done, Followed, Request
from lifecycle.settings import Settings
from states.errors import LifecycleError, Reason, fault_of

PACKAGES: Final = ("states", "lifecycle", "notifications", "flows", "console")
_ID: Final = re.compile(r"[0-9a-f]{32}")


class Garbled(ValueError):
    """这份请求的写法不对。"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One command as it was sent: who is named by `--as`, and for what."""

    actor: str | None
    request: Request


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know on a business date: a name of `flows.questions`, and its details."""

    name: str
    actor: str | None
    on: date
    given: Mapping[str, Any]


def build_of() -> str:
    """A mark of the program that runs: another one after an upgrade, and for another copy of it."""
    root = Path(__file__).parent.parent
    marks = [
        f"{entry.name}:{entry.stat().st_mtime_ns}:{entry.stat().st_size}"
        for name in PACKAGES
        if (root / name).is_dir()
        for entry in os.scandir(root / name)
        if entry.name.endswith(".py")
    ]
    return sha256("\n".join([str(root), *sorted(marks)]).encode()).hexdigest()[:32]


def store_of(settings: Settings) -> str:
    """A mark of what an answer rests on in the settings: the database, sizes, waits and routes."""
    told = (settings.database_url, settings.max_upload_bytes, settings.busy_seconds, settings.routes)
    return sha256(repr(told).encode()).hexdigest()[:32]


def proof(token: str, nonce: str) -> str:
    """What only who knows the token can answer to a number that was just made up."""
    return digest(token.encode(), nonce.encode(), "sha256").hex()


def command_document(actor: str | None, request: Request) -> dict[str, Any]:
    """A command as JSON. Papers go by their paths, with marks by which the very same file is known.

    Raises OSError for a paper that is not there.
    """
    return {
        "actor": actor,
        "action": request.action,
        "projects": list(request.projects),
        "on": request.on.isoformat(),
        "reason": request.reason,
        "document": request.document,
        "materials": [[kind, *_marked(str(path))] for kind, path in request.materials],
        "values": dict(request.values),
        "key": request.key,
        "if_version": request.if_version,
        "dry_run": request.dry_run,
        "command_id": request.command_id,
    }


def read_command(document: Any) -> Sent:
    """A command out of its JSON. Raises Garbled, also for a paper that is not the one that was meant."""
    try:
        version, command_id = document["if_version"], document["command_id"]
        if not _ID.fullmatch(_text(command_id)) or not isinstance(version, int | None):
            raise Garbled
        request = Request(
            action=_text(document["action"]),
            projects=tuple(_text(one) for one in document["projects"]),
            on=date.fromisoformat(_text(document["on"])),
            reason=_optional(document["reason"]),
            document=_optional(document["document"]),
            materials=tuple((_text(kind), _same(path, marks)) for kind, path, marks in document["materials"]),
            values={_text(name): _text(value) for name, value in document["values"].items()},
            key=_optional(document["key"]),
            if_version=version,
            dry_run=document["dry_run"] is True,
            command_id=command_id,
        )
        return Sent(_optional(document["actor"]), request)
    except (KeyError, TypeError, ValueError, AttributeError, OSError):
        raise Garbled from None


def read_selection(document: Any) -> tuple[str | None, date, tuple[str, ...]]:
    """Who asks on which day for which writings of `--where`. Raises Garbled."""
    try:
        where = tuple(_text(one) for one in document["where"])
        return _optional(document["actor"]), date.fromisoformat(_text(document["on"])), where
    except (KeyError, TypeError, ValueError):
        raise Garbled from None


def question_document(question: Question) -> dict[str, Any]:
    """A question as JSON."""
    return {
        "name": question.name,
        "actor": question.actor,
        "on": question.on.isoformat(),
        "given": dict(question.given),
    }


def read_question(document: Any) -> Question:
    """A question out of its JSON. Raises Garbled."""
    try:
        given = {_text(name): value for name, value in document["given"].items()}
        on = date.fromisoformat(_text(document["on"]))
        return Question(_text(document["name"]), _optional(document["actor"]), on, given)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Garbled from None


def read_batch(command_id: str, document: Mapping[str, Any], bare: Collection[str]) -> Batch:
    """The outcome of a command out of the JSON of the contract. Raises KeyError or TypeError.

    `bare` are the projects that were declined with a message only: the contract gives it as a reason.
    """
    done = tuple(
        Done(one["id"], one["from"], one["to"], one["seq"], tuple(map(_followed, one.get("followed", ()))))
        for one in document["done"]
    )
    refused = tuple(
        Declined(one["id"], one["code"], one["message"], () if one["id"] in bare else _reasons(one))
        for one in document["refused"]
    )
    return Batch(command_id, done, refused)


def read_fault(error: Mapping[str, Any]) -> LifecycleError:
    """The error of the contract out of its JSON. Raises KeyError or TypeError."""
    return fault_of(error["code"], error["message"], _reasons(error))


def _reasons(one: Mapping[str, Any]) -> tuple[Reason, ...]:
    return tuple(Reason(**why) for why in one["reasons"])


def _followed(one: Mapping[str, Any]) -> Followed:
    return Followed(one["id"], one["action"], one["from"], one["to"], one["seq"])


def _marked(path: str) -> tuple[str, list[int]]:
    """A path from the root, nothing else in it changed, and the marks of the file."""
    whole = path if path.startswith(os.sep) else f"{Path.cwd()}{os.sep}{path}"
    return whole, _marks(whole)


def _marks(path: str) -> list[int]:
    about = Path(path).stat()
    return [about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns]


def _same(path: Any, marks: Any) -> str:
    if _marks(_text(path)) != marks:
        raise Garbled
    return str(path)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Garbled
    return value


def _optional(value: Any) -> str | None:
    return None if value is None else _text(value)
