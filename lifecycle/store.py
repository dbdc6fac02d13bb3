"""The store: everything that the record needs, in one frozen value.

Built by the composition root and handed down. It decides nothing and opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lifecycle.settings import Settings
    from states.calendar import Calendar
    from states.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Store:
    """What the service works with: engine, programmes, calendar, folder and settings."""

    engine: Engine
    catalogue: Catalogue
    calendar: Calendar
    home: Path
    settings: Settings
