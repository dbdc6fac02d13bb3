from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flows.bootstrap import App, build_app, current_app, using
from lifecycle.settings import read_settings
from notifications.eml import EmlChannel
from notifications.mail import SmtpChannel
from states.errors import UnavailableFault

ROOT = Path(__file__).parents[3]
HEAVY = ["prefect", "sqlalchemy", "sqlmodel", "yaml", "jinja2", "apscheduler"]


def test_wiring_imports_nothing_heavy_and_the_supervisor_no_prefect() -> None:
    code = (
        "import sys, flows.bootstrap\n"
        f"assert not [name for name in {HEAVY} if name in sys.modules], 'bootstrap'\n"
        "import flows.supervisor\n"
        "assert 'prefect' not in sys.modules, 'supervisor'\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_process_has_one_application_for_the_same_settings(tmp_path: Path) -> None:
    first = build_app(read_settings({}, home=tmp_path))
    assert build_app(read_settings({}, home=tmp_path)) is first


def test_nothing_is_made_before_it_is_asked_for(tmp_path: Path) -> None:
    app = App(read_settings({}, home=tmp_path / "home"))
    app.close()
    assert not (tmp_path / "home").exists()


def test_the_store_is_made_on_first_use(tmp_path: Path) -> None:
    app = App(read_settings({}, home=tmp_path / "home"))
    assert app.rehearsal is False
    assert (tmp_path / "home" / "lifecycle.sqlite3").exists()
    app.close()


def test_a_home_below_a_file_is_a_clear_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    app = App(read_settings({}, home=tmp_path / "file" / "home"))
    with pytest.raises(UnavailableFault):
        _ = app.engine


def test_flows_work_on_the_application_they_are_called_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFECYCLE_HOME", str(tmp_path / "outer"))
    app = App(read_settings({}, home=tmp_path / "inner"))
    with using(app):
        assert current_app() is app
    assert current_app().settings.home == tmp_path / "outer"


def test_mail_goes_into_files_unless_a_mail_server_is_set(tmp_path: Path) -> None:
    files = App(read_settings({}, home=tmp_path)).channels
    assert {name: type(channel) for name, channel in files.items()} == {"mail": EmlChannel}
    smtp = App(read_settings({}, home=tmp_path, mail_channel="smtp")).channels
    assert {name: type(channel) for name, channel in smtp.items()} == {"mail": SmtpChannel}
