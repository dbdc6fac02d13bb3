"""The register of units and what happens when a file says otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lifecycle.database import reading, transaction
from lifecycle.models import NAMES
from lifecycle.people import Actor
from lifecycle.rights_log import list_rights_log
from lifecycle.units import (
    as_unit,
    find_or_register,
    list_units,
    province_of,
    record_verification,
    refuse_contradiction,
    unit_facts,
    verify_fact,
)
from states.decision import Unit
from states.errors import BadInputFault, NotFoundFault
from states.facts import normal_name
from states.names import UnitKind
from tests.conftest import ADMIN, FOUNDED

UNIT = NAMES.tables["unit"]
DAY = date(2020, 5, 4)


def test_a_unit_is_registered_once(engine: Engine) -> None:
    with transaction(engine) as conn:
        first = find_or_register(conn, "河南省示例学会", "prov_society", "郑州市")
        assert find_or_register(conn, " 河南省示例学会 ", "prov_society", "郑州市") == first
        assert conn.execute(select(UNIT.c.name)).scalars().all() == ["河南省示例学会"]


@pytest.mark.parametrize(
    "written", ["示例大学(东区)", "示例大学（东区）", "示例 大学（东区）", "示例大学（东区） "]
)
def test_width_and_spaces_do_not_make_another_unit(engine: Engine, written: str) -> None:
    with transaction(engine) as conn:
        first = find_or_register(conn, "示例大学（东区）", "host_university")
        assert find_or_register(conn, written, "host_university") == first


def test_a_normal_name_is_its_own_normal_name() -> None:
    name = normal_name("ＡＢＣ 学会（筹）")
    assert (name, normal_name(name)) == ("abc学会(筹)", name)


def test_another_kind_than_the_register_s_is_refused_with_both(engine: Engine) -> None:
    with transaction(engine) as conn:
        find_or_register(conn, "示例学会", "prov_society")
        with pytest.raises(BadInputFault) as caught:
            find_or_register(conn, "示例学会", "city_kx")
    assert caught.value.message == (
        "单位“示例学会”与单位登记簿不符：单位类型在文件中为“city_kx（省辖市科协）”，"
        "登记簿中为“prov_society（全省学会（协会、研究会））”。"
    )
    assert caught.value.exit_status == 7


def test_every_difference_is_told_at_once(engine: Engine) -> None:
    with transaction(engine) as conn:
        find_or_register(conn, "示例医院", "host_hospital", "郑州市", "某大学")
        with pytest.raises(BadInputFault, match=r"“开封市”.*“郑州市”.*“他大学”.*“某大学”"):
            find_or_register(conn, "示例医院", "host_hospital", "开封市", "他大学")


def test_blanks_of_the_register_are_filled_and_addresses_kept(engine: Engine) -> None:
    with transaction(engine) as conn:
        find_or_register(conn, "示例学会", "prov_society", email="a@example.org")
        find_or_register(
            conn, "示例学会", "prov_society", "郑州市", email="b@example.org", phone="0371-1234567"
        )
        assert conn.execute(select(UNIT.c.region, UNIT.c.email, UNIT.c.phone)).one() == (
            "郑州市",
            "a@example.org",
            "0371-1234567",
        )


def test_an_unknown_kind_or_no_name_is_bad_input(engine: Engine) -> None:
    with transaction(engine) as conn:
        with pytest.raises(BadInputFault, match=r"club.*prov_society"):
            find_or_register(conn, "示例学会", "club")
        with pytest.raises(BadInputFault, match="名称为空"):
            find_or_register(conn, "  ", "prov_society")


def test_a_verified_fact_reaches_the_core(engine: Engine) -> None:
    with transaction(engine) as conn:
        unit = find_or_register(conn, "示例学会", "prov_society", "郑州市")
        verify_fact(conn, unit, "unit.party_org_complete", False, "wang", DAY, "现场核查")
        verify_fact(conn, unit, "unit.party_org_complete", True, "li", DAY)
    with reading(engine) as conn:
        row = conn.execute(select(UNIT).where(UNIT.c.id == unit)).mappings().one()
        assert as_unit(row, unit_facts(conn, unit)) == Unit(
            unit, "示例学会", "prov_society", "郑州市", None, {"unit.party_org_complete": True}
        )
        assert [one["facts"] for one in list_units(conn)] == [
            {"unit.party_org_complete": {"value": True, "by": "li", "on": "2020-05-04", "basis": None}}
        ]


def test_a_fact_of_no_unit_or_no_unit_s_fact_is_refused(engine: Engine) -> None:
    with transaction(engine) as conn:
        with pytest.raises(NotFoundFault):
            verify_fact(conn, 99, "unit.x", True, "wang", DAY)
        with pytest.raises(BadInputFault, match=r"talent\.name"):
            verify_fact(conn, find_or_register(conn, "甲", "city_kx"), "talent.name", "x", "wang", DAY)


def test_a_claim_against_a_verified_fact_is_refused_with_both() -> None:
    verified = {"unit.party_org_complete": True, "unit.term": "2020-01-01"}
    refuse_contradiction("示例学会", {"unit.party_org_complete": True, "unit.term": ""}, verified)
    with pytest.raises(BadInputFault) as caught:
        refuse_contradiction("示例学会", {"unit.party_org_complete": False}, verified)
    assert caught.value.message == (
        "单位“示例学会”的“unit.party_org_complete”：文件中为“否”，登记簿中已核实为“是”。"
    )


@pytest.mark.parametrize(
    ("said", "known", "told"),
    [
        (date(2026, 1, 2), date(2026, 12, 31), "文件中为“2026-01-02”，登记簿中已核实为“2026-12-31”"),
        (["甲", True], ["乙"], "文件中为“甲、是”，登记簿中已核实为“乙”"),
        ([{"year": 2022, "ok": False}], [], "文件中为“year：2022，ok：否”，登记簿中已核实为“”"),
    ],
)
def test_values_that_differ_are_told_as_people_write_them(said: Any, known: Any, told: str) -> None:
    with pytest.raises(BadInputFault) as caught:
        refuse_contradiction("示例学会", {"unit.x": said}, {"unit.x": known})
    assert caught.value.message == f"单位“示例学会”的“unit.x”：{told}。"


def test_a_verification_keeps_its_type_and_its_line_no_secret(engine: Engine, admin: Actor) -> None:
    with transaction(engine) as conn:
        find_or_register(conn, "示例学会", "prov_society")
        (unit,) = list_units(conn)
        facts = {"unit.term_ends": date(2026, 12, 31), "unit.members": 5, "unit.bank_account.number": "1"}
        record_verification(
            conn, unit, facts, by=admin, on=DAY, at=FOUNDED, basis="查验", secret={"unit.bank_account.number"}
        )
    with reading(engine) as conn:
        assert unit_facts(conn, unit["id"]) == facts
        lines = list_rights_log(conn)
    assert [(one["at"], one["actor"], one["what"], one["subject"]) for one in lines] == [
        (FOUNDED.isoformat(), ADMIN, "verify", "示例学会")
    ] * 3
    kept = {"on": "2020-05-04", "basis": "查验"}
    assert [one["details"] for one in lines] == [
        {"fact": "unit.term_ends", "value": "2026-12-31", **kept},
        {"fact": "unit.members", "value": 5, **kept},
        {"fact": "unit.bank_account.number", **kept},
    ]


@pytest.mark.parametrize("kind", UnitKind)
def test_a_unit_of_the_fujian_document_belongs_to_fujian(kind: UnitKind) -> None:
    assert (province_of(kind) == "fujian") is ("福建" in kind.label or kind == UnitKind.FJ_SOCIETY)
