"""The packs carry exactly the figures, indicators, conditions, papers and choices of the documents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lifecycle.packs import load_catalogue
from states.catalogue import Pack, Programme, TargetSpec

FIGURES = Path(__file__).parents[2] / "golden" / "figures"
DOCUMENTS = sorted(path.stem for path in FIGURES.glob("*.yaml"))
OURS = {"h21-natural-science-award-edition", "h21-three-discussions"}
"""Lines that no document lists: the edition that candidates belong to, and a society's own resolutions."""
EVERY_HENAN = {"R-TGT-104"}
"""Indicators that management gives to every Henan programme (R-AMB-02)."""
BY_LEVEL = {"R-AMB-31"}
"""Minima of another line that bind a named forum where it declares that level."""


@cache
def expected(document: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FIGURES / f"{document}.yaml").read_text(encoding="utf-8"))
    return found


@cache
def pack(document: str) -> Pack:
    return load_catalogue().packs[document]


def programmes(document: str) -> dict[str, Programme]:
    return {slug: one for slug, one in pack(document).programmes.items() if slug not in OURS}


UNSAID: dict[str, Any] = {"child_of": None, "months": None, "warned": [], "decided": False}
"""What a line of the figures leaves out where there is nothing to say."""


def figures(line: Programme) -> dict[str, Any]:
    quota, amount = line.quota.latest()[0] if line.quota else None, line.amount
    told: dict[str, Any] = {
        "rule": line.citation.rule,
        "group": line.group,
        "parent": line.parent,
        "year": line.year,
        "quota": quota,
        "amount": amount.latest()[0] // 100 if amount else None,
        "total": None if line.total_fen is None else line.total_fen // 100,
        "phone": line.phone,
        "limit": line.limit_per_unit,
    }
    if line.group:
        return told
    return {
        **told,
        "variant": line.variant,
        "family": line.family,
        "applicants": list(line.applicants),
        "warned": list(line.applicants_warn),
        "child_of": line.child_of,
        "months": line.duration_months,
        "decided": line.already_decided,
    }


def parts(target: TargetSpec) -> dict[str, Any]:
    told = {
        "slug": target.slug,
        "cmp": target.cmp,
        "number": target.number,
        "unit": target.unit,
        "binding": target.binding,
    }
    rest = {"parts": len(target.items) or None, "per": None if target.per == "total" else target.per}
    return told | {key: value for key, value in rest.items() if value}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_line_of_the_document_stands_in_the_pack_with_its_printed_figures(document: str) -> None:
    found = {line.slug: figures(line) for line in pack(document).lines if line.slug not in OURS}

    wanted = {
        slug: row if row["group"] else {**UNSAID, **row} for slug, row in expected(document)["lines"].items()
    }

    assert found == wanted


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_indicator_stands_at_exactly_the_programmes_that_it_binds(document: str) -> None:
    found: dict[str, dict[str, Any]] = {}
    for slug, line in programmes(document).items():
        for target in line.targets:
            if target.citation.rule in EVERY_HENAN | BY_LEVEL:
                continue
            told = parts(target)
            one = found.setdefault(str(target.citation.rule), {**told, "programmes": []})
            assert {**one, "programmes": None} == {**told, "programmes": None}
            one["programmes"].append(slug)
    wanted = expected(document)["targets"]

    assert {rule: {**one, "programmes": sorted(one["programmes"])} for rule, one in found.items()} == wanted


@pytest.mark.parametrize("document", ["henan-2020", "henan-2021", "henan-2023"])
def test_every_henan_programme_plans_its_schedule_and_its_use_of_the_money(document: str) -> None:
    lacking = [
        slug
        for slug, line in programmes(document).items()
        if "R-TGT-104" not in {target.citation.rule for target in line.targets}
    ]

    assert lacking == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_condition_is_asked_of_exactly_the_programmes_that_it_binds(document: str) -> None:
    lines = programmes(document)
    found: dict[str, list[str]] = {}
    for slug, line in lines.items():
        for rule in dict.fromkeys(check.rule for check in line.checks):
            found.setdefault(rule, []).append(slug)
    told = {rule: "all" if len(at) == len(lines) else sorted(at) for rule, at in found.items()}
    wanted = {
        rule: "all" if at == "all" or len(at) == len(lines) else sorted(at)
        for rule, at in expected(document)["checks"].items()
    }

    assert told == wanted


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_paper_of_the_document_has_its_kinds_in_the_pack(document: str) -> None:
    found: dict[str, set[str]] = {}
    for line in pack(document).programmes.values():
        for material in line.materials.values():
            if str(material.citation.rule).startswith("R-FORM-"):
                found.setdefault(str(material.citation.rule), set()).add(material.slug)

    assert {rule: sorted(slugs) for rule, slugs in found.items()} == expected(document)["materials"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_ambiguity_of_the_document_is_decided_where_the_figures_say_with_a_reason(
    document: str,
) -> None:
    found: dict[str, set[str]] = {}
    for line in pack(document).lines:
        for rule, place, reason in choices(line):
            assert reason, (line.slug, rule, place)
            found.setdefault(rule, set()).add(place)

    assert {rule: sorted(places) for rule, places in found.items()} == expected(document)["choices"]


def choices(line: Programme) -> Iterator[tuple[str, str, str | None]]:
    """Each choice of a line: the ambiguity, the setting or duty that carries it, and the reason."""
    for name, dated in line.settings.items():
        for _, _, citation in dated.entries:
            if str(citation.rule).startswith("R-AMB-"):
                yield str(citation.rule), name, citation.why or citation.quote
    yield from ((one.rule, "reading", one.why) for one in line.readings)
    for duty in line.duties.values():
        if duty.rule.startswith("R-AMB-"):
            yield duty.rule, duty.slug, duty.citation.why or duty.citation.quote


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_projects_that_a_document_names_are_those_of_the_pack(document: str) -> None:
    found = {slug: list(one.named_projects) for slug, one in programmes(document).items()}

    assert {slug: names for slug, names in found.items() if names} == expected(document).get("named", {})


def test_the_sums_of_the_guide_of_2023_are_those_of_its_lines() -> None:
    lines = programmes("henan-2023").values()
    printing = {line.quota_pool: line for line in lines if line.quota and line.slug == line.quota_pool}

    projects = sum(line.quota.latest()[0] for line in printing.values() if line.quota)
    money = sum(line.total_fen or 0 for line in lines)
    assert (projects, money) == (121, 1_050_000_000)


def test_the_counts_of_2021_are_those_of_its_list() -> None:
    lines = programmes("henan-2021")
    counts = {slug: line.quota.latest()[0] for slug, line in lines.items() if line.quota}

    assert counts == {
        "h21-industry-report": 7,
        "h21-enterprise-innovation": 25,
        "h21-industry-society": 3,
        "h21-service-team": 20,
        "h21-key-academic-event": 26,
        "h21-research-report": 4,
    }
