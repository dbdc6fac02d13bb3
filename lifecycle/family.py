"""Parents and children: what follows for the children when a parent moves, in the parent's transaction.

The system takes each step that the tables leave to it and that is due now, once; what is due is asked
of the same core as everything else (R-LIFE-43, -60…62, -68, -130…133). Undoing a parent's step takes back
what its children followed. Never commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, RowMapping, select

from lifecycle.cases import PROJECT, load_steps, project_row
from lifecycle.people import EVERYWHERE, Actor
from lifecycle.requests import Done, Followed
from states.errors import Reason, RefusedFault
from states.guards.ask import standing_steps
from states.guards.family import stands
from states.names import Action, Role, State
from states.outcomes import NOT_APPLIED

if TYPE_CHECKING:
    from lifecycle.stepping import Asked

Step = Callable[["Asked", RowMapping], Done]

SYSTEM: Final = Actor("system", {EVERYWHERE: frozenset({Role.SYSTEM})}, None)
"""Who follows a parent: nobody's account (R-ROLE-32)."""

FOLLOWING: Final = {
    State.AWAITING_PARENT: (Action.ABSORB, Action.RELEASE_TO_REVIEW),
    State.ABSORBED: (
        Action.RELEASE_ABSORBED,
        Action.CLOSE_ABSORBED,
        Action.TERMINATE_ABSORBED,
        Action.HALT_ABSORBED,
        Action.RESUME_ABSORBED,
    ),
}
"""The steps of the system, by the state of the child; at most one of them is due at a time."""

SYSTEM_STEPS: Final = frozenset(action for actions in FOLLOWING.values() for action in actions)


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
        cause = project_row(conn, row["parent_id"])
        return tuple(_followed(asked, [project_row(conn, row["id"])], cause, step))
    children = _children(conn, row["id"])
    if not children:
        return ()
    back: tuple[Followed, ...] = ()
    if asked.action is Action.REVERSE_STEP:
        back = tuple(_taken_back(conn, asked, children, State(done.dest), step))
    moved = {one.id for one in back}
    rest = [child for child in children if child["id"] not in moved]
    return (*back, *_followed(asked, rest, project_row(conn, row["id"]), step))


def _children(conn: Connection, parent: str) -> Sequence[RowMapping]:
    query = select(PROJECT).where(PROJECT.c.parent_id == parent).order_by(PROJECT.c.id).with_for_update()
    return conn.execute(query).mappings().all()


def _order(asked: Asked, child: RowMapping, **changes: Any) -> Asked:
    """What is asked of a child: on the parent's day, or on its own last one where that is later."""
    on = max(asked.on, child["last_on"] or asked.on)
    plain = replace(asked, on=on, following=True, filed=(), values=None, if_version=None)
    return replace(plain, **changes)


def _followed(
    asked: Asked, children: Sequence[RowMapping], cause: RowMapping, step: Step
) -> Iterator[Followed]:
    reason = f"随 {cause['id']} 第 {cause['version']} 条记录"
    for child in children:
        order = _order(asked, child, actor=SYSTEM, reason=reason, document=None)
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
    """Undo what the children followed and what no longer stands; refused where one has moved on since."""
    for child in children:
        steps = load_steps(conn, child["id"])
        led = next((one for one in reversed(standing_steps(steps)) if one.action in SYSTEM_STEPS), None)
        if led is None or State(child["state"]) in NOT_APPLIED or stands(Action(led.action), parent):
            continue
        if steps[-1].seq != led.seq:
            label = Action(led.action).label
            message = f"子项目 {child['id']} 随上级“{label}”之后另有记录，不能再撤销上级的这一步"
            raise RefusedFault(message, (Reason("R-LIFE-62", message),))
        taken = step(_order(asked, child), child)
        yield Followed(taken.id, str(Action.REVERSE_STEP), taken.source, taken.dest, taken.seq)
