"""Eligibility: every rule of a programme asked of one application, each answer with its clause.

Pure. A rule passes, fails or stays unknown; a blank fact is unknown, never a failure. Counting
and searching other projects (limits per unit, duplicates) is the record's work, not done here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from states import application_checks, condition_checks, family_checks, mentor_checks, unit_checks
from states.catalogue import CheckSpec, Programme, Stage
from states.decision import Finding, Unit
from states.facts import normal_title
from states.kin import Child
from states.looks import Look, Predicate
from states.tables import LIFECYCLES
from states.wording import nested

PREDICATES: dict[str, Predicate] = {
    **unit_checks.PREDICATES,
    **application_checks.PREDICATES,
    **condition_checks.PREDICATES,
    **family_checks.PREDICATES,
    **mentor_checks.PREDICATES,
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
    """The findings of all rules of `stage` (None: all), in the pack's order, then missing papers."""
    found = tuple(
        _find(check, Look(programme, facts, unit, on, targets, materials, check.params, children, set()))
        for check in programme.checks
        if stage is None or check.stage == stage
    )
    if stage not in (None, "form_review"):
        return found
    waived = () if programme.setting("society_needs_required", on, True) else ("enterprise_needs",)
    return (*found, *_unfiled(programme, {*materials, *waived}, found))


def listing(programme: Programme, title: str, unit: Unit) -> tuple[Finding, ...]:
    """That a project is not among those that the document names.

    Of a list of decided projects it is shown only (R-AMB-37); the name of a named forum is fixed (R-PROG-53).
    """
    decided = programme.already_decided
    names = [normal_title(name) for name in programme.named_projects]
    mine = (normal_title(title), normal_title(unit.name))
    if not names:
        return ()
    listed = any(name in each or each in name for name in names for each in mine)
    other = "题目和单位都不在文件列名之内，请核对（原文为“等N项”，不阻止）"
    fixed = f"活动名称由文件指定，应为“{'”或“'.join(programme.named_projects)}”"
    message = "文件列名的项目" if listed else other if decided else fixed
    return (
        Finding(
            rule="R-AMB-37" if decided else "R-PROG-53",
            result="pass" if listed else "fail",
            severity="warn" if decided else "block",
            stage="form_review",
            message=nested(message),
            cite=programme.citation.quote,
            document=programme.citation.document,
            clause=programme.citation.clause,
            name="named_in_document",
        ),
    )


def _unfiled(
    programme: Programme, materials: Collection[str], found: Sequence[Finding]
) -> tuple[Finding, ...]:
    """What has to come in writing with an application and did not (R-FORM-50), if no rule says so already."""
    action = LIFECYCLES[programme.variant].hands_in
    told = {name for finding in found for name in finding.missing}
    return tuple(
        Finding(
            rule="R-FORM-50",
            result="unknown",
            severity="block",
            stage="form_review",
            message=f"材料不足，尚缺：{spec.label}（materials.{slug}）",
            cite=spec.citation.quote,
            document=spec.citation.document,
            missing=(f"materials.{slug}",),
            clause=spec.citation.clause,
            name="papers_in_writing",
        )
        for slug, spec in programme.materials.items()
        if action is not None and spec.action == action and (spec.written or spec.required)
        if slug not in materials and f"materials.{slug}" not in told
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
