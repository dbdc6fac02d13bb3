"""What may be asked about projects: one function each, that answers with one document.

The command line asks here by either road, so that it hears the same through the daemon and without it. Who
may see what is decided in the record; nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final, cast

from flows.acting import acting
from flows.bootstrap import App
from flows.wire import Question
from lifecycle.database import reading
from lifecycle.listing import project_list
from lifecycle.sight import require_sight

if TYPE_CHECKING:
    from lifecycle.people import Actor
    from lifecycle.store import Store

Document = dict[str, Any]


def answer(app: App, question: Question) -> Document:
    """The document that answers a question.

    Raises ForbiddenFault for who is not known or may not see it, NotFoundFault for what is not there,
    KeyError or TypeError for a question that nobody puts.
    """
    actor = acting(app, question.actor, question.on)
    return ANSWERS[question.name](app, actor, question.on, **question.given)


def _list(app: App, actor: Actor, on: date, **chosen: Any) -> Document:
    """One page of projects, and the cursor of the next."""
    parts = cast("Store", app)  # each is made when it is asked for, and a list asks for few
    with reading(app.engine) as conn:
        found, following = project_list(conn, parts, reader=actor, on=on, **chosen)
    return {"projects": found, "next": following}


def _show(app: App, actor: Actor, on: date, *, project: str) -> Document:
    """All about one project, and the labels of its indicators."""
    from lifecycle.dossiers import project_object  # noqa: PLC0415 - a list does without the models

    with reading(app.engine) as conn:
        found = project_object(conn, app.store, project, actor, on)
    line = app.catalogue.programmes.get(found["programme"])
    return {"project": found, "labels": {one.slug: one.label for one in line.targets} if line else {}}


def _actions(app: App, actor: Actor, on: date, *, project: str) -> Document:
    """What may be done now."""
    with reading(app.engine) as conn:
        require_sight(conn, actor, project)
    return {"actions": app.service.actions(actor, project, on)}


def _check(app: App, actor: Actor, on: date, *, project: str) -> Document:
    """The findings of eligibility."""
    with reading(app.engine) as conn:
        require_sight(conn, actor, project)
    return {"findings": app.service.check(project, on)}


ANSWERS: Final[dict[str, Callable[..., Document]]] = {
    "list": _list,
    "show": _show,
    "actions": _actions,
    "check": _check,
}
