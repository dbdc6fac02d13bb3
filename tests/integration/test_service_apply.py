"""Taking applications in: what is checked before anything is written, and what an update may change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.database import transaction
from lifecycle.settings import Settings
from lifecycle.units import find_or_register, verify_fact
from states.errors import BadInputFault, ForbiddenFault, LifecycleError, NotFoundFault, RefusedFault
from states.names import Role
from tests.record_store import (
    ADMINISTRATOR,
    APPLIED,
    CHECKER,
    CLERK,
    EVENT,
    FUJIAN_CLERK,
    HUNDRED,
    TALENT,
    Records,
    application,
    records,
)

CLOSING = date(2020, 3, 10)
PERSON = {"talent.name": "张某", "talent.birth_date": date(1990, 1, 2)}


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def refused(store: Records, fault: type[LifecycleError], **given: Any) -> LifecycleError:
    """An application that has to be refused, without a trace."""
    before = store.everything()
    with pytest.raises(fault) as told:
        store.apply(given.pop("number", 9), **given)
    assert store.everything() == before
    return told.value


def test_an_application_is_created_and_submitted_at_once(store: Records) -> None:
    project = store.apply(facts={"event.starts_on": date(2020, 10, 20)}, targets={"attendees": 200})
    shown = store.show(project)

    assert project == f"{EVENT}-0001"
    assert [(e["seq"], e["action"], e["from"], e["to"], e["role"]) for e in shown["history"]] == [
        (1, "create", None, "draft", "clerk"),
        (2, "submit", "draft", "submitted", "clerk"),
    ]
    assert [e["represented"] for e in shown["history"]] == ["河南省示例学会1"] * 2
    assert shown["facts"]["event.starts_on"] == {
        "value": "2020-10-20", "label": "召开日期", "source": "申报自述", "by": "clerk", "on": "2020-03-02"
    }  # fmt: skip
    assert shown["facts"]["contact.email"]["value"] == "contact@example.org"
    assert [(m["kind"], m["version"]) for m in shown["materials"]] == [("application_form", 1)]
    assert shown["targets"] == {"attendees": 200}
    assert store.whole() is True


def test_a_dry_run_gives_no_number_and_writes_nothing(store: Records) -> None:
    before = store.everything()
    assert store.apply(dry_run=True) == ""
    assert store.everything() == before
    assert store.apply() == f"{EVENT}-0001"


def test_a_kind_of_unit_that_may_not_apply_is_refused_with_those_that_may(store: Records) -> None:
    told = refused(store, RefusedFault, unit_kind="host_university")
    assert [(r.rule, r.message) for r in told.reasons] == [
        (
            "R-ELIG-01",
            "高校（高校科协的依托单位）不在申报对象之列（申报对象：全省学会（协会、研究会）、省辖市科协、济源示范区科协）",
        )
    ]


@pytest.mark.parametrize(
    "on", [date(2020, 1, 5), date(2020, 3, 11)], ids=["before it opens", "after it closes"]
)
def test_outside_the_call_nothing_is_taken_in(store: Records, on: date) -> None:
    store.service.close_call(CLERK, EVENT, CLOSING)
    assert [r.rule for r in refused(store, RefusedFault, on=on).reasons] == ["R-DL-17"]


def test_the_closing_day_itself_is_open(store: Records) -> None:
    store.service.close_call(CLERK, EVENT, CLOSING)
    assert store.apply(on=CLOSING) == f"{EVENT}-0001"


def test_a_programme_whose_call_was_never_opened_takes_nothing(store: Records) -> None:
    told = refused(store, RefusedFault, programme="h20-young-talent")
    assert [r.rule for r in told.reasons] == ["R-DL-17"]


def test_the_limit_counts_by_legal_applicant_and_not_what_was_withdrawn(store: Records) -> None:
    """R-ELIG-46: the host of a unit applies, whatever the unit's name."""
    given: dict[str, Any] = {"programme": TALENT, "unit_kind": "host_university", "unit_host": "示例大学"}
    first = store.apply(1, unit_name="示例大学科协", **given)
    store.apply(2, unit_name="示例大学化学院", **given)
    told = refused(store, RefusedFault, number=3, unit_name="示例大学", **{**given, "unit_host": None})
    assert told.message == "每个单位限报 2 项，该单位已申报 2 项"
    assert told.reasons[0].cite is not None

    store.do("withdraw", first, actor=store.member(first, Role.APPLICANT))
    store.apply(3, unit_name="示例大学", **{**given, "unit_host": None})


def test_a_draft_does_not_count_and_is_counted_when_it_is_submitted_by_hand(store: Records) -> None:
    """No way round the limit: submitting a draft is checked like applying."""
    given: dict[str, Any] = {"programme": TALENT, "unit_name": "河南省示例学会"}
    drafts = [store.apply(n, draft=True, **given) for n in (1, 2, 3)]
    for draft in drafts[:2]:
        store.do("submit", draft, actor=CLERK, papers=("application_form",))
    before = store.everything()
    declined = store.decline("submit", drafts[2], actor=CLERK, papers=("application_form",))

    assert (declined.code, declined.message) == ("refused", "每个单位限报 2 项，该单位已申报 2 项")
    assert store.everything() == before


def test_a_draft_of_a_title_that_was_submitted_meanwhile_cannot_be_submitted(store: Records) -> None:
    draft = store.apply(1, draft=True)
    first = store.apply(1)
    declined = store.decline("submit", draft, actor=CLERK, papers=("application_form",))

    assert [r.rule for r in declined.reasons] == ["R-ELIG-45"]
    assert declined.message == f"与已申报的 {first} 重复（同一单位、同一类别、同名）"


@pytest.mark.parametrize("title", ["示例 题目1", "《示例题目１》", "示例题目1。"])
def test_the_same_title_in_other_spelling_is_a_duplicate(store: Records, title: str) -> None:
    store.apply(1)
    told = refused(store, RefusedFault, number=1, title=title)
    assert [r.rule for r in told.reasons] == ["R-ELIG-45"]


def test_the_same_title_of_another_unit_is_none(store: Records) -> None:
    store.apply(1)
    assert store.apply(2, title="示例题目1") == f"{EVENT}-0002"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"talent.id_number": "410105199001020011"}, {"talent.id_number": "410105199001020011"}, True),
        (PERSON, PERSON, True),
        (PERSON, {**PERSON, "talent.birth_date": date(1990, 1, 3)}, False),
        ({**PERSON, "talent.id_number": "1"}, {**PERSON, "talent.id_number": "2"}, False),
        ({**PERSON, "talent.id_number": "1"}, PERSON, True),
        ({"talent.name": "张某"}, {"talent.name": "张某", "talent.id_number": "2"}, False),
    ],
    ids=["number", "name and birth", "other birth", "other number", "number known once", "name alone"],
)
def test_a_talent_is_put_forward_once(
    store: Records, first: dict[str, Any], second: dict[str, Any], same: bool
) -> None:
    """R-AMB-45: by number where both have one, else by name and birth."""
    earlier = store.apply(1, programme=TALENT, facts=first)
    if same:
        told = refused(store, RefusedFault, number=2, programme=TALENT, facts=second)
        assert [r.message for r in told.reasons] == [f"被托举人已在 {earlier} 中申报"]
    else:
        assert store.apply(2, programme=TALENT, facts=second) == f"{TALENT}-0002"


def test_every_reason_is_given_at_once(store: Records) -> None:
    store.apply(1)
    store.service.close_call(CLERK, EVENT, CLOSING)
    told = refused(store, RefusedFault, number=1, on=date(2020, 3, 20))
    assert [r.rule for r in told.reasons] == ["R-DL-17", "R-ELIG-45"]


def test_a_returned_file_may_be_completed_after_the_call_has_closed(store: Records) -> None:
    """R-AMB-08."""
    project = store.apply()
    store.do("accept_for_form_review", project, actor=CHECKER)
    store.do("return_for_completion", project, actor=CHECKER, reason="缺申报函")
    store.service.close_call(CLERK, EVENT, date(2020, 3, 3))
    again = store.apply(1, on=date(2020, 4, 1), id=project, title="改过的题目", targets={"attendees": 300})
    shown = store.show(project)

    assert again == project
    assert (shown["state"], shown["title"], shown["targets"]) == (
        "submitted",
        "改过的题目",
        {"attendees": 300},
    )
    assert [entry["action"] for entry in shown["history"]][-2:] == ["edit", "submit"]
    assert store.whole() is True


def test_a_draft_is_updated_by_its_id_then_submitted(store: Records) -> None:
    project = store.apply(draft=True, facts={"event.starts_on": date(2020, 10, 20)})
    changed = {**application(1).contact, "phone": "0371-12345678"}
    store.apply(1, id=project, draft=True, contact=changed, facts={"event.starts_on": date(2020, 11, 20)})
    assert store.show(project)["state"] == "draft"

    store.apply(1, id=project)
    shown = store.show(project)
    assert (shown["state"], shown["facts"]["event.starts_on"]["value"]) == ("submitted", "2020-11-20")
    assert shown["contact"] == {"name": "示例", "phone": "0371-12345678", "email": "contact@example.org"}
    assert [entry["seq"] for entry in shown["history"]] == [1, 2, 3, 4]
    assert store.whole() is True


@pytest.mark.parametrize(
    ("fault", "given"),
    [
        (BadInputFault, {"unit_name": "河南省别的学会"}),
        (BadInputFault, {"programme": TALENT}),
        (NotFoundFault, {"id": f"{EVENT}-0099"}),
    ],
    ids=["unit", "programme", "id"],
)
def test_an_id_of_another_unit_or_programme_is_refused(
    store: Records, fault: type[LifecycleError], given: dict[str, Any]
) -> None:
    project = store.apply(draft=True)
    refused(store, fault, number=1, **{"id": project, **given})


def test_what_is_under_review_is_not_updated_by_a_file(store: Records) -> None:
    project = store.apply()
    told = refused(store, RefusedFault, number=1, id=project)
    assert told.message == f"{project} 的状态为“已申报”，只有草稿和退回补正的申报可以用文件更新"


def test_a_file_that_contradicts_the_register_shows_both_values(store: Records) -> None:
    with transaction(store.app.engine) as conn:
        unit = find_or_register(conn, "河南省示例学会9", "prov_society", "郑州市")
        verify_fact(conn, unit, "unit.bank_account.status", "正常", "clerk", APPLIED)
    told = refused(store, BadInputFault, unit_region="洛阳市")
    assert told.message == (
        "单位“河南省示例学会9”与单位登记簿不符：所在地区在文件中为“洛阳市”，登记簿中为“郑州市”。"
    )
    told = refused(store, BadInputFault, unit_facts={"unit.bank_account.status": "冻结"})
    assert told.message == (
        "单位“河南省示例学会9”的“unit.bank_account.status”：文件中为“冻结”，登记簿中已核实为“正常”。"
    )


def test_a_unit_applies_for_itself_only(store: Records) -> None:
    unit = store.unit("河南省示例学会1")
    applicant = store.member(store.apply(2, draft=True), Role.APPLICANT)
    assert applicant.unit_id != unit
    refused(store, ForbiddenFault, number=1, actor=applicant)
    project = store.apply(2, actor=applicant, title="本单位的项目")

    assert {(e["role"], e["represented"]) for e in store.show(project)["history"]} == {("applicant", None)}


@pytest.mark.parametrize("actor", [ADMINISTRATOR, CHECKER, FUJIAN_CLERK], ids=lambda actor: actor.login)
def test_who_may_not_record_an_application_is_told_so(store: Records, actor: Any) -> None:
    told = refused(store, ForbiddenFault, actor=actor)
    assert told.message == (
        "只有河南省示例学会9的申报人员、经办人员（代录）或省科协可以录入该单位的申报；您没有这一角色"
    )


def test_a_clerk_records_an_application_only_with_a_paper(store: Records) -> None:
    told = refused(store, RefusedFault, form=None)
    assert [r.rule for r in told.reasons] == ["R-ROLE-24"]
    letter = (("application_letter", store.paper("申报函.txt")),)
    assert store.apply(form=None, materials=letter) == f"{EVENT}-0001"


def test_a_child_knows_its_parent_and_an_unknown_one_is_not_found(store: Records) -> None:
    parent, child = store.family()

    assert [one["id"] for one in store.show(parent)["children"]] == [child]
    assert store.show(child)["parent"] == parent
    refused(store, NotFoundFault, parent=f"{EVENT}-0099")


def test_a_parent_is_of_the_programme_and_the_unit_that_the_child_asks_for(store: Records) -> None:
    parent, _ = store.family()
    event = store.apply(1)
    other = {"programme": HUNDRED, "unit_kind": "city_kx", "unit_name": "另一市科协"}

    assert refused(store, RefusedFault, parent=event).message == "该类项目没有上级项目"
    assert refused(store, RefusedFault, parent=event, **other).message == (
        f"{event} 不能作为上级项目（应为“科创中原”试点市）"
    )
    assert refused(store, RefusedFault, parent=parent, **other).message == f"上级项目 {parent} 由其他单位申报"


def test_a_number_is_never_given_twice(store: Records) -> None:
    first = store.apply(1)
    store.do("withdraw", first, actor=store.member(first, Role.APPLICANT))
    assert store.apply(2) == f"{EVENT}-0002"
