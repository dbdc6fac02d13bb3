"""What a file of applications may bring along: papers of its own folder, and its own data only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.archive import open_material
from lifecycle.extract import extract_of
from lifecycle.intake import Reading, read_applications
from lifecycle.packs import load_catalogue
from lifecycle.settings import Settings
from tests.record_store import CLERK, EVENT, Records, application, records

OUTSIDE = "材料应放在申报文件所在的文件夹之内"
CATALOGUE = load_catalogue()


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a paper and a link to one, beside a secret that is not its own."""
    (tmp_path / "秘密.txt").write_text("秘密", encoding="utf-8")
    sent = tmp_path / "来件"
    (sent / "附件").mkdir(parents=True)
    (sent / "附件" / "申报函.txt").write_text("函", encoding="utf-8")
    (sent / "同一份.txt").symlink_to(sent / "附件" / "申报函.txt")
    (sent / "链接.txt").symlink_to(tmp_path / "秘密.txt")
    (sent / "夹").symlink_to(tmp_path)
    return sent


def one_with(paper: str) -> dict[str, Any]:
    """An application that brings a paper."""
    return {
        "programme": EVENT,
        "title": "示例",
        "unit": {"name": "河南省示例学会", "kind": "prov_society"},
        "materials": [{"kind": "implementation_plan", "file": paper}],
    }


def read(folder: Path, paper: str) -> Reading:
    path = folder / "申报.json"
    path.write_text(json.dumps([one_with(paper)]), encoding="utf-8")
    return read_applications([str(path)], CATALOGUE)


@pytest.mark.parametrize("paper", ["附件/申报函.txt", "./附件/../附件/申报函.txt", "同一份.txt"])
def test_a_paper_in_the_folder_of_the_file_is_taken(folder: Path, paper: str) -> None:
    (found,) = read(folder, paper).applications
    assert Path(found.materials[0][1]).read_text(encoding="utf-8") == "函"


def test_a_paper_may_be_named_in_full_if_it_lies_in_the_folder(folder: Path) -> None:
    (found,) = read(folder, str(folder / "附件" / "申报函.txt")).applications
    assert found.materials == (("implementation_plan", str(folder / "附件" / "申报函.txt")),)


@pytest.mark.parametrize(
    "paper",
    [
        "../秘密.txt",
        "附件/../../秘密.txt",
        "链接.txt",
        "夹/秘密.txt",
        "/etc/passwd",
        "/etc/没有",
        "../没有.txt",
    ],
)
def test_a_paper_anywhere_else_rejects_the_row_whether_it_is_there_or_not(folder: Path, paper: str) -> None:
    reading = read(folder, paper)
    (rejected,) = reading.rejected
    assert reading.applications == ()
    assert [reason.message.rpartition("：")[2] for reason in rejected.reasons] == [OUTSIDE]


def test_standard_input_brings_papers_of_the_current_folder_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for paper, taken in (("附件/申报函.txt", 1), ("../秘密.txt", 0)):
        data = json.dumps([one_with(paper)]).encode()
        assert len(read_applications(["-"], CATALOGUE, stdin=data).applications) == taken


def test_a_file_of_one_application_is_kept_as_it_came(store: Records) -> None:
    store.apply(form=store.paper("原件.txt", "原件"))
    (paper,) = store.rows("material")
    assert paper["filename"] == "原件.txt"
    with open_material(store.app.settings.home, paper["sha256"]) as kept:
        assert kept.read() == "原件".encode()


def test_of_a_file_of_several_each_project_keeps_its_own_part(store: Records) -> None:
    book = store.paper("申报.csv", "示例题目1 示例题目2")
    for number, ref in ((1, "甲/乙"), (2, None)):
        one = application(
            number, source=f"申报.csv:{number}", ref=ref, facts={"event.starts_on": date(2020, 10, 20)}
        )
        on = date(2020, 3, 2)
        store.service.apply(CLERK, one, on, form=book, shared=True, reason="来件补录")
    papers = store.rows("material")

    assert [paper["filename"] for paper in papers] == ["申报书-甲-乙.json", "申报书-2.json"]
    for number, paper in enumerate(papers, 1):
        with open_material(store.app.settings.home, paper["sha256"]) as kept:
            said = json.loads(kept.read())
        assert (said["title"], said["unit"]["name"]) == (f"示例题目{number}", f"河南省示例学会{number}")
        assert said["facts"] == {"event.starts_on": "2020-10-20"}
    assert store.whole() is True


def test_a_dry_run_of_a_shared_file_keeps_nothing(store: Records) -> None:
    one = application(source="申报.csv:2")
    store.service.apply(
        CLERK, one, date(2020, 3, 2), form=store.paper(), shared=True, dry_run=True, reason="补"
    )
    assert not (store.app.settings.home / "archive").exists()


def test_an_extract_reads_again_as_the_application_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "函.txt").write_text("函", encoding="utf-8")
    papers = (("implementation_plan", str(tmp_path / "函.txt")),)
    given = application(1, facts={"event.starts_on": date(2020, 10, 20)}, materials=papers)
    name, data = extract_of(given)
    said = json.loads(data)
    del said["source"]
    (tmp_path / name).write_text(json.dumps([said]), encoding="utf-8")
    (again,) = read_applications([str(tmp_path / name)], CATALOGUE).applications

    assert (again.title, again.unit_name, again.facts, again.materials, again.contact) == (
        given.title, given.unit_name, given.facts, given.materials, given.contact
    )  # fmt: skip
