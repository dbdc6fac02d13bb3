"""Reports that fulfil duties: by whom, for which period, with what, and what may not slip in with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.settings import Settings
from states.errors import BadInputFault, ForbiddenFault, LifecycleError, NotFoundFault, RefusedFault
from tests.record_store import ADMINISTRATOR, ASSOCIATION, CHECKER, CLERK, TALENT, Records, records

DUTY = "preparation_report"
ON = date(2020, 9, 18)
TALENT_FACTS = {
    "talent.name": "张某",
    "talent.birth_date": date(1990, 1, 2),
}


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def report(store: Records, project: str, **given: Any) -> int:
    """A report by the unit itself unless somebody else is named."""
    actor = given.pop("actor", None) or store.member(project)
    if not given.keys() & {"reason", "materials", "document"} and actor.login != CLERK.login:
        given["reason"] = "口头汇报"
    return store.service.report(actor, project, given.pop("duty", DUTY), given.pop("on", ON), **given)


def refused(store: Records, fault: type[LifecycleError], project: str, **given: Any) -> LifecycleError:
    """A report that has to be refused without a trace."""
    before = store.everything()
    with pytest.raises(fault) as told:
        report(store, project, **given)
    assert store.everything() == before
    return told.value


@pytest.mark.parametrize("name", [DUTY, "R-DL-05"])
def test_a_report_meets_its_duty_and_is_an_entry_of_the_history(store: Records, name: str) -> None:
    project = store.started()
    version = store.show(project)["version"]
    row = report(store, project, duty=name, materials=(("preparation_plan", store.paper()),))
    duty = store.duty(project, DUTY)
    entry = store.show(project)["history"][-1]

    assert (duty["id"], duty["status"], duty["met_on"]) == (row, "met", "2020-09-18")
    assert (entry["seq"], entry["action"], entry["rule"], entry["role"]) == (
        version + 1, "report", "R-DL-05", "undertaking_unit"
    )  # fmt: skip
    assert [paper["kind"] for paper in entry["materials"]] == ["preparation_plan"]
    assert store.whole() is True


def test_a_report_by_its_label_after_the_day_is_late(store: Records) -> None:
    project = store.started()
    report(store, project, duty=store.duty(project, DUTY)["label"], on=date(2020, 9, 21))
    assert store.duty(project, DUTY)["status"] == "late"


def test_a_report_is_made_once(store: Records) -> None:
    project = store.started()
    report(store, project)
    told = refused(store, RefusedFault, project)
    assert [reason.rule for reason in told.reasons] == ["R-DL-03"]


def test_a_duty_that_an_action_meets_is_not_reported(store: Records) -> None:
    """Decision: one door for each duty, the other is refused with a hint."""
    project = store.started()
    told = refused(store, RefusedFault, project, duty="midterm_report")
    assert "不用 report 登记，由操作 midterm_done 完成" in told.message


def test_a_duty_that_is_not_owed_is_not_found(store: Records) -> None:
    project = store.started()
    told = refused(store, NotFoundFault, project, duty="half_year_guidance")
    assert told.message.startswith(f"{project} 没有名为“half_year_guidance”的事项；现有：")
    told = refused(store, NotFoundFault, project, period="2016-06")
    assert told.message.endswith("没有第 2016-06 期；现有：（不分期）")
    refused(store, NotFoundFault, "h20-academic-event-0099", actor=CLERK)


def test_a_clerk_reports_for_the_unit_with_a_paper_or_the_record_of_a_talk(store: Records) -> None:
    project = store.started()
    told = refused(store, RefusedFault, project, actor=CLERK)
    assert [reason.rule for reason in told.reasons] == ["R-ROLE-24"]
    report(store, project, actor=CLERK, reason="电话会谈记录")

    entry = store.show(project)["history"][-1]
    assert (entry["role"], entry["represented"]) == ("clerk", "河南省示例学会1")
    assert entry["reason"].endswith("：电话会谈记录")


@pytest.mark.parametrize("actor", [ASSOCIATION, CHECKER, ADMINISTRATOR], ids=lambda actor: actor.login)
def test_nobody_else_reports_for_the_unit(store: Records, actor: Any) -> None:
    refused(store, ForbiddenFault, store.started(), actor=actor)


@pytest.mark.parametrize(
    ("fault", "values"),
    [
        (RefusedFault, {"project.ends_on": "2030-01-01"}),
        (RefusedFault, {"amount": "1"}),
        (RefusedFault, {"evaluation.conclusion": "优秀"}),
        (RefusedFault, {"event.starts_on": "2021-10-20"}),
        (RefusedFault, {"event.theme": ""}),
        (BadInputFault, {"evnt.theme": "示例"}),
    ],
    ids=["end", "amount", "conclusion", "event date", "blank", "name"],
)
def test_nothing_that_a_step_decides_slips_in_with_a_report(
    store: Records, fault: type[LifecycleError], values: dict[str, str]
) -> None:
    refused(store, fault, store.started(), values=values)


@pytest.mark.parametrize("name", ["event.theme", "contact.email"])
def test_a_report_carries_no_facts_and_names_the_way_that_does(store: Records, name: str) -> None:
    values = {"event.theme": "示例主题", "contact.email": "a@example.org"}
    told = refused(store, RefusedFault, store.started(), values={name: values[name]})
    assert told.message == f"报送只登记事项已履行，不能同时设置 {name}；请另用 amend 更正"


def test_the_report_of_a_halted_project_waits(store: Records) -> None:
    project = store.started()
    on = date(2020, 5, 6)
    store.do("request_halt", project, actor=store.member(project), on=on, papers=("halt_request",))
    store.do("approve_halt", project, on=on, papers=("halt_decision",))
    told = refused(store, RefusedFault, project)

    assert [reason.rule for reason in told.reasons] == ["R-DL-27"]


def test_a_talent_is_not_among_the_programmes_with_an_event(store: Records) -> None:
    project = store.apply(7, programme=TALENT, facts=TALENT_FACTS)
    refused(store, NotFoundFault, project, actor=CLERK, duty=DUTY)
