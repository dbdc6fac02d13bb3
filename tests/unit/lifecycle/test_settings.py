"""Settings come from the environment, secrets also from files, and nonsense is named."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from lifecycle.settings import describe, read_settings
from states.errors import UsageFault

HOME = {"LIFECYCLE_HOME": "/srv/lifecycle"}


def test_the_defaults_need_nothing_but_a_home() -> None:
    settings = read_settings(HOME)
    assert (settings.home, settings.database_url, settings.mail_channel, settings.on) == (
        Path("/srv/lifecycle"),
        None,
        "eml",
        None,
    )


def test_values_are_typed() -> None:
    settings = read_settings({**HOME, "LIFECYCLE_ON": "2020-02-29", "LIFECYCLE_SMTP_PORT": " 465 "})
    assert (settings.on, settings.smtp_port) == (date(2020, 2, 29), 465)


def test_the_command_line_goes_before_the_environment() -> None:
    settings = read_settings({**HOME, "LIFECYCLE_ACTOR": "wang"}, actor="li", on=None)
    assert (settings.actor, settings.on) == ("li", None)


def test_a_blank_variable_is_not_set() -> None:
    assert read_settings({**HOME, "LIFECYCLE_SMTP_PORT": "  "}).smtp_port == 25


def test_a_relative_home_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({"LIFECYCLE_HOME": "store"}).home == tmp_path / "store"


def test_without_a_home_the_platform_s_folder_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert read_settings({}).home == tmp_path / "lifecycle"


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("LIFECYCLE_ON", "2020-02-30", "日期"),
        ("LIFECYCLE_SMTP_PORT", "70000", "1 至 65535 的整数"),
        ("LIFECYCLE_SMTP_PORT", "ssl", "1 至 65535 的整数"),
        ("LIFECYCLE_MAIL_CHANNEL", "pigeon", "eml、smtp"),
        ("LIFECYCLE_SMTP_TLS", "ssl", "none、starttls、tls"),
    ],
)
def test_a_malformed_value_is_named_with_what_was_expected(variable: str, value: str, expected: str) -> None:
    with pytest.raises(UsageFault) as caught:
        read_settings({**HOME, variable: value})
    assert caught.value.message.startswith(f"环境变量 {variable} 的值“{value}”无效")
    assert expected in caught.value.message


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("geheim\n", encoding="utf-8")
    settings = read_settings({**HOME, "LIFECYCLE_SMTP_PASSWORD_FILE": str(tmp_path / "secret")})
    assert settings.smtp_password == "geheim"


def test_a_secret_given_twice_or_in_no_file_is_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(UsageFault, match="只能设置一个"):
        read_settings({**HOME, "LIFECYCLE_SMTP_PASSWORD": "x", "LIFECYCLE_SMTP_PASSWORD_FILE": missing})
    with pytest.raises(UsageFault, match="无法读取"):
        read_settings({**HOME, "LIFECYCLE_SMTP_PASSWORD_FILE": missing})


def test_secrets_are_not_shown() -> None:
    settings = read_settings(
        {**HOME, "LIFECYCLE_SMTP_PASSWORD": "geheim", "LIFECYCLE_DATABASE_URL": "postgresql://a:geheim@b/c"}
    )
    assert repr(settings).count("geheim") == 0


def test_every_setting_is_described_in_chinese() -> None:
    table = describe()
    assert [row.variable for row in table if not any("一" <= letter <= "鿿" for letter in row.meaning)] == []
    assert [row.variable for row in table if row.secret] == [
        "LIFECYCLE_DATABASE_URL",
        "LIFECYCLE_SMTP_PASSWORD",
        "LIFECYCLE_WECOM_WEBHOOK",
        "LIFECYCLE_DINGTALK_WEBHOOK",
        "LIFECYCLE_DINGTALK_SECRET",
        "LIFECYCLE_FEISHU_WEBHOOK",
        "LIFECYCLE_FEISHU_SECRET",
        "LIFECYCLE_PROXY",
        "LIFECYCLE_PREFECT_AUTH",
        "LIFECYCLE_PREFECT_DATABASE_URL",
    ]


def test_reading_settings_imports_nothing_heavy() -> None:
    program = (
        "import sys; from lifecycle.settings import read_settings; read_settings({'LIFECYCLE_HOME': '/x'})\n"
        "print(sorted({'pydantic', 'sqlalchemy', 'platformdirs', 'structlog'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout == "[]\n"
