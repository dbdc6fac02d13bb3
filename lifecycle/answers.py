"""Idempotency: a repeated command answers what it answered, and a key cannot mean two things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, bindparam, insert, select

from lifecycle.commands import typed_out
from lifecycle.models import IdempotencyRow
from lifecycle.requests import Done, Followed, Request
from lifecycle.values import canonical
from states.errors import ConflictFault

if TYPE_CHECKING:
    from lifecycle.stepping import Asked

IDEMPOTENCY: Table = IdempotencyRow.__table__  # type: ignore[attr-defined]

_ANSWER = select(IDEMPOTENCY.c.fingerprint, IDEMPOTENCY.c.answer).where(
    IDEMPOTENCY.c.key == bindparam("asked")
)


def answered(conn: Connection, key: str, fingerprint: str) -> Any | None:
    """The earlier answer under this key, or None; ConflictFault if it was used for something else."""
    row = conn.execute(_ANSWER, {"asked": key}).first()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise ConflictFault("这个幂等键（--key）已用于另一项操作，请换一个")
    return row.answer


def remember(conn: Connection, key: str, fingerprint: str, answer: Any, at: datetime) -> None:
    """Keep an answer under its key, in the transaction that made it true."""
    conn.execute(insert(IDEMPOTENCY), {"key": key, "fingerprint": fingerprint, "answer": answer, "at": at})


def remember_all(conn: Connection, answers: Sequence[Mapping[str, Any]]) -> None:
    """`remember` many: key, fingerprint, answer and moment of each."""
    if answers:
        conn.execute(insert(IDEMPOTENCY), [dict(one) for one in answers])


def keys_answered(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which something was answered."""
    return set(conn.execute(select(IDEMPOTENCY.c.key).where(IDEMPOTENCY.c.key.in_(keys))).scalars())


def fingerprint(*parts: Any) -> str:
    """What an idempotency key was used for, as one digest."""
    return sha256(canonical(list(parts)).encode()).hexdigest()


def as_answer(done: Done) -> dict[str, Any]:
    """A step as it is kept."""
    return asdict(done)


def from_answer(kept: Mapping[str, Any]) -> Done:
    """The step that was kept; answers from before children were told have none."""
    followed = tuple(Followed(**one) for one in kept.get("followed", ()))
    return Done(kept["id"], kept["source"], kept["dest"], kept["seq"], followed)


def mark_of(asked: Asked, request: Request, project_id: str) -> str:
    """What an idempotency key stands for on one project: the command, without the day it is given on."""
    papers = [(kind, item.sha256) for kind, item in asked.filed]
    return fingerprint(str(asked.action), project_id, asked.actor.login, typed_out(request.values),
                       asked.reason, request.document, papers)  # fmt: skip
