"""What goes out for a notice: its text, and for a letter the document with a text that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lifecycle.ledger import NoticeView
from lifecycle.store import Store
from notifications.channels import Attachment, PermanentFault, TemporaryFault
from notifications.digest import render_digest
from notifications.letters.letter import DOCX, file_name
from notifications.letters.release import filed_document
from notifications.render import render, render_cover
from states.errors import NotFoundFault, TamperedFault, UnavailableFault


@dataclass(frozen=True, slots=True)
class Contents:
    """Subject, text and files of one message."""

    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()


def contents(store: Store, notices: Sequence[NoticeView]) -> Contents:
    """The contents of one notice, or of several that go out as one.

    Raises PermanentFault where the filed letter is gone or was changed, DefinitionFault where a text cannot
    be written, TemporaryFault where the archive cannot be.
    """
    notice = notices[0]
    if not notice.letter:
        text = render(notice) if len(notices) == 1 else render_digest(notices)
        return Contents(text.subject, text.body)
    try:
        document = filed_document(store, notice)
    except (NotFoundFault, TamperedFault) as fault:
        raise PermanentFault(f"签发的公文不能发出：{fault}") from fault
    except UnavailableFault as fault:
        raise TemporaryFault(str(fault)) from fault
    name = file_name(notice)
    text = render_cover(notice, name)
    return Contents(text.subject, text.body, (Attachment(name, DOCX, document),))
