"""Who may act, as whom, and who may say so."""

from __future__ import annotations

import os
import pwd
from datetime import date

import pytest
from sqlalchemy import Engine

from lifecycle.database import reading, transaction
from lifecycle.login import operating_system_login
from lifecycle.models import NAMES
from lifecycle.people import DELEGATION, GRANT, PERSON, UNIT, Actor, find_actor, list_people
from lifecycle.rights import add_person, close_person, delegate, grant_role, revoke_role
from lifecycle.rights_log import list_rights_log
from states.errors import ConflictFault, ForbiddenFault, NotFoundFault, RefusedFault, UsageFault
from states.names import Role
from tests.conftest import ADMIN, FOUNDED

DAY = date(2020, 5, 4)


@pytest.fixture
def peopled(engine: Engine, admin: Actor) -> Engine:
    """Wang decides in Henan, Li is a clerk there and in Fujian's societies, Zhao holds nothing."""
    with transaction(engine) as conn:
        for login in ("wang", "li", "zhao"):
            add_person(conn, login, login.title(), added_by=admin)
        grant_role(conn, "wang", "prov_association", "henan", admin, FOUNDED)
        grant_role(conn, "li", "clerk", "*", admin, FOUNDED)
        grant_role(conn, "li", "fj_society_unit", "fujian", admin, FOUNDED)
    return engine


def test_a_fresh_store_knows_its_maker_as_administrator(engine: Engine) -> None:
    with reading(engine) as conn:
        actor = find_actor(conn, ADMIN, None, DAY)
    assert actor == Actor(ADMIN, {"*": frozenset({Role.ADMIN})}, None)
    assert actor.is_admin is True


def test_an_unknown_login_is_forbidden_and_told_how_to_be_added(engine: Engine) -> None:
    with reading(engine) as conn, pytest.raises(ForbiddenFault, match="lifecycle users add chen"):
        find_actor(conn, "chen", None, DAY)


def test_roles_of_a_province_are_its_own_those_of_everywhere_and_what_they_stand_for(peopled: Engine) -> None:
    with reading(peopled) as conn:
        li = find_actor(conn, "li", None, DAY)
    assert li.roles_in("henan") == {Role.CLERK}
    assert li.roles_in("fujian") == {
        Role.CLERK,
        Role.FJ_SOCIETY_UNIT,
        Role.APPLICANT,
        Role.UNDERTAKING_UNIT,
    }


def test_an_administrator_stands_in_for_anybody_and_both_names_are_kept(peopled: Engine) -> None:
    with reading(peopled) as conn:
        assert find_actor(conn, ADMIN, "wang", DAY) == Actor(
            "wang", {"henan": frozenset({Role.PROV_ASSOCIATION})}, None, stood_in_by=ADMIN
        )


def test_naming_oneself_is_not_standing_in(peopled: Engine) -> None:
    with reading(peopled) as conn:
        assert find_actor(conn, "wang", "wang", DAY).stood_in_by is None


@pytest.mark.parametrize(("day", "allowed"), [(3, False), (4, True), (6, True), (7, False)])
def test_a_delegation_counts_from_its_first_day_to_its_last(
    peopled: Engine, admin: Actor, day: int, allowed: bool
) -> None:
    with transaction(peopled) as conn:
        delegate(conn, "wang", "zhao", date(2020, 5, 4), date(2020, 5, 6), recorded_by=admin, at=FOUNDED)
    with reading(peopled) as conn:
        try:
            stood_in = find_actor(conn, "zhao", "wang", date(2020, 5, day)).stood_in_by == "zhao"
        except ForbiddenFault:
            stood_in = False
    assert stood_in is allowed


def test_a_delegation_does_not_work_backwards(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn:
        delegate(conn, "wang", "zhao", DAY, DAY, recorded_by=admin, at=FOUNDED)
    with reading(peopled) as conn, pytest.raises(ForbiddenFault, match="无权代 zhao"):
        find_actor(conn, "wang", "zhao", DAY)


def test_the_principal_may_delegate_in_person_but_a_stand_in_may_not_pass_it_on(peopled: Engine) -> None:
    with transaction(peopled) as conn:
        wang = find_actor(conn, "wang", None, DAY)
        delegate(conn, "wang", "zhao", DAY, DAY, recorded_by=wang, at=FOUNDED)
        zhao = find_actor(conn, "zhao", "wang", DAY)
        with pytest.raises(ForbiddenFault):
            delegate(conn, "wang", "li", DAY, DAY, recorded_by=zhao, at=FOUNDED)


def test_a_delegation_that_ends_before_it_begins_is_refused(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn, pytest.raises(UsageFault, match="早于"):
        delegate(conn, "wang", "zhao", DAY, date(2020, 5, 3), recorded_by=admin, at=FOUNDED)


def test_only_an_administrator_manages_people(peopled: Engine) -> None:
    with transaction(peopled) as conn:
        wang = find_actor(conn, "wang", None, DAY)
        with pytest.raises(ForbiddenFault):
            add_person(conn, "chen", "陈", added_by=wang)
        with pytest.raises(ForbiddenFault):
            grant_role(conn, "wang", "admin", "*", wang, FOUNDED)


def test_an_unknown_role_is_answered_with_all_roles(peopled: Engine, admin: Actor) -> None:
    with (
        transaction(peopled) as conn,
        pytest.raises(UsageFault, match=r"boss.*prov_association（省科协）.*admin"),
    ):
        grant_role(conn, "li", "boss", "*", admin, FOUNDED)


def test_the_role_of_the_system_is_given_to_nobody(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn, pytest.raises(UsageFault, match="system"):
        grant_role(conn, "li", "system", "*", admin, FOUNDED)


def test_an_unknown_province_or_person_is_refused(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn:
        with pytest.raises(UsageFault, match="hubei"):
            grant_role(conn, "li", "clerk", "hubei", admin, FOUNDED)
        with pytest.raises(NotFoundFault, match="chen"):
            grant_role(conn, "chen", "clerk", "henan", admin, FOUNDED)


def test_a_role_given_twice_is_held_once(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn:
        assert grant_role(conn, "li", "viewer", "henan", admin, FOUNDED) is True
        assert grant_role(conn, "li", "viewer", "henan", admin, FOUNDED) is False


def test_the_same_person_twice_changes_nothing_and_another_one_conflicts(
    peopled: Engine, admin: Actor
) -> None:
    with transaction(peopled) as conn:
        first = add_person(conn, "chen", "陈", added_by=admin)
        assert add_person(conn, "chen", "陈", added_by=admin) == first
        with pytest.raises(ConflictFault, match="chen"):
            add_person(conn, "chen", "成", added_by=admin)


@pytest.mark.parametrize("login", ["", "a b", "a\n"])
def test_a_login_that_cannot_be_typed_is_refused(engine: Engine, admin: Actor, login: str) -> None:
    with transaction(engine) as conn, pytest.raises(UsageFault):
        add_person(conn, login, "某", added_by=admin)


def test_the_list_shows_roles_and_delegations(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn:
        delegate(conn, "wang", "zhao", DAY, DAY, recorded_by=admin, at=FOUNDED)
    with reading(peopled) as conn:
        shown = {one["login"]: (one["roles"], one["stands_in_for"]) for one in list_people(conn)}
    assert shown == {
        ADMIN: ([{"role": "admin", "province": "*"}], []),
        "li": ([{"role": "clerk", "province": "*"}, {"role": "fj_society_unit", "province": "fujian"}], []),
        "wang": ([{"role": "prov_association", "province": "henan"}], []),
        "zhao": ([], [{"login": "wang", "from": "2020-05-04", "to": "2020-05-04"}]),
    }


def test_a_role_is_taken_where_it_was_given(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn:
        with pytest.raises(NotFoundFault) as caught:
            revoke_role(conn, "li", "clerk", "henan", admin, FOUNDED)
        revoke_role(conn, "li", "clerk", "*", admin, FOUNDED)
    assert caught.value.message == (
        "li 没有角色 经办人员（河南）；现有角色：经办人员（全部）、省级学会（福建）。"
    )
    with reading(peopled) as conn:
        assert find_actor(conn, "li", None, DAY).roles == {"fujian": frozenset({Role.FJ_SOCIETY_UNIT})}


def test_a_closed_account_cannot_act_nor_be_stood_in_for(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn:
        assert close_person(conn, "wang", admin, FOUNDED) is True
        assert close_person(conn, "wang", admin, FOUNDED) is False
    with reading(peopled) as conn:
        with pytest.raises(ForbiddenFault, match="用户 wang 已停用"):
            find_actor(conn, "wang", None, DAY)
        with pytest.raises(ForbiddenFault, match="用户 wang 已停用"):
            find_actor(conn, ADMIN, "wang", DAY)


def test_the_last_administrator_stays(peopled: Engine, admin: Actor) -> None:
    with transaction(peopled) as conn:
        grant_role(conn, "zhao", "admin", "henan", admin, FOUNDED)
        close_person(conn, "zhao", admin, FOUNDED)
        with pytest.raises(RefusedFault, match="最后一名系统管理员"):
            revoke_role(conn, ADMIN, "admin", "*", admin, FOUNDED)
        with pytest.raises(RefusedFault, match="最后一名系统管理员"):
            close_person(conn, ADMIN, admin, FOUNDED)
        grant_role(conn, "li", "admin", "*", admin, FOUNDED)
        revoke_role(conn, ADMIN, "admin", "*", admin, FOUNDED)
        li = find_actor(conn, "li", None, DAY)
        with pytest.raises(RefusedFault, match="最后一名系统管理员"):
            revoke_role(conn, "li", "admin", "*", li, FOUNDED)


def test_only_an_administrator_takes_rights_away(peopled: Engine) -> None:
    with transaction(peopled) as conn:
        wang = find_actor(conn, "wang", None, DAY)
        with pytest.raises(ForbiddenFault):
            revoke_role(conn, "li", "clerk", "*", wang, FOUNDED)
        with pytest.raises(ForbiddenFault):
            close_person(conn, "li", wang, FOUNDED)


def test_every_change_of_a_right_leaves_a_line(engine: Engine, admin: Actor) -> None:
    stand_in = Actor("boss", admin.roles, None, stood_in_by="desk")
    with transaction(engine) as conn:
        for login in ("wang", "zhao"):
            add_person(conn, login, login, added_by=admin)
        grant_role(conn, "wang", "clerk", "henan", admin, FOUNDED)
        grant_role(conn, "wang", "clerk", "henan", admin, FOUNDED)
        delegate(conn, "wang", "zhao", DAY, DAY, recorded_by=admin, at=FOUNDED)
        revoke_role(conn, "wang", "clerk", "henan", stand_in, FOUNDED)
        close_person(conn, "wang", admin, FOUNDED)
        close_person(conn, "wang", admin, FOUNDED)
    with reading(engine) as conn:
        lines = list_rights_log(conn)
    assert [one["at"] for one in lines] == [FOUNDED.isoformat()] * 4
    assert [(o["actor"], o["stood_in_by"], o["what"], o["subject"], o["details"]) for o in lines] == [
        (ADMIN, None, "grant", "wang", {"role": "clerk", "province": "henan"}),
        (ADMIN, None, "delegate", "zhao", {"for": "wang", "from": "2020-05-04", "to": "2020-05-04"}),
        ("boss", "desk", "revoke", "wang", {"role": "clerk", "province": "henan"}),
        (ADMIN, None, "close", "wang", {}),
    ]


def _held(*roles: Role, province: str = "henan", unit: int | None = None) -> Actor:
    return Actor("somebody", {province: frozenset(roles)} if roles else {}, unit)


@pytest.mark.parametrize(
    ("actor", "own", "foreign"),
    [
        (_held(Role.UNDERTAKING_UNIT, unit=1), True, False),
        (_held(Role.APPLICANT), False, False),
        (_held(Role.FJ_SOCIETY_UNIT, province="fujian", unit=1), True, False),
        (_held(unit=1), False, False),
        (_held(Role.UNDERTAKING_UNIT, Role.REVIEW_EXPERT, unit=1), True, True),
        (_held(Role.VIEWER), True, True),
        (_held(Role.ADMIN, province="*"), True, True),
        (_held(Role.AUDITOR, province="*"), True, True),
        (_held(Role.CLERK, province="fujian"), True, True),
    ],
)
def test_people_of_a_unit_see_its_projects_and_an_office_sees_all(
    actor: Actor, own: bool, foreign: bool
) -> None:
    """R-ROLE-27."""
    seen = [actor.sees_all or actor.own_unit == unit for unit in (1, 2)]
    assert seen == [own, foreign]


@pytest.mark.parametrize(
    ("actor", "own", "foreign"),
    [
        (_held(Role.UNDERTAKING_UNIT, unit=1), True, False),
        (_held(Role.VIEWER, unit=1), False, False),
        (_held(Role.ADMIN, province="*"), False, False),
        (_held(Role.AUDITOR, province="*"), False, False),
        (_held(Role.CLERK), True, True),
        (_held(Role.CLERK, province="fujian"), False, False),
        (_held(Role.REVIEW_EXPERT, province="*"), True, True),
    ],
)
def test_personal_data_is_for_the_unit_and_for_those_who_work_with_it(
    actor: Actor, own: bool, foreign: bool
) -> None:
    assert (actor.sees_personal("henan", 1), actor.sees_personal("henan", 2)) == (own, foreign)


def test_the_light_tables_name_columns_of_the_models() -> None:
    typed = {"active", "from_on", "to_on"}
    for light in (PERSON, GRANT, DELEGATION, UNIT):
        names, full = {column.name for column in light.c}, NAMES.tables[light.name].c
        assert names <= {column.name for column in full}
        assert {n: light.c[n].type.python_type for n in names & typed} == {
            n: full[n].type.python_type for n in names & typed
        }


def test_the_login_is_the_system_s_and_not_a_variable_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody")
    monkeypatch.setenv("USER", "somebody")
    assert operating_system_login() == pwd.getpwuid(os.getuid()).pw_name
