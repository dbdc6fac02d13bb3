"""History cannot be changed or removed, on either database; a value can only be erased."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from lifecycle.chain import verify
from lifecycle.database import reading, transaction
from lifecycle.people import Actor
from lifecycle.rights_log import note
from tests.chain_samples import add_two_projects
from tests.conftest import FOUNDED
from tests.notice_store import add_notice, add_project, letter

ERASE = "UPDATE history_value SET old = NULL, new = NULL, salt = '', erased = true"


@pytest.fixture
def written(engine: Engine) -> Engine:
    with transaction(engine) as conn:
        add_two_projects(conn)
        note(conn, "grant", "wang", {}, by=Actor("li", {}, None), at=FOUNDED)
    return engine


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET actor = 'li'",
        "UPDATE history SET actor = actor",
        "DELETE FROM history",
        "UPDATE ledger SET head = 'x'",
        "DELETE FROM ledger",
        "DELETE FROM history_value",
        "UPDATE history_value SET new = '1'",
        "UPDATE history_value SET erased = true",
        "UPDATE history_value SET old = NULL, new = NULL, salt = ''",
        "UPDATE rights_log SET actor = 'li'",
        "DELETE FROM rights_log",
        f"{ERASE}, name = 'other'",
        f"{ERASE}, seq = seq + 1",
    ],
)
def test_a_change_of_history_is_refused(written: Engine, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction(written) as conn:
        conn.execute(text(statement))
    with reading(written) as conn:
        assert verify(conn).entries == 5


def test_a_value_may_be_erased(written: Engine) -> None:
    with transaction(written) as conn:
        conn.execute(text(ERASE))
    with reading(written) as conn:
        assert conn.execute(text("SELECT count(*) FROM history_value WHERE NOT erased")).scalar_one() == 0


@pytest.mark.parametrize("table", ["history", "ledger", "history_value", "rights_log"])
def test_postgres_refuses_to_truncate_history(written: Engine, table: str) -> None:
    if written.dialect.name == "sqlite":
        return  # SQLite knows no TRUNCATE
    with pytest.raises(IntegrityError, match="append-only"), transaction(written) as conn:
        conn.execute(text(f"TRUNCATE {table}"))


@pytest.fixture
def released(engine: Engine) -> Engine:
    with transaction(engine) as conn:
        add_project(conn)
        add_notice(conn, letter(), status="sent", letter_sha256="a" * 64, released_by="zhao")
        add_notice(conn, letter(), key="held")
    return engine


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notice SET letter_sha256 = 'b'",
        "UPDATE notice SET letter_sha256 = NULL",
        "UPDATE notice SET released_by = 'li'",
        "UPDATE notice SET released_at = CURRENT_TIMESTAMP",
        "DELETE FROM notice",
    ],
)
def test_what_a_released_letter_was_is_neither_changed_nor_removed(released: Engine, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction(released) as conn:
        conn.execute(text(statement))


def test_a_released_letter_goes_on_and_a_held_one_is_released(released: Engine) -> None:
    with transaction(released) as conn:
        conn.execute(text("UPDATE notice SET status = 'pending', attempts = 2, error = 'x'"))
        conn.execute(text("UPDATE notice SET letter_sha256 = 'c', released_by = 'li' WHERE key = 'held'"))
    with reading(released) as conn:
        found = conn.execute(text("SELECT letter_sha256 FROM notice WHERE key = 'held'")).scalar_one()
    assert found == "c"
