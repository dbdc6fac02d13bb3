"""The PostgreSQL database of our own flow server: its address made right, and looked at before the start.

The flow server asks for the extension pg_trgm and for a database of its own; both are told in Chinese here,
since the server itself would only end with a traceback in its log. It creates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from states.errors import UnavailableFault, UsageFault

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

VARIABLE: Final = "LIFECYCLE_PREFECT_DATABASE_URL"
_NAMES: Final = ("postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg")
_KNOWN: Final = frozenset({"host", "port", "ssl", "sslmode"})
"""What the server's driver takes behind the question mark; `sslmode` it calls `ssl`."""
_OURS: Final = "SELECT to_regclass('history') IS NOT NULL AND to_regclass('duty') IS NOT NULL"
_TRIGRAMS: Final = (
    "SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'),"
    " (SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'),"
    " has_database_privilege(current_database(), 'CREATE')"
)

# SQLAlchemy is imported inside: only who names such a database pays for it.
# ruff: noqa: PLC0415


def server_url(address: str) -> str:
    """The address as the flow server takes it (postgresql+asyncpg). Raises UsageFault."""
    url = _parsed(address)
    query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
    return url.set(drivername="postgresql+asyncpg", query=query).render_as_string(hide_password=False)


def check_database(address: str) -> None:
    """See that the flow server can live in this database. Raises UnavailableFault, UsageFault."""
    with _connected(address) as connection:
        _look(connection)


def database_bytes(address: str) -> int:
    """How large the database is, with its indexes. Raises UnavailableFault, UsageFault."""
    from sqlalchemy import text

    with _connected(address) as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


@contextmanager
def _connected(address: str) -> Iterator[Connection]:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    url = _parsed(address)
    query = {("sslmode" if name == "ssl" else name): value for name, value in url.query.items()}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg", query=query), connect_args={"connect_timeout": 10}
    )
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise UnavailableFault(f"流程服务器的数据库无法使用（{said}），请核对 {VARIABLE}。") from None
    finally:
        engine.dispose()


def _look(connection: Connection) -> None:
    from sqlalchemy import text

    if connection.execute(text(_OURS)).scalar_one():
        raise UsageFault(
            f"{VARIABLE} 指向了业务数据库；流程服务器须另用一个库，请先建库，如 createdb prefect。"
        )
    installed, available, may_create = connection.execute(text(_TRIGRAMS)).one()
    if installed:
        return
    if not available:
        raise UnavailableFault(
            "流程服务器的数据库缺少扩展 pg_trgm；请在数据库服务器上安装 PostgreSQL 的 contrib 组件后再启动。"
        )
    if not may_create:
        raise UnavailableFault(
            "流程服务器的数据库尚未启用扩展 pg_trgm，所用账号也无权启用；"
            "请由数据库管理员在该库中执行 CREATE EXTENSION pg_trgm。"
        )


def _parsed(address: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _NAMES or not url.database:
        raise UsageFault(f"{VARIABLE} 无效，应形如 postgresql://用户:密码@主机/库名。")
    strange = sorted(set(url.query) - _KNOWN)
    if strange:
        raise UsageFault(
            f"{VARIABLE} 中的参数 {'、'.join(strange)} 流程服务器不识别，只可用：host、port、ssl。"
        )
    return url
