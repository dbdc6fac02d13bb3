"""An application that is handed in again is looked at like a first one; late entries are marked as such."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from lifecycle.database import transaction
from lifecycle.people import Actor
from lifecycle.settings import Settings
from lifecycle.units import find_or_register, verify_fact
from states.errors import BadInputFault, ForbiddenFault, LifecycleError, RefusedFault
from states.names import Role
from tests.record_store import (
    ADMINISTRATOR,
    APPLIED,
    ASSOCIATION,
    CLERK,
    EVENT,
    SOCIETY,
    TALENT,
    TODAY,
    Records,
    records,
)

YESTERDAY = TODAY - timedelta(days=1)
UNIT = "河南省示例学会1"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


@pytest.fixture
def real(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path, rehearsal=False)
    yield made
    made.app.close()


def refused(store: Records, fault: type[LifecycleError], number: int = 1, **given: object) -> str:
    before = store.everything()
    with pytest.raises(fault) as told:
        store.apply(number, **given)
    assert store.everything() == before
    return told.value.message


def test_an_update_that_contradicts_the_register_is_refused_with_both_values(store: Records) -> None:
    project = store.apply(draft=True, unit_region="郑州市")
    told = refused(store, BadInputFault, id=project, draft=True, unit_region="洛阳市")
    assert told == f"单位“{UNIT}”与单位登记簿不符：所在地区在文件中为“洛阳市”，登记簿中为“郑州市”。"


def test_an_update_that_contradicts_a_verified_fact_is_refused(store: Records) -> None:
    project = store.apply(draft=True)
    with transaction(store.app.engine) as conn:
        unit = find_or_register(conn, UNIT, "prov_society")
        verify_fact(conn, unit, "unit.party_org_complete", True, "clerk", APPLIED)
    told = refused(
        store, BadInputFault, id=project, draft=True, unit_facts={"unit.party_org_complete": False}
    )
    assert "“unit.party_org_complete”" in told


def test_an_update_for_another_unit_registers_nobody(store: Records) -> None:
    project = store.apply(draft=True)
    told = refused(store, BadInputFault, id=project, draft=True, unit_name="别的学会")
    assert told == f"{project} 的申报单位登记为“{UNIT}”，文件写的是“别的学会”"


def test_a_name_in_other_spacing_is_the_same_unit(store: Records) -> None:
    project = store.apply(draft=True)
    assert store.apply(id=project, draft=True, unit_name=" 河南省示例学会 1") == project


def test_what_was_said_before_counts_when_doubles_are_looked_for(store: Records) -> None:
    """A draft may not drop the person by whom a double would be found."""
    person = {"talent.name": "张某", "talent.birth_date": date(1990, 1, 2)}
    store.apply(1, programme=TALENT, facts=person)
    draft = store.apply(2, programme=TALENT, facts=person, draft=True)
    assert f"{TALENT}-0001" in refused(store, RefusedFault, 2, programme=TALENT, id=draft)


def test_entries_of_an_earlier_day_are_marked(real: Records) -> None:
    project = real.apply(on=YESTERDAY, draft=True, reason="来件晚到")
    real.apply(on=YESTERDAY, id=project, reason="来件晚到")
    real.apply(2, on=TODAY, reason=None)

    told = [(entry["action"], entry["backdated"]) for entry in real.show(project)["history"]]
    assert told == [("create", True), ("edit", True), ("submit", True)]
    second = [entry["backdated"] for entry in real.show(f"{EVENT}-0002")["history"]]
    assert second == [False, False]
    assert real.whole() is True


def test_a_call_of_an_earlier_day_needs_a_reason_in_a_real_store(real: Records) -> None:
    before = real.everything()
    for act in (real.service.open_call, real.service.close_call):
        with pytest.raises(RefusedFault, match="--reason"):
            act(CLERK, EVENT, YESTERDAY)
    assert real.everything() == before
    assert real.service.close_call(CLERK, EVENT, YESTERDAY, reason="通知晚到") == EVENT
    assert real.service.open_call(ASSOCIATION, EVENT, TODAY) == EVENT


def test_an_earlier_call_is_not_for_a_department(real: Records) -> None:
    department = Actor("department", {"fujian": frozenset({Role.ACADEMIC_DEPARTMENT})}, None)
    assert real.service.open_call(department, SOCIETY, TODAY) == SOCIETY
    with pytest.raises(ForbiddenFault):
        real.service.open_call(department, SOCIETY, YESTERDAY, reason="通知晚到")


def test_an_administrator_opens_a_call_of_today_and_none_of_an_earlier_day(real: Records) -> None:
    assert real.service.open_call(ADMINISTRATOR, EVENT, TODAY) == EVENT
    for act in (real.service.open_call, real.service.close_call):
        with pytest.raises(ForbiddenFault):
            act(ADMINISTRATOR, EVENT, YESTERDAY, reason="通知晚到")
