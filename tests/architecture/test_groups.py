"""Tests of a group share a worker and its servers; some pairs of pytest and xdist drop groups in silence."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("together")
def test_where_tests_are_dealt_by_group_the_groups_are_known(request: pytest.FixtureRequest) -> None:
    dealt = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@together") is dealt
