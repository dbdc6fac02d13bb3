"""The audit chain holds for what was written and names what was changed behind the program's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import Engine, select

from lifecycle.chain import Verified, entry_hash, erase_values, history_fields, next_ledger, verify
from lifecycle.database import reading, store_file, transaction
from lifecycle.models import NAMES
from lifecycle.settings import Settings
from states.errors import NotFoundFault, TamperedFault
from tests.chain_samples import add_entry, add_project, add_two_projects

# The tamperer writes SQL by hand.
# ruff: noqa: S608

T = NAMES.tables
ONE, TWO = "h20-demo-0001", "h20-demo-0002"
Tamper = Callable[[str], None]


@pytest.fixture
def written(engine: Engine) -> Engine:
    with transaction(engine) as conn:
        add_two_projects(conn)
    return engine


@pytest.fixture
def tamper(sqlite_engine: Engine, sqlite_settings: Settings) -> Tamper:
    """Edit the file with another program, its triggers dropped and its keys ignored."""
    with transaction(sqlite_engine) as conn:
        add_two_projects(conn)

    def edit(script: str) -> None:
        with closing(sqlite3.connect(store_file(sqlite_settings))) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.executescript(script)
            connection.commit()

    return edit


def complaint(engine: Engine, project: str | None = None) -> str:
    with reading(engine) as conn, pytest.raises(TamperedFault) as caught:
        verify(conn, project)
    return caught.value.message


def head(engine: Engine) -> str:
    with reading(engine) as conn:
        return str(
            conn.execute(select(T["ledger"].c.head).order_by(T["ledger"].c.n.desc()).limit(1)).scalar_one()
        )


def test_an_untouched_record_verifies(written: Engine) -> None:
    with reading(written) as conn:
        assert verify(conn) == Verified(entries=5, projects=2, head=head(written))


def test_one_project_verifies_by_itself(written: Engine) -> None:
    with reading(written) as conn:
        assert verify(conn, TWO) == Verified(entries=2, projects=1, head=head(written))


def test_an_empty_record_verifies(engine: Engine) -> None:
    with reading(engine) as conn:
        assert verify(conn) == Verified(entries=0, projects=0, head="0" * 64)


def test_more_projects_than_one_reading_takes_are_all_verified(sqlite_engine: Engine) -> None:
    with transaction(sqlite_engine) as conn:
        for number in range(1, 503):
            add_project(conn, f"h20-demo-{number:04}")
        add_entry(conn, "h20-demo-0001", "submitted")
        add_entry(conn, "h20-demo-0502", "submitted")
    with reading(sqlite_engine) as conn:
        found = verify(conn)
    assert (found.entries, found.projects) == (2, 502)


def test_an_unknown_project_is_not_found(written: Engine) -> None:
    with reading(written) as conn, pytest.raises(NotFoundFault, match="h20-demo-0009"):
        verify(conn, "h20-demo-0009")


def test_an_entry_read_back_hashes_as_it_was_written(written: Engine) -> None:
    with reading(written) as conn:
        rows = conn.execute(select(T["history"])).mappings().all()
    assert [entry_hash(row["prev_hash"], history_fields(row)) for row in rows] == [
        row["hash"] for row in rows
    ]


def test_the_number_of_the_next_commit_follows_the_last(written: Engine) -> None:
    with transaction(written) as conn:
        assert next_ledger(conn) == 6


def test_an_erased_value_leaves_the_chain_whole(written: Engine) -> None:
    with transaction(written) as conn:
        assert erase_values(conn, ONE, "talent.birth_date") == 1
    with reading(written) as conn:
        values = T["history_value"].c
        assert conn.execute(
            select(values.old, values.new, values.salt, values.erased).where(
                values.name == "talent.birth_date"
            )
        ).one() == (None, None, "", True)
        assert verify(conn).entries == 5


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param(
            f"UPDATE history SET actor = 'li' WHERE project_id = '{ONE}' AND seq = 2",
            f"项目 {ONE} 第 2 条：记录内容被改动。",
            id="a changed field",
        ),
        pytest.param(
            f"UPDATE history SET at = '2020-03-03 02:30:01.123456' WHERE project_id = '{ONE}' AND seq = 2",
            f"项目 {ONE} 第 2 条：记录内容被改动。",
            id="a changed moment",
        ),
        pytest.param(
            f"UPDATE history SET prev_hash = hash WHERE project_id = '{ONE}' AND seq = 2",
            f"项目 {ONE} 第 2 条：与前一条记录不衔接。",
            id="a broken link",
        ),
        pytest.param(
            f"DELETE FROM history WHERE project_id = '{ONE}' AND seq = 2",
            f"项目 {ONE} 第 2 条：记录缺失。",
            id="a missing entry",
        ),
        pytest.param(
            f"DELETE FROM history WHERE project_id = '{TWO}' AND seq = 2",
            f"项目 {TWO} 第 1 条：项目版本为 2，与最后一条记录不符。",
            id="a cut at the end of a project",
        ),
        pytest.param(
            "UPDATE history_value SET new = '{\"d\":\"1991-05-01\"}' WHERE name = 'talent.birth_date'",
            f"项目 {ONE} 第 1 条：“talent.birth_date”的取值被改动。",
            id="a changed value",
        ),
        pytest.param(
            "DELETE FROM history_value WHERE name = 'talent.birth_date'",
            f"项目 {ONE} 第 1 条：取值缺失或多出。",
            id="a missing value",
        ),
        pytest.param(
            f"INSERT INTO history_value(project_id, seq, name, salt, erased) VALUES ('{TWO}', 7, 'x', '', 0)",
            f"项目 {TWO} 第 7 条：有取值而无记录。",
            id="a value without entry",
        ),
        pytest.param(
            f"UPDATE project SET state = 'closed' WHERE id = '{ONE}'",
            f"项目 {ONE} 第 3 条：项目状态为 closed，与最后一条记录不符。",
            id="a changed state",
        ),
        pytest.param(
            f"UPDATE project SET version = 9 WHERE id = '{ONE}'",
            f"项目 {ONE} 第 3 条：项目版本为 9，与最后一条记录不符。",
            id="a changed version",
        ),
        pytest.param(
            f"UPDATE project SET facts = json_set(facts, '$.rate', 2) WHERE id = '{ONE}'",
            f"项目 {ONE} 第 3 条：项目的“rate”与最后登记的取值不符。",
            id="a changed fact",
        ),
        pytest.param(
            f"UPDATE project SET amount_fen = 9000000 WHERE id = '{ONE}'",
            f"项目 {ONE} 第 3 条：项目的“project.amount”与最后登记的取值不符。",
            id="a changed amount",
        ),
        pytest.param(
            f"DELETE FROM project WHERE id = '{TWO}'",
            f"项目 {TWO} 第 1 条：项目已被删除而记录仍在。",
            id="a deleted project row",
        ),
        pytest.param(
            f"DELETE FROM project WHERE id = '{TWO}'; DELETE FROM history WHERE project_id = '{TWO}'",
            "总账第 2 笔应有 1 条项目记录，现有 0 条：有项目或记录被整体删除或添加。",
            id="a project deleted with its history",
        ),
        pytest.param(
            "UPDATE ledger SET at = '2020-03-03 00:00:00.000000' WHERE n = 2",
            "总账第 2 笔被改动。",
            id="a changed commit",
        ),
        pytest.param(
            "DELETE FROM ledger WHERE n = 2", "总账第 2 笔缺失，或与前一笔不衔接。", id="a missing commit"
        ),
        pytest.param(
            "DELETE FROM ledger WHERE n = 5",
            "总账缺少第 5 笔，而项目记录指向它。",
            id="a cut at the end of the ledger",
        ),
    ],
)
def test_tampering_is_named(sqlite_engine: Engine, tamper: Tamper, script: str, message: str) -> None:
    tamper(script)
    assert complaint(sqlite_engine) == message


def test_a_rewritten_chain_of_one_project_does_not_fit_the_ledger(
    sqlite_engine: Engine, tamper: Tamper
) -> None:
    with reading(sqlite_engine) as conn:
        entry = dict(
            conn.execute(
                select(T["history"]).where(T["history"].c.project_id == TWO, T["history"].c.seq == 2)
            )
            .mappings()
            .one()
        )
    entry["actor"] = "li"
    forged = entry_hash(entry["prev_hash"], history_fields(entry))
    tamper(f"UPDATE history SET actor = 'li', hash = '{forged}' WHERE project_id = '{TWO}' AND seq = 2")
    assert complaint(sqlite_engine) == "总账第 5 笔与其项目记录不符。"
    assert complaint(sqlite_engine, TWO) == "总账第 5 笔与其项目记录不符。"


def test_tampering_with_one_project_does_not_accuse_another(sqlite_engine: Engine, tamper: Tamper) -> None:
    tamper(f"UPDATE history SET actor = 'li' WHERE project_id = '{ONE}' AND seq = 2")
    with reading(sqlite_engine) as conn:
        assert verify(conn, TWO).entries == 2
