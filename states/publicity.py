"""What the notice of intended approvals (拟立项公示) says about one list: period, grounds, where to object.

Pure. Five working days are practice and printed in no document, so the notice says that they are (R-AMB-30,
R-LIFE-161); where a document asks for publication alone, there is no period and no objection (R-LIFE-65).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.calendar import Calendar
from states.catalogue import Programme
from states.decision import DocumentRef
from states.grounds import action_ground
from states.names import Action
from states.notices import ASSOCIATIONS
from states.wording import chinese_day, nested

KIND = "publicity"


@dataclass(frozen=True, slots=True)
class Selected:
    """One project of the list, as it is published."""

    project: str
    title: str
    unit: str


def publicity_details(
    line: Programme,
    entries: Sequence[Selected],
    on: date,
    calendar: Calendar,
    document: DocumentRef | None = None,
) -> dict[str, Any]:
    """The values of the notice for a list that is public from `on` (R-FORM-66; in Fujian R-FORM-11).

    The first day is not counted, as everywhere; the last is the last of the working days of the pack.
    """
    workdays = int(line.setting("publicity_workdays", on, 0))
    email = line.email or line.setting("association_email", on)
    last = calendar.add_workdays(on, workdays)
    return {
        "association": str(line.setting("association_name", on) or ASSOCIATIONS[line.province]),
        "programme": line.title,
        "year": line.year,
        **_named(line, workdays),
        "entries": [
            {"n": n, "project": one.project, "title": one.title, "unit": one.unit}
            for n, one in enumerate(entries, 1)
        ],
        "count": len(entries),
        "workdays": workdays,
        "first": on.isoformat(),
        "first_cn": chinese_day(on),
        "last": last.isoformat(),
        "last_cn": chinese_day(last),
        "provisional": calendar.is_provisional(last),
        "cited": action_ground(KIND, Action.PUBLISH_RESULTS, line, on).cited,
        "phone": line.phone,
        "email": None if email is None else str(email),
        "number": document.number if document else None,
        "date_cn": chinese_day(document.date if document else on),
    }


def _named(line: Programme, workdays: int) -> dict[str, str]:
    """How the list is called; a year that stands in the name of the programme is not said twice."""
    year = "" if f"{line.year}年" in line.title else f"{line.year}年度"
    scope = nested(f"{year}“{line.title}”")
    if not workdays:
        return {"subject": f"关于{scope}遴选结果的公告", "scope": scope, "named": "遴选结果"}
    named = "拟提名项目" if line.variant == "award-nomination" else "拟立项项目"
    return {"subject": f"关于{scope}{named}的公示", "scope": scope, "named": named}
