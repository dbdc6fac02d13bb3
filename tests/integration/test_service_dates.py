"""Business dates and capacities: who may write what on which day, and what the record says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lifecycle.people import Actor
from lifecycle.settings import Settings
from states.errors import ForbiddenFault, RefusedFault, UsageFault
from states.names import Role
from tests.record_store import (
    ADMINISTRATOR,
    APPLIED,
    ASSOCIATION,
    CHECKER,
    CLERK,
    EVENT,
    FUJIAN,
    MOMENT,
    ROAD,
    STARTS,
    TODAY,
    Records,
    records,
)

TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
CORRECTION: dict[str, Any] = {"action": "correct_record", "values": {"event.starts_on": STARTS}}


@pytest.fixture
def real(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path, rehearsal=False)
    yield made
    made.app.close()


@pytest.fixture
def practice(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def running(store: Records) -> str:
    """A started event whose every step was entered later, by the clerk or the association."""
    project = store.apply(facts={"event.starts_on": date.fromisoformat(STARTS)})
    both = Actor("both", {"henan": frozenset({Role.FORM_CHECKER, Role.PROV_ASSOCIATION})}, None)
    for action, actor, given in ROAD[:4]:
        by, on = (both if actor is CHECKER else actor), (YESTERDAY if action == "start" else APPLIED)
        store.do(action, project, actor=by, on=on, **given)
    return project


def last(store: Records, project: str) -> dict[str, Any]:
    """The last history entry."""
    entry: dict[str, Any] = store.show(project)["history"][-1]
    return entry


def test_a_step_of_today_is_not_backdated_and_keeps_the_moment(real: Records) -> None:
    project = real.apply(on=TODAY)
    real.do(project=project, actor=CLERK, on=TODAY, **CORRECTION)

    entry = last(real, project)
    assert (entry["on"], entry["at"], entry["backdated"]) == ("2020-05-06", MOMENT.isoformat(), False)


def test_the_day_is_that_of_china(settings: Settings, tmp_path: Path) -> None:
    late = records(settings, tmp_path, rehearsal=False, moment=MOMENT.replace(hour=16))
    assert late.apply(on=TOMORROW) == f"{EVENT}-0001"
    late.app.close()


def test_a_day_of_the_future_is_refused_in_a_real_store(real: Records) -> None:
    project = real.apply(on=TODAY)
    before = real.everything()

    assert real.decline(project=project, actor=CLERK, on=TOMORROW, **CORRECTION).code == "refused"
    with pytest.raises(RefusedFault):
        real.apply(2, on=TOMORROW)
    with pytest.raises(RefusedFault):
        real.service.sweep(TOMORROW)
    with pytest.raises(RefusedFault):
        real.service.open_call(CLERK, EVENT, TOMORROW)
    assert real.everything() == before


def test_an_earlier_day_needs_a_clerk_or_the_association_and_a_reason(real: Records) -> None:
    project = real.apply(on=APPLIED)

    declined = real.decline("accept_for_form_review", project, actor=CHECKER, on=YESTERDAY)
    assert (declined.code, declined.message) == ("forbidden", "补录以前日期的事项须由经办人员或省科协办理")
    declined = real.decline(project=project, actor=CLERK, on=YESTERDAY, reason=None, **CORRECTION)
    assert (declined.code, declined.message) == ("refused", "补录以前日期的事项须用 --reason 写明原因")
    real.do(project=project, actor=CLERK, on=YESTERDAY, **CORRECTION)
    entry = last(real, project)
    assert (entry["on"], entry["at"], entry["backdated"]) == ("2020-05-05", MOMENT.isoformat(), True)


@pytest.mark.parametrize("rehearsal", [True, False])
def test_no_day_before_the_last_entry(settings: Settings, tmp_path: Path, rehearsal: bool) -> None:
    store = records(settings, tmp_path, rehearsal=rehearsal)
    project = store.apply(on=APPLIED)
    declined = store.decline(project=project, actor=CLERK, on=APPLIED - timedelta(days=1), **CORRECTION)

    assert declined.message == "业务日期 2020-03-01 早于该项目最近一次记录 2020-03-02"
    store.app.close()


def test_a_practice_store_takes_any_later_day_from_anybody(practice: Records) -> None:
    project = practice.apply(on=APPLIED)
    practice.do("accept_for_form_review", project, actor=CHECKER, on=date(2031, 1, 2))

    entry = last(practice, project)
    assert (entry["on"], entry["at"], entry["backdated"]) == ("2031-01-02", MOMENT.isoformat(), False)
    assert practice.service.sweep(date(2032, 1, 1)).on == date(2032, 1, 1)


def test_a_report_keeps_to_the_same_days(real: Records) -> None:
    project = running(real)
    member = real.member(project)
    with pytest.raises(ForbiddenFault, match="补录以前日期"):
        real.service.report(member, project, "preparation_report", YESTERDAY, reason="口头汇报")
    with pytest.raises(RefusedFault, match="在将来"):
        real.service.report(member, project, "preparation_report", TOMORROW, reason="口头汇报")
    real.service.report(member, project, "preparation_report", TODAY, reason="口头汇报")
    assert last(real, project)["backdated"] is False


def test_a_unit_acts_on_its_own_projects_only(practice: Records) -> None:
    project, other = practice.started(1), practice.started(2)
    on = date(2020, 4, 1)
    given: dict[str, Any] = {"values": {"event.starts_on": "2020-11-20"}, "on": on}
    stranger = practice.member(other)
    declined = practice.decline("reschedule_event", project, actor=stranger, **given)
    assert (declined.code, declined.reasons[0].message) == (
        "forbidden", "该项目属于其他单位，您只能办理本单位（设区市科协为所辖县）的项目"
    )  # fmt: skip
    declined = practice.decline("open_evaluation", other, actor=stranger, on=on)
    assert declined.reasons[0].message == "“开展绩效评价”由省科协、省科协学会学术部办理，您没有这一角色"
    with pytest.raises(ForbiddenFault, match="该项目属于其他单位"):
        practice.service.report(stranger, project, "preparation_report", on)

    practice.do("reschedule_event", project, actor=practice.member(project), **given)
    assert last(practice, project)["role"] == "undertaking_unit"


def test_a_clerk_records_for_a_unit_with_the_paper_and_the_unit_is_named(practice: Records) -> None:
    project = practice.started()
    given: dict[str, Any] = {
        "values": {"event.starts_on": "2020-11-20"},
        "on": date(2020, 4, 1),
        "actor": CLERK,
    }
    declined = practice.decline("reschedule_event", project, **given)
    assert [r.rule for r in declined.reasons] == ["R-ROLE-24"]

    practice.do("reschedule_event", project, papers=("other",), **given)
    entry = last(practice, project)
    assert (entry["actor"], entry["role"], entry["represented"], entry["stood_in_by"]) == (
        "clerk", "clerk", "河南省示例学会1", None
    )  # fmt: skip
    assert [paper["kind"] for paper in entry["materials"]] == ["other"]


def test_who_stood_in_is_recorded_beside_the_one_who_acts(practice: Records) -> None:
    project = practice.apply()
    practice.do(project=project, actor=replace(CLERK, stood_in_by="root"), **CORRECTION)

    entry = last(practice, project)
    assert (entry["actor"], entry["stood_in_by"]) == ("clerk", "root")


@pytest.mark.parametrize("actor", [ADMINISTRATOR, FUJIAN], ids=["administrator", "another province"])
def test_neither_an_administrator_nor_another_province_decides_anything(
    practice: Records, actor: Actor
) -> None:
    project = practice.apply()
    before = practice.everything()
    codes = {
        offered["action"]: practice.decline(offered["action"], project, actor=actor).code
        for offered in practice.service.actions(actor, project, APPLIED)
        if offered["here"]
    }

    assert codes == dict.fromkeys(codes, "forbidden")
    assert sorted(codes) == [
        "accept_for_form_review",
        "adopt_pack",
        "correct_record",
        "mark_child",
        "reverse_step",
        "withdraw",
    ]
    assert practice.everything() == before


def test_a_role_of_all_provinces_acts_in_each(practice: Records) -> None:
    everywhere = Actor("all", {"*": frozenset({Role.FORM_CHECKER})}, None)
    assert practice.do("accept_for_form_review", practice.apply(), actor=everywhere).dest == "form_review"


def test_a_call_is_opened_by_the_office_of_its_own_province(practice: Records) -> None:
    for actor in (FUJIAN, CHECKER):
        with pytest.raises(ForbiddenFault):
            practice.service.open_call(actor, EVENT, APPLIED)
    with pytest.raises(UsageFault, match="早于开放日期"):
        practice.service.open_call(ASSOCIATION, EVENT, APPLIED, APPLIED - timedelta(days=1))
    assert practice.service.open_call(ASSOCIATION, "R-PROG-27", APPLIED) == EVENT
