"""What a pack does with a rule: decides by it, or only shows it.

A line, a number, a condition, a setting, a deadline, the minimum of a plan and a paper that is asked for
decide; a label, a note and an indicator that nobody compares only show. Reads the packs; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from states.catalogue import Catalogue, Programme
from states.tables import LIFECYCLES

__all__ = ["deciding"]

PLANNED: Final = "planned_indicators"
"""The predicate that compares a plan with the printed minima."""


def deciding(catalogue: Catalogue) -> dict[str, set[tuple[str, str]]]:
    """By rule: the packs that decide by it, each with the part that does, in Chinese."""
    found: dict[str, set[tuple[str, str]]] = {}
    for line in catalogue.lines.values():
        for rule, part in _parts(line):
            if rule is not None:
                found.setdefault(rule, set()).add((line.pack, part))
    return found


def _parts(line: Programme) -> Iterator[tuple[str | None, str]]:
    yield line.citation.rule, "项目类别"
    for dated in (line.quota, line.amount):
        yield from ((cited.rule, "名额、金额") for _, _, cited in (dated.entries if dated else ()))
    for cited in (line.limit_citation, line.duration_citation):
        yield (cited.rule if cited else None), "限报数、期限"
    yield from ((check.rule, "条件") for check in line.checks)
    for dated in line.settings.values():
        yield from ((cited.rule, "设置") for _, _, cited in dated.entries)
    for duty in line.duties.values():
        yield from ((rule, "期限") for rule in (duty.rule, duty.citation.rule))
    planned = any(check.predicate == PLANNED for check in line.checks)
    for target in line.targets:
        if planned and target.binding == "mandatory" and (target.cmp == "done" or target.number is not None):
            yield target.citation.rule, "计划指标"
    yield from ((line.materials[slug].citation.rule, "材料") for slug in sorted(_asked_papers(line)))


def _asked_papers(line: Programme) -> set[str]:
    """The papers that a step or a condition of the line asks for."""
    by_rows = {
        slug for row in LIFECYCLES[line.variant].rows for paper in row.papers for slug in paper.split("|")
    }
    by_checks = {slug for check in line.checks for slug in _named(check.params)}
    by_pack = {m.slug for m in line.materials.values() if m.action is not None and (m.required or m.written)}
    return (by_rows | by_checks | by_pack) & line.materials.keys()


def _named(params: Mapping[str, Any]) -> Iterator[str]:
    yield from params.get("materials", ())
    yield from (params[key] for key in ("material",) if key in params)
