from __future__ import annotations

import pytest

from console.advice import advised, home_typed


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("请运行 lifecycle up。", "请运行 lifecycle --home '/data/a b' up。"),
        (
            "lifecycle campaigns confirm 3f，见 lifecycle status",
            "lifecycle --home '/data/a b' campaigns confirm 3f，见 lifecycle --home '/data/a b' status",
        ),
        ("lifecycle --home /x up", "lifecycle --home /x up"),
        ("lifecycle 是程序的名称", "lifecycle 是程序的名称"),
        ("/opt/lifecycle up-to-date", "/opt/lifecycle up-to-date"),
    ],
)
def test_a_command_that_is_advised_names_the_home_that_was_typed(said: str, told: str) -> None:
    with home_typed("/data/a b"):
        assert advised(said) == told
    assert advised(said) == said
