"""The table of pages: what changes something asks for the owner, and no address is answered twice."""

from __future__ import annotations

from flows.page import Who
from flows.page_routes import ROUTES


def test_nobody_without_a_token_may_ask_for_what_is_not_a_get() -> None:
    assert {route.path for route in ROUTES if route.method != "GET" and route.who is Who.ANYBODY} == set()


def test_the_flow_server_may_ask_for_nothing_but_a_warning() -> None:
    assert [route.path for route in ROUTES if route.who is Who.FLOW_SERVER] == ["/warnings"]


def test_every_row_has_a_method_and_path_of_its_own() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert {route.method for route in ROUTES} <= {"GET", "POST"}


def test_only_what_is_posted_has_a_body() -> None:
    assert all((route.longest_body > 0) == (route.method == "POST") for route in ROUTES)
