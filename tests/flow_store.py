"""A practice store with applied projects and people, made through the service, for the tests of flows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from flows.bootstrap import App, now, using
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.database import init_store, open_engine, reading
from lifecycle.models import Base
from lifecycle.outbox import COMMAND, QueuedCommand, find_command
from lifecycle.people import Actor
from lifecycle.requests import Batch, Request
from lifecycle.settings import read_settings
from states.names import Role
from tests.record_store import application

PROGRAMME = "h23-young-talent"
APPLIED, ACCEPTED = date(2023, 5, 10), date(2023, 5, 12)
CLERK = Actor("clerk", {"henan": frozenset({Role.CLERK})}, None)
CHECKER = Actor("checker", {"henan": frozenset({Role.FORM_CHECKER})}, None)
TABLES = Base.metadata.tables


def practice_app(home: Path, *, rehearsal: bool = True, **settings: Any) -> App:
    """An application on a fresh store, with the call of one programme open."""
    configured = read_settings({}, home=home, **settings)
    engine = open_engine(configured)
    init_store(engine, configured, rehearsal=rehearsal, at=now(), admin_login="root")
    engine.dispose()
    app = App(configured)
    app.service.open_call(CLERK, PROGRAMME, date(2023, 3, 1), reason="来件补录")
    return app


def applied(app: App, folder: Path, number: int = 1) -> str:
    """One submitted application; returns its project id."""
    form = folder / "申报书.txt"
    form.write_text("示例", encoding="utf-8")
    return app.service.apply(CLERK, application(number, programme=PROGRAMME), APPLIED, form=str(form))


def accept(app: App, *projects: str, key: str | None = None) -> Batch:
    """The clerk accepts projects for form review: a command, committed."""
    batch = app.service.trigger(
        CHECKER, Request("accept_for_form_review", projects, ACCEPTED, key=key, values={})
    )
    assert batch.refused == (), batch.refused
    return batch


def queued(app: App, command_id: str) -> QueuedCommand:
    """The row of the outbox."""
    with reading(app.engine) as conn:
        command = find_command(conn, command_id)
    assert command is not None
    return command


def finish_all(app: App) -> None:
    """Take everything out of the line, so that a test sees only its own command."""
    from lifecycle.database import transaction

    with transaction(app.engine) as conn:
        conn.execute(COMMAND.update().values(status="done"))


def count(app: App, table: str) -> int:
    """How many rows a table has."""
    with reading(app.engine) as conn:
        return len(conn.execute(select(TABLES[table])).all())


def twice(app: App, server: FlowServer, flow: Any, given: dict[str, Any]) -> None:
    """One flow run on a server, and the very same run started again, as the dashboard's button does."""
    from prefect import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import Scheduled

    with warm_prefect(server, app.settings.home), using(app), get_client(sync_client=True) as client:
        run = client.create_flow_run(flow, parameters=given)
        for _ in range(2):
            run_flow(flow, flow_run=client.read_flow_run(run.id), parameters=given, return_type="state")
            client.set_flow_run_state(run.id, Scheduled(), force=True)
