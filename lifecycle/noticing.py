"""Writing the ledger of notices in the caller's transaction: new rows, and the cancelling of stale ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

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


def insert_new(conn: Connection, notices: Sequence[dict[str, Any]]) -> list[str]:
    """Insert notices of duties whose key is new; an older reminder of the same duty not yet out is overtaken.

    A date that moved away and back gives the key that was cancelled when it moved: it is due again.
    """
    if not notices:
        return []
    n = NOTICE.c
    found = select(n.key, n.status).where(n.key.in_([notice["key"] for notice in notices]))
    known = {row.key: row.status for row in conn.execute(found)}
    fresh = [notice for notice in notices if notice["key"] not in known]
    again = [notice for notice in notices if known.get(notice["key"]) == str(NoticeStatus.CANCELLED)]
    reminded = [notice["duty_id"] for notice in (*fresh, *again) if notice["kind"] in REMINDING]
    if reminded:
        conn.execute(_OVERTAKE, {"duties": reminded})
    if again:
        conn.execute(_REVIVE, [_revived(notice) for notice in again])
    if fresh:
        conn.execute(insert(NOTICE), fresh)
    said = {notice["key"] for notice in (*fresh, *again)}
    return [notice["key"] for notice in notices if notice["key"] in said]


REMINDING = ("reminder", "overdue", "suggestion")
"""Kinds of which a later one overtakes an earlier one of the same duty."""
_OVERTAKE = (
    update(NOTICE)
    .where(
        NOTICE.c.duty_id.in_(bindparam("duties", expanding=True)),
        NOTICE.c.kind.in_(REMINDING),
        # Said so that no database walks all that waits: it grows, what is told of a duty does not.
        func.coalesce(NOTICE.c.status, "").in_([str(s) for s in (NoticeStatus.PENDING, NoticeStatus.FAILED)]),
    )
    .values(status=str(NoticeStatus.CANCELLED), error="已有同一事项的新提醒")
)
_REVIVE = (
    update(NOTICE)
    .where(NOTICE.c.key == bindparam("of_key"))
    .values(
        subject=bindparam("new_subject"), details=bindparam("new_details"), created_on=bindparam("on"),
        not_before=bindparam("from"), status=str(NoticeStatus.PENDING), attempts=0, error=None,
        address=None, answer=None, digest=None,
    )
)  # fmt: skip


def _revived(notice: dict[str, Any]) -> dict[str, Any]:
    """A cancelled reminder as it is due again: from the start, with what it says now."""
    return {
        "of_key": notice["key"],
        "new_subject": notice["subject"],
        "new_details": notice["details"],
        "on": notice["created_on"],
        "from": notice["not_before"],
    }
