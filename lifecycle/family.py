"""Parents and children: what follows for the children when a parent moves, in the parent's transaction.

The system takes each step that the tables leave to it and that is due now, once; what is due is asked
of the same core as everything else (R-LIFE-43, -60…62, -68, -130…133). Undoing a parent's step takes back
what its children followed. Never commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, RowMapping, bindparam, select

from lifecycle.cases import HISTORY, PROJECT, project_row
from lifecycle.people import EVERYWHERE, Actor
from lifecycle.requests import Done, Followed
from states.errors import RefusedFault
from states.guards.family import stands
from states.names import Action, Role, State

if TYPE_CHECKING:
    from lifecycle.stepping import Asked

Step = Callable[["Asked", RowMapping], Done]

SYSTEM: Final = Actor("system", {EVERYWHERE: frozenset({Role.SYSTEM})}, None)
"""Who follows a parent: nobody's account (R-ROLE-32)."""

FOLLOWING: Final = {
    State.AWAITING_PARENT: (Action.ABSORB, Action.RELEASE_TO_REVIEW),
    State.ABSORBED: (Action.RELEASE_ABSORBED, Action.CLOSE_ABSORBED, Action.TERMINATE_ABSORBED),
}
"""The steps of the system, by the state of the child; at most one of them is due at a time."""

SYSTEM_STEPS: Final = frozenset(str(action) for actions in FOLLOWING.values() for action in actions)
_LAST = select(HISTORY.c.action).where(
    HISTORY.c.project_id == bindparam("project"), HISTORY.c.seq == bindparam("seq")
)


def family_of(row: RowMapping) -> str:
    """The name under which everybody of a family waits for the others."""
    return f"family:{row['parent_id'] or row['id']}"


def follow(conn: Connection, asked: Asked, row: RowMapping, done: Done, step: Step) -> tuple[Followed, ...]:
    """Take every step that follows for the children of a project, or for the project as a child.

    Only what changed its state can lead to something; a child whose turn has not come is left alone.
    """
    if done.source == done.dest:
        return ()
    if row["parent_id"] is not None:
        if asked.action is Action.REVERSE_STEP:
            return ()
        cause = project_row(conn, row["parent_id"])
        return tuple(_followed(asked, [project_row(conn, row["id"])], cause, step))
    children = _children(conn, row["id"])
    if asked.action is Action.REVERSE_STEP:
        return tuple(_taken_back(conn, asked, children, State(done.dest), step))
    return tuple(_followed(asked, children, project_row(conn, row["id"]), step)) if children else ()


def _children(conn: Connection, parent: str) -> Sequence[RowMapping]:
    query = select(PROJECT).where(PROJECT.c.parent_id == parent).order_by(PROJECT.c.id).with_for_update()
    return conn.execute(query).mappings().all()


def _followed(
    asked: Asked, children: Sequence[RowMapping], cause: RowMapping, step: Step
) -> Iterator[Followed]:
    order = replace(
        asked,
        actor=SYSTEM,
        reason=f"随 {cause['id']} 第 {cause['version']} 条记录",
        document=None,
        filed=(),
        values=None,
        if_version=None,
    )
    for child in children:
        for action in FOLLOWING.get(State(child["state"]), ()):
            try:
                taken = step(replace(order, action=action), child)
            except RefusedFault:
                continue
            yield Followed(taken.id, str(action), taken.source, taken.dest, taken.seq)
            break


def _taken_back(
    conn: Connection, asked: Asked, children: Sequence[RowMapping], parent: State, step: Step
) -> Iterator[Followed]:
    """Undo what the children followed and what no longer stands; refused where one has been changed since."""
    order = replace(asked, filed=(), values=None, if_version=None)
    for child in children:
        last = conn.execute(_LAST, {"project": child["id"], "seq": child["version"]}).scalar_one_or_none()
        if last in SYSTEM_STEPS:
            if not stands(Action(last), parent):
                taken = step(order, child)
                yield Followed(taken.id, str(Action.REVERSE_STEP), taken.source, taken.dest, taken.seq)
        elif child["state"] == State.ABSORBED and not stands(Action.ABSORB, parent):
            raise RefusedFault(f"子项目 {child['id']} 纳入后另有记录，须先撤销该记录，才能撤销上级的这一步")
