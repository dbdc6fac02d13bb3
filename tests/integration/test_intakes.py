"""A folder of applications: each is taken in once, whatever is broken, repeated, changing or killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lifecycle.database import reading
from lifecycle.inbox import SETTLED_AFTER, Found, Inbox, Left, look_into, read_whole
from lifecycle.intakes import FileTaken, files_taken, take_file
from lifecycle.settings import Settings
from states.errors import BadInputFault, UsageFault
from tests.record_store import APPLIED, CLERK, EVENT, Records, records

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
from flows.bootstrap import App
from lifecycle.inbox import Found
from lifecycle.intakes import take_file
from lifecycle.service import Service
from lifecycle.settings import read_settings
from tests.record_store import CLERK, MOMENT

class Mortal(Service):
    left = int(sys.argv[2])
    def apply(self, *given, **more):
        project = super().apply(*given, **more)
        Mortal.left -= 1
        if not Mortal.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return project

service = Mortal(App(read_settings()).store, lambda: MOMENT)
folder = Path(sys.argv[1])
on = date.fromisoformat(sys.argv[3])
for name in sorted(os.listdir(folder)):
    take_file(service, CLERK, Found(folder, name), on, lambda: MOMENT, "来件补录")
"""


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "来件"
    made.mkdir()
    return made


def one(number: int, **more: Any) -> dict[str, Any]:
    """An application that is sound."""
    return {
        "programme": EVENT,
        "title": f"示例题目{number}",
        "unit": {"name": f"河南省示例学会{number}", "kind": "prov_society"},
        "contact": {"name": "示例", "email": "contact@example.org"},
        **more,
    }


def put(folder: Path, name: str, *applications: dict[str, Any]) -> Path:
    path = folder / name
    path.write_text(json.dumps(list(applications), ensure_ascii=False), encoding="utf-8")
    return path


def later() -> datetime:
    """A moment at which everything in the folder has been at rest long enough."""
    return datetime.now(UTC) + timedelta(seconds=SETTLED_AFTER + 1)


def look(folder: Path, inside: str = "") -> Inbox:
    return look_into(folder, inside, later())


def take_all(store: Records, folder: Path) -> dict[str, FileTaken]:
    done = {}
    for file in look(folder).files:
        outcome = take_file(store.service, CLERK, file, APPLIED, lambda: store.moment, "来件补录")
        assert isinstance(outcome, FileTaken)
        done[file.name] = outcome
    return done


def titles(store: Records) -> list[str]:
    return sorted(row["title"] for row in store.rows("project"))


def test_a_folder_read_twice_copied_and_renamed_adds_nothing(store: Records, folder: Path) -> None:
    book = put(folder, "甲.json", one(1), one(2))
    put(folder, "乙.json", one(3))
    assert {name: done.added for name, done in take_all(store, folder).items()} == {
        "甲.json": 2,
        "乙.json": 1,
    }

    (folder / "甲的副本.json").write_bytes(book.read_bytes())
    book.rename(folder / "改名.json")
    again = take_all(store, folder)
    assert sum(done.added for done in again.values()) == 0
    assert {done.status for done in again.values()} == {"taken"}
    assert titles(store) == ["示例题目1", "示例题目2", "示例题目3"]
    assert store.whole()


def test_an_application_that_was_withdrawn_does_not_come_back_with_its_file(
    store: Records, folder: Path
) -> None:
    put(folder, "甲.json", one(1))
    (project,) = [item["project"] for item in take_all(store, folder)["甲.json"].accepted]
    store.do("withdraw", project, actor=CLERK, document=f"来文〔2020〕1号@{APPLIED.isoformat()}")
    again = take_all(store, folder)["甲.json"]
    assert [(item["project"], item["before"]) for item in again.accepted] == [(project, True)]
    assert len(titles(store)) == 1


def test_a_broken_file_and_a_broken_row_hold_up_no_other_and_are_told_by_file_and_row(
    store: Records, folder: Path
) -> None:
    put(folder, "1好.json", one(1))
    (folder / "2坏.json").write_text('[{"programme": ', encoding="utf-8")
    (folder / "3坏.xlsx").write_bytes(b"PK\x03\x04 half a workbook")
    put(folder, "4半好.json", {"programme": EVENT, "title": "无单位"}, one(4))
    done = take_all(store, folder)
    assert {name: taken.status for name, taken in done.items()} == {
        "1好.json": "taken", "2坏.json": "refused", "3坏.xlsx": "refused", "4半好.json": "partly",
    }  # fmt: skip
    assert titles(store) == ["示例题目1", "示例题目4"]
    (refused,) = done["4半好.json"].refused
    assert (refused["source"], refused["title"]) == ("4半好.json:1", "无单位")
    assert done["2坏.json"].refused[0]["source"] == "2坏.json"
    assert all(
        reason["message"] for item in done.values() for row in item.refused for reason in row["reasons"]
    )


def test_what_was_refused_is_tried_again_and_a_mended_file_adds_only_what_is_new(
    store: Records, folder: Path
) -> None:
    put(
        folder,
        "甲.json",
        one(1),
        one(2, programme="h23-pilot-city", unit={"name": "某市科协", "kind": "city_kx"}),
    )
    first = take_all(store, folder)["甲.json"]
    assert (first.status, first.added) == ("partly", 1)
    from tests.record_store import ASSOCIATION

    store.service.open_call(ASSOCIATION, "h23-pilot-city", APPLIED)
    second = take_all(store, folder)["甲.json"]
    assert (second.status, second.added, second.before) == ("taken", 1, 1)


def test_parents_come_before_children_and_are_found_again_by_a_later_time(
    store: Records, folder: Path
) -> None:
    from tests.record_store import ASSOCIATION, CITY, HUNDRED

    unit = {"name": "示例市科协", "kind": "city_kx"}
    put(
        folder,
        "市.json",
        one(1, programme=HUNDRED, unit=unit, parent_ref="市"),
        one(2, programme=CITY, unit=unit, ref="市"),
    )
    store.service.open_call(ASSOCIATION, CITY, APPLIED)
    assert take_all(store, folder)["市.json"].added == 1
    store.service.open_call(ASSOCIATION, HUNDRED, APPLIED)
    take_all(store, folder)
    rows = {row["programme"]: row for row in store.rows("project")}
    assert rows[HUNDRED]["parent_id"] == rows[CITY]["id"]


@pytest.mark.parametrize("after", [1, 3])
def test_killed_between_applications_it_goes_on_where_it_stopped(
    store: Records, folder: Path, after: int
) -> None:
    put(folder, "1.json", one(1), one(2))
    put(folder, "2.json", one(3), one(4))
    settings = store.app.settings
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LIFECYCLE_HOME": str(settings.home)}
    if settings.database_url:
        environment["LIFECYCLE_DATABASE_URL"] = settings.database_url
    words = [sys.executable, "-P", "-c", KILLED, str(folder), str(after), APPLIED.isoformat()]
    ran = subprocess.run(words, env=environment, check=False, timeout=60, capture_output=True)
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()
    assert len(titles(store)) == after

    take_all(store, folder)
    assert titles(store) == [f"示例题目{number}" for number in (1, 2, 3, 4)]
    assert store.whole()
    with reading(store.app.engine) as conn:
        told = {row["file"]: len(row["accepted"]) for row in files_taken(conn, 10)}
    assert told == {"1.json": 2, "2.json": 2}


def test_a_file_that_has_just_changed_is_left_for_next_time_even_with_an_old_date(folder: Path) -> None:
    path = put(folder, "甲.json", one(1))
    os.utime(path, (0, 0))
    now = look_into(folder, "", datetime.now(UTC))
    assert now.files == ()
    assert [(left.name, left.why) for left in now.left] == [("甲.json", "刚有改动，可能尚未复制完，留待下次")]
    assert [file.name for file in look(folder).files] == ["甲.json"]


def test_links_pipes_open_and_unfinished_files_are_not_read(folder: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "秘密.json", one(1))
    (folder / "链接.json").symlink_to(secret)
    os.mkfifo(folder / "管道.json")
    for name in ("~$甲.xlsx", ".甲.json", "附件.docx"):
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "夹.json").mkdir()
    found = look(folder)
    assert found.files == ()
    assert {left.name: left.why for left in found.left} == {
        "链接.json": "是符号链接，不读取", "管道.json": "不是普通文件",
    }  # fmt: skip
    left = read_whole(Found(folder, "链接.json"))
    assert isinstance(left, Left)
    assert "链接循环" in left.why
    assert isinstance(read_whole(Found(folder, "管道.json")), Left)


@pytest.mark.parametrize(
    "inside",
    ["..", "../秘密.json", "夹/../../秘密.json", "/etc", "/etc/passwd", "出口", "出口/秘密.json", "a\0b"],
)
def test_a_path_that_leads_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, inside: str) -> None:
    put(tmp_path, "秘密.json", one(1))
    (folder / "夹").mkdir()
    (folder / "出口").symlink_to(tmp_path)
    with pytest.raises(UsageFault):
        look(folder, inside)


@pytest.mark.parametrize(("inside", "words"), [("没有.json", "文件不存在"), ("甲.docx", "应为 yaml")])
def test_a_path_that_is_no_file_of_applications_is_told(folder: Path, inside: str, words: str) -> None:
    (folder / "甲.docx").write_text("x", encoding="utf-8")
    with pytest.raises(BadInputFault, match=words):
        look(folder, inside)


def test_one_file_or_a_folder_within_may_be_named(folder: Path) -> None:
    (folder / "批次").mkdir()
    put(folder, "甲.json", one(1))
    put(folder / "批次", "乙.json", one(2))
    assert [file.path for file in look(folder, "甲.json").files] == [folder / "甲.json"]
    assert [file.path for file in look(folder, "批次").files] == [folder / "批次" / "乙.json"]
    assert [file.path for file in look(folder, str(folder / "批次")).files] == [folder / "批次" / "乙.json"]
    assert [file.name for file in look(folder).files] == ["甲.json"]
