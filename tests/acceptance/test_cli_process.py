"""The command line as a program of its own: entry point, streams, environment, statuses."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli import Office, application, call

LIFECYCLE = Path(sys.executable).with_name("lifecycle")


def run(
    *words: str, home: Path, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """One process."""
    return subprocess.run(
        [LIFECYCLE, *words],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "LIFECYCLE_HOME": str(home), **environment},
    )


def test_help_is_chinese_and_lists_every_command() -> None:
    ran = subprocess.run([LIFECYCLE, "--help"], capture_output=True, check=False, timeout=60)
    text = ran.stdout.decode()
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert text.startswith("用法：lifecycle [选项] 命令 …\n")
    for name in (
        "init", "demo", "up", "packs", "call", "apply", "check", "list", "show", "actions", "trigger",
        "amend", "report", "due", "sweep", "notices", "period", "chart", "users", "units", "audit",
    ):  # fmt: skip
        assert f"\n  {name} " in text


def test_a_missing_store_is_made_on_first_use_and_belongs_to_its_maker(tmp_path: Path) -> None:
    ran = run("list", "--json", home=tmp_path / "home")
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"projects": [], "next": None})
    people = json.loads(run("--json", "users", home=tmp_path / "home").stdout)["users"]
    assert [one["roles"] for one in people] == [[{"role": "admin", "province": "*"}]]


def test_the_administrator_decides_nothing_about_a_project(office: Office) -> None:
    project = office.talent()
    ran = run("trigger", "受理", project, "--on", "2023-03-03", "--json", home=office.home)
    assert ran.returncode == 4


def test_the_environment_says_who_and_when(office: Office) -> None:
    rows = json.dumps([application("示例甲")], ensure_ascii=False).encode()
    who = {"LIFECYCLE_ACTOR": "clerk", "LIFECYCLE_ON": "2023年3月2日"}
    ran = run("apply", "-", "--json", home=office.home, stdin=rows, **who)
    assert ran.returncode == 0, ran.stdout.decode()
    entry = office.done("show", "h23-young-talent-0001")["history"][0]
    assert (entry["actor"], entry["on"]) == ("clerk", "2023-03-02")
    late = run("list", home=office.home, LIFECYCLE_ON="soon")
    assert (late.returncode, "环境变量 LIFECYCLE_ON" in late.stderr.decode()) == (2, True)


@pytest.mark.parametrize(
    "words", [("--json", "list"), ("list", "--json"), ("list", "--json", "--limit", "3")]
)
def test_global_options_stand_before_or_after_the_command(office: Office, words: tuple[str, ...]) -> None:
    for line in (("--home", office.home, *words), (*words, "--home", office.home)):
        assert call(*line).json == {"projects": [], "next": None}


def test_of_two_global_options_the_later_one_counts(office: Office, tmp_path: Path) -> None:
    office.talent()
    found = call("--home", tmp_path / "other", "list", "--home", office.home, "--json").json
    assert len(found["projects"]) == 1
    assert not (tmp_path / "other").exists()


def test_a_fault_of_the_program_is_one_sentence_and_a_private_log(office: Office) -> None:
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as store, store:
        store.execute("ALTER TABLE unit RENAME TO lost")
    ran = run("list", "--json", home=office.home)
    document = json.loads(ran.stdout)
    log = office.home / "lifecycle-errors.log"
    assert (ran.returncode, document["error"]["code"]) == (1, "internal")
    assert str(log) in document["error"]["message"]
    assert b"Traceback" not in ran.stdout + ran.stderr
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_reader_that_goes_away_is_no_error(office: Office) -> None:
    line = f"{LIFECYCLE} packs --json | head -c 10"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("words", [("packs",), ("packs", "--json"), ("up", "--help")], ids=" ".join)
def test_nobody_who_reads_is_no_error(office: Office, words: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [LIFECYCLE, "--home", office.home, *words]
    ran = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(write_end)
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr.decode()


def test_words_that_are_no_text_are_refused(office: Office) -> None:
    ran = subprocess.run(
        [LIFECYCLE, "--home", office.home, "show", b"\xff\xfe"], capture_output=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stderr.decode()) == (
        2,
        "错误（usage）：命令参数含有无法识别的字符编码，请改用 UTF-8 终端。\n",
    )


@pytest.mark.parametrize(("words", "status"), [(("show", "nothing"), 5), (("lst",), 2), (("packs",), 0)])
@pytest.mark.parametrize("form", [("--json",), ()])
def test_a_status_does_not_depend_on_whether_anybody_reads(
    office: Office, words: tuple[str, ...], form: tuple[str, ...], status: int
) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        ran = subprocess.run(
            [LIFECYCLE, "--home", office.home, *form, *words],
            stdout=write_end,
            stderr=write_end,
            check=False,
            timeout=60,
        )
    finally:
        os.close(write_end)
    assert ran.returncode == status


def test_what_was_declined_is_told_by_the_status_though_nobody_reads(office: Office) -> None:
    office.write("a.json", [application("示例甲"), application("示例乙", unit={"name": "", "kind": "?"})])
    line = f"{LIFECYCLE} --home {office.home} --as clerk --on 2023-03-02 apply {office.home.parent}/a.json"
    ran = subprocess.run(
        ["bash", "-c", f"{line} 2>&1 | true; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 7


@pytest.mark.parametrize("actor", [(), ("--as", "clerk")])
def test_a_list_finds_out_who_reads_it_without_loading_the_models(
    office: Office, actor: tuple[str, ...]
) -> None:
    program = (
        "import sys; from console.main import main; status = main(sys.argv[1:]); "
        "heavy = {'sqlmodel', 'pydantic', 'prefect', 'rich'} & {*sys.modules}; "
        "print(status, sorted(heavy), file=sys.stderr)"
    )
    words = [sys.executable, "-c", program, "--home", office.home, *actor, "list", "--json"]
    ran = subprocess.run(words, capture_output=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"0 []\n")
