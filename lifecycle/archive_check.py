"""Proving that every paper of the record lies in the archive as it was filed. Reads only, repairs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Table, select

from lifecycle.archive import open_material
from lifecycle.chain import Verified, verify
from lifecycle.models import MaterialRow, NoticeRow
from states.errors import NotFoundFault, Reason, TamperedFault

_MATERIAL: Final[Table] = MaterialRow.__table__  # type: ignore[attr-defined]
_NOTICE: Final[Table] = NoticeRow.__table__  # type: ignore[attr-defined]


def verify_all(
    conn: Connection, home: Path, project: str | None = None, told: Callable[[int, int], None] | None = None
) -> tuple[Verified, int]:
    """The chain and the papers together: what each proves, or one TamperedFault with all that is wrong.

    Raises NotFoundFault for an unknown project.
    """
    faults: list[TamperedFault] = []
    proven, papers = None, 0
    try:
        proven = verify(conn, project)
    except TamperedFault as fault:
        faults.append(fault)
    try:
        papers = verify_papers(conn, home, project, told)
    except TamperedFault as fault:
        faults.append(fault)
    if proven is None or faults:
        reasons = [reason for fault in faults for reason in fault.reasons or (Reason(None, fault.message),)]
        raise TamperedFault("".join(fault.message for fault in faults), reasons)
    return proven, papers


def verify_papers(
    conn: Connection, home: Path, project: str | None = None, told: Callable[[int, int], None] | None = None
) -> int:
    """How many papers and released letters, each under its digest, are whole: all, or of one project.

    `told` is called with how many were read and how many there are. Raises TamperedFault with a reason
    for every paper that is missing or was changed, by project and kind (R-FORM-50).
    """
    m, n = _MATERIAL.c, _NOTICE.c
    papers = select(m.project_id, m.kind, m.filename, m.sha256).order_by(m.sha256, m.id)
    letters = select(n.project_id, n.kind, n.key, n.letter_sha256).order_by(n.letter_sha256, n.id)
    letters = letters.where(n.letter_sha256.is_not(None))
    if project is not None:
        papers, letters = papers.where(m.project_id == project), letters.where(n.project_id == project)
    named: dict[str, list[tuple[str, str, str]]] = {}
    for owner, kind, name, sha256 in (*conn.execute(papers), *conn.execute(letters)):
        named.setdefault(sha256, []).append((owner, kind, name))
    reasons: list[Reason] = []
    for number, (sha256, places) in enumerate(named.items(), 1):
        reasons += _against(home, sha256, places)
        if told is not None:
            told(number, len(named))
    if reasons:
        raise TamperedFault(
            f"档案中有 {len(reasons)} 份材料缺失或与登记时不符。", sorted(reasons, key=_place)
        )
    return len(named)


def _against(home: Path, sha256: str, places: Sequence[tuple[str, str, str]]) -> list[Reason]:
    try:
        open_material(home, sha256).close()
    except NotFoundFault:
        wrong = "档案中没有这份材料"
    except TamperedFault:
        wrong = "已被改动，与登记时不符"
    else:
        return []
    return [
        Reason("R-FORM-50", f"项目 {project} 的 {kind}（{filename}，{sha256[:12]}…）：{wrong}")
        for project, kind, filename in places
    ]


def _place(reason: Reason) -> str:
    return reason.message
