"""Reminders through the command line: a machine that was off, the levels above, one mail for all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.driver import Practice, event

EVENT = "h20-academic-event"
SOCIETY = "河南省示例传感学会"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with an open call, somebody of the unit, and the association that stands above it."""
    practice = Practice(tmp_path_factory.mktemp("office") / "home")
    practice.open()
    practice.done("call", "open", EVENT, by="association", on="2020-03-01")
    practice.staff_unit("sensing", SOCIETY)
    practice.done("units", "add", "河南省示例联合会", "--kind", "prov_society", "--region", "郑州市")
    return practice.home


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def of_duties(keys: list[str]) -> Counter[str]:
    return Counter(".".join(key.split(".")[:3]) for key in keys)


def test_a_machine_that_was_off_for_forty_five_days_reminds_once_and_marks_by_the_true_date(
    office: Practice,
) -> None:
    """R-DL-37: off from 1 June to 16 July 2020; the report was owed by 30 June."""
    project = event(office)
    office.done("sweep", on="2020-06-01")
    swept = office.done("sweep", on="2020-07-16")
    assert set(of_duties(swept["notices"]).values()) == {1}
    assert (swept["overdue"], swept["escalated"]) == (1, 0)
    found = office.duty(project, "preparation_report")
    assert (found["status"], found["due"]) == ("overdue", "2020-06-30")
    told = [(one["kind"], one["on"]) for one in found["reminders"] if one["status"] != "cancelled"]
    assert told == [("overdue", "2020-07-16")]
    again = office.done("sweep", on="2020-07-16")
    assert (again["reminded"], again["overdue"], again["escalated"], again["notices"]) == (0, 0, 0, [])


def test_a_missed_report_is_told_to_the_association_and_then_to_the_unit_above(office: Practice) -> None:
    """R-DL-05, R-DL-02: first the unit, the next day the association, a week later whoever stands above."""
    project = event(office)
    office.done("units", "set", SOCIETY, "--superior", "河南省示例联合会", by="clerk", on="2020-05-07")
    told: dict[str, list[str]] = {}
    for day in (1, 2, 3, 6, 7, 8, 9, 10, 13, 14, 15):
        on = f"2020-07-{day:02}"
        for key in office.done("sweep", on=on)["notices"]:
            _, duty, _, kind, *_, receiver, _ = key.split(".")
            if (duty, kind) == ("preparation_report", "escalation"):
                told.setdefault(receiver, []).append(on)
    assert told == {"prov_association": ["2020-07-02"], "superior": ["2020-07-08"]}
    (word,) = [one for one in office.notices(project, kind="escalation") if ".superior." in one["key"]]
    text = office.done("notices", "show", word["key"])
    assert text["text"].startswith("【演练】")
    assert "河南省示例联合会：" in text["text"]
    assert "2020年7月1日已提醒该单位，至今未见办理记录，请予督促。" in text["text"]
    office.done(
        "report", project, "preparation_report", "--reason", "口头汇报", by="sensing", on="2020-07-15"
    )
    left = [one for one in office.notices(project) if one["status"] == "pending"]
    assert [one for one in left if one["duty"] == "preparation_report"] == []


def test_no_level_is_told_of_what_was_done(office: Practice) -> None:
    project = event(office)
    office.done("sweep", on="2020-07-01")
    office.done(
        "report", project, "preparation_report", "--reason", "口头汇报", by="sensing", on="2020-07-01"
    )
    keys = [key for day in ("02", "08", "20") for key in office.done("sweep", on=f"2020-07-{day}")["notices"]]
    assert [key for key in keys if "preparation_report" in key] == []


def test_reminders_of_one_unit_and_day_are_one_mail_in_a_practice_store(office: Practice) -> None:
    event(office)
    event(office, topic="智能制造技术")
    office.done("sweep", on="2020-06-30")
    done = office.done("notices", "deliver", by="clerk", on="2020-06-30")
    digests = {one["digest"] for one in done["notices"] if one["duty"] == "preparation_report"}
    assert len(digests) == 1
    (digest,) = digests
    assert (office.home / "outbox" / f"{digest}.eml").exists()
    assert done["messages"] < done["sent"]
