"""A log line is one line, names its action, and holds no personal data."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from lifecycle.log import configure_log, get_log, mask


@pytest.fixture(autouse=True)
def _untouched_log() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def test_a_process_that_set_up_no_log_says_on_standard_error_what_is_wrong_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    get_log().info("events_dropped", count=1)
    get_log().warning("mail_refused", notice="k1")
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert "level=warning action=mail_refused notice=k1" in line


def test_a_json_line_names_its_action() -> None:
    stream = io.StringIO()
    configure_log("json", "info", stream)
    get_log().info("notice_sent", notice="k1", kind="提醒")
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    event.pop("at")
    assert event == {"action": "notice_sent", "level": "info", "notice": "k1", "kind": "提醒"}


def test_a_text_event_is_one_line_even_when_a_value_has_two() -> None:
    stream = io.StringIO()
    configure_log("text", "info", stream)
    get_log().info("mail_refused", said="550 no\nsuch user")
    (line,) = stream.getvalue().splitlines()
    assert line.partition(" ")[2] == r'level=info action=mail_refused said="550 no\nsuch user"'


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    configure_log("json", "warning", stream)
    get_log().info("quiet")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("请联系 13912345678。", "请联系 ***。"),
        ("+86 139 1234 5678", "***"),
        ("电话0371-65707290转1", "电话***转1"),
        ("寄往 wang.li@kx.example.cn", "寄往 ***"),
        ("身份证11010519491231002X号", "身份证***号"),
        ("h23-young-talent-0001 在 2026-11-21", "h23-young-talent-0001 在 2026-11-21"),
        ("a13912345678f", "a13912345678f"),
    ],
)
def test_personal_data_in_text_is_masked_and_ids_are_not(said: str, written: str) -> None:
    assert mask(said) == written


def test_personal_keys_are_masked_however_deep_they_lie() -> None:
    event = {
        "contact": {"phone": "1", "name": "王"},
        "facts": [{"id_number": 1}],
        "talent.birth_date": "x",
        "n": 1,
    }
    assert mask(event) == {
        "contact": {"phone": "***", "name": "王"},
        "facts": [{"id_number": "***"}],
        "talent.birth_date": "***",
        "n": 1,
    }


def test_an_exception_stays_on_one_line_and_is_masked() -> None:
    stream = io.StringIO()
    configure_log("json", "info", stream)
    try:
        int("a@example.org")
    except ValueError:
        get_log().exception("failed")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["exception"].endswith("ValueError: invalid literal for int() with base 10: '***'")
