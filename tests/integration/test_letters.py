"""Letters against a real store: held, released with a number, filed, sent as filed, and proven afterwards."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from sqlalchemy import Engine

from lifecycle.archive import open_material
from lifecycle.archive_check import verify_papers
from lifecycle.calendars import load_calendar
from lifecycle.database import reading, transaction
from lifecycle.ledger import NoticeView, retry, show_notice
from lifecycle.releasing import bearing
from lifecycle.settings import Settings
from lifecycle.store import Store
from notifications.channels import Outgoing, PermanentFault, Receipt
from notifications.dispatch import Delivered, deliver
from notifications.letters.release import document_of, release
from notifications.recording import RecordingChannel
from states.catalogue import Catalogue
from states.decision import DocumentRef
from states.errors import DefinitionFault, RefusedFault, TamperedFault
from tests.notice_store import NOW, TABLES, add_notice, add_project, letter, reminder

NUMBER = DocumentRef("豫科协〔2020〕9号", date(2020, 6, 20))
ON = NOW.date()
UNNUMBERED = {"number": None, "number_date": None, "number_date_cn": None}


def held(store: Store, key: str | None = None, **details: Any) -> str:
    plan = letter()
    given = {} if key is None else {"key": key}
    with transaction(store.engine) as conn:
        return add_notice(conn, replace(plan, details={**plan.details, **details}), **given)


def seen(store: Store, key: str) -> NoticeView:
    with reading(store.engine) as conn:
        return show_notice(conn, key)


def text(document: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(document)).paragraphs)


def signed(store: Store, *keys: str, **given: Any) -> list[NoticeView]:
    return release(store, keys, by="zhao", at=NOW, on=ON, **given)


def test_a_number_given_at_release_is_on_the_letter_with_its_date_and_who_released_it_is_kept(
    store: Store,
) -> None:
    key = held(store, **UNNUMBERED)
    (released,) = signed(store, key, document=NUMBER, copies="某市科协")
    assert (released.status, released.released_by, released.released_at) == ("pending", "zhao", NOW)
    said = text(document_of(store, released))
    for words in ("豫科协〔2020〕9号", "2020年6月20日", "抄送：某市科协。", "2020年6月23日印发"):
        assert words in said
    assert "＿" not in said


def test_a_letter_is_released_and_sent_on_either_database(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    with transaction(engine) as conn:
        add_project(conn)
    store = Store(engine, Catalogue({}, {}), load_calendar(), settings.home, settings)
    key = held(store, **UNNUMBERED)
    (released,) = signed(store, key, document=NUMBER, copies="某市科协")
    assert (released.details["number"], released.released_at) == (NUMBER.number, NOW)
    other = held(store, "other")
    with reading(engine) as conn:
        assert bearing(conn, NUMBER.number, [other]) == [key]
        assert bearing(conn, NUMBER.number, [key]) == []
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW).keys == [key]
    assert channel.sent[0].attachments[0].data == document_of(store, seen(store, key))


def test_without_a_number_the_letter_goes_out_with_its_line_blank(store: Store) -> None:
    (released,) = signed(store, held(store, **UNNUMBERED))
    assert "＿＿＿＿〔＿＿＿＿〕＿＿号" in text(document_of(store, released))


def test_a_number_that_the_step_gave_stands(store: Store) -> None:
    key = held(store)
    with pytest.raises(RefusedFault, match="已有文号“豫科协〔2020〕30号”") as refused:
        signed(store, key, document=NUMBER)
    assert [reason.rule for reason in refused.value.reasons] == ["R-FORM-38"]
    assert seen(store, key).status == "held"
    (released,) = signed(store, key)
    assert "豫科协〔2020〕30号" in text(document_of(store, released))


@pytest.mark.parametrize("day", [ON + timedelta(days=1), date(1999, 12, 31)])
def test_a_letter_is_not_dated_in_the_future_nor_out_of_all_reason(store: Store, day: date) -> None:
    key = held(store, **UNNUMBERED)
    with pytest.raises(RefusedFault, match="晚于签发日期，或不合常理"):
        signed(store, key, document=DocumentRef("豫科协〔2020〕9号", day))
    assert seen(store, key).letter_sha256 is None


def test_of_several_letters_all_are_released_or_none(store: Store) -> None:
    first, second = held(store, "first", **UNNUMBERED), held(store, "second")
    with pytest.raises(RefusedFault, match="second"):
        signed(store, first, second, document=NUMBER)
    assert [seen(store, key).status for key in (first, second)] == ["held", "held"]
    assert [view.key for view in signed(store, first, second)] == [first, second]


def test_what_is_sent_is_what_was_released_to_the_last_byte(store: Store, tmp_path: Path) -> None:
    key = held(store, **UNNUMBERED)
    (released,) = signed(store, key, document=NUMBER)
    later = replace(store, settings=replace(store.settings, letter_templates=tmp_path / "not-there"))
    channel = RecordingChannel()
    assert deliver(later, {"mail": channel}, NOW) == Delivered(sent=1, keys=[key])
    (attached,) = channel.sent[0].attachments
    assert attached.name == "关于“示例论坛”立项的通知.docx"
    assert sha256(attached.data).hexdigest() == released.letter_sha256
    with open_material(store.home, str(released.letter_sha256)) as filed:
        assert filed.read() == attached.data
    assert document_of(store, seen(store, key)) == attached.data


def test_a_reminder_has_no_document(store: Store) -> None:
    with transaction(store.engine) as conn:
        add_notice(conn, replace(reminder(), kind="acknowledgement", details=acknowledged()))
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW).sent == 1
    assert channel.sent[0].attachments == ()


def acknowledged() -> dict[str, Any]:
    return {**reminder().details, "handed_in_cn": None, "papers": []}


def test_a_letter_released_before_documents_were_filed_is_filed_when_it_goes(store: Store) -> None:
    with transaction(store.engine) as conn:
        key = add_notice(conn, letter(), status="pending")
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW).sent == 1
    (attached,) = channel.sent[0].attachments
    assert seen(store, key).letter_sha256 == sha256(attached.data).hexdigest()


class _Refusing(RecordingChannel):
    def send(self, outgoing: Outgoing) -> Receipt:
        super().send(outgoing)
        raise PermanentFault("550 no")


def test_a_letter_that_is_sent_again_is_the_same_letter(store: Store) -> None:
    key = held(store, **UNNUMBERED)
    signed(store, key, document=NUMBER)
    refusing, taking = _Refusing(), RecordingChannel()
    assert deliver(store, {"mail": refusing}, NOW).dead == 1
    with transaction(store.engine) as conn:
        retry(conn, key)
    assert deliver(store, {"mail": taking}, NOW).sent == 1
    assert refusing.sent[0].attachments == taking.sent[0].attachments


def test_a_released_letter_that_was_changed_in_the_archive_is_found_and_does_not_go_out(store: Store) -> None:
    (released,) = signed(store, held(store))
    with reading(store.engine) as conn:
        assert verify_papers(conn, store.home) == 1
    (paper,) = (path for path in (store.home / "archive").rglob("*") if path.is_file())
    paper.chmod(0o600)
    paper.write_bytes(b"another letter")
    with reading(store.engine) as conn, pytest.raises(TamperedFault) as found:
        verify_papers(conn, store.home)
    (reason,) = found.value.reasons
    assert released.key in reason.message
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW) == Delivered(dead=1)
    assert channel.sent == []
    assert "已被改动" in str(seen(store, released.key).error)


def test_a_draft_of_a_released_letter_that_was_cancelled_says_so(store: Store) -> None:
    (released,) = signed(store, held(store))
    with transaction(store.engine) as conn:
        conn.execute(TABLES["notice"].update().values(status="cancelled"))
    document = document_of(store, seen(store, released.key))
    header = "".join(
        paragraph.text for paragraph in Document(io.BytesIO(document)).sections[0].header.paragraphs
    )
    assert "已取消" in header


def office(store: Store, folder: Path, *words: str) -> Store:
    """The store of an office whose letter of approval says these words."""
    folder.mkdir()
    document = Document()
    for line in words:
        document.add_paragraph(line)
    document.save(str(folder / "approval.docx"))
    return replace(store, settings=replace(store.settings, letter_templates=folder))


def test_an_office_writes_its_own_letter(store: Store, tmp_path: Path) -> None:
    own = office(store, tmp_path / "own", "{{ addressee }}：", "{{ sentence(amount or '另定') }}")
    (released,) = signed(own, held(own))
    assert text(document_of(own, released)).splitlines() == ["示例学会：", "另定。"]


def test_a_template_with_an_unknown_variable_is_refused_with_its_file_and_nothing_is_released(
    store: Store, tmp_path: Path
) -> None:
    own = office(store, tmp_path / "own", "{{ addressee }}：", "{{ adressee }}{{ 项目 }}")
    key = held(own)
    with pytest.raises(DefinitionFault, match=r"approval\.docx.*“adressee”“项目”") as refused:
        signed(own, key)
    assert "addressee" in str(refused.value)
    assert (seen(own, key).status, seen(own, key).letter_sha256) == ("held", None)


def test_a_template_that_is_no_document_is_refused_with_its_file(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "approval.docx").write_text("no document", encoding="utf-8")
    own = replace(store, settings=replace(store.settings, letter_templates=folder))
    with pytest.raises(DefinitionFault, match=r"approval\.docx 不是可用的 \.docx 文件"):
        signed(own, held(own))


def test_a_template_whose_conditions_do_not_close_is_refused_with_its_file(
    store: Store, tmp_path: Path
) -> None:
    own = office(store, tmp_path / "own", "{% if amount %}有", "金额")
    with pytest.raises(DefinitionFault, match=r"approval\.docx 的写法有误"):
        signed(own, held(own))


def test_a_folder_of_templates_that_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    own = replace(store, settings=replace(store.settings, letter_templates=tmp_path / "gone"))
    with pytest.raises(DefinitionFault, match=r"公文模板文件夹.*gone.*不存在"):
        signed(own, held(own))
