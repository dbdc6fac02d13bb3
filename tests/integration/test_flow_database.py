"""Whether a flow server can live in a PostgreSQL database, told in Chinese before anything starts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, make_url

from flows.flow_database import check_database, server_url
from lifecycle.settings import Settings
from states.errors import UnavailableFault, UsageFault
from tests.flow_host import on_postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(postgres_address: str) -> Iterator[URL]:
    """An empty database in which a user without rights may only connect."""
    on_postgres(postgres_address, "postgres", "CREATE DATABASE flow_check")
    on_postgres(postgres_address, "postgres", "CREATE ROLE guest LOGIN PASSWORD 'guest'")
    yield make_url(postgres_address).set(database="flow_check")
    on_postgres(postgres_address, "postgres", "DROP DATABASE flow_check WITH (FORCE)")
    on_postgres(postgres_address, "postgres", "DROP ROLE guest")


def told(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def test_an_ordinary_address_is_turned_into_what_the_server_takes(database: URL) -> None:
    address = "postgresql://flow:p%40ss@db.example.org:5433/prefect?sslmode=require"
    assert server_url(address) == "postgresql+asyncpg://flow:p%40ss@db.example.org:5433/prefect?ssl=require"
    assert server_url(server_url(address)) == server_url(address)


@pytest.mark.parametrize(
    "address", ["sqlite:///x.db", "postgresql://host", "nonsense", "postgresql://h/d?application_name=x"]
)
def test_an_address_that_the_server_could_not_use_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(UsageFault) as refused:
        server_url(address)
    assert address not in refused.value.message


def test_an_empty_database_will_do_and_a_guest_needs_the_extension_to_be_there(
    database: URL, postgres_address: str
) -> None:
    check_database(told(database))
    guest = told(database.set(username="guest", password="guest"))
    with pytest.raises(UnavailableFault, match="CREATE EXTENSION pg_trgm"):
        check_database(guest)
    on_postgres(postgres_address, "flow_check", "CREATE EXTENSION pg_trgm")
    check_database(guest)


def test_a_database_that_is_not_there_is_told_without_its_password(database: URL) -> None:
    with pytest.raises(UnavailableFault, match="无法使用") as refused:
        check_database(told(database.set(database="no_such", password="secret-word")))
    assert "secret-word" not in refused.value.message


def test_the_database_of_the_record_is_no_place_for_a_flow_server(empty_postgres: Settings) -> None:
    from datetime import UTC, datetime

    from lifecycle.database import init_store, open_engine

    engine = open_engine(empty_postgres)
    init_store(engine, empty_postgres, rehearsal=True, at=datetime.now(UTC), admin_login="root")
    engine.dispose()
    with pytest.raises(UsageFault, match="业务数据库"):
        check_database(empty_postgres.database_url or "")
