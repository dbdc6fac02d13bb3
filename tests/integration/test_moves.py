"""What moves a deadline moves it at once: every dependent duty, its stale notices and its moves in one step.

R-DL-25…27, R-SCN-07, R-SCN-21: event date changed, extension granted or refused, halt and resumption, file
returned, receipt entered and corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.cases import load_case, project_row
from lifecycle.database import reading
from lifecycle.settings import Settings
from states.duties import KINDS
from states.names import DutyStatus
from states.planners.plan import Situation
from tests.record_store import ASSOCIATION, CHECKER, CLERK, Records, records

PREPARATION, RECTIFICATION = "preparation_report", "rectification_report"
AUTUMN, WINTER = date(2020, 9, 7), date(2020, 12, 2)
Acts = Callable[[Records, str], object]


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A practice store on either database."""
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def event(store: Records) -> str:
    """A running event of 20 October 2020, whose report is owed by 20 September."""
    return store.started(1)


def unit(store: Records, project: str, action: str, on: date, **given: Any) -> None:
    """A step of the project's own unit."""
    store.do(action, project, actor=store.member(project), on=on, **given)


def extension_asked(store: Records) -> str:
    """An event whose unit asked for a later end."""
    project = event(store)
    unit(store, project, "request_extension", date(2020, 9, 1), papers=("extension_request",),
         values={"request.new_end": "2021-03-31"})  # fmt: skip
    return project


def halted(store: Records) -> str:
    """An event that was halted on 1 September, with 19 days left."""
    project = event(store)
    unit(store, project, "request_halt", date(2020, 9, 1), papers=("halt_request",))
    store.do("approve_halt", project, on=date(2020, 9, 1), papers=("halt_decision",))
    return project


def reviewed(store: Records) -> str:
    """An application in its form review."""
    project = store.apply(1)
    store.do("accept_for_form_review", project, actor=CHECKER)
    return project


def rectifying(store: Records) -> str:
    """A project with issues, whose receipt is not on file yet."""
    project = event(store)
    store.do("open_evaluation", project, on=date(2020, 12, 1))
    store.do("record_evaluation", project, on=date(2020, 12, 1), papers=("evaluation_report",),
             values={"evaluation.conclusion": "合格", "evaluation.has_issues": "是"})  # fmt: skip
    store.do("evaluate_issues", project, on=date(2020, 12, 1))
    return project


def received(store: Records) -> str:
    """The same with a receipt of 3 December."""
    project = rectifying(store)
    store.do("record_receipt", project, actor=CLERK, on=date(2020, 12, 3),
             values={"evaluation.received_on": "2020-12-03"})  # fmt: skip
    return project


def step(action: str, on: date, **given: Any) -> Acts:
    """A step of the office."""
    return lambda store, project: store.do(action, project, on=on, **given)


def own(action: str, on: date, **given: Any) -> Acts:
    """A step of the unit."""
    return lambda store, project: unit(store, project, action, on, **given)


def corrected(store: Records, project: str) -> None:
    """The receipt was five days later."""
    given = {"evaluation.received_on": "2020-12-08"}
    store.service.amend(ASSOCIATION, project, given, date(2020, 12, 10), "回执日期有误")


def halt(store: Records, project: str) -> None:
    """The unit asks for a halt, and it is granted."""
    unit(store, project, "request_halt", AUTUMN, papers=("halt_request",))
    store.do("approve_halt", project, on=AUTUMN, papers=("halt_decision",))


def held(day: str) -> Acts:
    """The event is to be held on another day."""
    return own("reschedule_event", AUTUMN, values={"event.starts_on": day})


CALLED_OFF = own("reschedule_event", AUTUMN, values={"event.cancelled_on": "2020-09-07"})
GRANTED = step("approve_extension", AUTUMN, papers=("extension_decision",))
REFUSED = step("refuse_extension", AUTUMN)
SOON, LATE = (step("resume_halted", day) for day in (date(2020, 9, 10), date(2020, 10, 1)))
RETURNED = step(
    "return_for_completion", date(2020, 3, 5), actor=CHECKER, values={"return.received_on": "2020-03-05"}
)
RECEIVED = step(
    "record_receipt", date(2020, 12, 3), actor=CLERK, values={"evaluation.received_on": "2020-12-03"}
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that happens to a project, and what one duty is afterwards."""

    name: str
    before: Callable[[Records], str]
    act: Acts
    duty: str
    due: str
    status: str
    moved_from: tuple[str | None, ...] = ()
    """The dates that it was moved from, first to last."""
    swept: date = AUTUMN
    """The day of the last sweep before it."""


OPENING, FIRST, LATER = "evaluation_opening", ("2020-09-20",), ("2021-03-03",)
# fmt: off
CAUSES = (
    Cause("event later", event, held("2020-11-20"), PREPARATION, "2020-10-20", "open", FIRST),
    Cause("event earlier", event, held("2020-10-15"), PREPARATION, "2020-09-15", "open", FIRST),
    Cause("event too early", event, held("2020-09-20"), PREPARATION, "2020-09-07", "open", FIRST),
    Cause("event cancelled", event, CALLED_OFF, PREPARATION, "2020-09-20", "suspended"),
    Cause("extension granted", extension_asked, GRANTED, OPENING, "2021-03-31", "suggested", ("2020-12-31",)),
    Cause("extension refused", extension_asked, REFUSED, OPENING, "2020-12-31", "suggested"),
    Cause("halted", event, halt, PREPARATION, "2020-09-20", "suspended"),
    Cause("resumed in time", halted, SOON, PREPARATION, "2020-09-20", "open"),
    Cause("resumed too late", halted, LATE, PREPARATION, "2020-10-20", "open", FIRST),
    Cause("file returned", reviewed, RETURNED, "completion", "2020-03-12", "open", swept=date(2020, 3, 4)),
    Cause("receipt entered", rectifying, RECEIVED, RECTIFICATION, "2021-03-03", "open", swept=WINTER),
    Cause("receipt corrected", received, corrected, RECTIFICATION, "2021-03-08", "open", LATER, WINTER),
)
# fmt: on


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_a_cause_moves_every_duty_that_rests_on_it_with_its_notices_in_the_same_step(
    store: Records, cause: Cause
) -> None:
    project = cause.before(store)
    store.service.sweep(cause.swept)
    cause.act(store, project)

    duty = store.duty(project, cause.duty)
    assert (duty["due"], duty["status"]) == (cause.due, cause.status)
    assert tuple(move["from"] for move in duty["moves"]) == cause.moved_from
    assert [move["to"] for move in duty["moves"][-1:]] == [cause.due] * bool(cause.moved_from)
    assert stale(store, project) == []
    assert unplanned(store, project) == {}
    assert store.whole()


def stale(store: Records, project: str) -> list[str]:
    """Notices still to go out that speak of another date than their duty has, or of one not owed now."""
    duties = {row["id"]: row for row in store.rows("duty") if row["project_id"] == project}
    live = {str(s) for s in (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE)}
    return [
        row["key"]
        for row in store.rows("notice")
        if row["duty_id"] in duties
        and row["status"] in ("pending", "failed")
        and (
            duties[row["duty_id"]]["status"] not in live
            or row["details"]["due"] != duties[row["duty_id"]]["due"].isoformat()
        )
    ]


def unplanned(store: Records, project: str) -> dict[tuple[str, str], tuple[date, date]]:
    """Duties that are owed by another legal day than planners give for the project as it now stands."""
    with reading(store.app.engine) as conn:
        case, programme = load_case(conn, store.app.store, project_row(conn, project))
    now = Situation(case, case.state, case.facts, programme, store.app.calendar, None, case.steps[-1].on)
    planned = {
        (kind.slug, one.occurrence): one.legal_due
        for kind in KINDS
        if kind.slug in programme.duties
        for one in kind.plan(now, programme.duties[kind.slug])
    }
    return {
        duty.key: (duty.legal_due, planned[duty.key])
        for duty in case.duties
        if duty.live and planned[duty.key] != duty.legal_due
    }
