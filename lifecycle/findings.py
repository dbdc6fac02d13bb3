"""Eligibility findings on file: those of a review are kept with it, with the facts that they looked at.

Decides what a reader is shown of the facts; the findings themselves are made by the core.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select

from lifecycle.log import MASK
from lifecycle.models import FindingRow
from lifecycle.values import encode
from states.catalogue import Programme
from states.core_facts import fact_spec
from states.decision import Finding
from states.names import Action

FINDING: Final[Table] = FindingRow.__table__  # type: ignore[attr-defined]

REVIEWING: Final = frozenset(
    {
        Action.FORM_PASS,
        Action.FORM_REJECT,
        Action.RETURN_FOR_COMPLETION,
        Action.NOM_QUALIFY,
        Action.RECORD_EVALUATION,
    }
)
"""Steps that rest on findings: these are stored with them (R-ELIG, inputs included)."""

_TOLD = ("rule", "name", "result", "severity", "stage", "message", "cite", "document", "missing")


def write_findings(
    conn: Connection,
    project: str,
    seq: int,
    findings: Iterable[Finding],
    facts: Mapping[str, Any],
    programme: Programme,
) -> None:
    """Keep the findings of one review step; personal facts are kept as having been there, not as they are."""
    rows = [
        {
            "project_id": project,
            "seq": seq,
            **{name: getattr(one, name) for name in _TOLD},
            "missing": list(one.missing),
            "inputs": {name: _input(programme, name, facts) for name in sorted(one.inputs)},
        }
        for one in findings
    ]
    if rows:
        conn.execute(insert(FINDING), rows)


def _input(programme: Programme, name: str, facts: Mapping[str, Any]) -> Any:
    spec = fact_spec(programme, name)
    value = facts.get(name)
    return MASK if value is not None and spec is not None and spec.personal else encode(value)


def last_findings(conn: Connection, project: str) -> list[dict[str, Any]]:
    """The findings of the last review of a project, in the order of the pack."""
    f = FINDING.c
    last = select(f.seq).where(f.project_id == project).order_by(f.seq.desc()).limit(1).scalar_subquery()
    query = select(FINDING).where(f.project_id == project, f.seq == last).order_by(f.id)
    return [
        {**{name: row[name] for name in _TOLD}, "inputs": row["inputs"], "seq": row["seq"]}
        for row in conn.execute(query).mappings()
    ]
