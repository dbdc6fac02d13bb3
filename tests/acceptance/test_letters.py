"""Letters through the command line: drafts, numbers, release, receipts, the list made public, templates."""

from __future__ import annotations

import io
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document

from lifecycle.login import operating_system_login
from tests.acceptance.driver import Practice, selected
from tests.acceptance.pilots import evaluated, open_office

SOCIETY = "h23-first-class-society"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Henan office that takes applications of first-class societies."""
    office = Practice(tmp_path_factory.mktemp("letters") / "home")
    office.open()
    office.done("call", "open", SOCIETY, by="clerk", on="2023-03-01")
    return office.home


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def read(path: Path) -> str:
    """Text, header and tables of a document."""
    document = Document(io.BytesIO(path.read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = (*document.sections[0].header.paragraphs, *document.paragraphs)
    return "\n".join([*(paragraph.text for paragraph in paragraphs), *cells])


def test_a_letter_is_a_draft_until_it_is_released_and_then_for_good_what_was_released(
    office: Practice, tmp_path: Path
) -> None:
    """R-FORM-38: decide ≠ inform."""
    key = office.letter(selected(office), "approval_letter")["key"]
    draft, final, later = (tmp_path / f"{name}.docx" for name in ("draft", "final", "later"))
    shown = office.done("notices", "show", key, "--docx", draft)
    assert (shown["docx"], shown["status"], shown["letter_sha256"]) == (str(draft), "held", None)
    assert "演练·草稿·待签发，不得作为正式公文使用" in read(draft)
    assert "＿＿＿＿〔＿＿＿＿〕＿＿号" in read(draft)

    number = "豫科协〔2023〕1号"
    words = ("notices", "release", key, "--document", f"{number}@2023-04-04", "--copies", "某市科协")
    (released,) = office.done(*words, by="association", on="2023-04-06")["notices"]
    assert released["status"] == "pending"
    shown = office.done("notices", "show", key, "--docx", final)
    by = f"association（{operating_system_login()} 代）"
    assert (shown["number"], shown["released_by"]) == (number, by)
    said = read(final)
    for words_said in (
        number,
        "2023年4月4日",
        "抄送：某市科协。",
        "2023年4月6日印发",
        "演练，不得作为正式公文使用",
    ):
        assert words_said in said
    assert "草稿" not in said
    assert f"文号：{number}" in shown["text"]

    office.done("notices", "deliver", by="association", on="2023-04-06")
    office.done("notices", "show", key, "--docx", later)
    assert later.read_bytes() == final.read_bytes()
    assert office.done("audit", "verify")["papers"] == len(list((office.home / "archive").rglob("*/*/*")))


def test_a_release_refuses_what_it_cannot_mean(office: Practice, tmp_path: Path) -> None:
    key = office.letter(selected(office), "approval_letter")["key"]

    def release(*words: object, by: str = "association") -> tuple[int, str]:
        ran = office.ask("notices", "release", key, *words, by=by, on="2023-04-06")
        return ran.status, ran.json["error"]["message"] if ran.status else ""

    assert release("--document", "豫科协〔2023〕1号")[0] == 2
    assert release("--document", "豫科协〔2023〕1号@2023-04-07") == (
        3,
        "文号“豫科协〔2023〕1号”的日期 2023-04-07 晚于签发日期，或不合常理",
    )
    assert release(by="evaluator")[0] == 4
    other = office.letter(selected(office, 河南省示例农学会="河南省示例林学会"), "approval_letter")["key"]
    number = ("--document", "豫科协〔2023〕1号@2023-04-05")
    assert (
        office.done("notices", "release", other, *number, by="association", on="2023-04-06")["same_number"]
        == []
    )
    again = office.done("notices", "release", key, *number, by="association", on="2023-04-06")
    assert again["same_number"] == [other]
    assert release()[0] == 3
    taken = tmp_path / "taken.docx"
    taken.write_bytes(b"mine")
    assert office.ask("notices", "show", key, "--docx", taken).status == 2
    assert taken.read_bytes() == b"mine"
    assert office.ask("notices", "show", key, "--docx", taken, "--force").status == 0
    assert office.ask("notices", "show", key, "--docx", tmp_path / "no" / "x.docx").status == 7
    (receipt,) = office.notices(key.partition(".")[0], kind="acknowledgement")
    no_letter = office.ask("notices", "show", receipt["key"], "--docx", tmp_path / "r.docx")
    assert (no_letter.status, "不是公文" in no_letter.json["error"]["message"]) == (2, True)


def test_the_list_for_publication_is_one_notice_with_period_and_where_to_object(
    office: Practice, tmp_path: Path
) -> None:
    """R-FORM-66, R-LIFE-161, R-AMB-30: five working days, said to be practice."""
    none = office.ask("notices", "publicity", SOCIETY, by="association", on="2023-04-04")
    assert (none.status, none.json["error"]["message"]) == (
        5,
        "“一流学会建设引领计划”没有已立项而尚未公示的项目。",
    )
    project = selected(office)
    draft, final, again = (tmp_path / f"{name}.docx" for name in ("draft", "final", "again"))
    words = ("notices", "publicity", SOCIETY)
    asked = office.done(*words, "--docx", draft, by="association", on="2023-04-27")
    assert (asked["draft"], asked["first"], asked["last"], asked["workdays"]) == (
        True, "2023-04-27", "2023-05-08", 5,
    )  # fmt: skip
    assert [one["project"] for one in asked["entries"]] == [project]
    assert "草稿·待公示，不得作为正式公文使用" in read(draft)
    assert office.ask(*words, "--release", by="evaluator", on="2023-04-27").status == 4

    office.done(*words, "--docx", final, "--release", by="association", on="2023-04-27")
    said = read(final)
    title = office.project(project)["title"]
    for words_said in (
        "关于2023年度“一流学会建设引领计划”拟立项项目的公示",
        "自2023年4月27日起，至2023年5月8日止，共5个工作日",
        "本期限按惯例确定",
        "异议受理：河南省科学技术协会\n联系电话：0371-65707080\n电子邮箱：hnxhb@vip.163.com",
        project,
        title,
    ):
        assert words_said in said
    assert "草稿" not in said
    office.done(
        "trigger", "publish_results", project, "--material", f"publicity_list={final}",
        "--set", "publication.url=https://example.org/1", by="association", on="2023-04-27",
    )  # fmt: skip
    assert office.ask(*words, by="association", on="2023-04-28").status == 5
    last = office.done(*words, "--published", "--docx", again, by="association", on="2023-06-01")
    assert (last["draft"], last["first"], last["count"]) == (False, "2023-04-27", 1)
    assert again.read_bytes() == final.read_bytes()


def test_an_office_starts_from_our_templates_and_is_told_what_is_wrong_with_its_own(
    office: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    ours = office.done("notices", "templates", "--out", own)
    assert not any(one["own"] for one in ours["templates"])
    assert {path.stem for path in own.iterdir()} == {one["name"] for one in ours["templates"]}
    for path in own.iterdir():
        if path.stem not in ("approval", "halt"):
            path.unlink()
    monkeypatch.setenv("LIFECYCLE_LETTER_TEMPLATES", str(own))
    mine = office.done("notices", "templates")
    assert [one["name"] for one in mine["templates"] if one["own"]] == ["approval", "halt"]

    document = Document()
    document.add_paragraph("{{ addressee }}：{{ 单位 }}")
    document.save(str(own / "halt.docx"))
    (own / "aproval.docx").write_bytes(b"")
    told = office.ask("notices", "templates")
    assert told.status == 7
    unknown, stranger = told.json["errors"]
    assert "halt.docx 中有未知的变量“单位”，可用：association、" in unknown
    assert "aproval.docx 不是任何公文的模板" in stranger
    key = office.letter(selected(office), "approval_letter")["key"]
    office.done("notices", "release", key, by="association", on="2023-04-04")


def test_the_receipt_of_the_letter_that_was_sent_starts_the_clock(tmp_path: Path) -> None:
    """R-FORM-15, R-AMB-24: released, delivered with its slip, received; three months from the receipt."""
    office = Practice(open_office(tmp_path))
    project = evaluated(office, "合格", "是")
    office.step("evaluate_issues", project, by="fj-department", on="2016-11-29", reason="台账不全")
    key = office.letter(project, "evaluation_letter")["key"]
    assert "rectification_report" not in [one["duty"] for one in office.project(project)["duties"]]
    office.done(
        "notices",
        "release",
        key,
        "--document",
        "闽科协函〔2016〕示例8号@2016-11-29",
        by="fj-department",
        on="2016-11-30",
    )
    office.done("notices", "deliver", by="fj-department", on="2016-11-30")
    (mail,) = (path for path in office.mail() if path.stem == key)
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    (attached,) = message.iter_attachments()
    slip = Document(io.BytesIO(attached.get_content())).tables[0]
    told = {row.cells[0].text: row.cells[1].text for row in slip.rows}
    assert told["项目编号"] == project
    assert told["来文编号"] == key
    assert told["来文文号"] == "闽科协函〔2016〕示例8号"

    wrong = office.refused(
        "record_receipt", project, by="fj-clerk", on="2016-12-07", papers="feedback_receipt"
    )
    assert wrong.rules == ["R-AMB-24"]
    office.step(
        "record_receipt", project, by="fj-clerk", on="2016-12-07",
        papers="feedback_receipt", values={"evaluation.received_on": "2016-12-05"},
    )  # fmt: skip
    found = office.duty(project, "rectification_report")
    assert (found["anchor_date"], found["due"], found["status"]) == ("2016-12-05", "2017-03-06", "open")
    assert office.duty(project, "result_receipt")["status"] in ("met", "cancelled")
    filed = office.project(project)["materials"]
    assert [one["kind"] for one in filed if one["kind"] == "feedback_receipt"] == ["feedback_receipt"]
    assert office.done("audit", "verify")["ok"] is True
