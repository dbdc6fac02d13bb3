"""拟立项公示: one notice for a whole list, as a draft or as it is published (R-FORM-66). Keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from notifications.letters.fill import Properties, fill
from notifications.letters.letter import REHEARSAL
from notifications.letters.office import template_of
from states.publicity import KIND

UNPUBLISHED: Final = "草稿·待公示"


def publicity(details: Mapping[str, Any], folder: Path | None, *, draft: bool, rehearsal: bool) -> bytes:
    """The document for a list. Raises DefinitionFault where it cannot be written."""
    mark = "·".join([REHEARSAL] * rehearsal + [UNPUBLISHED] * draft) or None
    made_on = date.fromisoformat(details["first"])
    properties = Properties(details["subject"], details["association"], made_on)
    return fill(template_of(KIND, folder), {**details, "mark": mark}, properties)
