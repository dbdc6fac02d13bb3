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
