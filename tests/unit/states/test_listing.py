"""Whether an imported project is among those that its document names."""

from __future__ import annotations

import pytest

from states.decision import Unit
from states.eligibility import listing
from tests.factories import catalogue

FORUM = catalogue().programmes["h21-intl-national-platform"]
SOCIETY = Unit(None, "河南省示例学会", "prov_society", None)


@pytest.mark.parametrize(
    ("title", "result"),
    [
        ("中国（郑州）第二届甲状腺疾病国际高峰论坛", "pass"),
        ("第二届甲状腺疾病国际高峰论坛（中国（郑州）第二届甲状腺疾病国际高峰论坛）", "pass"),
        ("示例高峰论坛", "fail"),
    ],
)
def test_a_project_that_the_document_does_not_name_is_pointed_out_and_not_blocked(
    title: str, result: str
) -> None:
    """R-AMB-37: 等N项 — named ones count inside the number, others are shown."""
    (found,) = listing(FORUM, title, SOCIETY)

    assert (found.rule, found.result, found.severity) == ("R-AMB-37", result, "warn")


def test_where_nothing_is_named_there_is_nothing_to_compare_with() -> None:
    assert listing(catalogue().programmes["h23-young-talent"], "示例", SOCIETY) == ()


@pytest.mark.parametrize(("title", "result"), [("第二届青年科学家论坛", "pass"), ("某公司促销会", "fail")])
def test_the_name_of_a_named_forum_is_fixed(title: str, result: str) -> None:
    """R-PROG-53."""
    (found,) = listing(catalogue().programmes["h23-young-scientist-forum"], title, SOCIETY)

    assert (found.rule, found.result, found.severity) == ("R-PROG-53", result, "block")
