"""What is said of a duty and to whom: in the words of the day, and level by level."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from states.catalogue import Rung
from states.names import DutyStatus
from states.reminding import escalation_notice, escalation_receiver, reminder_notice
from tests.notice_samples import REPORT as CITED
from tests.notice_samples import case, duty, duty_spec, programme

SUPERIOR, OFFICE = Rung(7, "superior"), Rung(14, "prov_association")
SPEC = replace(duty_spec("preparation_report", CITED, "P1M"), escalate=(SUPERIOR, OFFICE))
FIRST = replace(SPEC, escalate=(Rung(1, "prov_association"), SUPERIOR))


def test_the_key_rests_on_the_plan_and_the_words_on_the_day_they_are_said() -> None:
    """A reminder of the seventh day before, said on the fifth because of a rest day."""
    planned = reminder_notice(case(), duty(), -7, programme())
    said = reminder_notice(case(), duty(), -7, programme(), date(2020, 6, 25))
    assert (planned.occurrence, planned.details["days"]) == ("2020-06-30:before-7", 7)
    assert (said.occurrence, said.details["days"], said.details["on"]) == (
        "2020-06-30:before-7",
        5,
        "2020-06-25",
    )


def test_a_reminder_of_the_soft_day_does_not_say_that_the_day_is_today() -> None:
    owed = duty(due=date(2021, 2, 28), soft_due=date(2021, 2, 26))
    said = reminder_notice(case(), owed, 0, programme(), date(2021, 2, 26))
    assert (said.details["days"], said.details["soft"]) == (2, "2021-02-26")


@pytest.mark.parametrize(
    ("spec", "rung", "superior", "told"),
    [
        (SPEC, SUPERIOR, "示例市科协", "superior"),
        (SPEC, OFFICE, "示例市科协", "prov_association"),
        (SPEC, SUPERIOR, None, "prov_association"),  # no unit is recorded above: the office of the next rung
        (SPEC, OFFICE, None, None),  # which is told once
        (FIRST, FIRST.escalate[0], None, "prov_association"),
        (FIRST, SUPERIOR, None, None),
        (FIRST, SUPERIOR, "示例市科协", "superior"),
        (replace(SPEC, owed_by="prov_association"), OFFICE, "示例市科协", None),  # it is reminded anyway
        (replace(SPEC, escalate=(SUPERIOR,)), SUPERIOR, None, "prov_association"),
    ],
)
def test_every_level_is_told_once(spec, rung: Rung, superior: str | None, told: str | None) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """R-DL-02: the unit, then the one above it, then the office in charge."""
    assert escalation_receiver(rung, spec, superior) == told


def test_the_word_to_the_next_level_says_since_when_the_unit_knows() -> None:
    """R-DL-05."""
    overdue = duty(status=DutyStatus.OVERDUE)
    plan = escalation_notice(
        case(), overdue, SUPERIOR, "superior", programme(), date(2020, 7, 8), date(2020, 7, 1), "示例市科协"
    )
    assert plan.subject == "提请督促：“示例论坛”筹备方案汇报（2020年6月30日到期，已逾期8日）"
    assert (plan.receiver, plan.kind, plan.occurrence) == ("superior", "escalation", "2020-06-30:level-7")
    assert (plan.details["addressee"], plan.details["told_cn"]) == ("示例市科协", "2020年7月1日")
