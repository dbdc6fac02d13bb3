"""From a row of the outbox, or from parameters given by hand, to what the service is asked for.

A queued command is committed already: its order only repeats it, on the projects where it was done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.bootstrap import App, today
from lifecycle.archive import named_again
from lifecycle.consequences import carried_out
from lifecycle.database import reading
from lifecycle.login import operating_system_login
from lifecycle.outbox import QueuedCommand
from lifecycle.people import Actor, find_actor
from lifecycle.requests import Request


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks, and for what."""

    actor: Actor
    request: Request


def order_of(app: App, command: QueuedCommand) -> Order:
    """A queued command again, under the same key; it can only be answered as it was."""
    body = command.body
    key = str(body["key"])
    with reading(app.engine) as conn:
        projects = carried_out(conn, key, command.project_ids)
    # No roles: the repeat takes no step, and rights may have changed since.
    actor = Actor(str(body["login"]), {}, None, body.get("stood_in_by"))
    request = Request(
        action=command.action,
        projects=projects,
        on=date.fromisoformat(body["on"]),
        reason=body.get("reason"),
        document=body.get("document"),
        materials=tuple((kind, named_again(paper)) for kind, paper in body.get("materials") or ()),
        values=dict(body.get("values") or {}),
        key=key,
    )
    return Order(actor, request)


def actor_by_hand(app: App) -> Actor:
    """The user of this process, who acts where a flow is started from a form or a deployment.

    A flow server does not tell who started a run, so no parameter may say it. Raises ForbiddenFault
    where this user is unknown to the record.
    """
    with reading(app.engine) as conn:
        return find_actor(conn, operating_system_login(), None, today())


def order_by_hand(
    app: App,
    action: str,
    projects: Sequence[str],
    *,
    on: date | None,
    reason: str | None,
    document: str | None,
    values: Mapping[str, str],
    key: str | None,
) -> Order:
    """A flow that was started with an action: `actor_by_hand` acts, and for nobody else."""
    person = actor_by_hand(app)
    request = Request(
        action=action,
        projects=tuple(projects),
        on=on or today(),
        reason=reason,
        document=document,
        values=dict(values),
        key=key,
    )
    return Order(person, request)
