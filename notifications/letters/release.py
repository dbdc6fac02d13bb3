"""Releasing letters: each is written as it will go out, filed in the archive, and let go, all or none.

Whoever releases a letter releases these bytes and no others: delivery takes them from the archive. Who may
release is asked at the door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from lifecycle import releasing
from lifecycle.archive import file_bytes, open_material
from lifecycle.database import reading, transaction
from lifecycle.ledger import NoticeView
from lifecycle.releasing import Signed
from lifecycle.store import Store
from notifications.letters.letter import file_name, letter
from states.decision import DocumentRef
from states.names import NoticeStatus


def release(
    store: Store,
    keys: Sequence[str],
    *,
    by: str,
    at: datetime,
    on: date,
    document: DocumentRef | None = None,
    copies: str | None = None,
    anytime: bool = False,
) -> list[NoticeView]:
    """Release held letters on a business day. `document` gives 发文字号 and 成文日期, `copies` the 抄送机关.

    Raises NotFoundFault, RefusedFault (a number of its own, a day to come), DefinitionFault (a template that
    cannot be filled), UnavailableFault (the archive).
    """
    with reading(store.engine) as conn:
        held = releasing.held_letters(conn, keys)
    signed = [_sign(store, notice, on, document, copies) for notice in held]
    with transaction(store.engine) as conn:
        return releasing.release(conn, signed, by, at, anytime=anytime)


def document_of(store: Store, notice: NoticeView) -> bytes:
    """The document of a letter: the one that was filed, else as it would be written now.

    Raises NotFoundFault or TamperedFault where the filed one is gone or was changed.
    """
    if notice.letter_sha256 is None or notice.status == NoticeStatus.CANCELLED:
        return letter(notice, store.settings.letter_templates)
    with open_material(store.home, notice.letter_sha256) as filed:
        return filed.read()


def filed_document(store: Store, notice: NoticeView) -> bytes:
    """The document that goes out with a letter, filed now if it was released before documents were."""
    content = document_of(store, notice)
    if notice.letter_sha256 is None:
        sha256 = _file(store, notice, content)
        with transaction(store.engine) as conn:
            releasing.keep_document(conn, notice.key, sha256)
    return content


def _sign(
    store: Store, notice: NoticeView, on: date, document: DocumentRef | None, copies: str | None
) -> Signed:
    details = releasing.signed_details(notice, on, document, copies)
    released = replace(notice, details=details, status=NoticeStatus.PENDING.value)
    content = letter(released, store.settings.letter_templates)
    return Signed(notice.key, details, _file(store, notice, content))


def _file(store: Store, notice: NoticeView, content: bytes) -> str:
    return file_bytes(store.home, file_name(notice), content, store.settings.max_upload_bytes).sha256
