"""Alembic's entry: runs the migrations on a connection that it is given, or on the configured store.

Decides nothing about tables. The program always hands in its own open transaction; the other way
in is for people who write a new migration (`alembic -c deploy/alembic.ini revision --autogenerate`).
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from lifecycle.database import open_engine, transaction
from lifecycle.models import NAMES
from lifecycle.settings import read_settings


def migrate(connection: Connection) -> None:
    """Run what alembic was asked for inside the transaction of `connection`."""
    context.configure(connection=connection, target_metadata=NAMES, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with transaction(open_engine(read_settings())) as own:
        migrate(own)
