"""What is typed about papers and documents: kinds, files, numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from lifecycle.archive import archived, named_again
from lifecycle.papers import document_ref, file_all, material_kind
from lifecycle.settings import read_settings
from lifecycle.store import Store
from states.decision import DocumentRef
from states.errors import BadInputFault, NotFoundFault, UsageFault
from tests.factories import calendar, catalogue


@pytest.fixture
def store(tmp_path: Path) -> Store:
    settings = read_settings({}, home=tmp_path / "home")
    return Store(None, catalogue(), calendar(), settings.home, settings)  # type: ignore[arg-type]


@pytest.fixture
def paper(tmp_path: Path) -> Callable[[str], str]:
    def make(text: str) -> str:
        path = tmp_path / "来件.txt"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return make


def test_a_kind_is_known_by_slug_or_label(store: Store) -> None:
    assert material_kind(store, "review_record") == material_kind(store, "评审记录") == "review_record"


def test_an_unknown_kind_names_near_ones(store: Store) -> None:
    with pytest.raises(UsageFault) as told:
        material_kind(store, "review_recrod")
    assert told.value.message.startswith("没有名为“review_recrod”的材料，是否指：review_record")


def test_papers_are_archived_under_their_digest_and_found_again(
    store: Store, paper: Callable[[str], str]
) -> None:
    ((kind, filed),) = file_all(store, [("评审记录", paper("示例"))])
    digest = sha256("示例".encode()).hexdigest()

    assert (kind, filed.filename, filed.sha256, filed.size) == ("review_record", "来件.txt", digest, 6)
    assert archived(filed) == f"{digest}:来件.txt"
    assert file_all(store, [("review_record", named_again(archived(filed)))]) == (("review_record", filed),)


def test_what_a_person_types_never_names_a_paper_of_the_archive(
    store: Store, paper: Callable[[str], str]
) -> None:
    ((_, filed),) = file_all(store, [("other", paper("示例"))])
    for text in (archived(filed), f"archive:{archived(filed)}"):
        with pytest.raises(BadInputFault, match="文件不存在"):
            file_all(store, [("other", text)])


@pytest.mark.parametrize("name", ["", "../来件.txt", "甲/来件.txt", "来件.exe", "来\n件.txt"])
def test_a_paper_is_named_again_only_as_a_paper_can_be_named(
    store: Store, paper: Callable[[str], str], name: str
) -> None:
    ((_, filed),) = file_all(store, [("other", paper("示例"))])
    with pytest.raises(BadInputFault):
        file_all(store, [("other", named_again(f"{filed.sha256}:{name}"))])


def test_a_dry_run_files_nothing(store: Store, paper: Callable[[str], str]) -> None:
    ((_, seen),) = file_all(store, [("other", paper("示例"))], dry_run=True)
    assert seen.size == 6
    assert not store.home.exists()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("来件.exe", "示例", "文件类型不受理"),
        ("空.txt", "", "是空文件"),
        ("大.txt", "示" * 400, "超过 1000 字节"),
    ],
)
def test_a_dry_run_refuses_the_papers_that_the_real_run_refuses(
    store: Store, tmp_path: Path, name: str, text: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    small = replace(store, settings=replace(store.settings, max_upload_bytes=1000))
    said = set()
    for dry_run in (True, False):
        with pytest.raises(BadInputFault, match=message) as fault:
            file_all(small, [("other", str(path))], dry_run=dry_run)
        said.add(fault.value.message)
    assert len(said) == 1


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_paper_that_is_not_there_is_told(store: Store, dry_run: bool) -> None:
    with pytest.raises(BadInputFault):
        file_all(store, [("other", "没有.txt")], dry_run=dry_run)
    for digest in ("12", "0" * 64):
        with pytest.raises(NotFoundFault):
            file_all(store, [("other", named_again(f"{digest}:来件.txt"))], dry_run=dry_run)


def test_a_document_is_number_and_day() -> None:
    assert document_ref("豫科协〔2023〕1号@2023-05-04") == DocumentRef("豫科协〔2023〕1号", date(2023, 5, 4))
    assert document_ref(" 甲@乙 @ 2023-05-04 ") == DocumentRef("甲@乙", date(2023, 5, 4))
    assert document_ref(None) is None


@pytest.mark.parametrize("text", ["", "豫科协〔2023〕1号", "@2023-05-04", "甲@2023-13-01", "甲@昨天", "甲@"])
def test_anything_else_is_a_wrong_argument_that_shows_the_form(text: str) -> None:
    with pytest.raises(UsageFault) as told:
        document_ref(text)
    assert told.value.message == (f"文号“{text}”无法识别，应为 文号@日期，例如 豫科协〔2023〕1号@2023-05-04")
