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

from sqlalchemy import Connection, Row, RowMapping, Table, null, select, text, update

from lifecycle.models import NAMES
from lifecycle.seals import PREFIX, Recorded, canonical, differences
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

_HISTORY, _LEDGER, _PROJECT, _VALUE, _DUTY, _MATERIAL, _UNIT = (
    NAMES.tables[name]
    for name in ("history", "ledger", "project", "history_value", "duty", "material", "unit")
)
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


def _projects(conn: Connection, project: str | None) -> Iterator[Sequence[RowMapping]]:
    """The project rows in chunks, each read to its end before the next."""
    # An outer join: a project whose unit was deleted is not to slip through.
    query = (
        select(_PROJECT, _UNIT.c.name.label("unit_name"))
        .outerjoin(_UNIT, _UNIT.c.id == _PROJECT.c.unit_id)
        .order_by(_PROJECT.c.id)
        .limit(_CHUNK)
    )
    if project is not None:
        query = query.where(_PROJECT.c.id == project)
    chunk = conn.execute(query).mappings().all()
    while chunk:
        yield chunk
        if project is not None:
            return
        chunk = conn.execute(query.where(_PROJECT.c.id > chunk[-1]["id"])).mappings().all()


def _verify_chunk(conn: Connection, chunk: Sequence[RowMapping], commits: dict[int, list[str]]) -> None:
    """Check every project of a chunk and collect its hashes by the commit they belong to."""
    ids = [row["id"] for row in chunk]
    entries, values, duties, papers = (
        _of_projects(conn, table, ids) for table in (_HISTORY, _VALUE, _DUTY, _MATERIAL)
    )
    for row in chunk:
        one = row["id"]
        recorded = _verify_entries(one, entries[one], values[one])
        for what in differences(row, recorded, duties[one], papers[one]):
            raise _tampered(one, len(recorded.entries), what)
        for entry in recorded.entries:
            commits[entry["ledger_n"]].append(entry["hash"])


def _of_projects(conn: Connection, table: Table, ids: Sequence[str]) -> defaultdict[str, list[RowMapping]]:
    """The rows of a table that belong to projects, by project, in the order they were written."""
    found: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for row in conn.execute(select(table).where(table.c.project_id.in_(ids)).order_by(table.c.id)).mappings():
        found[row["project_id"]].append(row)
    return found


def _verify_entries(project: str, entries: list[RowMapping], values: Sequence[RowMapping]) -> Recorded:
    """Check one project's chain and the values behind it; returns what the entries say."""
    entries.sort(key=lambda entry: entry["seq"])
    by_seq: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for value in values:
        by_seq[value["seq"]].append(value)
    prev = GENESIS
    facts: dict[str, Any] = {}
    seals: dict[str, str] = {}
    for seq, entry in enumerate(entries, start=1):
        if entry["seq"] != seq:
            raise _tampered(project, seq, "记录缺失")
        if entry["prev_hash"] != prev:
            raise _tampered(project, seq, "与前一条记录不衔接")
        if entry_hash(prev, history_fields(entry)) != entry["hash"]:
            raise _tampered(project, seq, "记录内容被改动")
        digests = entry["digests"] or {}
        sealed = {name: digest for name, digest in digests.items() if name.startswith(PREFIX)}
        told = {name: digest for name, digest in digests.items() if name not in sealed}
        facts |= _verify_values(project, seq, told, by_seq[seq])
        seals |= sealed
        prev = entry["hash"]
    if extra := sorted(seq for seq in by_seq if seq > len(entries)):
        raise _tampered(project, extra[0], "有取值而无记录")
    return Recorded(entries, facts, seals)


def _verify_values(
    project: str, seq: int, digests: Mapping[str, str], values: Sequence[RowMapping]
) -> dict[str, tuple[Any] | None]:
    """Check the values of one entry against their digests; returns those that still stand."""
    if sorted(value["name"] for value in values) != sorted(digests):
        raise _tampered(project, seq, "取值缺失或多出")
    for value in values:
        digest = digests[value["name"]]
        if not value["erased"] and digest_value(value["salt"], [value["old"], value["new"]]) != digest:
            raise _tampered(project, seq, f"“{value['name']}”的取值被改动")
    return {value["name"]: None if value["erased"] else (value["new"],) for value in values}


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
