"""Which addresses a notice goes to, or why there is none. Resolved at the moment of sending.

A unit is reached by the project's contact, else by its entry in the register; the unit that stands
above it by its entry; staff by those who hold the role, else by the address that the document prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lifecycle.addresses import project_addresses, staff_addresses
from lifecycle.ledger import NoticeView
from lifecycle.routes import ROBOTS
from states.catalogue import Programme
from states.names import Role
from states.specs import SUPERIOR

UNIT_ROLES = frozenset({Role.APPLICANT.value, Role.UNDERTAKING_UNIT.value, Role.FJ_SOCIETY_UNIT.value})
NONE_FOUND = "缺少收件地址"
_ADDRESS = re.compile(r"[^@\s,;:<>()\"\[\]\\]+@[^@\s,;:<>()\"\[\]\\]+")


@dataclass(frozen=True, slots=True)
class Recipients:
    """The addresses, or the reason for none."""

    addresses: tuple[str, ...]
    reason: str | None = None


def resolve(conn: Connection, notice: NoticeView, programme: Programme | None) -> Recipients:
    """The addresses of one notice; none for a group robot, which has its group.

    An address that no mail system takes counts as a reason.
    """
    if notice.channel in ROBOTS:
        return Recipients(())
    found = _found(conn, notice, programme)
    if not found:
        return Recipients((), NONE_FOUND)
    if wrong := [address for address in found if not valid(address)]:
        return Recipients((), f"收件地址无效：{'、'.join(wrong)}")
    return Recipients(found)


def valid(address: str) -> bool:
    """Whether an address can stand in a mail header: ASCII, one @, nothing that ends a header."""
    return address.isascii() and _ADDRESS.fullmatch(address) is not None


def _found(conn: Connection, notice: NoticeView, programme: Programme | None) -> tuple[str, ...]:
    if notice.receiver == SUPERIOR:
        above = project_addresses(conn, notice.project).superior
        return (above.strip(),) if above and above.strip() else ()
    return _unit(conn, notice) if notice.receiver in UNIT_ROLES else _staff(conn, notice, programme)


def _unit(conn: Connection, notice: NoticeView) -> tuple[str, ...]:
    known = project_addresses(conn, notice.project)
    for address in (known.contact, known.unit):
        if address and address.strip():
            return (address.strip(),)
    return ()


def _staff(conn: Connection, notice: NoticeView, programme: Programme | None) -> tuple[str, ...]:
    # A warning of the system itself is about no province: every administrator hears it.
    province = None if not notice.project else programme.province if programme else "*"
    people = staff_addresses(conn, notice.receiver, province)
    if people:
        return tuple(address.strip() for address in people)
    if programme is None:
        return ()
    day = date.fromisoformat(notice.created_on)
    printed = programme.email or programme.setting("association_email", day)
    return (str(printed),) if printed else ()
