"""Papers are filed once, whole and unchanged; what cannot be filed says why."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st

from lifecycle.archive import FOLDER, Filed, file_material, open_material
from states.errors import BadInputFault, NotFoundFault, TamperedFault, UnavailableFault

LIMIT = 1000


def paper(folder: Path, name: str = "申报书.pdf", content: bytes = b"text") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def archived(home: Path) -> list[Path]:
    return sorted(path for path in (home / FOLDER).rglob("*") if path.is_file())


def place(home: Path, digest: str) -> Path:
    return home / FOLDER / digest[:2] / digest[2:4] / digest


def test_a_paper_is_filed_under_its_digest_and_can_be_read_again(tmp_path: Path) -> None:
    digest = sha256(b"text").hexdigest()
    assert file_material(tmp_path, paper(tmp_path), LIMIT) == Filed("申报书.pdf", digest, 4)
    assert archived(tmp_path) == [place(tmp_path, digest)]
    with open_material(tmp_path, digest) as stored:
        assert stored.read() == b"text"


@given(content=st.binary(min_size=1, max_size=LIMIT))
@configured(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_filed_is_what_is_read(tmp_path: Path, content: bytes) -> None:
    filed = file_material(tmp_path, paper(tmp_path, content=content), LIMIT)
    with open_material(tmp_path, filed.sha256) as stored:
        assert (stored.read(), filed.size) == (content, len(content))


def test_the_same_bytes_under_two_names_lie_there_once_and_untouched(tmp_path: Path) -> None:
    first = file_material(tmp_path, paper(tmp_path, "a.pdf"), LIMIT)
    before = place(tmp_path, first.sha256).stat()
    second = file_material(tmp_path, paper(tmp_path, "b.docx"), LIMIT)
    after = place(tmp_path, first.sha256).stat()
    assert (second.filename, second.sha256) == ("b.docx", first.sha256)
    assert archived(tmp_path) == [place(tmp_path, first.sha256)]
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_upper_case_ending_is_the_same_kind_of_file(tmp_path: Path) -> None:
    assert file_material(tmp_path, paper(tmp_path, "SCAN.PDF"), LIMIT).filename == "SCAN.PDF"


def test_exactly_the_limit_is_accepted_and_one_byte_more_is_not(tmp_path: Path) -> None:
    assert file_material(tmp_path, paper(tmp_path, content=b"x" * LIMIT), LIMIT).size == LIMIT
    with pytest.raises(BadInputFault, match="超过 1000 字节"):
        file_material(tmp_path, paper(tmp_path, content=b"y" * (LIMIT + 1)), LIMIT)
    assert len(archived(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "message"), [("a.exe", "文件类型不受理"), ("a", "文件类型不受理"), ("a\n.pdf", "不可显示")]
)
def test_a_name_that_is_not_accepted_is_told(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(BadInputFault, match=message):
        file_material(tmp_path / "home", paper(tmp_path, name), LIMIT)


def test_what_is_no_plain_file_with_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    os.mkfifo(tmp_path / "pipe.pdf")
    paper(tmp_path, "empty.pdf", b"")
    reasons = {
        "folder": "是文件夹，应为文件",
        "pipe": "不是普通文件",
        "empty": "是空文件",
        "missing": "文件不存在",
    }
    for name, reason in reasons.items():
        with pytest.raises(BadInputFault, match=reason):
            file_material(tmp_path / "home", tmp_path / f"{name}.pdf", LIMIT)
    assert (tmp_path / "home").exists() is False


def test_an_archive_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    home = paper(tmp_path, "home.txt")
    with pytest.raises(UnavailableFault, match="无法存入档案"):
        file_material(home, paper(tmp_path), LIMIT)


def test_a_paper_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundFault):
        open_material(tmp_path, "0" * 64)
    with pytest.raises(NotFoundFault, match="无效"):
        open_material(tmp_path, "../../etc/passwd")


def test_a_paper_that_was_changed_in_the_archive_is_noticed(tmp_path: Path) -> None:
    filed = file_material(tmp_path, paper(tmp_path), LIMIT)
    stored = place(tmp_path, filed.sha256)
    stored.chmod(0o600)
    stored.write_bytes(b"other")
    with pytest.raises(TamperedFault, match=filed.sha256):
        open_material(tmp_path, filed.sha256)


@pytest.mark.parametrize("damage", [b"", b"texu"], ids=["cut", "changed"])
def test_filing_a_paper_again_makes_good_what_was_damaged(tmp_path: Path, damage: bytes) -> None:
    """R-FORM-50: nothing overwrites a paper that is whole, but a damaged one is put right."""
    filed = file_material(tmp_path, paper(tmp_path), LIMIT)
    lying = place(tmp_path, filed.sha256)
    lying.chmod(0o600)
    lying.write_bytes(damage)

    again = file_material(tmp_path, paper(tmp_path), LIMIT)

    with open_material(tmp_path, again.sha256) as found:
        assert found.read() == b"text"
    assert (again, archived(tmp_path), lying.stat().st_mode & 0o777) == (filed, [lying], 0o400)
