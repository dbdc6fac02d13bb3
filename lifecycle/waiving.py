"""Writing a waiver of a duty: decided by `states.waiver`, an entry of the history like any step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from lifecycle.calendar_years import calendar_of
from lifecycle.cases import load_case, project_row
from lifecycle.database import transaction
from lifecycle.duty_rows import write_duties
from lifecycle.gate import check_day, is_rehearsal, roles_for
from lifecycle.papers import document_ref, file_all
from lifecycle.people import Actor
from lifecycle.record import write_entry
from lifecycle.reporting import entry_line, named_duty, told_reason, touch_project
from lifecycle.stamp import Stamp
from lifecycle.store import Store
from states.catching_up import caught_up
from states.decision import Command
from states.duty import standing
from states.errors import ForbiddenFault, RefusedFault
from states.names import Action, Role
from states.waiver import waive

WAIVE = "waive"
"""The action of the entry."""


def waive_duty(
    store: Store,
    actor: Actor,
    project: str,
    duty: str,
    on: date,
    at: datetime,
    *,
    period: str | None = None,
    reason: str | None = None,
    document: str | None = None,
    materials: Sequence[tuple[str, str]] = (),
) -> int:
    """Waive a duty of a project; returns the id of its row. Its notices that are not out are cancelled.

    Raises ForbiddenFault for whoever is not the association, RefusedFault with every reason and clause.
    """
    actor.require_hand()
    filed, decided = file_all(store, materials), document_ref(document)
    with transaction(store.engine) as conn:
        row = project_row(conn, project, lock=True)
        case, programme = load_case(conn, store, row)
        case, opened = caught_up(case, programme, calendar_of(conn, store.calendar), on)
        meant = named_duty(case, programme, duty, period, on)
        roles = roles_for(actor, programme.province, case.unit)
        paper = bool(filed) or decided is not None
        command = Command(Action.CORRECT_RECORD, on, actor.login, roles, reason, decided, on_paper=paper)
        waived = waive(case, meant, command, programme, case.version + 1)
        if isinstance(waived, tuple):
            fault = ForbiddenFault if Role.PROV_ASSOCIATION not in roles else RefusedFault
            raise fault("；".join(one.message for one in waived), waived)
        backdated = check_day(conn, on, at, roles, reason, row["last_on"])
        stamp = Stamp(
            actor, at, on, None, told_reason(meant, reason), str(decided) if decided else None, backdated,
            is_rehearsal(conn), filed,
        )  # fmt: skip
        touch_project(conn, case, [waived], on)
        clause = programme.duties[meant.slug].citation
        write_entry(conn, stamp, entry_line(case, WAIVE, [waived], str(Role.PROV_ASSOCIATION), None, clause))
        return write_duties(conn, case.id, standing(opened, [waived]), on)[waived.key]
