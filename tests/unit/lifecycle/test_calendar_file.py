"""The file of a year's notice: what a person may type, and how every slip is named by line and column."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from lifecycle.calendar_file import read_calendar, template
from lifecycle.calendars import packaged_years
from states.errors import BadInputFault
from tests.calendar_samples import NOTICE_2027, NUMBER, written

# One slip per row: the sound text, the broken one (⟦ stands where the fault must point), the message.
# ruff: noqa: E501
# fmt: off
BROKEN: list[tuple[str, str, str]] = [
    ("year: 2027", "year: 2027\n⟦year: 2027", "放假安排的键“year”重复（期望 每个键只写一次）"),
    ("year: 2027", "⟦jahr: 2027", "放假安排有未知的键“jahr”（期望 year、number、date、holidays、worked）"),
    ("year: 2027", "year: ⟦二〇二七", "放假安排的 year 的值“二〇二七”不对（期望 非负整数）"),
    ("year: 2027", "year: ⟦1999", "year 的值“1999”不对（期望 2004 至 2100 的年份）"),
    ("number: 国办发明电〔2026〕", "number: ⟦国办发明电[2026]",
     "放假安排的 number 的值“国办发明电[2026]99号”不对（期望 文号，如 国办发明电〔2026〕7号，年份用六角括号）"),
    ("number: 国办发明电〔2026〕", "number: ⟦国办发明电〔2025〕", "number 的值“国办发明电〔2025〕99号”不对（期望 〔〕内的年份与印发日期一致，应为 2026）"),
    ("date: 2026-11-10", "date: ⟦2024-11-10", "date 的值“2024-11-10”不对（期望 2026 或 2027 年的日期：通知在上一年印发，当年修改）"),
    ("date: 2026-11-10", "date: ⟦2026-11-31", "放假安排的 date 的值“2026-11-31”不对（期望 真实存在的日期 YYYY-MM-DD）"),
    ("date: 2026-11-10", "date: ⟦11月10日", "放假安排的 date 的值“11月10日”不对（期望 日期 YYYY-MM-DD）"),
    ("春节: 2027-02-05 至 2027-02-13 共9天", "春节: ⟦2027-02-05 至 2027-02-13 共8天", "放假安排的 holidays 春节 的值“2027-02-05 至 2027-02-13 共8天”不对（期望 起止日期与天数一致：2027-02-05 至 2027-02-13 为 9 天）"),
    ("2027-02-05 至 2027-02-13 共9天", "⟦2027-02-13 至 2027-02-05", "放假安排的 holidays 春节 的值“2027-02-13 至 2027-02-05”不对（期望 起日不晚于止日）"),
    ("2027-02-05 至 2027-02-13 共9天", "⟦2027-02-05 至 2027-03-13", "放假安排的 holidays 春节 的值“2027-02-05 至 2027-03-13”不对（期望 不超过 10 天，现为 37 天）"),
    ("2027-02-05 至 2027-02-13 共9天", "⟦初一至初八", "放假安排的 holidays 春节 的值“初一至初八”不对（期望 日期 2027-01-01，或“2027-01-01 至 2027-01-03”，可加“共3天”）"),
    ("  端午节: 2027-06-09", "  ⟦端午节: 2027-07-09", "端午节放假不含端午节当日（期望 5 月 27 日至 6 月 25 日之间）"),
    ("  劳动节: 2027-05-01 至 2027-05-05 共5天", "  ⟦劳动节: 2027-05-02", "劳动节放假不含劳动节当日（期望 5 月 1 日）"),
    ("  端午节: 2027-06-09", "  ⟦端午节: [2027-06-09, 2028-06-09]", "端午节的 2028-06-09 不在 2027 年（或上一年 12 月、下一年 1 月）之内"),
    ("  中秋节: 2027-09-15", "  中秋节: 2027-09-15\n  ⟦纪念日: 2027-09-15", "2027-09-15 同时列在中秋节和纪念日（期望 每天只属一个节日，合并放假的合写）"),
    ("  中秋节: 2027-09-15", "  中秋节: 2027-09-15\n  ⟦中秋节: 2027-09-16", "放假安排的 holidays 的键“中秋节”重复（期望 每个键只写一次）"),
    ("  - 2027-02-14", "  - ⟦2027-02-15", "调休上班日 2027-02-15 是星期一（期望 星期六或星期日）"),
    ("  - 2027-02-14", "  - ⟦2027-02-13", "2027-02-13 同时列为春节放假和调休上班"),
    ("  - 2027-02-14", "  - 2027-02-20\n  - ⟦2027-02-20", "调休上班日 2027-02-20 重复"),
    ("  - 2027-02-14", "  - ⟦2026-10-10", "调休上班日 2026-10-10 不在 2027 年（或上一年 12 月、下一年 1 月）之内"),
]
# fmt: on


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(BadInputFault) as refused:
        read_calendar(written(folder, text))
    return [reason.message for reason in refused.value.reasons]


def test_a_file_says_year_document_and_days(tmp_path: Path) -> None:
    found = read_calendar(written(tmp_path))

    assert (found.year, found.document, found.doubts) == (2027, f"{NUMBER}@2026-11-10", ())
    assert found.notice.rest[date(2027, 2, 13)] == "春节"
    assert len(found.notice.rest) == 29
    assert min(found.notice.worked) == date(2027, 2, 14)


def test_json_says_the_same_as_yaml(tmp_path: Path) -> None:
    found = read_calendar(written(tmp_path))
    same = {
        "year": 2027,
        "number": NUMBER,
        "date": "2026-11-10",
        "holidays": {
            name: f"{days[0]} 至 {days[-1]}" for name, days in found.notice.as_json()["rest"].items()
        },
        "worked": found.notice.as_json()["worked"],
    }

    again = read_calendar(written(tmp_path, json.dumps(same, ensure_ascii=False), "notice.json"))

    assert (again.year, again.document, again.notice.digest) == (2027, found.document, found.notice.digest)


def test_festivals_taken_together_and_days_in_december_and_january_are_read(tmp_path: Path) -> None:
    text = NOTICE_2027.replace("  元旦: 2027-01-01", "  元旦: 2026-12-31").replace(
        "共3天\n  春节", "共4天\n  春节"
    )
    text = text.replace("  中秋节: 2027-09-15\n", "").replace(
        "2027-10-01 至 2027-10-07 共7天", "2027-09-30 至 2027-10-07"
    )
    text = text.replace("国庆节:", "国庆节、中秋节:").replace("  - 2027-02-14", "  - 2028-01-08")

    found = read_calendar(written(tmp_path, text))

    assert found.notice.rest[date(2026, 12, 31)] == "元旦"
    assert found.notice.rest[date(2027, 9, 30)] == "国庆节、中秋节"
    assert date(2028, 1, 8) in found.notice.worked


@pytest.mark.parametrize("year", [year for year in packaged_years() if year not in (2009, 2012, 2017, 2025)])
def test_every_notice_that_was_ever_issued_could_be_typed_in(tmp_path: Path, year: int) -> None:
    notice = packaged_years()[year].as_json()
    rest = {
        name if (name, year) != ("国庆节", 2020) else "国庆节、中秋节": days
        for name, days in notice["rest"].items()
    }
    listed = "".join(f"  {name}: {json.dumps(days)}\n" for name, days in rest.items())
    text = (
        f"year: {year}\nnumber: 国办发明电〔{year - 1}〕1号\ndate: {year - 1}-12-01\n"
        f"holidays:\n{listed}worked: {json.dumps(notice['worked'])}\n"
    )

    found = read_calendar(written(tmp_path, text))

    assert sorted(found.notice.rest) == sorted(packaged_years()[year].rest)
    assert found.notice.worked == packaged_years()[year].worked


@pytest.mark.parametrize(("sound", "broken", "told"), BROKEN)
def test_a_slip_is_named_by_line_and_column(tmp_path: Path, sound: str, broken: str, told: str) -> None:
    assert sound in NOTICE_2027
    text = NOTICE_2027.replace(sound, broken, 1)
    before = text[: text.index("⟦")]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"

    assert faults(tmp_path, text.replace("⟦", ""))[0] == f"calendar-2027.yaml:{place}: {told}"


def test_a_festival_left_out_is_asked_for(tmp_path: Path) -> None:
    told = faults(tmp_path, NOTICE_2027.replace("  清明节: 2027-04-03 至 2027-04-05，共3天\n", ""))

    assert told == ["calendar-2027.yaml:6:3: 缺少清明节（期望 通知中的各个节日都写上）"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "calendar-2027.yaml:1:1: 文件为空（期望 放假安排）"),
        ("- 1\n", "calendar-2027.yaml:1:1: 放假安排的值“列表”不对（期望 键值对）"),
        ("a: &x 1\nb: *x\n", "calendar-2027.yaml:2:4: 不支持引用（*名称），请把内容写出来"),
        ("[" * 5000, "calendar-2027.yaml:1:21: 嵌套过深，应不超过 20 层"),
    ],
)
def test_what_is_no_such_file_is_refused_without_being_built(tmp_path: Path, text: str, told: str) -> None:
    assert faults(tmp_path, text) == [told]


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for name, told in (("none.yaml", "文件不存在"), ("bytes.yaml", "UTF-16")):
        with pytest.raises(BadInputFault) as refused:
            read_calendar(tmp_path / name)
        assert told in refused.value.reasons[0].message


def test_days_that_do_not_balance_are_doubted_but_taken(tmp_path: Path) -> None:
    text = NOTICE_2027.replace("  - 2027-02-14\n  - 2027-02-20\n", "")

    (doubt,) = read_calendar(written(tmp_path, text)).doubts

    assert doubt.startswith("工作日放假 18 天、调休上班 3 天，相差 15 天，而法定节假日共 13 天")


def test_a_template_asks_for_exactly_what_is_missing(tmp_path: Path) -> None:
    told = faults(tmp_path, template(2028))

    assert len(told) == 10
    assert all("的值“”不对" in one for one in told)
