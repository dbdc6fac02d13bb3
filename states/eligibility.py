"""Eligibility: every rule of a programme asked of one application, each answer with its clause.

Pure. A rule passes, fails or stays unknown; a blank fact is unknown, never a failure. Counting
and searching other projects (limits per unit, duplicates) is the record's work, not done here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from states import application_checks, condition_checks, family_checks, unit_checks
from states.catalogue import CheckSpec, Programme, Stage
from states.decision import Finding, Unit
from states.kin import Child
from states.looks import Look, Predicate

PREDICATES: dict[str, Predicate] = {
    **unit_checks.PREDICATES,
    **application_checks.PREDICATES,
    **condition_checks.PREDICATES,
    **family_checks.PREDICATES,
}
"""Every predicate that a pack may name."""


def evaluate(
    programme: Programme,
    facts: Mapping[str, object],
    unit: Unit,
    stage: Stage | None,
    *,
    on: date,
    targets: Mapping[str, object],
    materials: Collection[str],
    children: Sequence[Child] = (),
) -> tuple[Finding, ...]:
    """The findings of all rules of `stage` (None: of all stages), in the pack's order."""
    return tuple(
        _find(check, Look(programme, facts, unit, on, targets, materials, check.params, children, set()))
        for check in programme.checks
        if stage is None or check.stage == stage
    )


def _find(check: CheckSpec, look: Look) -> Finding:
    verdict = PREDICATES[check.predicate].decide(look)
    return Finding(
        rule=check.rule,
        result=verdict.result,
        severity=verdict.severity or check.severity,
        stage=check.stage,
        message=verdict.message,
        cite=check.citation.quote,
        document=check.citation.document,
        missing=verdict.missing,
        clause=check.citation.clause,
        name=check.name,
        inputs=frozenset(look.seen or ()),
    )
