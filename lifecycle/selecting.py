"""Which projects `--where STATE/PROGRAMME` means: the words read, the ids frozen.

Decides how a selection is written; what is selected is asked of the record by `lifecycle.listing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lifecycle.listing import find_state, select_ids, slugs_under
from states.errors import UsageFault

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from lifecycle.people import Actor
    from states.catalogue import Catalogue


def selected(conn: Connection, catalogue: Catalogue, where: Sequence[str], reader: Actor) -> tuple[str, ...]:
    """The ids that any of the writings selects among those shown to a reader, each once.

    Raises UsageFault for a writing that cannot be read, NotFoundFault for the programme.
    """
    return tuple(select_ids(conn, parse_where(catalogue, where), reader))


def parse_where(catalogue: Catalogue, texts: Sequence[str]) -> tuple[tuple[str | None, str | None], ...]:
    """Every STATE/PROGRAMME by code or Chinese name; a group stands for all programmes below it.

    Raises UsageFault for a writing that cannot be read, NotFoundFault for the programme.
    """
    return tuple(pair for text in texts for pair in _pairs(catalogue, text))


def _pairs(catalogue: Catalogue, text: str) -> list[tuple[str | None, str | None]]:
    state, slash, programme = (part.strip() for part in text.partition("/"))
    if not slash or not (state or programme):
        raise UsageFault(
            f"“{text[:60]}”无法识别，应为 状态/项目类别，任一部分可空，"
            "例如 form_review/h23-young-talent、executing/ 或 /h23-young-talent。"
        )
    code = str(find_state(state)) if state else None
    return [(code, slug) for slug in (slugs_under(catalogue, programme) if programme else [None])]
