"""What keeps an application from being taken in at all, and everything at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from states.admission import Standing, admission
from states.decision import Unit
from tests.factories import catalogue, programme

ON = date(2023, 3, 1)
FREE = Standing(call_open=True, counted=0, same_title=None, same_person=None)
SOCIETY = Unit(7, "示例学会", "prov_society", None)


def test_an_application_of_the_right_kind_in_an_open_call_is_taken_in() -> None:
    assert admission(programme(), SOCIETY, FREE, ON) == ()


def test_every_obstacle_is_named_at_once() -> None:
    standing = Standing(call_open=False, counted=2, same_title="a-0001", same_person="b-0002")
    limited = replace(programme(), limit_per_unit=2)
    found = admission(limited, replace(SOCIETY, kind="media_platform"), standing, ON)
    rule = limited.limit_citation.rule if limited.limit_citation else "R-ELIG-46"
    assert [reason.rule for reason in found] == ["R-ELIG-01", "R-DL-17", rule, "R-ELIG-45", "R-ELIG-45"]


def test_a_kind_outside_the_closed_list_is_named_as_it_was_written() -> None:
    """R-PROG-00."""
    (found,) = admission(programme(), replace(SOCIETY, kind="公司"), FREE, ON)
    assert found.message.startswith("公司不在申报对象之列（申报对象：")
    assert found.cite == programme().citation.quote


def test_a_kind_that_is_only_warned_of_is_taken_in() -> None:
    warned = replace(programme(), applicants=("city_kx",), applicants_warn=("prov_society",))
    assert admission(warned, SOCIETY, FREE, ON) == ()


def test_the_last_place_of_a_unit_is_taken_and_the_next_refused() -> None:
    limited = replace(programme(), limit_per_unit=2)
    assert admission(limited, SOCIETY, replace(FREE, counted=1), ON) == ()
    (found,) = admission(limited, SOCIETY, replace(FREE, counted=2), ON)
    assert found.message == "每个单位限报 2 项，该单位已申报 2 项"


def test_no_printed_limit_is_no_limit() -> None:
    free = replace(programme(), limit_per_unit=None)
    assert admission(free, SOCIETY, replace(FREE, counted=99), ON) == ()


def test_programmes_that_are_decided_already_take_no_applications() -> None:
    decided = [found for found in catalogue().programmes.values() if found.already_decided]
    assert {found.pack for found in decided} == {"henan-2020", "henan-2021"}
    for found in decided:
        unit = replace(SOCIETY, kind=found.applicants[0])
        assert [reason.rule for reason in admission(found, unit, FREE, ON)] == ["R-PROG-55"]
