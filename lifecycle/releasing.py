"""Letting held letters go: what they bear from then on, who let them go and when, and which document it was.

The document lies in the archive before it is named here; its digest proves later what was sent. Works
inside the caller's transaction and never commits. How a letter is written is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from lifecycle.ledger import NOTICE, NoticeView, change_by_hand, in_state, list_notices
from states.decision import DocumentRef
from states.errors import Reason, RefusedFault
from states.names import NoticeStatus
from states.wording import chinese_day

HELD: Final = (NoticeStatus.HELD,)
ONLY_HELD: Final = "只有待签发的公文可以签发"
EARLIEST: Final = 2000
"""The first year that a document's date may name; anything before is a slip."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A letter that is ready to go: what it bears, and the digest of the document that was filed."""

    key: str
    details: Mapping[str, Any]
    sha256: str


def held_letters(conn: Connection, keys: Sequence[str]) -> list[NoticeView]:
    """The held letters of these keys. Raises NotFoundFault or RefusedFault, naming every one that is not."""
    return in_state(conn, keys, HELD, ONLY_HELD)


def signed_details(
    notice: NoticeView, on: date, document: DocumentRef | None, copies: str | None
) -> dict[str, Any]:
    """What a letter bears once it is released on a day: its number and date, copies, day of issue.

    A number that the step gave stands. Raises RefusedFault for another one, or for a day to come (R-FORM-38).
    """
    details = dict(notice.details) | {"issued_cn": chinese_day(on), "copies": copies}
    if document is None:
        return details
    if not document.date.year >= EARLIEST or document.date > on:
        words = f"文号“{document.number}”的日期 {document.date.isoformat()} 晚于签发日期，或不合常理"
        raise RefusedFault(words, (Reason("R-FORM-38", words),))
    known = details.get("number"), details.get("number_date")
    if known[0] and known != (document.number, document.date.isoformat()):
        words = f"公文 {notice.key} 办理时已有文号“{known[0]}”（{known[1]}），签发时不能另给"
        raise RefusedFault(words, (Reason("R-FORM-38", words),))
    return details | {
        "number": document.number,
        "number_date": document.date.isoformat(),
        "number_date_cn": chinese_day(document.date),
    }


def release(
    conn: Connection, signed: Sequence[Signed], by: str, at: datetime, *, anytime: bool = False
) -> list[NoticeView]:
    """Let held letters go, all or none (R-FORM-38 and others), `anytime` even outside the sending hours.

    Raises NotFoundFault or RefusedFault.
    """
    held_letters(conn, [one.key for one in signed])
    for one in signed:
        values = {
            "status": NoticeStatus.PENDING.value,
            "released_by": by,
            "released_at": at,
            "details": dict(one.details),
            "letter_sha256": one.sha256,
            "anytime": anytime,
        }
        change_by_hand(conn, [one.key], HELD, values, ONLY_HELD)
    return list_notices(conn, keys=[one.key for one in signed])


def bearing(conn: Connection, number: str, released: Sequence[str], limit: int = 5) -> list[str]:
    """Other letters that bear a number, by key: one document to many, or a number given twice by mistake."""
    n = NOTICE.c
    query = select(n.key).where(n.letter, n.details["number"].as_string() == number, n.key.not_in(released))
    return list(conn.execute(query.order_by(n.id).limit(limit)).scalars())


def keep_document(conn: Connection, key: str, sha256: str) -> None:
    """Name the document of a letter that was released before documents were filed."""
    conn.execute(update(NOTICE).where(NOTICE.c.key == key).values(letter_sha256=sha256))
