"""The archive under proof: a paper that is missing or was changed is found, named, and made good."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lifecycle.archive import FOLDER
from tests.acceptance.driver import Practice, selected

SOCIETY = "h23-first-class-society"


@pytest.fixture
def office(tmp_path: Path) -> Practice:
    """A Henan office with one society that was selected on a review record."""
    office = Practice(tmp_path / "home")
    office.open()
    office.done("call", "open", SOCIETY, by="clerk", on="2023-03-01")
    selected(office)
    return office


def lying(office: Practice, kind: str) -> Path:
    """The one paper of that kind, in the archive."""
    (digest,) = [
        one["sha256"] for one in office.project(f"{SOCIETY}-0001")["materials"] if one["kind"] == kind
    ]
    (path,) = (office.home / FOLDER).rglob(digest)
    return Path(path)


def test_a_whole_archive_is_proven_with_the_chain(office: Practice) -> None:
    found = office.done("audit", "verify")
    assert (found["ok"], found["papers"]) == (True, 2)
    assert "档案完整：2 份材料均与登记时相符" in office.run("audit", "verify").out


def test_every_paper_that_is_missing_or_changed_is_named(office: Practice) -> None:
    """R-FORM-50."""
    lying(office, "review_record").unlink()
    form = lying(office, "application_form")
    form.chmod(0o600)
    form.write_bytes(b"another")

    for words in ((), ("--project", f"{SOCIETY}-0001")):
        ran = office.ask("audit", "verify", *words)
        told = [reason["message"].rpartition("：")[2] for reason in ran.json["error"]["reasons"]]
        assert (ran.status, ran.json["error"]["code"]) == (9, "tampered")
        assert told == ["已被改动，与登记时不符", "档案中没有这份材料"]


def test_filing_the_good_copy_again_makes_the_archive_whole(office: Practice) -> None:
    place = lying(office, "review_record")
    good = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(b"another")
    copy = office.home.parent / "评审记录.pdf"
    copy.write_bytes(good)

    office.step(
        "record_inspection", f"{SOCIETY}-0001", by="clerk", on="2023-05-04",
        reason="补存原件", options=("--material", f"other={copy}"),
    )  # fmt: skip

    assert office.done("audit", "verify")["ok"] is True


def test_a_broken_chain_does_not_hide_a_missing_paper(office: Practice) -> None:
    lying(office, "review_record").unlink()
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as conn, conn:
        conn.execute("UPDATE project SET title = '改过的题目'")

    ran = office.ask("audit", "verify")
    told = [reason["message"] for reason in ran.json["error"]["reasons"]]
    assert (ran.status, len(told)) == (9, 2)
    assert "与最后登记的不符" in told[0]
    assert "档案中没有这份材料" in told[1]
