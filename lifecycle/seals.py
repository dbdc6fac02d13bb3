"""What of a project is no fact and yet has to be what its history says: title, unit, flags, duties, papers.

Decides what a history entry seals with a digest, and tells where the rows differ from what was
sealed and recorded. Never writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import RowMapping

from lifecycle.cases import CLOCK, as_duty
from lifecycle.values import decode
from states.decision import Duty, Move
from states.names import DutyStatus

PREFIX: Final = "~"
"""What the name of a seal begins with among the digests of an entry; no fact is named so."""
FLAGS: Final = "~flags"
DUTIES: Final = "~duties"
ROW: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "~title": ("项目名称", ("title", "normal_title")),
    "~unit": ("申报单位", ("unit_id", "unit_name")),
    "~targets": ("指标", ("targets",)),
    "~marked": ("标注", ("marked",)),
    "~parent": ("上级项目", ("parent_id",)),
    "~pack": ("所依文件版本", ("pack_digest", "programme", "quota_pool", "variant", "year", "number")),
}
"""Seals of entries that take an application in: label and columns."""
MIRRORED: Final = {
    "project.amount": "amount_fen",
    "project.started_on": "started_on",
    "project.ends_on": "ends_on",
}
"""Facts that a column of the project repeats."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the entries of one project say: the last value of each fact (None: erased), the last seals."""

    entries: Sequence[RowMapping]
    facts: Mapping[str, tuple[Any] | None]
    seals: Mapping[str, str]


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; days and moments in ISO form, decimals as text."""
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS)


def row_seals(row: Mapping[str, Any] | RowMapping) -> dict[str, str]:
    """The seals of a project row with `unit_name`, for the entries that take an application in."""
    return {name: _seal([row[column] for column in columns]) for name, (_, columns) in ROW.items()}


def standing_seals(flags: Iterable[str], duties: Iterable[Duty]) -> dict[str, str]:
    """The seals of every entry: the flags and all duties as they stand after it."""
    owed = sorted((duty.slug, duty.occurrence, _told(duty)) for duty in duties)
    return {FLAGS: _seal(sorted(flags)), DUTIES: _seal(owed)}


def differences(
    row: RowMapping, recorded: Recorded, duties: Sequence[RowMapping], papers: Sequence[RowMapping]
) -> Iterator[str]:
    """Everything in which the rows are not what the entries say, in Chinese."""
    if row["version"] != len(recorded.entries):
        yield f"项目版本为 {row['version']}，与最后一条记录不符"
    if recorded.entries and row["state"] != recorded.entries[-1]["dest"]:
        yield f"项目状态为 {row['state']}，与最后一条记录不符"
    steps = [entry for entry in recorded.entries if entry["action"] != CLOCK]
    if steps and row["last_on"] != steps[-1]["on"]:
        yield f"项目最近的业务日期为 {row['last_on']}，与最后一条记录不符"
    yield from _facts(row, recorded.facts)
    found = row_seals(row)
    for name, (label, _) in ROW.items():
        if name in recorded.seals and recorded.seals[name] != found[name]:
            yield f"项目的“{label}”与最后登记的不符"
    yield from _standing(row, recorded.seals, duties)
    if sorted(_filed(recorded.entries)) != sorted(_listed(papers)):
        yield "项目的材料与各条记录所附的不符"


def _seal(value: Any) -> str:
    return sha256(canonical(value)).hexdigest()


def _told(duty: Duty) -> list[Any]:
    """A duty as it is sealed. A sweep turns open ones overdue by their date alone and makes no entry."""
    status = DutyStatus.OPEN if duty.status is DutyStatus.OVERDUE else duty.status
    told = [
        str(status), duty.rule, duty.owed_by, duty.anchor_date, duty.legal_due, duty.due, duty.soft_due,
        duty.met_on, duty.closed_seq, duty.marks, [_moved(move) for move in duty.moves],
    ]  # fmt: skip
    if duty.grace_until is not None:
        told.append(duty.grace_until)
    if duty.proofs:
        told.append({"proofs": [proof.as_json() for proof in duty.proofs]})
    return told


def _moved(move: Move) -> list[Any]:
    """A move as it is sealed; without a decision, as before decisions were kept with moves."""
    told = [move.on, move.old, move.new, move.reason]
    decided = move.document is not None or move.amendment is not None
    return [*told, move.document, move.amendment] if decided else told


def _facts(row: RowMapping, recorded: Mapping[str, tuple[Any] | None]) -> Iterator[str]:
    """Facts and the columns that repeat them, against the last value recorded for each."""
    facts = row["facts"] or {}
    for name, value in recorded.items():
        if value is not None and facts.get(name) != value[0]:
            yield f"项目的“{name}”与最后登记的取值不符"
    for name in facts.keys() - recorded.keys():
        yield f"项目的“{name}”没有登记过"
    for name, column in MIRRORED.items():
        if row[column] != decode(facts.get(name)):
            yield f"项目的“{name}”与最后登记的取值不符"
    contact = {f"contact.{key}": value for key, value in (row["contact"] or {}).items() if value is not None}
    known = {name: decode(value) for name, value in facts.items() if name.startswith("contact.")}
    if contact != known:
        yield "项目的联系方式与最后登记的取值不符"


def _standing(row: RowMapping, sealed: Mapping[str, str], duties: Sequence[RowMapping]) -> Iterator[str]:
    """Flags and duties, against what the last entry sealed."""
    owed = [as_duty(duty) for duty in duties]
    standing = standing_seals(row["flags"] or (), owed)
    for name, label in ((FLAGS, "标志"), (DUTIES, "应办事项")):
        if name in sealed and sealed[name] != standing[name]:
            yield f"项目的{label}与最后一条记录不符"
    for duty in duties:
        if duty["status"] == DutyStatus.OVERDUE and duty["next_on"] and duty["next_on"] <= duty["due"]:
            yield f"应办事项“{duty['label']}”未到期而记为逾期"


def _filed(entries: Sequence[RowMapping]) -> Iterator[tuple[Any, ...]]:
    """The papers that the entries brought, each once until it changed."""
    last: dict[str, tuple[str, int]] = {}
    for entry in entries:
        for paper in entry["materials"] or ():
            kind, digest = paper["kind"], paper["sha256"]
            known, version = last.get(kind, ("", 0))
            if digest != known:
                last[kind] = digest, version + 1
                yield entry["seq"], kind, version + 1, paper["filename"], digest, entry["actor"]


def _listed(papers: Sequence[RowMapping]) -> Iterator[tuple[Any, ...]]:
    for paper in papers:
        yield tuple(paper[name] for name in ("seq", "kind", "version", "filename", "sha256", "filed_by"))
