"""Who acts: the user of the operating system, or the one that `--as` names. One answer for every door.

Whether somebody may stand in is decided in `lifecycle.people`; here only on which day it is asked.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flows.bootstrap import App, today

if TYPE_CHECKING:
    from lifecycle.people import Actor


def acting(app: App, named: str | None, on: date) -> Actor:
    """The actor on a business date. Raises ForbiddenFault.

    A right to stand in counts on the day that it is, whatever the business date says. Only a
    practice store has no other clock than `--on`.
    """
    # Imported here: a command line that speaks to the daemon does without the database.
    from lifecycle.database import reading  # noqa: PLC0415
    from lifecycle.login import operating_system_login  # noqa: PLC0415
    from lifecycle.people import find_actor  # noqa: PLC0415

    day = on if named is not None and app.rehearsal else today()
    with reading(app.engine) as conn:
        return find_actor(conn, operating_system_login(), named, day)
