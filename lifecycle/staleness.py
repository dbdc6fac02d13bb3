"""Whether a notice has lost its meaning before it went out: asked again at the moment of sending.

What a step makes stale is cancelled in that step's own transaction; this is the last look, for what
changed since. It reads and never writes.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, bindparam, select

from lifecycle.cases import CLOCK
from lifecycle.ledger import DUTY, NOTICE, NoticeView
from lifecycle.models import Base
from states.names import Action, DutyStatus
from states.reminding import OF_A_DUTY

HISTORY = Base.metadata.tables["history"]

LIVE = (DutyStatus.OPEN.value, DutyStatus.SUGGESTED.value, DutyStatus.OVERDUE.value)
UNDONE = "引起本通知的操作已被撤销"


def stop_reason(conn: Connection, notice: NoticeView, today: date | None = None) -> str | None:
    """Why a notice need not go out any more, or None (checked at the moment of sending).

    `today` is the day on the wall; what is said of days to come is stale once its day is past, even before
    a sweep has said so. A practice store has no such day.
    """
    if notice.kind not in OF_A_DUTY:
        return UNDONE if _undone(conn, notice) else None
    if notice.duty_id is not None:
        duty = conn.execute(_BY_ID, {"of": notice.duty_id}).first()
    else:
        named = {"slug_is": notice.details.get("duty"), "is": notice.details.get("duty_occurrence", "")}
        duty = conn.execute(_BY_NAME, {"of": notice.project, **named}).first()
    if duty is None:
        return "所提醒的事项已不存在"
    if duty.status not in LIVE:
        return f"所提醒的事项已是“{DutyStatus(duty.status).label}”"
    if duty.closed_seq is not None:
        return "所提醒的事项已不需办理"
    if duty.due.isoformat() != notice.details.get("due"):
        return f"期限已改为{duty.due.isoformat()}"
    overdue = duty.status == DutyStatus.OVERDUE.value
    if overdue is not (notice.kind in ("overdue", "escalation")) and not duty.suggested:
        return "事项是否逾期已有变化"
    if notice.kind == "reminder" and today is not None and not notice.rehearsal and today > duty.due:
        return "期限已过"
    return None


def _undone(conn: Connection, notice: NoticeView) -> bool:
    """Whether the step that gave rise to a notice was undone: only the last step can be, by the next step."""
    return conn.execute(_REVERSAL, {"of": notice.key}).first() is not None


_H, _N, _D = HISTORY.c, NOTICE.c, DUTY.c
_OF_DUTY = select(_D.status, _D.closed_seq, _D.due, _D.suggested)
_BY_ID = _OF_DUTY.where(_D.id == bindparam("of"))
_BY_NAME = _OF_DUTY.where(
    _D.project_id == bindparam("of"), _D.slug == bindparam("slug_is"), _D.occurrence == bindparam("is")
)
_B = HISTORY.alias("between").c
_BETWEEN = select(_B.id).where(
    _B.project_id == _H.project_id, _B.seq > _N.seq, _B.seq < _H.seq, _B.action != CLOCK
)
_REVERSAL = (
    select(_H.id)
    .join(NOTICE, (_N.project_id == _H.project_id) & (_N.seq < _H.seq))
    .where(_N.key == bindparam("of"), _H.action == Action.REVERSE_STEP.value, ~_BETWEEN.exists())
)
