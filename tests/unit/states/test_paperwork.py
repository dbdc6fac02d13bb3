"""What is to be in writing is asked for: of every programme, at every step that its papers belong to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from states.catalogue import MaterialSpec
from states.decision import DocumentRef
from states.guards import Ask
from states.paperwork import papers_wanting, writing_wanting
from states.tables import LIFECYCLES, Row
from tests.factories import case, catalogue, command, context

ASKED = [
    (slug, row, spec)
    for slug, programme in catalogue().programmes.items()
    for spec in programme.materials.values()
    for row in LIFECYCLES[programme.variant].rows
    if (spec.written or spec.required) and spec.action == row.action
    if row.action != LIFECYCLES[programme.variant].hands_in
]
"""Every paper that is to be in writing, with every row of its step."""


IN_WRITING = [(slug, row, spec) for slug, row, spec in ASKED if not spec.required]


def told(part: object) -> str:
    """The name of a test: the programme, the action, the paper."""
    return str(part.action if isinstance(part, Row) else getattr(part, "slug", part))


def asked(slug: str, row: Row, **given: Any) -> list[str]:
    ask = Ask(case(slug), {}, command(row.action, **given), context(slug))
    return [reason.message for found in (papers_wanting, writing_wanting) for reason in found(row, ask)]


@pytest.mark.parametrize(("slug", "row", "spec"), ASKED, ids=told)
def test_a_written_paper_is_asked_for_and_its_filing_is_enough(
    slug: str, row: Row, spec: MaterialSpec
) -> None:
    """R-FORM-50: the paper itself, or the number of the document where a decision is one (R-FORM-17)."""
    bare = asked(slug, row)
    filed = asked(slug, row, materials=frozenset({spec.slug}))

    assert [message for message in bare if spec.label in message or "文号" in message]
    assert not [message for message in filed if spec.label in message]


@pytest.mark.parametrize(("slug", "row", "spec"), IN_WRITING, ids=told)
def test_what_is_only_to_be_in_writing_may_be_named_by_its_number(
    slug: str, row: Row, spec: MaterialSpec
) -> None:
    named = asked(slug, row, document=DocumentRef("例〔2023〕1号", date(2023, 5, 10)))

    alone = any(spec.slug == paper for paper in row.papers)
    assert bool([message for message in named if spec.label in message]) is alone
