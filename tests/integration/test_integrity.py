"""The proof sees what was changed in any row of a project, not only in its history and its facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from lifecycle.chain import verify
from lifecycle.database import reading, store_file
from lifecycle.settings import Settings
from states.errors import TamperedFault
from tests.record_store import APPLIED, ASSOCIATION, CLERK, EVENT, Records, records

# The tamperer writes SQL by hand.
# ruff: noqa: S608

ONE = f"{EVENT}-0001"
DUE = date(2020, 9, 20)

MARKED = {"project.marked": True}


@pytest.fixture
def store(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A running event with a report in time, a fact corrected and a paper that was filed twice."""
    made = records(sqlite_settings, tmp_path)
    project = made.started()
    made.service.amend(CLERK, project, {"event.starts_on": "2020-10-21"}, date(2020, 5, 6), "改期通知")
    yield made
    made.app.close()


@pytest.fixture
def both(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def tamper(store: Records, script: str) -> None:
    with closing(sqlite3.connect(store_file(store.app.settings))) as connection:
        connection.executescript(script)
        connection.commit()


def complaint(store: Records) -> str:
    with reading(store.app.engine) as conn, pytest.raises(TamperedFault) as told:
        verify(conn)
    return told.value.message


PROJECT = f"UPDATE project SET {{}} WHERE id = '{ONE}'"
REPORT = f"UPDATE duty SET {{}} WHERE project_id = '{ONE}' AND slug = 'preparation_report'"
DUTIES = "项目的应办事项与最后一条记录不符"


@pytest.mark.parametrize(
    ("script", "what"),
    [
        pytest.param(PROJECT.format("title = '别的题目'"), "项目的“项目名称”与最后登记的不符", id="title"),
        pytest.param(PROJECT.format("normal_title = 'x'"), "项目的“项目名称”与最后登记的不符", id="its key"),
        pytest.param(
            "INSERT INTO unit(name, normal_name, kind) VALUES ('别的学会', '别的学会', 'prov_society');"
            + PROJECT.format("unit_id = (SELECT id FROM unit WHERE name = '别的学会')"),
            "项目的“申报单位”与最后登记的不符",
            id="unit",
        ),
        pytest.param("UPDATE unit SET name = '别的学会'", "项目的“申报单位”与最后登记的不符", id="unit name"),
        pytest.param("DELETE FROM unit", "项目的“申报单位”与最后登记的不符", id="no unit"),
        pytest.param(PROJECT.format("""targets = '{"a":1}'"""), "项目的“指标”与最后登记的不符", id="targets"),
        pytest.param(PROJECT.format("marked = 1"), "项目的“标注”与最后登记的不符", id="marked"),
        pytest.param(PROJECT.format("parent_id = id"), "项目的“上级项目”与最后登记的不符", id="parent"),
        pytest.param(PROJECT.format("pack_digest = 'x'"), "项目的“所依文件版本”与最后登记的不符", id="pack"),
        pytest.param(PROJECT.format("variant = 'x'"), "项目的“所依文件版本”与最后登记的不符", id="variant"),
        pytest.param(PROJECT.format("quota_pool = 'x'"), "项目的“所依文件版本”与最后登记的不符", id="pool"),
        pytest.param(
            PROJECT.format("contact = json_set(contact, '$.email', 'x@example.org')"),
            "项目的联系方式与最后登记的取值不符",
            id="contact",
        ),
        pytest.param(PROJECT.format("""flags = '["x"]'"""), "项目的标志与最后一条记录不符", id="flags"),
        pytest.param(
            PROJECT.format("ends_on = '2030-01-01'"), "项目的“project.ends_on”与最后登记的取值不符", id="end"
        ),
        pytest.param(
            PROJECT.format("facts = json_set(facts, '$.x', 1)"), "项目的“x”没有登记过", id="a new fact"
        ),
        pytest.param(
            PROJECT.format("last_on = '2020-01-01'"),
            "项目最近的业务日期为 2020-01-01，与最后一条记录不符",
            id="last day",
        ),
        pytest.param(REPORT.format("status = 'met'"), DUTIES, id="duty met"),
        pytest.param(REPORT.format("due = '2021-09-20'"), DUTIES, id="duty due"),
        pytest.param(REPORT.format("legal_due = '2021-09-20'"), DUTIES, id="duty legal due"),
        pytest.param(REPORT.format("met_on = '2020-09-01'"), DUTIES, id="duty met on"),
        pytest.param(REPORT.format("occurrence = 'x'"), DUTIES, id="duty occurrence"),
        pytest.param(REPORT.format("closed_seq = 3"), DUTIES, id="duty closed"),
        pytest.param(REPORT.format("owed_by = 'clerk'"), DUTIES, id="duty owed by"),
        pytest.param(REPORT.format("""marks = '["因会期调整", "x"]'"""), DUTIES, id="duty marks"),
        pytest.param(REPORT.format("moves = '[]'"), DUTIES, id="duty moves"),
        pytest.param("DELETE FROM duty WHERE slug = 'preparation_report'", DUTIES, id="no duty"),
        pytest.param(
            REPORT.format("status = 'overdue'"), "未到期而记为逾期", id="a duty overdue before its day"
        ),
        pytest.param("DELETE FROM material", "项目的材料与各条记录所附的不符", id="no paper"),
        pytest.param(
            "UPDATE material SET sha256 = 'x' WHERE kind = 'contract'",
            "项目的材料与各条记录所附的不符",
            id="a paper's digest",
        ),
        pytest.param(
            "UPDATE material SET filename = 'x.txt' WHERE kind = 'contract'",
            "项目的材料与各条记录所附的不符",
            id="a paper's name",
        ),
        pytest.param(
            "CREATE TABLE copy AS SELECT * FROM material;"
            "UPDATE copy SET id = id + 99, version = version + 1;"
            "INSERT INTO material SELECT * FROM copy",
            "项目的材料与各条记录所附的不符",
            id="one more paper",
        ),
    ],
)
def test_a_row_that_is_not_what_the_history_says_is_named(store: Records, script: str, what: str) -> None:
    assert store.whole() is True
    tamper(store, script)
    told = complaint(store)
    assert told.startswith(f"项目 {ONE} 第 ")
    assert told.removesuffix("。").endswith(what)


def test_a_sweep_makes_no_entry_and_leaves_the_record_whole(both: Records) -> None:
    project = both.started()
    entries = len(both.show(project)["history"])
    both.service.sweep(date(2020, 9, 25))

    assert both.duty(project, "preparation_report")["status"] == "overdue"
    assert len(both.show(project)["history"]) == entries
    assert both.whole() is True
    both.service.report(
        both.member(project), project, "preparation_report", date(2020, 9, 25), reason="口头汇报"
    )
    assert both.duty(project, "preparation_report")["status"] == "late"
    assert both.whole() is True


def test_every_way_of_writing_leaves_the_record_whole(both: Records) -> None:
    draft = both.apply(1, draft=True, targets={"attendees": 200}, contact={"name": "甲", "phone": "1"})
    assert both.whole() is True
    both.apply(1, id=draft, title="改过的题目", marked=True, facts={"event.starts_on": date(2020, 10, 20)})
    assert both.whole() is True
    both.walk(draft, "start")
    both.service.amend(
        ASSOCIATION, draft, {"contact.email": "", "contact.name": "乙"}, APPLIED.replace(month=6), "更正"
    )
    assert both.show(draft)["contact"] == {"name": "乙", "phone": "1", "email": None}
    assert both.whole() is True
    _, child = both.family(APPLIED.replace(month=6))
    both.do("mark_child", child, actor=both.member(child), on=APPLIED.replace(month=6), values=MARKED)
    both.do("withdraw", child, actor=both.member(child), on=APPLIED.replace(month=6))
    assert both.whole() is True


def test_seals_are_no_facts_that_an_undo_would_put_back(both: Records) -> None:
    project = both.started()
    names = {row["name"] for row in both.rows("history_value")}
    sealed = {name for row in both.rows("history") for name in row["digests"] if name.startswith("~")}

    assert names == set(both.show(project)["facts"])
    assert sealed == {"~title", "~unit", "~targets", "~marked", "~parent", "~pack", "~flags", "~duties"}
    assert not any(name.startswith("~") for row in both.show(project)["history"] for name in row["changes"])
