"""Scoped amendments of deadlines: tried, made and undone as a whole, each project in its own transaction.

The list of projects is frozen and written down before the first of them is touched, so that a run that was
broken off goes on under the same key and number. What becomes of a project is decided in the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping

from lifecycle import amendment_rows as rows
from lifecycle.amendment_order import Order, Outcome, Touched
from lifecycle.answers import fingerprint
from lifecycle.cases import project_row
from lifecycle.database import reading, transaction
from lifecycle.family import family_of
from lifecycle.locks import hold
from lifecycle.papers import document_ref
from lifecycle.people import Actor
from lifecycle.requests import Declined
from lifecycle.scope import find_duty_slug, manifest, selected
from lifecycle.stepping import Asked, Judged, judge, write_judged
from lifecycle.store import Store
from states.amendment import Amendment, Deadline, Undoing, changes_of
from states.errors import ConflictFault, ForbiddenFault, LifecycleError, NotFoundFault, Reason, UsageFault
from states.names import Action, Role

Progress = Callable[[int], None] | None


class Amendments:
    """Amendments of one store; `clock` gives the moment of an entry."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self._clock = clock

    def meant(self, actor: Actor, order: Order) -> tuple[tuple[str, ...], bool]:
        """The ids of the projects that are meant, and whether they were frozen before under this key."""
        _require_association(actor)
        order, _ = self._settled(order)
        with reading(self.store.engine) as conn:
            before = None if order.key is None else rows.by_key(conn, order.key)
            if before is None:
                return self._ids(conn, order), False
            return tuple(row["project_id"] for row in rows.touched(conn, before["id"])), True

    def preview(self, actor: Actor, order: Order, progress: Progress = None) -> Outcome:
        """What the amendment would do to each project, from one unchanging view; writes nothing."""
        _require_association(actor)
        order, amendment = self._settled(order)
        asked = self._asked(actor, order, amendment)
        done: list[Touched] = []
        refused: list[Declined] = []
        with reading(self.store.engine) as conn:
            ids = self._ids(conn, order)
            for count, one in enumerate(ids, 1):
                with _declined(refused, one):
                    found = judge(conn, self.store, asked, project_row(conn, one), write=False)
                    done.append(_touched(found, None))
                _tell(progress, count)
        return Outcome(None, ids, tuple(done), tuple(refused))

    def make(self, actor: Actor, order: Order, progress: Progress = None) -> Outcome:
        """Amend every project of the scope, all or nothing for each; a repeated key does what is left.

        Raises for what concerns all alike: nobody of the association, an empty scope, another list than
        was previewed, a key that was used for something else.
        """
        actor.require_hand()
        _require_association(actor)
        order, amendment = self._settled(order)
        number, ids = self._numbered(actor, order)
        asked = self._asked(actor, order, replace(amendment, number=number))
        done: list[Touched] = []
        refused: list[Declined] = []
        for count, one in enumerate(ids, 1):
            with _declined(refused, one):
                done.append(self._amend(asked, number, one))
            _tell(progress, count)
        self._note(number, refused)
        return Outcome(number, ids, tuple(done), tuple(refused))

    def undo(
        self,
        actor: Actor,
        number: int,
        on: date,
        reason: str | None,
        document: str | None = None,
        progress: Progress = None,
    ) -> Outcome:
        """Put back on every project what the amendment changed; a repeat does what is left."""
        actor.require_hand()
        _require_association(actor)
        with reading(self.store.engine) as conn:
            kept = rows.by_number(conn, number)
            ids = tuple(row["project_id"] for row in rows.touched(conn, number) if row["seq"] is not None)
        grace = Deadline(kept["kind"]) is Deadline.GRACE
        action = Action.ADJUST_GRACE if grace else Action.UNDO_AMENDMENT
        asked = Asked(actor, action, on, self._clock(), uuid4().hex, reason, document_ref(document))
        done: list[Touched] = []
        refused: list[Declined] = []
        for count, one in enumerate(ids, 1):
            with _declined(refused, one):
                done.append(self._undo(asked, kept, one))
            _tell(progress, count)
        return Outcome(number, ids, tuple(done), tuple(refused))

    def _settled(self, order: Order) -> tuple[Order, Amendment]:
        """The order with its duty by slug, and what it asks of each project."""
        if not order.reason.strip():
            raise UsageFault("缺少 --reason：期限调整须写明理由。")
        slug = None if order.duty is None else find_duty_slug(self.store.catalogue, order.duty)
        found = Amendment(0, order.deadline, order.shift, slug, order.period, order.due_today, order.missed)
        return replace(order, duty=slug), found

    def _asked(self, actor: Actor, order: Order, amendment: Amendment) -> Asked:
        grace = order.deadline is Deadline.GRACE
        return Asked(
            actor=actor,
            action=Action.ADJUST_GRACE if grace else Action.AMEND_DEADLINES,
            on=order.on,
            at=self._clock(),
            command_id=uuid4().hex,
            reason=order.reason,
            document=document_ref(order.document),
            amends=amendment,
        )

    def _ids(self, conn: Connection, order: Order) -> tuple[str, ...]:
        found = selected(conn, self.store.catalogue, order.scope, order.deadline, order.duty, order.period)
        if order.manifest is not None and order.manifest != manifest(found):
            raise ConflictFault("符合条件的项目与预览时不同（--manifest 不符），请重新预览。")
        return tuple(found)

    def _numbered(self, actor: Actor, order: Order) -> tuple[int, tuple[str, ...]]:
        """The amendment of this key with the projects that were frozen then, or a new one."""
        mark = fingerprint(actor.login, str(order.deadline), rows.shift_values(order.shift), order.duty,
                           order.period, order.due_today, order.missed, order.document, order.reason,
                           order.scope.as_json())  # fmt: skip
        with transaction(self.store.engine) as conn:
            if order.key is not None:
                hold(conn, f"key:{order.key}")
                before = rows.by_key(conn, order.key)
                if before is not None and before["fingerprint"] != mark:
                    raise ConflictFault("这个幂等键（--key）已用于另一次期限调整，请换一个")
                if before is not None:
                    known = rows.touched(conn, before["id"])
                    return int(before["id"]), tuple(row["project_id"] for row in known)
            ids = self._ids(conn, order)
            if not ids:
                raise NotFoundFault("没有符合条件的项目，未作调整。")
            return rows.add(conn, _values(actor, order, mark, manifest(ids), self._clock()), ids), ids

    def _amend(self, asked: Asked, number: int, project_id: str) -> Touched:
        with transaction(self.store.engine) as conn:
            row = self._locked(conn, project_id)
            before = rows.touched_one(conn, number, project_id)
            if before is not None and before["seq"] is not None:
                return _again(before, before["changes"], before["seq"])
            found = judge(conn, self.store, asked, row, write=True)
            seq = write_judged(conn, self.store, asked, row, found)
            touched = _touched(found, seq)
            kept = rows.changes_values(touched.changes)
            rows.settle(conn, number, project_id, seq=seq, changes=kept, reasons=None)
        return touched

    def _undo(self, asked: Asked, kept: RowMapping, project_id: str) -> Touched:
        number = int(kept["id"])
        with transaction(self.store.engine) as conn:
            row = self._locked(conn, project_id)
            before = rows.touched_one(conn, number, project_id)
            assert before is not None  # noqa: S101 - the id came from these rows
            if before["undone_seq"] is not None:
                return _again(before, before["changes"][rows.UNDONE], before["undone_seq"])
            hands = frozenset({kept["actor"], kept["stood_in_by"] or kept["actor"]})
            changes = rows.changes_from(before["changes"], before["seq"])
            undoing = Undoing(number, Deadline(kept["kind"]), changes, hands)
            asked = replace(asked, amends=undoing)
            found = judge(conn, self.store, asked, row, write=True)
            seq = write_judged(conn, self.store, asked, row, found)
            touched = _touched(found, seq)
            undone = {**before["changes"], rows.UNDONE: rows.changes_values(touched.changes)}
            rows.settle(conn, number, project_id, undone_seq=seq, changes=undone)
        return touched

    def _locked(self, conn: Connection, project_id: str) -> RowMapping:
        hold(conn, family_of(project_row(conn, project_id)))
        return project_row(conn, project_id, lock=True)

    def _note(self, number: int, refused: Sequence[Declined]) -> None:
        """Keep beside the number why projects were left out, so that they can be told later."""
        with transaction(self.store.engine) as conn:
            for one in refused:
                reasons = [reason.message for reason in one.reasons] or [one.message]
                rows.settle(conn, number, one.id, reasons=reasons)


def _require_association(actor: Actor) -> None:
    if not any(Role.PROV_ASSOCIATION in actor.roles_in(province) for province in actor.roles):
        message = f"期限调整由省科协办理；{actor.login} 没有这一角色。"
        raise ForbiddenFault(message, (Reason("R-ROLE-26", message),))


def _values(actor: Actor, order: Order, mark: str, digest: str, at: datetime) -> Mapping[str, Any]:
    change = {
        "shift": rows.shift_values(order.shift),
        "duty": order.duty,
        "period": order.period,
        "due_today": order.due_today,
        "missed": order.missed,
    }
    return {
        "key": order.key,
        "fingerprint": mark,
        "kind": str(order.deadline),
        "change": change,
        "scope": order.scope.as_json(),
        "document": order.document,
        "reason": order.reason,
        "manifest": digest,
        "on": order.on,
        "at": at,
        "actor": actor.login,
        "stood_in_by": actor.stood_in_by,
    }


def _touched(found: Judged, seq: int | None) -> Touched:
    case = found.case
    old = case.facts.get("project.ends_on")
    ends = (old, found.outcome.facts.get("project.ends_on", old))
    before = {duty.key: duty for duty in case.duties}
    changes = changes_of(before, found.outcome.duties, ends, seq or case.version + 1)
    return Touched(case.id, case.title, case.unit.name, changes, seq)


def _again(before: RowMapping, kept: Mapping[str, Any], seq: int) -> Touched:
    """A project that was done before under the same number, with what was answered then."""
    changes = rows.changes_from(kept, seq)
    return Touched(before["project_id"], before["title"], before["unit_name"], changes, seq)


@contextmanager
def _declined(refused: list[Declined], project_id: str) -> Iterator[None]:
    """Put a project that cannot follow on the list of refused ones, with its reasons."""
    try:
        yield
    except LifecycleError as fault:
        refused.append(Declined(project_id, fault.code, fault.message, fault.reasons))


def _tell(progress: Progress, count: int) -> None:
    if progress is not None:
        progress(count)
