"""The packaged calendar against the library it was made from, and the reading of a later notice.

To renew `states/calendars/china.json`, write each year of `chinese_calendar.constants` (holidays by
name, workdays) in its shape; the first test holds the two equal.
"""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest

from lifecycle.calendars import load_calendar
from states.calendar import Calendar
from states.errors import BadInputFault

EVERY_DAY = [date(2004, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]
NOTICE_2027: dict[str, Any] = {
    "years": {
        "2027": {
            "rest": {"元旦": ["2026-12-31", "2027-01-01"], "春节": ["2027-02-08"]},
            "worked": ["2027-02-20"],
        }
    }
}


def written(folder: Path, content: object) -> Path:
    path = folder / "notice.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_packaged_calendar_equals_the_library_on_every_day() -> None:
    calendar = load_calendar()

    different = [day for day in EVERY_DAY if calendar.is_workday(day) != chinese_calendar.is_workday(day)]

    assert different == []


def test_the_packaged_calendar_covers_2004_to_2026_and_no_other_year() -> None:
    assert load_calendar().published == frozenset(range(2004, 2027))


def test_holidays_are_weekdays_and_worked_days_are_weekends() -> None:
    calendar = load_calendar()

    assert [day for day in calendar.holidays if day.weekday() >= 5] == []
    assert [day for day in calendar.worked if day.weekday() < 5] == []


def test_every_holiday_has_a_name() -> None:
    calendar = load_calendar()

    assert calendar.holidays - calendar.festivals.keys() == frozenset()
    assert calendar.why_rest(date(2026, 2, 17)) == "春节"


def test_loading_takes_less_than_five_milliseconds() -> None:
    def once() -> float:
        begun = time.perf_counter()
        load_calendar()
        return time.perf_counter() - begun

    assert min(once() for _ in range(20)) < 0.005


def test_a_later_notice_makes_its_year_published(tmp_path: Path) -> None:
    calendar = load_calendar(written(tmp_path, NOTICE_2027))

    assert calendar.published == frozenset(range(2004, 2028))
    assert calendar.is_workday(date(2027, 2, 8)) is False
    assert calendar.is_workday(date(2027, 2, 20)) is True


def test_a_later_notice_may_change_the_december_before(tmp_path: Path) -> None:
    before, after = load_calendar(), load_calendar(written(tmp_path, NOTICE_2027))

    changed = [day for day in EVERY_DAY if before.is_workday(day) != after.is_workday(day)]

    assert changed == [date(2026, 12, 31)]


def test_an_amended_notice_replaces_the_whole_year(tmp_path: Path) -> None:
    amended = {"years": {"2026": {"rest": {"元旦": ["2026-01-01"]}, "worked": []}}}

    calendar = load_calendar(written(tmp_path, amended))

    assert [day for day in calendar.holidays if day.year == 2026] == [date(2026, 1, 1)]
    assert [day for day in calendar.worked if day.year == 2026] == []
    assert {day for day in calendar.worked if day.year < 2026} == {
        day for day in load_calendar().worked if day.year < 2026
    }


def with_year(rest: object, worked: object = None) -> dict[str, Any]:
    return {"years": {"2027": {"rest": rest, "worked": [] if worked is None else worked}}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "放假安排文件 notice.json 不是有效的 JSON（UTF-8 编码）。"),
        ("[]", "放假安排文件 notice.json 应含 years（及可选的 source），不得有其他项。"),
        ({"years": {}, "x": 1}, "放假安排文件 notice.json 应含 years（及可选的 source），不得有其他项。"),
        ({"years": []}, '放假安排文件 notice.json 的 years 应以年份为键，如 "2027"。'),
        ('{"years": {}, "years": {}}', "放假安排文件 notice.json 中“years”重复出现。"),
        ({"years": {"27": {}}}, '放假安排文件 notice.json 的“27”不是四位年份，如 "2027"。'),
        (
            {"years": {"2027": {"rest": {}}}},
            "notice.json 的 2027 年应恰有 rest（节日名 → 放假日期）和 worked（调休上班日期）两项。",
        ),
        (with_year({}), "notice.json 的 2027 年的 rest 应为“节日名 → 放假日期列表”，且不能为空。"),
        (with_year({"元旦": []}), "notice.json 的 2027 年的“元旦”没有列出放假日期。"),
        (with_year({"元旦": "x"}), 'notice.json 的 2027 年 rest.元旦 应为日期列表，如 ["2027-01-01"]。'),
        (
            with_year({"元旦": ["2027-01-01"]}, [1]),
            'notice.json 的 2027 年 worked 应为日期列表，如 ["2027-01-01"]。',
        ),
        (
            with_year({"元旦": ["20270101"]}),
            "notice.json 的 2027 年：“20270101”不是有效日期，应写作 2027-01-01 的样式。",
        ),
        (
            with_year({"元旦": ["2027-02-30"]}),
            "notice.json 的 2027 年：“2027-02-30”不是有效日期，应写作 2027-01-01 的样式。",
        ),
        (
            with_year({"元旦": ["2028-01-01"]}),
            "notice.json 的 2027 年：2028-01-01 不在该年（或上一年 12 月）之内。",
        ),
        (
            with_year({"元旦": ["2027-01-01"]}, ["2027-01-04"]),
            "notice.json 的 2027 年：2027-01-04 不是星期六或星期日，不能列为调休上班日。",
        ),
        (
            with_year({"元旦": ["2027-01-02"]}, ["2027-01-02"]),
            "notice.json 的 2027 年：2027-01-02 同时列为放假和调休上班。",
        ),
    ],
)
def test_a_malformed_notice_is_refused_by_name(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(BadInputFault) as refused:
        load_calendar(written(tmp_path, content))

    assert refused.value.message == message


def test_a_missing_notice_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInputFault) as refused:
        load_calendar(tmp_path / "none.json")

    assert refused.value.message.startswith(f"放假安排文件 {tmp_path / 'none.json'} 无法读取：")


def test_the_loaded_calendar_equals_another_load() -> None:
    first: Calendar = load_calendar()

    assert first == load_calendar()
