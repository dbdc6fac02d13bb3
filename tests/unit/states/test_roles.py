"""Every role is for something, and the tables give each step to somebody who can hold it."""

from __future__ import annotations

from console.role_view import steps_of
from lifecycle.rights import GRANTABLE
from states.names import Action, Role
from states.responsibilities import RESPONSIBILITIES, of
from states.roles import CAPACITIES
from states.tables import LIFECYCLES

FOLLOWING = {
    Action.ABSORB,
    Action.RELEASE_TO_REVIEW,
    Action.CLOSE_ABSORBED,
    Action.TERMINATE_ABSORBED,
    Action.RELEASE_ABSORBED,
    Action.HALT_ABSORBED,
    Action.RESUME_ABSORBED,
}


def takes(role: Role) -> set[Action]:
    """The actions that rows give to a role by name."""
    return {row.action for table in LIFECYCLES.values() for row in table.rows if role in row.roles}


def test_every_role_has_its_rule_and_its_duties() -> None:
    assert set(CAPACITIES) == set(Role)
    assert all(one.rule.startswith("R-ROLE-") and one.duties for one in CAPACITIES.values())
    assert len({one.rule for one in CAPACITIES.values()}) == len(Role)


def test_the_system_only_lets_children_follow_and_nobody_holds_its_role() -> None:
    assert takes(Role.SYSTEM) == FOLLOWING
    assert {Role.SYSTEM, Role.PUBLIC}.isdisjoint(GRANTABLE)


def test_administrator_auditor_reader_and_public_take_no_step() -> None:
    assert [takes(role) for role in (Role.ADMIN, Role.AUDITOR, Role.VIEWER, Role.PUBLIC)] == [set()] * 4


def test_every_step_but_the_systems_is_in_hands_that_can_be_given_it() -> None:
    given = {action for role in GRANTABLE for action in takes(role)}
    named = {row.action for table in LIFECYCLES.values() for row in table.rows}

    assert named - given == FOLLOWING


def test_every_step_is_given_to_roles_of_the_province_whose_lifecycle_it_is() -> None:
    foreign = [
        (name, str(row.action), str(role))
        for name, table in LIFECYCLES.items()
        for row in table.rows
        if not any(
            ("fujian" if name.startswith("fujian") else "henan") in CAPACITIES[r].provinces for r in row.roles
        )
        for role in row.roles
    ]

    assert foreign == []


def test_the_printed_responsibilities_are_numbered_without_a_gap() -> None:
    assert [one.rule for one in RESPONSIBILITIES] == [f"R-DUTY-{n:02d}" for n in range(1, 67)]
    assert [len(of(role)) for role in (Role.ACADEMIC_DEPARTMENT, Role.SERVICE_CENTRE, Role.LOCAL_KX)] == [
        11,
        5,
        6,
    ]
    assert all(one.text and one.clause and 0 < len(one.quote) <= 15 for one in RESPONSIBILITIES)


def test_a_role_is_shown_with_the_steps_of_what_it_stands_for() -> None:
    assert "submit" in steps_of(Role.FJ_SOCIETY_UNIT)["fujian-society"]
    assert steps_of(Role.CITY_KX_REVIEWER) == {
        name: ["city_recommend", "city_return", "city_refuse"]
        for name in ("fujian-county", "fujian-county-managed")
    }
