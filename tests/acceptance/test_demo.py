"""`lifecycle demo`, run once as a program of its own, and what it must never do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from console.demo.books_2016 import BOOKS
from console.demo.expect import DemoFault, expect_outcome
from console.demo.rows import write_book
from lifecycle.intake import read_applications
from lifecycle.packs import load_catalogue
from states.errors import Reason
from tests.conftest import DEMO_SECONDS, PROGRAM

# The fixture's run takes as long as a whole demo, on a machine that may be busy with other tests.
pytestmark = [pytest.mark.timeout(DEMO_SECONDS + 60), pytest.mark.xdist_group("demo")]


def lifecycle(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, timeout=DEMO_SECONDS, check=False
    )


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Path:
    return demo_home


@pytest.fixture(scope="module")
def played(demo_told: dict[str, Any]) -> dict[str, Any]:
    return demo_told


def asked(home: Path, *words: str) -> Any:
    ended = lifecycle(*words, "--home", str(home), "--json")
    assert ended.returncode == 0, ended.stdout
    return json.loads(ended.stdout)


def test_the_demo_ends_with_every_project_where_the_story_leaves_it(played: dict[str, Any]) -> None:
    assert played["by_state"] == {
        "closed": 28,
        "closed_unqualified": 2,
        "disqualified": 1,
        "executing": 1,
        "form_failed": 4,
        "not_selected": 4,
        "performance_review": 2,
        "rectifying": 1,
        "terminated": 1,
    }
    assert played["projects"] == 44


def test_some_duties_were_met_some_late_and_some_are_overdue(played: dict[str, Any]) -> None:
    duties = played["duties"]
    assert (duties["met"], duties["late"], duties["overdue"]) == (187, 4, 6)


def test_every_notice_that_was_sent_is_in_a_file(played: dict[str, Any], home: Path) -> None:
    """Alone, or with the other reminders that its receiver got on that day."""
    sent = asked(home, "notices", "--status", "sent")["notices"]
    assert len(sent) == sum(kind.get("sent", 0) for kind in played["notices_by_kind"].values())
    assert {path.stem for path in (home / "outbox").glob("*.eml")} == {
        notice["digest"] or notice["key"] for notice in sent
    }


def test_letters_that_nobody_signed_were_not_sent(played: dict[str, Any], home: Path) -> None:
    held = asked(home, "notices", "--status", "held")["notices"]
    assert {letter["kind"] for letter in held} == {
        "evaluation_letter",
        "rectification_letter",
        "extension_letter",
    }
    assert [
        key for key in (letter["key"] for letter in held) if (home / "outbox" / f"{key}.eml").exists()
    ] == []


def test_the_named_event_of_2021_has_its_real_title_and_its_moved_duty(
    played: dict[str, Any], home: Path
) -> None:
    event = asked(home, "show", "h21-intl-national-platform-0001")
    report = next(duty for duty in event["duties"] if duty["duty"] == "preparation_report")
    assert event["title"] == "中国（郑州）第二届甲状腺疾病国际高峰论坛"
    assert [(move["from"], move["to"]) for move in report["moves"]] == [("2021-09-16", "2021-10-13")]
    assert report["status"] == "met"


def test_the_chain_of_the_whole_story_verifies(played: dict[str, Any], home: Path) -> None:
    assert played["audit"]["ok"]
    assert asked(home, "audit", "verify")["entries"] == played["audit"]["entries"]


def test_every_command_either_had_its_flow_run_or_waits_for_it(played: dict[str, Any], home: Path) -> None:
    import sqlite3

    runs = played["flow_runs"]
    with sqlite3.connect(home / "lifecycle.sqlite3") as store:
        counted = dict(store.execute("SELECT status, count(*) FROM command GROUP BY status").fetchall())
    sweep_and_post = 2
    assert runs["error"] is None
    assert counted.get("pending", 0) == runs["waiting"]
    assert counted.get("done", 0) == max(runs["finished"] - sweep_and_post, 0)


def test_what_runs_tell_has_reached_the_flow_server_before_it_stops(
    played: dict[str, Any], home: Path
) -> None:
    import sqlite3

    told = "SELECT count(DISTINCT json_extract(related, '$[0].\"prefect.resource.id\"')) FROM events"
    with sqlite3.connect(home / "prefect" / "prefect.db") as server:
        ((runs,),) = server.execute(f"{told} WHERE event LIKE 'kexie.project.%'").fetchall()
    sweep_and_post = 2
    assert 0 < runs <= played["flow_runs"]["finished"] - sweep_and_post  # a slow server is not waited for


def test_the_demo_leaves_no_process_behind(played: dict[str, Any], home: Path) -> None:
    assert _processes_of(home) == []


def test_a_folder_with_a_store_is_left_alone(tmp_path: Path) -> None:
    asked(tmp_path, "init")
    before = (tmp_path / "lifecycle.sqlite3").read_bytes()

    ended = lifecycle("demo", "--home", str(tmp_path), "--json")

    assert (ended.returncode, json.loads(ended.stdout)["error"]["code"]) == (3, "refused")
    assert (tmp_path / "lifecycle.sqlite3").read_bytes() == before


def test_a_home_below_a_regular_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    ended = lifecycle("demo", "--home", str(tmp_path / "file" / "home"), "--json")

    assert (ended.returncode, json.loads(ended.stdout)["error"]["code"]) == (8, "unavailable")


@pytest.mark.parametrize(
    ("wanted", "refused", "said"),
    [
        ({}, ["R-LIFE-63"], "应获准"),
        ({"a": "R-LIFE-63"}, [], "应因 R-LIFE-63 未获准"),
        ({"a": "R-LIFE-63"}, ["R-LIFE-66"], "R-LIFE-66"),
    ],
)
def test_an_unexpected_outcome_ends_the_demo_as_a_fault_of_the_program(
    wanted: dict[str, str], refused: Sequence[str], said: str
) -> None:
    reasons = tuple(Reason(rule, "名额已满") for rule in refused)
    with pytest.raises(DemoFault, match=said) as caught:
        expect_outcome("评审立项", ["a"], wanted, {"a": reasons} if reasons else {})
    assert caught.value.exit_status == 1


def test_a_workbook_of_the_demo_has_chinese_headings_and_reads_back(tmp_path: Path) -> None:
    catalogue = load_catalogue()
    path = write_book(BOOKS[0], tmp_path, catalogue, {})

    found = read_applications([str(path)], catalogue)

    assert found.rejected == ()
    assert [one.ref for one in found.applications] == [
        row["ref"] for row in BOOKS[0].sheets["fj16-pilot-society"]
    ]
    assert found.applications[0].unit_kind == "fj_society"


def _processes_of(home: Path) -> list[str]:
    """The command lines of processes that were started with this home in their environment."""
    marked = f"={home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marked in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended while we looked, or it is not ours to read
    return found
