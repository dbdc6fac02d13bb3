"""Bad input of every kind: a clear Chinese message, the status of the contract, nothing half written."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import xlsxwriter

from tests.cli import UNIT, Office, application

CODES = {
    2: "usage",
    3: "refused",
    4: "forbidden",
    5: "not_found",
    6: "conflict",
    7: "bad_input",
    8: "unavailable",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

WORDS: dict[str, tuple[int, tuple[str, ...], str]] = {
    "an unknown command": (2, ("lst",), "没有命令“lst”，是否指：list"),
    "an unknown option": (2, ("list", "--colour"), "没有选项“--colour”"),
    "a missing argument": (2, ("show",), "缺少参数 ID"),
    "one argument too many": (2, ("show", "a", "b"), "多余的参数：b"),
    "an option without its value": (2, ("list", "--state"), "选项 --state 之后应有一个值"),
    "an unknown state": (2, ("list", "--state", "finished"), "没有名为“finished”的状态"),
    "a year that is none": (2, ("list", "--year", "23"), "例如 2023"),
    "a year without end": (2, ("export", "projects", "--year", "9" * 20), "例如 2023"),
    "a page after nothing": (2, ("list", "--after", "zzz"), "例如 h23-young-talent-0001"),
    "a ledger of nothing": (2, ("notices", "--limit", "0"), "应为 1 至 10000"),
    "an unknown state after --where": (2, ("trigger", "受理", "--where", "nope/"), "没有名为“nope”的状态"),
    "a --where without a slash": (2, ("trigger", "受理", "--where", "submitted"), "应为 状态/项目类别"),
    "a --where that selects everything": (2, ("trigger", "受理", "--where", "/"), "应为 状态/项目类别"),
    "ids and --where together": (2, ("trigger", "受理", "x", "--where", "submitted/"), "不能同时写"),
    "neither ids nor --where": (2, ("trigger", "受理"), "缺少项目编号"),
    "an unknown action": (2, ("trigger", "form_pas", "x"), "是否指：form_pass"),
    "an unknown programme": (5, ("list", "--programme", "h99-none"), "没有名为“h99-none”的项目类别"),
    "an unknown programme of a call": (5, ("call", "open", "h99-none"), "没有名为“h99-none”的项目类别"),
    "an unknown lifecycle": (5, ("chart", "none"), "没有名为“none”的流程"),
    "an unknown format": (2, ("chart", "base", "--format", "png"), "应为：table、mermaid、svg"),
    "an unknown project": (5, ("show", "h23-young-talent-9999"), "h23-young-talent-9999"),
    "an unknown project of actions": (5, ("actions", "nothing"), "nothing"),
    "an unknown project of report": (5, ("report", "nothing", "midterm_report"), "nothing"),
    "an unknown project of amend": (5, ("amend", "nothing", "a=b", "--reason", "更正"), "nothing"),
    "an unknown project of due": (5, ("due", "--project", "nothing"), "nothing"),
    "an unknown project of audit": (5, ("audit", "verify", "--project", "nothing"), "nothing"),
    "an unknown notice": (5, ("notices", "show", "nothing"), "没有编号为“nothing”的通知"),
    "an unknown notice status": (2, ("notices", "--status", "lost"), "没有名为“lost”的通知状态"),
    "an unknown unit": (5, ("units", "show", "不存在"), "单位登记簿中没有“不存在”"),
    "an unknown role": (2, ("users", "grant", "clerk", "boss"), "没有名为“boss”的角色"),
    "an unknown province": (2, ("users", "grant", "clerk", "clerk", "--province", "mars"), "mars"),
    "an unknown user": (5, ("users", "grant", "nobody", "clerk"), "nobody"),
    "an unknown actor": (4, ("actions", "x", "--as", "nobody"), "nobody"),
    "a date that is none": (2, ("list", "--on", "yesterday"), "例如 2023-05-01"),
    "a day that does not exist": (2, ("list", "--on", "2023-02-30"), "不存在"),
    "a start that is none": (2, ("period", "soon", "P3M"), "例如 2023-05-01"),
    "a length that is none": (2, ("period", "2023-05-01", "3 months"), "可用写法：P3M"),
    "a number that is none": (2, ("list", "--limit", "many"), "应为不小于零的整数"),
    "a page of nothing": (2, ("list", "--limit", "0"), "应为 1 至"),
    "a version that is none": (2, ("trigger", "受理", "x", "--if-version", "one"), "应为不小于零的整数"),
    "a value without a name": (2, ("trigger", "受理", "x", "--set", "=1"), "应为 名称=值"),
    "a value given twice": (2, ("trigger", "受理", "x", "--set", "a=1", "--set", "a=2"), "给了两次"),
    "a material without a file": (2, ("trigger", "受理", "x", "--material", "contract="), "没有写文件"),
    "an unknown material": (2, ("trigger", "受理", "x", "--material", "contrakt=a.pdf"), "是否指：contract"),
    "a material that is not there": (
        7,
        ("trigger", "受理", "x", "--material", "contract=/none.pdf"),
        "/none.pdf",
    ),
    "a document without a date": (2, ("trigger", "受理", "x", "--document", "豫科协1号"), "应为 文号@日期"),
    "an application file that is not there": (7, ("apply", "/none/a.yaml"), "没有这个文件"),
    "a folder for a file": (7, ("apply", "/"), "文件夹"),
    "a pack that is not there": (7, ("packs", "check", "/none.yaml"), "政策包有 1 处错误"),
    "a home that is blank": (2, ("list", "--home", " "), "--home 的值为空"),
}


@pytest.mark.parametrize("what", WORDS)
def test_wrong_words_get_a_clear_answer(office: Office, what: str) -> None:
    status, words, said = WORDS[what]
    ran = office.ask(*words)
    assert (ran.status, ran.json["error"]["code"]) == (status, CODES[status]), ran.out
    told = office.run(*words)
    assert told.status == status
    assert said in told.err
    assert CHINESE.search(ran.json["error"]["message"])
    assert "Traceback" not in told.err + ran.err


def sheet(path: Path, fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None]) -> Path:
    """A workbook with our headings in the first row, and one row to be filled."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("申报表")
        page.write_row(0, 0, ["项目类别", "项目名称", "申报单位", "单位类型", "联系电话"])
        page.write_row(1, 0, ["h23-young-talent", "示例甲", UNIT["name"], UNIT["kind"]])
        fill(book, page)
    return path


FILES: dict[str, Callable[[Path], Path]] = {
    "an unreadable file": lambda at: written(at / "a.xlsx", b"PK\x03\x04broken"),
    "a wrong encoding": lambda at: written(at / "a.csv", b"\xff\xff\x81\xfe\x00"),
    "an empty file": lambda at: written(at / "a.yaml", b""),
    "broken YAML": lambda at: written(at / "a.yaml", b"- {a: [1\n"),
    "a formula": lambda at: sheet(
        at / "a.xlsx", lambda _, page: page.write_formula(1, 1, "=A1&B1", None, "")
    ),
    "merged headers": lambda at: sheet(at / "a.xlsx", lambda _, page: page.merge_range(0, 1, 0, 2, "名称")),
    "an 18-digit number that came as a float": lambda at: sheet(
        at / "a.xlsx", lambda _, page: page.write_number(1, 4, 410101199001011234)
    ),
    "an unknown programme in a file": lambda at: written(
        at / "a.yaml", "- {programme: 不存在, title: 示例, unit: {name: 甲, kind: prov_society}}".encode()
    ),
    "a 10 MB cell": lambda at: written(
        at / "a.csv",
        "项目类别,项目名称,申报单位,单位类型\nh23-young-talent,".encode() + b"x" * 10_000_000 + b",a,b\n",
    ),
}


def written(path: Path, data: bytes) -> Path:
    """A file with these bytes."""
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_cannot_be_read_is_named_with_the_place(
    office: Office, tmp_path: Path, what: str
) -> None:
    path = FILES[what](tmp_path)
    ran = office.ask("apply", path, by="clerk", on="2023-03-02")
    assert (ran.status, ran.json["accepted"]) == (7, []), ran.out[:2000]
    assert ran.json["error"]["code"] == "bad_input"
    reasons = [reason["message"] for one in ran.json["refused"] for reason in one["reasons"]]
    assert len(reasons) >= 1
    assert all(CHINESE.search(reason) and len(reason) < 2000 for reason in reasons)
    assert office.done("list")["projects"] == []
    assert office.done("units")["units"] == []


def test_a_missing_parent_is_told_and_takes_nothing_in(office: Office) -> None:
    path = office.write("a.json", [application("示例甲", parent_ref="h23-young-talent-7777")])
    ran = office.ask("apply", path, by="clerk", on="2023-03-02")
    assert (ran.status, ran.json["refused"][0]["code"]) == (5, "not_found")
    assert office.done("list")["projects"] == []


def test_parents_in_a_circle_are_told(office: Office) -> None:
    rows = [application("示例甲", ref="a", parent_ref="b"), application("示例乙", ref="b", parent_ref="a")]
    ran = office.ask("apply", office.write("a.json", rows), by="clerk", on="2023-03-02")
    assert ran.status == 7
    assert {one["reasons"][0]["message"] for one in ran.json["refused"]} == {
        "上级标签（parent_ref）互相指向，无法确定谁是上级。"
    }


def test_a_wrong_value_names_the_fact_and_what_was_expected(office: Office) -> None:
    project = office.talent()
    ran = office.ask(
        "amend", project, "talent.front_line=也许", "--reason", "更正", by="clerk", on="2023-03-03"
    )
    assert (ran.status, ran.json["error"]["code"]) == (7, "bad_input")
    assert "期望 是或否" in ran.json["error"]["message"]
    unknown = office.ask("amend", project, "talent.birthdate=1990-01-01", "--reason", "更正", by="clerk")
    assert "是否指：talent.birth_date" in unknown.json["error"]["message"]


def test_a_home_below_a_regular_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for words in (("list",), ("init",)):
        ran = Office(tmp_path / "file" / "home").ask(*words)
        assert (ran.status, ran.json["error"]["code"]) == (8, "unavailable"), words


def test_a_store_of_a_newer_version_is_left_alone(office: Office) -> None:
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (office.home / "lifecycle.sqlite3").read_bytes()
    for words in (("list",), ("init",)):
        ran = office.ask(*words)
        assert (ran.status, ran.json["error"]["code"]) == (8, "unavailable"), words
        assert "9999" in ran.json["error"]["message"]
    assert (office.home / "lifecycle.sqlite3").read_bytes() == before


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lifecycle.sqlite3").write_bytes(b"this is not a database at all" * 200)
    ran = Office(tmp_path / "home").ask("list")
    assert (ran.status, ran.json["error"]["code"]) == (8, "unavailable")


def test_a_real_store_does_not_become_a_practice_store(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    office.done("init")
    ran = office.ask("init", "--rehearsal")
    assert (ran.status, ran.json["error"]["code"]) == (3, "refused")


def test_a_real_store_takes_no_date_of_the_future(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    office.done("init")
    office.done("users", "add", "clerk")
    office.done("users", "grant", "clerk", "clerk")
    path = office.write("a.json", [application("示例甲")])
    ran = office.ask("apply", path, "--draft", by="clerk", on="2099-01-01")
    assert (ran.status, ran.json["error"]["code"]) == (3, "refused")
    assert office.done("list")["projects"] == []


def test_the_only_application_of_a_file_is_told_with_its_file_and_its_own_words(office: Office) -> None:
    path = office.home.parent / "notitle.yaml"
    path.write_text(
        "programme: h23-young-talent\nunit: {name: 某学会, kind: prov_society}\ntargets: {mentors: 约3名}\n",
        encoding="utf-8",
    )
    ran = office.run("apply", path, by="clerk", on="2023-03-02")

    assert ran.status == 7
    assert "错误（bad_input）：notitle.yaml:1：文件或取值无法读取。" in ran.err
    assert "缺少“项目名称”（title），应填写" in ran.err
    assert "的值“约3名”无法识别（期望 整数）" in ran.err


def test_what_is_wrong_with_a_pack_is_told_once(office: Office) -> None:
    path = office.home.parent / "demo.yaml"
    path.write_text("pack: [demo", encoding="utf-8")
    ran = office.run("packs", "check", path)

    assert (ran.out + ran.err).count("方括号没有配对") == 1
