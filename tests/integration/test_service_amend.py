"""Corrections, moved dates and undone steps: facts, duties and notices go together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from lifecycle.database import transaction
from lifecycle.settings import Settings
from states.errors import BadInputFault, ForbiddenFault, LifecycleError, NotFoundFault, RefusedFault
from states.names import Role
from tests.record_store import (
    APPLIED,
    ASSOCIATION,
    CHECKER,
    CLERK,
    SECOND,
    TABLES,
    Records,
    records,
)

ON = date(2020, 4, 1)
DUTY = "preparation_report"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def move(store: Records, project: str, day: str, on: date = ON, actor: Any = CLERK) -> None:
    """Another date of the event."""
    store.service.amend(actor, project, {"event.starts_on": day}, on, "示例理由")


def letters(store: Records) -> list[tuple[str, str]]:
    """Kind and status of every notice of a step, oldest first."""
    return [(row["kind"], row["status"]) for row in store.rows("notice") if row["duty_id"] is None]


def reminded(store: Records) -> list[str]:
    """The status of every reminder of the event's duty, oldest first."""
    return [row["status"] for row in store.rows("notice") if f".{DUTY}." in row["key"]]


def reminder_day(store: Records, project: str) -> date:
    """The first day on which the event's duty is spoken of."""
    return date.fromisoformat(store.duty(project, DUTY)["upcoming"][0])


def sent(store: Records, status: str = "sent") -> None:
    """Everything that was pending is out."""
    table = TABLES["notice"]
    with transaction(store.app.engine) as conn:
        conn.execute(update(table).where(table.c.status == "pending").values(status=status))


def test_a_correction_moves_the_duty_in_the_same_transaction_and_keeps_the_move(store: Records) -> None:
    """R-DL-05: one month before the event; the legal day does not move later before an event."""
    project = store.started()
    assert store.duty(project, DUTY)["due"] == "2020-09-20"
    move(store, project, "2020-11-20")
    duty = store.duty(project, DUTY)

    assert (duty["due"], duty["marks"]) == ("2020-10-20", ["因会期调整"])
    assert duty["moves"] == [
        {"on": "2020-04-01", "from": "2020-09-20", "to": "2020-10-20",
         "reason": "召开日期改为 2020-11-20"}
    ]  # fmt: skip
    entry = store.show(project)["history"][-1]
    assert entry["action"] == "correct_record"
    assert entry["changes"] == {"event.starts_on": {"from": "2020-10-20", "to": "2020-11-20"}}


def test_the_unit_itself_reschedules_and_corrects_nothing_else(store: Records) -> None:
    project = store.started()
    member = store.member(project)
    move(store, project, "2020-11-20", actor=member)
    entry = store.show(project)["history"][-1]
    assert (entry["action"], entry["role"]) == ("reschedule_event", "undertaking_unit")

    with pytest.raises(ForbiddenFault):
        store.service.amend(member, project, {"event.theme": "示例"}, ON, "示例理由")


@pytest.mark.parametrize(
    ("fault", "values", "reason"),
    [
        (RefusedFault, {"event.starts_on": "2020-11-20"}, None),
        (RefusedFault, {"project.approved_on": "2020-01-01"}, "示例理由"),
        (RefusedFault, {"event.starts_on": "0206-11-20"}, "示例理由"),
        (RefusedFault, {}, "示例理由"),
        (BadInputFault, {"event.starts": "2020-11-20"}, "示例理由"),
    ],
    ids=["no reason", "protected", "year", "nothing", "name"],
)
def test_a_correction_that_is_not_one_changes_nothing(
    store: Records, fault: type[LifecycleError], values: dict[str, str], reason: str | None
) -> None:
    project = store.started()
    before = store.everything()
    with pytest.raises(fault):
        store.service.amend(CLERK, project, values, ON, reason)
    assert store.everything() == before


def test_a_project_that_is_not_there_cannot_be_amended(store: Records) -> None:
    with pytest.raises(NotFoundFault):
        move(store, "h20-academic-event-0099", "2020-11-20")


def test_a_contact_is_corrected_like_any_fact_and_the_correction_can_be_undone(store: Records) -> None:
    project = store.apply()
    store.service.amend(CLERK, project, {"电子邮箱": "new@example.org", "联系电话": "0371-1"}, ON, "示例理由")
    shown = store.show(project)
    assert shown["contact"] == {"name": "示例", "phone": "0371-1", "email": "new@example.org"}
    assert shown["facts"]["contact.email"]["source"] == "核实"

    store.do("reverse_step", project, on=ON)
    assert store.show(project)["contact"] == {"name": "示例", "phone": None, "email": "contact@example.org"}
    assert store.whole() is True


def test_a_moved_date_cancels_the_reminder_that_is_not_out(store: Records) -> None:
    project = store.started()
    store.service.sweep(date(2020, 8, 25))
    assert reminded(store) == ["pending"]
    move(store, project, "2021-03-20", on=date(2020, 8, 26))

    assert reminded(store) == ["cancelled"]


def test_a_reminder_that_is_out_stays_out(store: Records) -> None:
    project = store.started()
    store.service.sweep(date(2020, 8, 25))
    sent(store)
    move(store, project, "2021-03-20", on=date(2020, 8, 26))

    assert reminded(store) == ["sent"]


def test_a_date_moved_away_and_back_revives_its_reminder(store: Records) -> None:
    """The key of a reminder is the duty's date: it must neither break nor stay cancelled."""
    project = store.started()
    day = reminder_day(store, project)
    (key,) = [key for key in store.service.sweep(day).notices if DUTY in key]
    table = TABLES["notice"]
    with transaction(store.app.engine) as conn:
        conn.execute(
            update(table).where(table.c.key == key).values(status="failed", attempts=4, error="拒收")
        )
    move(store, project, "2021-03-20", on=day)
    assert reminded(store) == ["cancelled"]
    move(store, project, "2020-10-20", on=day)

    assert store.service.sweep(day).notices == (key,)
    (row,) = [row for row in store.rows("notice") if row["key"] == key]
    assert (row["status"], row["attempts"], row["error"]) == ("pending", 0, None)
    assert store.service.sweep(day).notices == ()


def test_a_reminder_that_is_out_is_not_sent_twice_when_the_date_comes_back(store: Records) -> None:
    project = store.started()
    day = reminder_day(store, project)
    store.service.sweep(day)
    sent(store)
    move(store, project, "2021-03-20", on=day)
    move(store, project, "2020-10-20", on=day)

    assert store.service.sweep(day).notices == ()
    assert reminded(store) == ["sent"]


def test_an_undone_step_restores_facts_state_and_duties_and_cancels_what_is_not_out(store: Records) -> None:
    project = store.apply(facts={"event.starts_on": date(2020, 10, 20)})
    store.walk(project, "form_pass")
    sent(store)
    before = store.show(project)
    store.do("review_select", project, papers=("review_record",), values={"amount": "50000"})
    assert letters(store)[-1] == ("approval_letter", "held")
    assert store.duty(project, DUTY)["status"] == "open"
    done = store.do("reverse_step", project, actor=SECOND)
    after = store.show(project)

    assert (done.source, done.dest) == ("approved", "expert_review")
    kept = ("state", "amount", "flags", "started_on", "ends_on")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert {n: f["value"] for n, f in after["facts"].items()} == {
        n: f["value"] for n, f in before["facts"].items()
    }
    assert store.duty(project, DUTY)["status"] == "cancelled"
    assert letters(store) == [("acknowledgement", "sent"), ("approval_letter", "cancelled")]
    assert store.whole() is True


def test_a_step_undone_and_taken_again_gives_a_letter_of_its_own(store: Records) -> None:
    project = store.apply()
    store.walk(project, "form_pass")
    given: dict[str, Any] = {"papers": ("review_record",), "values": {"amount": "50000"}}
    store.do("review_select", project, **given)
    store.do("reverse_step", project, actor=SECOND)
    store.do("review_select", project, **given)

    assert [n for n in letters(store) if n[0] == "approval_letter"] == [
        ("approval_letter", "cancelled"), ("approval_letter", "held")
    ]  # fmt: skip


def test_an_undone_closing_step_reopens_the_duty_it_met(store: Records) -> None:
    project = store.started()
    store.do("open_evaluation", project, on=ON)
    assert store.duty(project, "evaluation_opening")["status"] == "met"
    store.do("reverse_step", project, actor=SECOND, on=ON)

    duty = store.duty(project, "evaluation_opening")
    assert (duty["status"], duty["met_on"]) == ("suggested", None)


def test_only_the_last_step_is_undone_by_another_person_with_a_reason(store: Records) -> None:
    project = store.apply()
    store.do("accept_for_form_review", project, actor=CHECKER)
    store.do("correct_record", project, actor=ASSOCIATION, values={"event.theme": "示例"})
    assert [r.rule for r in store.decline("reverse_step", project).reasons] == ["R-LIFE-160"]
    assert store.decline("reverse_step", project, actor=SECOND, reason=None).code == "refused"
    assert store.decline("reverse_step", project, actor=CLERK).code == "forbidden"
    store.do("reverse_step", project, actor=SECOND)

    assert store.show(project)["state"] == "form_review"
    assert store.decline("reverse_step", project).code == "refused"


def test_the_contact_may_be_corrected_before_and_after_every_step(store: Records) -> None:
    project = store.apply()
    store.walk(project, "evaluate_pass")
    store.service.amend(CLERK, project, {"contact.name": "另一人"}, ON, "示例理由")
    assert store.show(project)["contact"]["name"] == "另一人"
    with pytest.raises(ForbiddenFault):
        store.service.amend(
            store.member(project, Role.UNDERTAKING_UNIT), project, {"contact.name": "甲"}, ON, "示例理由"
        )
    assert store.rows("project")[0]["last_on"] == ON
    assert APPLIED < ON
