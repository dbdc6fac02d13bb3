"""The trail of rights: who gave or took which right, and who verified what of a unit. Only ever added to.

A line is written in the transaction of the change that it tells of. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select

from lifecycle.models import RightsLogRow
from lifecycle.people import Actor

CHANGES: Final = {
    "grant": "授予角色",
    "revoke": "撤销角色",
    "close": "停用账户",
    "delegate": "登记代办委托",
    "verify": "核实单位事项",
    "undelegate": "提前结束代办委托",
    "unit": "更改单位登记",
    "pack": "启用政策包",
}
"""What a line may tell of, with its label."""

_LOG: Table = RightsLogRow.__table__  # type: ignore[attr-defined]


def note(
    conn: Connection, what: str, subject: str, details: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    """Add a line: `subject` is the login or the unit whose right or fact changed."""
    conn.execute(
        insert(_LOG).values(
            at=at,
            actor=by.login,
            stood_in_by=by.stood_in_by,
            what=what,
            subject=subject,
            details=dict(details),
        )
    )


def list_rights_log(conn: Connection) -> list[dict[str, Any]]:
    """The whole trail, oldest first; plain values for any door."""
    return [
        {
            "at": row.at.isoformat(),
            "actor": row.actor,
            "stood_in_by": row.stood_in_by,
            "what": row.what,
            "what_label": CHANGES[row.what],
            "subject": row.subject,
            "details": row.details,
        }
        for row in conn.execute(select(_LOG).order_by(_LOG.c.id))
    ]
