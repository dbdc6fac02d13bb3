"""What a sweep does with the duties of one chunk: marks, reminders, the word to the next level.

Works inside the caller's transaction and never commits. What is said on which day is decided by
`states.reminders`, and how it reads by `states.reminding`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, select, update

from lifecycle.calendar_years import calendar_of
from lifecycle.cases import DUTY, PROJECT, UNIT, programme_of, watched
from lifecycle.noticing import insert_new, notice_rows
from lifecycle.sending import waits_until
from lifecycle.stamp import CHINA, Stamp
from lifecycle.store import Store
from lifecycle.values import decode_all
from states.attention import reminded
from states.catalogue import DutySpec, Programme
from states.decision import Case, Duty, NoticePlan, Unit
from states.names import DutyStatus, State
from states.reminders import Tick, Watched, tick
from states.reminding import escalation_notice, escalation_receiver, reminder_notice

LIVE = tuple(str(s) for s in (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE))
ESCALATION = "escalation"
STANDING = func.coalesce(DUTY.c.closed_seq, 0) == 0
"""Not closed; said so that no database takes the index over all that is owed for it, the longer way."""

_ABOVE = UNIT.alias("above")
_DUTY = (
    "id", "project_id", "slug", "occurrence", "rule", "label", "owed_by", "anchor", "anchor_date",
    "legal_due", "due", "soft_due", "grace_until", "provisional", "suggested", "status", "opened_on",
    "entered_on", "plan_from", "reminded_on", "told_on", "escalated",
    "escalated_on", "marks",
)  # fmt: skip
_PROJECT = ("programme", "pack_digest", "variant", "title", "state", "version", "year")
# Built once: to build a statement costs more than to run it.
_DUE = (
    select(
        *(DUTY.c[name] for name in _DUTY),
        *(PROJECT.c[name].label(f"project_{name}" if name == "state" else name) for name in _PROJECT),
        UNIT.c.id.label("unit_id"),
        UNIT.c.name.label("unit_name"),
        UNIT.c.kind.label("unit_kind"),
        _ABOVE.c.name.label("superior"),
    )
    .join(PROJECT, PROJECT.c.id == DUTY.c.project_id)
    .join(UNIT, UNIT.c.id == PROJECT.c.unit_id)
    .outerjoin(_ABOVE, _ABOVE.c.id == UNIT.c.superior_id)
    .where(DUTY.c.status.in_(LIVE), STANDING)
    .order_by(DUTY.c.next_on, DUTY.c.id)
)
_MARKED = ("status", "next_on", "reminded_on", "told_on", "escalated", "escalated_on")
_TO = tuple(f"to_{name}" for name in _MARKED)
_MARK = (
    update(DUTY)
    .where(DUTY.c.id.in_(bindparam("duties", expanding=True)))
    .values({name: bindparam(f"to_{name}") for name in _MARKED})
)
"""Duties that come to hold the same are written together: whole programmes fall due on one day."""
_COUNT = (
    update(PROJECT)
    .where(PROJECT.c.id.in_(bindparam("projects", expanding=True)))
    .values(overdue=PROJECT.c.overdue + bindparam("more"))
)


@dataclass(slots=True)
class Said:
    """What was done: notices by key, and how many duties were spoken of, marked or left unsaid."""

    keys: list[str] = field(default_factory=list)
    reminded: int = 0
    escalated: int = 0
    overdue: int = 0
    unsaid: int = 0
    """Marked overdue without a word, because they were past due when they were entered."""

    def add(self, other: Said) -> None:
        """Take over what another chunk did."""
        self.keys += other.keys
        self.reminded += other.reminded
        self.escalated += other.escalated
        self.overdue += other.overdue
        self.unsaid += other.unsaid


def say(conn: Connection, store: Store, stamp: Stamp, wanted: ColumnElement[bool], *, past: bool) -> Said:
    """Do what is to be done on the day of `stamp` with the live duties that are wanted."""
    marks: dict[tuple[Any, ...], list[int]] = {}
    notices: list[dict[str, Any]] = []
    said = Said()
    turned: list[str] = []
    openings: dict[str, datetime | None] = {}
    asked: dict[int, bool] = {}
    calendar = calendar_of(conn, store.calendar)
    rows = conn.execute(_DUE.where(wanted)).mappings().all()
    known = {row["id"]: programme_of(conn, store, row) for row in rows}
    facts = _facts(
        conn, [row["project_id"] for row in rows if "first_host_closer" in known[row["id"]].settings]
    )
    for row in rows:
        programme = known[row["id"]]
        duty, spec = watched(row), _spec(programme, row, facts.get(row["project_id"], {}), stamp.on)
        if id(programme) not in asked:
            asked[id(programme)] = past or bool(programme.setting("remind_past", stamp.on, False))
        seen = tick(duty, spec, stamp.on, calendar, past=asked[id(programme)])
        marks.setdefault(_mark(row, seen, stamp.on), []).append(row["id"])
        if seen.status is not duty.status:
            turned.append(row["project_id"])
            said.unsaid += duty.silent and seen.offset is None
        if seen.offset is None and seen.rung is None:
            continue
        if programme.slug not in openings:
            openings[programme.slug] = waits_until(
                store, programme, stamp.at, calendar, rehearsal=stamp.rehearsal
            )
        notices += _notices(row, duty, spec, seen, programme, stamp, openings[programme.slug])
    _apply(conn, marks, turned)
    said.keys = insert_new(conn, notices)
    fresh = {notice["key"]: notice for notice in notices}
    said.escalated = len({fresh[key]["duty_id"] for key in said.keys if fresh[key]["kind"] == ESCALATION})
    said.reminded = len({fresh[key]["duty_id"] for key in said.keys if fresh[key]["kind"] != ESCALATION})
    said.overdue = len(turned)
    return said


def _facts(conn: Connection, projects: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The facts of the projects whose plan depends on them (R-DL-32); of the others none is read."""
    if not projects:
        return {}
    query = select(PROJECT.c.id, PROJECT.c.facts).where(PROJECT.c.id.in_(set(projects)))
    return {row.id: decode_all(row.facts) for row in conn.execute(query)}


def _spec(programme: Programme, row: RowMapping, facts: Mapping[str, Any], on: date) -> DutySpec:
    """What the pack says of the duty; one that it no longer knows is marked and not spoken of."""
    if row["slug"] in programme.duties:
        return reminded(programme, row["slug"], facts, on)
    return DutySpec(
        row["slug"], row["rule"], row["label"], None, row["owed_by"], row["owed_by"],
        "report", row["suggested"], (), (), None, programme.citation,
    )  # fmt: skip


def _mark(row: RowMapping, seen: Tick, on: date) -> tuple[Any, ...]:
    """What a duty is to hold afterwards, in the order of `_MARKED`."""
    return (
        str(seen.status),
        seen.next_on,
        on if seen.offset is not None else row["reminded_on"],
        seen.told_on,
        seen.rung.after if seen.rung else row["escalated"],
        on if seen.rung else row["escalated_on"],
    )


def _apply(conn: Connection, marks: dict[tuple[Any, ...], list[int]], turned: Sequence[str]) -> None:
    for values, duties in marks.items():
        conn.execute(_MARK, {"duties": duties, **dict(zip(_TO, values, strict=True))})
    added: dict[int, list[str]] = {}
    for project, more in Counter(turned).items():
        added.setdefault(more, []).append(project)
    for more, projects in added.items():
        conn.execute(_COUNT, {"projects": projects, "more": more})


def _notices(
    row: RowMapping,
    watch: Watched,
    spec: DutySpec,
    seen: Tick,
    programme: Programme,
    stamp: Stamp,
    opening: datetime | None,
) -> list[dict[str, Any]]:
    """The rows of the ledger for one duty; they say how it stands on the day on which they leave."""
    case, duty = _case(row), _duty(row, seen.status)
    leaves = _leaves_on(stamp, opening)
    plans: list[NoticePlan] = []
    if seen.offset is not None:
        said_on = min(leaves, max(stamp.on, duty.due)) if seen.offset <= 0 and not duty.suggested else leaves
        plans.append(reminder_notice(case, duty, seen.offset, programme, said_on))
    if seen.rung is not None and (receiver := escalation_receiver(seen.rung, spec, row["superior"])):
        told = seen.told_on or stamp.on
        plans.append(
            escalation_notice(case, duty, seen.rung, receiver, programme, leaves, told, row["superior"])
        )
    ids = {duty.key: row["id"]}
    return [
        {**values, "not_before": opening}
        for plan in plans
        for values in notice_rows(case.id, plan, None, ids, stamp)
    ]


def _leaves_on(stamp: Stamp, opening: datetime | None) -> date:
    if stamp.rehearsal:
        return stamp.on
    return max(stamp.on, (opening or stamp.at).astimezone(CHINA).date())


def _duty(row: RowMapping, status: DutyStatus) -> Duty:
    """As much of a duty as a notice speaks of."""
    return Duty(
        slug=row["slug"],
        occurrence=row["occurrence"],
        rule=row["rule"],
        label=row["label"],
        owed_by=row["owed_by"],
        anchor=row["anchor"],
        anchor_date=row["anchor_date"],
        legal_due=row["legal_due"],
        due=row["due"],
        soft_due=row["soft_due"],
        provisional=row["provisional"],
        suggested=row["suggested"],
        status=status,
        marks=tuple(row["marks"] or ()),
        id=row["id"],
    )


def _case(row: RowMapping) -> Case:
    """As much of a case as a notice speaks of."""
    return Case(
        id=row["project_id"],
        programme=row["programme"],
        lifecycle=row["variant"],
        state=State(row["project_state"]),
        version=row["version"],
        title=row["title"],
        unit=Unit(row["unit_id"], row["unit_name"], row["unit_kind"], None),
        year=row["year"],
        facts={},
        materials=frozenset(),
        flags=frozenset(),
        steps=(),
        duties=(),
    )
