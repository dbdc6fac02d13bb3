"""A notice that was sent and came back: sent is not delivered.

What came back is a dead letter that a person sees and can retry; who did not bounce is not written to
again. In the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from lifecycle.ledger import NoticeView, change_by_hand, show_notice
from states.errors import NotFoundFault
from states.names import NoticeStatus


def mark_bounced(conn: Connection, key: str, failed: Mapping[str, str]) -> NoticeView | None:
    """Record that a sent notice came back from some of its recipients, with why; None if it was known.

    Raises NotFoundFault for a key or recipients that the ledger does not know.
    """
    view = show_notice(conn, key)
    reached = view.address.split(", ") if view.address else []
    back = [address for address in reached if address.lower() in {one.lower() for one in failed}]
    if not back:
        if view.status == NoticeStatus.DEAD:
            return None
        raise NotFoundFault(f"通知 {key} 没有发给{'、'.join(failed)}。")
    why = {address.lower(): reason for address, reason in failed.items()}
    words = "；".join(f"{address}（{why[address.lower()]}）" for address in back)
    values = {
        "status": NoticeStatus.DEAD.value,
        "error": f"退信：{words}",
        "address": ", ".join(address for address in reached if address not in back) or None,
        "answer": None,
    }
    allowed = (NoticeStatus.SENT, NoticeStatus.DEAD)
    return change_by_hand(conn, [key], allowed, values, "只有已发送的通知会有退信")[0]
