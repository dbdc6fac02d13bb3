"""One application out of a file that holds several, as a paper of its own.

So that the file of a project never shows what other units applied for. Writes nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lifecycle.intake import Application
from lifecycle.seals import canonical
from lifecycle.values import plain

_PLACE = re.compile(r"\d+$")
_UNFIT = re.compile(r"[^\w.-]+")
LONGEST_LABEL = 60


def extract_of(application: Application) -> tuple[str, bytes]:
    """Name and bytes of the extract: the application as it was read, in canonical JSON."""
    found = _PLACE.search(application.source)
    label = application.ref or (found.group() if found else "")
    label = _UNFIT.sub("-", label)[:LONGEST_LABEL].strip(".-")
    return f"申报书{f'-{label}' if label else ''}.json", canonical(_said(application)) + b"\n"


def _said(application: Application) -> dict[str, Any]:
    """The application in the keys of an application file; papers by their names only."""
    unit = {"name": application.unit_name, "kind": application.unit_kind}
    unit |= {
        key: value
        for key, value in (("region", application.unit_region), ("host", application.unit_host))
        if value
    }
    facts = {**application.facts, **application.unit_facts}
    return {
        "source": application.source,
        "id": application.id,
        "programme": application.programme,
        "title": application.title,
        "unit": unit,
        "contact": {key: value for key, value in application.contact.items() if value},
        "facts": {name: plain(name, value) for name, value in facts.items()},
        "targets": dict(application.targets),
        "materials": [{"kind": kind, "file": Path(path).name} for kind, path in application.materials],
        "ref": application.ref,
        "parent_ref": application.parent_ref,
        "marked": bool(application.marked),
    }
