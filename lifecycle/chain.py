"""The audit chain: hashes of history entries, and the global chain of heads over them.

Decides what is hashed and how a later reader proves that nothing was changed. Values enter as
salted digests, so that one may be erased without breaking the chain. Never commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row, RowMapping, Table, null, select, text, update

from lifecycle.models import HistoryRow, HistoryValueRow, LedgerRow, ProjectRow
from lifecycle.values import decode
from states.errors import NotFoundFault, TamperedFault

GENESIS: Final = "0" * 64
"""What the first link of every chain points to."""
HASHED: Final = (
    *(
        "project_id",
        "seq",
        "ledger_n",
        "at",
        "on",
        "backdated",
        "actor",
        "stood_in_by",
        "represented",
        "role",
    ),
    *("action", "source", "dest", "reason", "document", "rule", "cite", "cite_document"),
    *("materials", "digests", "prev_hash"),
)
"""The columns of a history entry that its hash covers."""

MIRRORED: Final = {"project.amount": "amount_fen"}
"""Facts that a column of the project repeats."""

_HISTORY: Table = HistoryRow.__table__  # type: ignore[attr-defined]
_LEDGER: Table = LedgerRow.__table__  # type: ignore[attr-defined]
_PROJECT: Table = ProjectRow.__table__  # type: ignore[attr-defined]
_VALUE: Table = HistoryValueRow.__table__  # type: ignore[attr-defined]
_HEAD: Final = select(_LEDGER.c.n, _LEDGER.c.head).order_by(_LEDGER.c.n.desc()).limit(1)
_LEDGER_LOCK: Final = 0x6C69_6665_0002
_CHUNK: Final = 500
_LARGEST_WHOLE: Final = 2**63


@dataclass(frozen=True, slots=True)
class Verified:
    """A chain that holds: how much was checked, and the head that proves it later."""

    entries: int
    projects: int
    head: str
    ok: bool = True


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; days and moments in ISO form, decimals as text."""
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS)


def history_fields(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    """The hashed fields of a history entry, alike before it is written and after it is read."""
    fields = {name: row[name] for name in HASHED}
    fields["at"] = row["at"].astimezone(UTC).isoformat()
    return fields


def entry_hash(prev: str, fields: Mapping[str, Any]) -> str:
    """The hash of one entry, over the hash before it and its own fields."""
    return sha256(prev.encode() + b"\n" + canonical(fields)).hexdigest()


def digest_value(salt: str, value: Any) -> str:
    """The digest under which a value enters the chain; the salt keeps it from being guessed."""
    return sha256(salt.encode() + b"\n" + canonical(_settled(value))).hexdigest()


def _settled(value: Any) -> Any:
    """A value as SQLite gives it back: a bare whole number stored as 2.0 returns as 2."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return int(value)
    return [_settled(item) for item in value] if isinstance(value, list | tuple) else value


def entries_digest(entry_hashes: Iterable[str]) -> str:
    """One digest over the entries of a commit, whatever order they come in."""
    return sha256("\n".join(sorted(entry_hashes)).encode()).hexdigest()


def head_hash(prev_head: str, n: int, at: datetime, entries: int, digest: str) -> str:
    """The head after one commit."""
    return sha256(canonical([prev_head, n, at.astimezone(UTC).isoformat(), entries, digest])).hexdigest()


def next_ledger(conn: Connection) -> int:
    """The number of the ledger row that this transaction will append.

    On PostgreSQL other writers wait from here to the end of the transaction; on SQLite the write
    lock already keeps them out.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LEDGER_LOCK})
    last = _last(conn)
    return last[0] + 1 if last else 1


def append_ledger(conn: Connection, entry_hashes: Sequence[str], at: datetime) -> int:
    """Append the ledger row over these entries; returns its number, as `next_ledger` foretold it.

    To be called after `next_ledger` in the same transaction, which keeps other writers off.
    """
    last = _last(conn)
    n, prev_head = (last[0] + 1, last[1]) if last else (1, GENESIS)
    digest = entries_digest(entry_hashes)
    conn.execute(
        _LEDGER.insert(),
        {
            "n": n,
            "at": at,
            "entries": len(entry_hashes),
            "digest": digest,
            "prev_head": prev_head,
            "head": head_hash(prev_head, n, at, len(entry_hashes), digest),
        },
    )
    return n


def erase_values(conn: Connection, project_id: str, name: str) -> int:
    """Erase every recorded value of one fact for good; returns how many. The chain stays whole."""
    done = conn.execute(
        update(_VALUE)
        .where(_VALUE.c.project_id == project_id, _VALUE.c.name == name, ~_VALUE.c.erased)
        .values(old=null(), new=null(), salt="", erased=True)
    )
    return done.rowcount


def verify(conn: Connection, project: str | None = None) -> Verified:
    """Prove that the history, or one project's, is what was written; use within one `reading`.

    Raises TamperedFault with project, seq and what is wrong; NotFoundFault for an unknown project.
    What cannot be told from inside is a cut at the very end: compare `head` with one noted outside.
    """
    commits: defaultdict[int, list[str]] = defaultdict(list)
    projects = 0
    for chunk in _projects(conn, project):
        projects += len(chunk)
        _verify_chunk(conn, chunk, commits)
    if project is not None and not projects:
        raise NotFoundFault(f"没有编号为 {project} 的项目。")
    if project is None:
        _refuse_orphans(conn)
    head = _verify_ledger(conn, commits, whole=project is None)
    return Verified(sum(map(len, commits.values())), projects, head)


def _projects(conn: Connection, project: str | None) -> Iterator[Sequence[Row[Any]]]:
    """The project rows in chunks, each read to its end before the next."""
    wanted = [_PROJECT.c[name] for name in ("id", "version", "state", "facts", *MIRRORED.values())]
    query = select(*wanted).order_by(_PROJECT.c.id).limit(_CHUNK)
    if project is not None:
        query = query.where(_PROJECT.c.id == project)
    chunk = conn.execute(query).all()
    while chunk:
        yield chunk
        if project is not None:
            return
        chunk = conn.execute(query.where(_PROJECT.c.id > chunk[-1].id)).all()


def _verify_chunk(conn: Connection, chunk: Sequence[Row[Any]], commits: dict[int, list[str]]) -> None:
    """Check every project of a chunk and collect its hashes by the commit they belong to."""
    ids = [row.id for row in chunk]
    entries: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for entry in conn.execute(
        select(_HISTORY).where(_HISTORY.c.project_id.in_(ids)).order_by(_HISTORY.c.seq)
    ).mappings():
        entries[entry["project_id"]].append(entry)
    values: defaultdict[str, defaultdict[int, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
    for value in conn.execute(select(_VALUE).where(_VALUE.c.project_id.in_(ids))):
        values[value.project_id][value.seq].append(value)
    for row in chunk:
        _verify_project(row, entries[row.id], values[row.id])
        for entry in entries[row.id]:
            commits[entry["ledger_n"]].append(entry["hash"])


def _verify_project(
    row: Row[Any], entries: Sequence[RowMapping], values: Mapping[int, Sequence[Row[Any]]]
) -> None:
    """Check one project's chain, its values and its row."""
    prev = GENESIS
    latest: dict[str, Any] = {}
    for seq, entry in enumerate(entries, start=1):
        if entry["seq"] != seq:
            raise _tampered(row.id, seq, "记录缺失")
        if entry["prev_hash"] != prev:
            raise _tampered(row.id, seq, "与前一条记录不衔接")
        if entry_hash(prev, history_fields(entry)) != entry["hash"]:
            raise _tampered(row.id, seq, "记录内容被改动")
        latest |= _verify_values(row.id, seq, entry["digests"] or {}, values.get(seq, ()))
        prev = entry["hash"]
    if extra := sorted(seq for seq in values if seq > len(entries)):
        raise _tampered(row.id, extra[0], "有取值而无记录")
    if row.version != len(entries):
        raise _tampered(row.id, len(entries), f"项目版本为 {row.version}，与最后一条记录不符")
    if entries and row.state != entries[-1]["dest"]:
        raise _tampered(row.id, len(entries), f"项目状态为 {row.state}，与最后一条记录不符")
    _verify_facts(row, len(entries), latest)


def _verify_values(
    project: str, seq: int, digests: Mapping[str, str], values: Sequence[Row[Any]]
) -> dict[str, Any]:
    """Check the values of one entry against their digests; returns those that still stand."""
    if sorted(value.name for value in values) != sorted(digests):
        raise _tampered(project, seq, "取值缺失或多出")
    for value in values:
        if not value.erased and digest_value(value.salt, [value.old, value.new]) != digests[value.name]:
            raise _tampered(project, seq, f"“{value.name}”的取值被改动")
    return {value.name: None if value.erased else (value.new,) for value in values}


def _verify_facts(row: Row[Any], seq: int, latest: Mapping[str, tuple[Any] | None]) -> None:
    """Check the facts of the project row against the last value recorded for each."""
    facts = row.facts or {}
    for name, recorded in latest.items():
        if recorded is None:
            continue
        mirrored = name in MIRRORED and getattr(row, MIRRORED[name]) != decode(recorded[0])
        if mirrored or facts.get(name) != recorded[0]:
            raise _tampered(row.id, seq, f"项目的“{name}”与最后登记的取值不符")


def _refuse_orphans(conn: Connection) -> None:
    """History without its project: the row was deleted, the entries were left."""
    for table in (_HISTORY, _VALUE):
        orphan = conn.execute(
            select(table.c.project_id, table.c.seq)
            .where(table.c.project_id.not_in(select(_PROJECT.c.id)))
            .order_by(table.c.project_id, table.c.seq)
            .limit(1)
        ).first()
        if orphan is not None:
            raise _tampered(orphan.project_id, orphan.seq, "项目已被删除而记录仍在")


def _verify_ledger(conn: Connection, commits: Mapping[int, Sequence[str]], *, whole: bool) -> str:
    """Check the chain of heads, and the entries of every commit or of one project's; returns the head."""
    prev, n = GENESIS, 0
    for row in conn.execute(select(_LEDGER).order_by(_LEDGER.c.n)):
        n += 1
        if row.n != n or row.prev_head != prev:
            raise TamperedFault(f"总账第 {n} 笔缺失，或与前一笔不衔接。")
        if head_hash(prev, n, row.at, row.entries, row.digest) != row.head:
            raise TamperedFault(f"总账第 {n} 笔被改动。")
        prev = row.head
        if whole or n in commits:
            _verify_commit(row, commits.get(n, ()) if whole else _hashes_of(conn, n))
    if missing := sorted(number for number in commits if not 1 <= number <= n):
        raise TamperedFault(f"总账缺少第 {missing[0]} 笔，而项目记录指向它。")
    return prev


def _verify_commit(row: Row[Any], hashes: Sequence[str]) -> None:
    """Check that a commit's entries are all there and no other."""
    if len(hashes) != row.entries:
        raise TamperedFault(
            f"总账第 {row.n} 笔应有 {row.entries} 条项目记录，现有 {len(hashes)} 条："
            "有项目或记录被整体删除或添加。"
        )
    if entries_digest(hashes) != row.digest:
        raise TamperedFault(f"总账第 {row.n} 笔与其项目记录不符。")


def _hashes_of(conn: Connection, n: int) -> Sequence[str]:
    """The entry hashes of one commit."""
    return conn.execute(select(_HISTORY.c.hash).where(_HISTORY.c.ledger_n == n)).scalars().all()


def _tampered(project: str, seq: int, what: str) -> TamperedFault:
    """The fault, naming project and seq."""
    return TamperedFault(f"项目 {project} 第 {seq} 条：{what}。")


def _last(conn: Connection) -> tuple[int, str] | None:
    """Number and head of the last commit."""
    row = conn.execute(_HEAD).first()
    return (row.n, row.head) if row else None
