"""Writing the ledger of notices in the caller's transaction: new rows, and the cancelling of stale ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from lifecycle.models import DutyRow, NoticeRow
from lifecycle.routes import ChannelName, channels_of
from lifecycle.stamp import Stamp
from states.decision import NoticePlan
from states.names import NoticeStatus
from states.notices import notice_key

NOTICE: Table = NoticeRow.__table__  # type: ignore[attr-defined]
DUTY: Table = DutyRow.__table__  # type: ignore[attr-defined]

UNDELIVERED = (NoticeStatus.HELD, NoticeStatus.PENDING, NoticeStatus.FAILED, NoticeStatus.DEAD)


def cancel_pending(conn: Connection, condition: Any) -> None:
    """Cancel what is not yet out, in the transaction that makes it stale."""
    conn.execute(
        update(NOTICE)
        .where(condition, NOTICE.c.status.in_([str(s) for s in UNDELIVERED]))
        .values(status=str(NoticeStatus.CANCELLED))
    )


def letter_sent(conn: Connection, project_id: str, seq: int) -> bool:
    """Whether a letter that a step gave rise to has gone out: its undoing then needs a correction letter."""
    n = NOTICE.c
    sent = select(n.id).where(
        n.project_id == project_id, n.seq == seq, n.letter, n.status == str(NoticeStatus.SENT)
    )
    return conn.execute(sent.limit(1)).first() is not None


def completion_reminded(conn: Connection, project_id: str) -> bool:
    """Whether a reminder of a completion went out, or was given up as undeliverable (R-LIFE-149)."""
    n, d = NOTICE.c, DUTY.c
    told = (str(NoticeStatus.SENT), str(NoticeStatus.DEAD))
    found = (
        select(n.id)
        .join(DUTY, d.id == n.duty_id)
        .where(n.project_id == project_id, d.slug == "completion", n.status.in_(told))
    )
    return conn.execute(found.limit(1)).first() is not None


def write_notices(
    conn: Connection,
    project_id: str,
    plans: Sequence[NoticePlan],
    seq: int | None,
    duty_ids: Mapping[tuple[str, str], int],
    stamp: Stamp,
) -> list[str]:
    """Insert the ledger rows of planned notices, one for each channel; letters are held. Returns the keys."""
    rows = [values for plan in plans for values in notice_rows(project_id, plan, seq, duty_ids, stamp)]
    if rows:
        conn.execute(insert(NOTICE), rows)
    return [row["key"] for row in rows]


def notice_rows(
    project_id: str,
    plan: NoticePlan,
    seq: int | None,
    duty_ids: Mapping[tuple[str, str], int],
    stamp: Stamp,
) -> list[dict[str, Any]]:
    """The rows of a planned notice, one for each channel by which its receiver is reached."""
    channels = channels_of(stamp.routes, plan.receiver, letter=plan.letter)
    return [_values(project_id, plan, seq, duty_ids, stamp, channel) for channel in channels]


def _values(
    project_id: str,
    plan: NoticePlan,
    seq: int | None,
    duty_ids: Mapping[tuple[str, str], int],
    stamp: Stamp,
    channel: ChannelName,
) -> dict[str, Any]:
    """The columns of a notice row."""
    slug, occurrence = plan.duty or ("", "")
    key = notice_key(
        project_id, plan.kind, slug, occurrence, plan.occurrence or str(seq), plan.receiver, channel
    )
    return {
        "key": key,
        "project_id": project_id,
        "duty_id": duty_ids.get(plan.duty) if plan.duty else None,
        "command_id": stamp.command_id,
        "seq": seq,
        "kind": plan.kind,
        "letter": plan.letter,
        "receiver": plan.receiver,
        "channel": str(channel),
        "subject": plan.subject,
        "details": {**plan.details, "rehearsal": stamp.rehearsal},
        "status": str(NoticeStatus.HELD if plan.letter else NoticeStatus.PENDING),
        "attempts": 0,
        "created_on": stamp.on,
    }
