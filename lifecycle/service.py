"""The one service by which anything happens: every change of a project goes through here.

Each method opens the transaction, lets the pure core decide and `lifecycle.record` write, and
commits once per project. Nothing here decides a rule; nothing elsewhere changes a project.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from lifecycle.answers import answered, as_answer, from_answer, mark_of, remember
from lifecycle.calls import set_call
from lifecycle.cases import load_case, project_row
from lifecycle.commands import as_fault, body_of, parse_action
from lifecycle.database import reading, transaction
from lifecycle.gate import roles_for
from lifecycle.households import load_family
from lifecycle.installed import install, uninstall
from lifecycle.intake import Application
from lifecycle.listing import find_programme
from lifecycle.locks import hold
from lifecycle.offers import offers
from lifecycle.outbox import enqueue
from lifecycle.papers import document_ref, file_all
from lifecycle.people import Actor
from lifecycle.refusals import declined_by, require_own
from lifecycle.reporting import Reported, write_report
from lifecycle.requests import Batch, Declined, Done, Request, Swept
from lifecycle.stepping import Asked, take_step
from lifecycle.store import Store
from lifecycle.surroundings import findings_of
from lifecycle.sweeping import sweep
from lifecycle.taking import Form, Offered, take_in
from lifecycle.track_record import with_track_record
from lifecycle.units import known_unit
from states.catalogue import Pack
from states.core_facts import fact_spec
from states.decision import Unit
from states.eligibility import evaluate
from states.errors import LifecycleError, UsageFault
from states.names import Action, Role
from states.papers import APPLICATION_FORM
from states.settable import needs


def now_utc() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Service:
    """The record's only writer."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = now_utc) -> None:
        self.store = store
        self._clock = clock

    def trigger(self, actor: Actor, request: Request, progress: Callable[[int], None] | None = None) -> Batch:
        """Take an action on each project, all-or-nothing per project.

        A key answers a repeat as it answered before. Raises only for what concerns every project
        alike: an unknown action, an unreadable paper.
        """
        actor.require_hand()
        action = parse_action(request.action)
        command_id = request.command_id or uuid4().hex
        filed = file_all(self.store, request.materials, dry_run=request.dry_run)
        asked = Asked(
            actor=actor,
            action=action,
            on=request.on,
            at=self._clock(),
            command_id=command_id,
            reason=request.reason,
            document=document_ref(request.document),
            filed=filed,
            values=request.values,
            if_version=request.if_version,
        )
        enqueued = False
        done: list[Done] = []
        refused: list[Declined] = []
        for count, project_id in enumerate(request.projects, 1):
            try:
                step, fresh = self._step(asked, request, project_id, enqueued)
                done.append(step)
                enqueued = enqueued or fresh
            except LifecycleError as fault:
                refused.append(declined_by(project_id, fault))
            if progress is not None:
                progress(count)
        return Batch(command_id, tuple(done), tuple(refused))

    def _step(self, asked: Asked, request: Request, project_id: str, enqueued: bool) -> tuple[Done, bool]:
        if request.dry_run:
            with reading(self.store.engine) as conn:
                require_own(conn, asked.actor, project_id)
                return take_step(conn, self.store, asked, project_id, write=False), False
        key = f"{request.key or asked.command_id}/{project_id}"
        mark = mark_of(asked, request, project_id)
        with transaction(self.store.engine) as conn:
            if request.key or request.command_id:
                hold(conn, f"key:{key}")
            before = answered(conn, key, mark)
            if before is not None:
                return from_answer(before), False
            require_own(conn, asked.actor, project_id)
            done = take_step(conn, self.store, asked, project_id)
            remember(conn, key, mark, as_answer(done), asked.at)
            if not enqueued:
                self._enqueue(conn, asked, request, project_id)
        return done, True

    def _enqueue(self, conn: Connection, asked: Asked, request: Request, project_id: str) -> None:
        row = project_row(conn, project_id)
        count = len(request.projects)
        what = row["title"] if count == 1 else f"{count} 个项目"
        enqueue(
            conn,
            id=asked.command_id,
            action=str(asked.action),
            programme=row["programme"],
            summary=f"{asked.action.label}：{what}",
            actor=asked.actor.login,
            project_ids=list(request.projects),
            body=body_of(asked, request),
            at=asked.at,
            once=request.command_id is not None,
        )

    def apply(
        self,
        actor: Actor,
        application: Application,
        on: date,
        *,
        draft: bool = False,
        dry_run: bool = False,
        reason: str | None = None,
        parent: str | None = None,
        form: Form | None = None,
        shared: bool = False,
        mark: str | None = None,
    ) -> str:
        """Take one application in; returns its project id ("" on a dry run).

        `form` is the file it came in, kept as the application form; of a file that is `shared` with
        other applications only its own part is kept. Under a `mark` it is taken in once: a repeat
        returns the project of the first time. Raises with every reason.
        """
        actor.require_hand()
        offered = Offered(application, on, reason, parent, draft, form, shared, mark)
        return take_in(self.store, actor, offered, self._clock(), dry_run=dry_run)

    def amend(
        self,
        actor: Actor,
        project_id: str,
        values: Mapping[str, Any],
        on: date,
        reason: str | None,
        *,
        materials: Sequence[tuple[str, str]] = (),
        document: str | None = None,
    ) -> Done:
        """Correct facts; duties that rest on them are recomputed in the same transaction.

        Event dates changed by the unit itself are its rescheduling (R-LIFE-91); anything else, and
        anything done by the office, is a correction of the record (R-LIFE-92).
        """
        with reading(self.store.engine) as conn:
            case, programme = load_case(conn, self.store, project_row(conn, project_id))
        roles = roles_for(actor, programme.province, case.unit)
        specs = [fact_spec(programme, name) for name in values]
        event_only = all(spec is not None and spec.name in needs(Action.RESCHEDULE_EVENT) for spec in specs)
        own = Role.UNDERTAKING_UNIT in roles and not roles & {Role.CLERK, Role.PROV_ASSOCIATION}
        action = Action.RESCHEDULE_EVENT if own and event_only else Action.CORRECT_RECORD
        request = Request(str(action), (project_id,), on, reason, document, tuple(materials), values)
        batch = self.trigger(actor, request)
        if batch.refused:
            raise as_fault(batch.refused[0])
        return batch.done[0]

    def report(
        self,
        actor: Actor,
        project_id: str,
        duty: str,
        on: date,
        *,
        period: str | None = None,
        materials: Sequence[tuple[str, str]] = (),
        values: Mapping[str, Any] | None = None,
        reason: str | None = None,
        document: str | None = None,
    ) -> int:
        """Record that a duty was fulfilled; returns the id of the duty row."""
        actor.require_hand()
        filed = file_all(self.store, materials)
        reported = Reported(
            actor, duty, on, self._clock(), period, reason, document_ref(document), filed, values or {}
        )
        with transaction(self.store.engine) as conn:
            return write_report(conn, self.store, project_row(conn, project_id, lock=True), reported)

    def sweep(self, on: date, *, past: bool = False) -> Swept:
        """Remind, escalate, mark overdue and catch up to a day; a repeat adds nothing.

        `past` speaks also of what was past due when it was entered.

        A real store is not swept beyond today (RefusedFault): reminders go out once.
        """
        return sweep(self.store, on, self._clock(), past=past)

    def actions(self, actor: Actor, project_id: str, on: date) -> list[dict[str, Any]]:
        """What may be done now, by whom, and why the rest may not."""
        with reading(self.store.engine) as conn:
            return offers(conn, self.store, actor, project_row(conn, project_id), on, self._clock())

    def check(self, project_id: str, on: date) -> list[dict[str, Any]]:
        """The eligibility findings of a project, without changing anything."""
        with reading(self.store.engine) as conn:
            row = project_row(conn, project_id)
            case, programme = load_case(conn, self.store, row)
            _, children = load_family(conn, self.store, row)
            found = findings_of(conn, self.store, case, programme, on, children)
        return [finding.as_json() for finding in found]

    def check_application(self, actor: Actor, application: Application, on: date) -> list[dict[str, Any]]:
        """The findings that an application would have, without writing it.

        What the register and the record know of the unit counts only for those who may know it (R-ROLE-27).
        """
        programme = find_programme(self.store.catalogue, application.programme)
        with reading(self.store.engine) as conn:
            unit = known_unit(conn, application.unit_name)
            unit = unit or Unit(None, application.unit_name, application.unit_kind, application.unit_region)
            facts = {**application.facts, **application.unit_facts}
            if actor.sees_all or (unit.id is not None and unit.id == actor.own_unit):
                facts = with_track_record(conn, self.store, programme, unit, {**facts, **unit.facts})
            else:
                unit = replace(unit, facts={})
        kinds = {APPLICATION_FORM, *(kind for kind, _ in application.materials)}
        found = evaluate(programme, facts, unit, None, on=on, targets=application.targets, materials=kinds)
        return [finding.as_json() for finding in found]

    def open_call(
        self, actor: Actor, programme: str, on: date, closes_on: date | None = None, reason: str | None = None
    ) -> str:
        """Open a call for applications; returns the programme's slug."""
        if closes_on is not None and closes_on < on:
            raise UsageFault(f"截止日期 {closes_on.isoformat()} 早于开放日期 {on.isoformat()}")
        return self._call(actor, programme, on, reason, {"opens_on": on, "closes_on": closes_on})

    def close_call(self, actor: Actor, programme: str, on: date, reason: str | None = None) -> str:
        """Close a call: `on` is the last day on which applications are taken."""
        return self._call(actor, programme, on, reason, {"closes_on": on})

    def install_pack(self, actor: Actor, pack: Pack, on: date) -> bool:
        """Put a pack in force for new applications; false when it is in force already (R-DOC-07)."""
        with transaction(self.store.engine) as conn:
            return install(conn, self.store, actor, pack, on, self._clock())

    def uninstall_pack(self, actor: Actor, slug: str) -> None:
        """Go back to the shipped pack for new applications."""
        with transaction(self.store.engine) as conn:
            uninstall(conn, actor, slug, self._clock())

    def _call(
        self, actor: Actor, programme: str, on: date, reason: str | None, days: Mapping[str, date | None]
    ) -> str:
        found = find_programme(self.store.catalogue, programme)
        with transaction(self.store.engine) as conn:
            set_call(conn, actor, found, on, self._clock(), reason, days)
        return found.slug
