"""The world around a case, as far as a step looks at it: family, calendar, places taken. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from lifecycle.calendar_years import calendar_of
from lifecycle.cases import call_is_open, quota_taken
from lifecycle.doubles import record_findings
from lifecycle.findings import REVIEWING
from lifecycle.households import load_family
from lifecycle.loading import Loaded
from lifecycle.noticing import completion_reminded, letter_sent
from lifecycle.store import Store
from lifecycle.track_record import with_track_record
from states.catalogue import Programme
from states.decision import Case, Context, Finding
from states.eligibility import evaluate, listing
from states.kin import Child
from states.missed import missed_findings
from states.names import Action, State
from states.outcomes import COUNTED

AWARDS = frozenset(
    {
        Action.REVIEW_SELECT,
        Action.CHAIR_PASS,
        Action.IMPORT_APPROVED,
        Action.PROMOTE_RESERVE,
        Action.REVERSE_STEP,
    }
)
"""Steps that may take a place of the quota: one after the other, or two would take the last place."""

CHECKED = frozenset({State.FORM_REVIEW, State.RECOMMENDED, State.PERFORMANCE_REVIEW})
"""States in which the conditions of the programme are checked."""

UNDECIDED = frozenset({State.DRAFT, State.RETURNED})
"""States in which it matters whether the call is open."""


def context_of(
    conn: Connection,
    store: Store,
    row: RowMapping,
    case: Case,
    programme: Programme,
    on: date,
    action: Action | None,
    loaded: Loaded | None = None,
) -> Context:
    """The world around a case, as far as the action looks at it (None: as far as any does)."""
    parent, children = load_family(conn, store, row) if loaded is None else (None, ())
    findings: tuple[Finding, ...] = ()
    if action in (None, Action.EVALUATE_PASS, *REVIEWING) and case.state in CHECKED:
        findings = findings_of(conn, store, case, programme, on, children)
    awards = case.state not in COUNTED and action in (None, *AWARDS)
    undo = action in (None, Action.REVERSE_STEP)
    return Context(
        programme=programme,
        calendar=calendar_of(conn, store.calendar) if loaded is None else loaded.calendar,
        quota_taken=quota_taken(conn, row["quota_pool"], case.id) if awards else 0,
        findings=findings,
        call_open=case.state not in UNDECIDED or call_is_open(conn, case.programme, on),
        parent=parent,
        children=children,
        pack_digest=row["pack_digest"],
        delivered=undo and letter_sent(conn, case.id, case.steps[-1].seq),
        reminded=case.state is not State.RETURNED or completion_reminded(conn, case.id),
    )


def findings_of(
    conn: Connection,
    store: Store,
    case: Case,
    programme: Programme,
    on: date,
    children: Sequence[Child] = (),
) -> tuple[Finding, ...]:
    """The eligibility findings of a case; what was verified of its unit comes before what it said."""
    facts = facts_for(conn, store, case, programme)
    found = evaluate(
        programme,
        facts,
        case.unit,
        None,
        on=on,
        targets=case.targets,
        materials=case.materials,
        children=children,
    )
    listed = listing(programme, case.title, case.unit)
    missed = missed_findings(case.duties, programme) if case.state is State.PERFORMANCE_REVIEW else ()
    return (*found, *listed, *record_findings(conn, case, programme), *missed)


def facts_for(conn: Connection, store: Store, case: Case, programme: Programme) -> dict[str, Any]:
    """What eligibility looks at: the application, what was verified of its unit, and its track record."""
    said = {**case.facts, **case.unit.facts}
    return with_track_record(conn, store, programme, case.unit, said)
