"""Statutory periods: how they are told, what is refused, and the laws they obey; the oracle stands beside."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.calendars import load_calendar
from states.calendar import Calendar
from states.errors import BadInputFault
from states.periods import Length, parse_length, statutory_period

CALENDAR = load_calendar()
starts = st.dates(date(2005, 1, 1), date(2024, 12, 31))
months = st.integers(1, 24)


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        ("2023-11-30", "P3M", "2024-02-29"),
        ("2024-11-10", "P3M", "2025-02-10"),
        ("2021-07-01", "P3M", "2021-10-08"),
        ("2024-11-08", "P3M", "2025-02-08"),
        ("2016-11-30", "P3M", "2017-02-28"),
        ("2016-07-01", "P3M", "2016-10-08"),
        ("2019-11-29", "P3M", "2020-03-02"),
        ("2022-01-31", "P2M", "2022-03-31"),
        ("2016-02-29", "P1Y", "2017-02-28"),
        ("2016-09-20", "P10D", "2016-09-30"),
        ("2016-09-30", "W5", "2016-10-12"),
    ],
)
def test_the_known_cases_forward(start: str, length: str, due: str) -> None:
    period = statutory_period(date.fromisoformat(start), length, CALENDAR)

    assert period.due.isoformat() == due


@pytest.mark.parametrize(
    ("start", "due", "soft"),
    [("2020-07-31", "2020-06-30", "2020-06-30"), ("2021-03-31", "2021-02-28", "2021-02-26")],
)
def test_the_known_cases_before_an_event(start: str, due: str, soft: str) -> None:
    period = statutory_period(date.fromisoformat(start), "P1M", CALENDAR, before=True)

    assert (period.nominal.isoformat(), period.due.isoformat(), period.soft.isoformat()) == (due, due, soft)


def test_a_period_that_does_not_roll_keeps_its_day_and_is_worked_towards_earlier() -> None:
    period = statutory_period(date(2016, 7, 1), "P3M", CALENDAR, roll=False)

    assert (period.due, period.soft, period.rolled) == (date(2016, 10, 1), date(2016, 9, 30), False)
    assert period.steps[2:] == (
        "2016-10-01 为法定休息日（国庆节） → 此类期限不顺延，期限仍为当日",
        "提前到前一工作日 2016-09-30 办理并提醒",
    )


def test_the_json_has_the_keys_of_the_contract_and_the_derivation() -> None:
    period = statutory_period(date(2021, 7, 1), "P3M", CALENDAR)

    assert period.as_json() == {
        "start": "2021-07-01",
        "length": "P3M",
        "nominal": "2021-10-01",
        "due": "2021-10-08",
        "soft": "2021-10-08",
        "rolled": True,
        "calendar": "published",
        "steps": [
            "起算日 2021-07-01 不计入（民法典第201条）",
            "2021-07-01 + 3 个月 → 2021-10-01",
            "2021-10-01 为法定休息日（国庆节） → 顺延至 2021-10-08（民法典第203条）",
        ],
    }


def test_a_saturday_worked_in_exchange_is_a_last_day() -> None:
    assert statutory_period(date(2024, 11, 8), "P3M", CALENDAR).steps[-1] == (
        "2025-02-08 为星期六，调休上班 → 期限为当日"
    )


def test_months_and_days_are_told_as_two_steps() -> None:
    period = statutory_period(date(2023, 1, 31), "P1M3D", CALENDAR)

    assert period.steps[1:3] == (
        "2023-01-31 + 1 个月 → 2023-02-28（无对应日，以月末日为准，民法典第202条）",
        "2023-02-28 + 3 日 → 2023-03-03",
    )


@pytest.mark.parametrize(
    ("start", "step"),
    [
        ("2017-09-30", "起算日 2017-09-30 不计入（民法通则第154条）"),
        ("2017-10-01", "起算日 2017-10-01 不计入（民法总则第201条）"),
        ("2020-12-31", "起算日 2020-12-31 不计入（民法总则第201条）"),
        ("2021-01-01", "起算日 2021-01-01 不计入（民法典第201条）"),
    ],
)
def test_the_law_in_force_on_the_start_day_is_cited(start: str, step: str) -> None:
    assert statutory_period(date.fromisoformat(start), "P3M", CALENDAR).steps[0] == step


@pytest.mark.parametrize(
    ("start", "length", "before", "expected"),
    [
        (date(2026, 9, 30), "P3M", False, "published"),
        (date(2026, 10, 1), "P3M", False, "provisional"),
        (date(2027, 2, 1), "P1M", True, "provisional"),
        (date(2027, 1, 31), "P1M", True, "published"),
        (date(2026, 12, 30), "W1", False, "published"),
        (date(2026, 12, 30), "W2", False, "provisional"),
        (date(2003, 12, 31), "W5", False, "published"),
        (date(2027, 1, 1), "W5", True, "published"),
        (date(2003, 9, 30), "P3M", False, "provisional"),
    ],
)
def test_a_period_is_provisional_when_a_day_it_rests_on_has_no_notice(
    start: date, length: str, before: bool, expected: str
) -> None:
    period = statutory_period(start, length, CALENDAR, before=before)

    assert period.calendar == expected
    assert [step for step in period.steps if step.startswith("未载入")] == [
        f"未载入 {year} 年放假通知：暂按周末和固定日期的节日推算，载入后重算"
        for year in ([] if expected == "published" else [2003 if start.year == 2003 else 2027])
    ]


def test_a_due_day_pushed_into_an_unpublished_year_is_provisional() -> None:
    only_2022 = Calendar(frozenset({date(2022, 12, 30)}), frozenset(), frozenset({2022}))

    period = statutory_period(date(2022, 9, 30), "P3M", only_2022)

    assert (period.nominal, period.due, period.calendar) == (
        date(2022, 12, 30),
        date(2023, 1, 2),
        "provisional",
    )


def test_many_unpublished_years_are_named_as_a_span() -> None:
    period = statutory_period(date(2026, 12, 1), "W2000", CALENDAR)

    assert period.steps[-1] == "未载入 2027—2034 年放假通知：暂按周末和固定日期的节日推算，载入后重算"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P3M", Length(months=3)),
        ("P10D", Length(days=10)),
        ("P1Y", Length(months=12)),
        ("P2W", Length(days=14)),
        ("P1Y6M", Length(months=18)),
        ("P1Y2M3D", Length(months=14, days=3)),
        ("W10", Length(workdays=10)),
    ],
)
def test_the_accepted_writings_of_a_length(text: str, length: Length) -> None:
    assert parse_length(text) == length


BAD = [
    "", "P", "3M", "p3m", "P3", "P-3M", "+P3M", "P1.5M", "P3M ", "P3M\n", "PT3H", "P1W2D", "P6M1Y", "W",
    "W-5", "10W", "P３M", "三个月", "P" + "9" * 5000 + "D",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_any_other_writing_is_bad_input_that_names_the_accepted_ones(text: str) -> None:
    with pytest.raises(BadInputFault) as refused:
        parse_length(text)

    assert refused.value.message == (
        f"期间“{text}”无法识别。可用写法：P3M（月）、P10D（日）、P1Y（年）、P2W（周）、P1Y6M（年月）、W10（工作日）。"
    )


@pytest.mark.parametrize("text", ["P0D", "P0M", "P0Y0M", "P0W", "W0"])
def test_a_length_of_nothing_is_bad_input(text: str) -> None:
    with pytest.raises(BadInputFault) as refused:
        parse_length(text)

    assert refused.value.message.startswith(f"期间“{text}”的长度为零。")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"days": -1}, "期间长度不能为负数；事件之前的期限请用倒计。"),
        ({"months": 1, "workdays": 5}, "期间不能既按月、日又按工作日计算。"),
    ],
)
def test_an_impossible_length_cannot_be_made(fields: dict[str, int], message: str) -> None:
    with pytest.raises(BadInputFault) as refused:
        Length(**fields)

    assert refused.value.message == message


@pytest.mark.parametrize(
    ("start", "length", "before"),
    [
        (date(9999, 12, 1), "P1M", False),
        (date(9999, 12, 31), "P1D", False),
        (date(9999, 12, 31), "W1", False),
        (date(2020, 1, 1), "P99999Y", False),
        (date(2020, 1, 1), "P9999999D", False),
        (date(1, 1, 1), "P1M", True),
        (date(1, 1, 1), "P1D", True),
        (date(1, 1, 1), "W1", True),
    ],
)
def test_a_date_outside_the_calendar_is_bad_input(start: date, length: str, before: bool) -> None:
    empty = Calendar(frozenset(), frozenset({date(9999, 12, 31)}), frozenset())

    with pytest.raises(BadInputFault) as refused:
        statutory_period(start, length, empty, before=before)

    assert refused.value.message.endswith("超出公元 1—9999 年，无法计算。")


def test_a_last_day_that_would_roll_past_the_end_of_time_is_bad_input() -> None:
    no_end = Calendar(frozenset({date(9999, 12, 31)}), frozenset(), frozenset())

    with pytest.raises(BadInputFault) as refused:
        statutory_period(date(9999, 12, 30), "P1D", no_end)

    assert refused.value.message.endswith("超出公元 1—9999 年，无法计算。")


@given(starts, months)
def test_forward_the_due_day_is_worked_and_never_early(start: date, count: int) -> None:
    period = statutory_period(start, Length(months=count), CALENDAR)

    assert start < period.nominal <= period.due == period.soft
    assert chinese_calendar.is_workday(period.due)
    assert period.rolled == (not chinese_calendar.is_workday(period.nominal))


@given(starts, months)
def test_before_an_event_the_legal_day_stays_and_the_soft_day_is_worked(start: date, count: int) -> None:
    period = statutory_period(start, Length(months=count), CALENDAR, before=True)

    assert period.soft <= period.due == period.nominal < start
    assert period.rolled is False
    assert CALENDAR.is_workday(period.soft)


@given(starts, st.integers(0, 400), months, st.booleans())
def test_a_later_start_never_ends_earlier(start: date, later: int, count: int, before: bool) -> None:
    first = statutory_period(start, Length(months=count), CALENDAR, before=before)
    second = statutory_period(start + timedelta(days=later), Length(months=count), CALENDAR, before=before)

    assert (first.nominal <= second.nominal, first.due <= second.due, first.soft <= second.soft) == (
        True,
        True,
        True,
    )


@given(st.builds(Length, months=st.integers(0, 40), days=st.integers(0, 40)).filter(lambda x: x != Length()))
def test_a_length_is_written_as_it_is_read(length: Length) -> None:
    assert parse_length(str(length)) == length
