"""The letter of one notice: which template, which values, which mark, which file name.

All that a letter says was frozen with its notice, so that it can be written years later as it was meant.
Changes nothing; whether a letter may go out is decided elsewhere.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

from lifecycle.ledger import NoticeView
from notifications.letters.fill import Properties, fill
from notifications.letters.office import template_of
from notifications.letters.variables import VARIABLES
from states.errors import DefinitionFault
from states.names import NoticeStatus
from states.notices import KINDS

UNRELEASED: Final = "草稿·待签发"
CANCELLED: Final = "已取消"
REHEARSAL: Final = "演练"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST_NAME: Final = 80
_FORBIDDEN: Final = '\\/:*?"<>|'
"""Signs that some file system does not take in a name."""


def letter(notice: NoticeView, folder: Path | None) -> bytes:
    """The .docx of a letter as it stands. Raises DefinitionFault where it cannot be written."""
    known = KINDS.get(notice.kind)
    if known is None or not known.letter:
        raise DefinitionFault(f"“{notice.kind}”不是公文，没有公文模板。")
    return fill(template_of(known.template, folder), values_of(notice), _properties(notice))


def values_of(notice: NoticeView) -> dict[str, Any]:
    """What a template may name: the table of variables, filled from what was frozen."""
    told = {name: notice.details.get(name) for name in VARIABLES}
    return {**told, "subject": notice.subject, "key": notice.key, "mark": mark_of(notice)}


def mark_of(notice: NoticeView) -> str | None:
    """What keeps a draft from being taken for the letter; None for one that goes (or went) out."""
    marks = [REHEARSAL] if notice.rehearsal else []
    if notice.status == NoticeStatus.HELD:
        marks.append(UNRELEASED)
    elif notice.status == NoticeStatus.CANCELLED:
        marks.append(CANCELLED)
    return "·".join(marks) or None


def file_name(notice: NoticeView) -> str:
    """The subject as a file name that every system takes."""
    plain = "".join(" " if sign in _FORBIDDEN or not sign.isprintable() else sign for sign in notice.subject)
    return f"{' '.join(plain.split())[:LONGEST_NAME].strip(' .')}.docx"


def _properties(notice: NoticeView) -> Properties:
    day = notice.details.get("number_date") or notice.details.get("on") or notice.created_on
    return Properties(notice.subject, str(notice.details.get("association", "")), date.fromisoformat(day))
