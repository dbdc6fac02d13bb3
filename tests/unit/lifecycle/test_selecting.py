"""`STATE/PROGRAMME` is read alike everywhere: either part may be empty, a group stands for its own."""

from __future__ import annotations

import pytest

from lifecycle.packs import load_catalogue
from lifecycle.selecting import parse_where
from states.errors import NotFoundFault, UsageFault

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("executing/", (("executing", None),)),
        ("实施中 / h23-young-talent", (("executing", "h23-young-talent"),)),
        ("/h23-young-talent", ((None, "h23-young-talent"),)),
    ],
)
def test_a_writing_is_read(written: str, read: tuple[tuple[str | None, str | None], ...]) -> None:
    assert parse_where(CATALOGUE, [written]) == read


def test_a_group_stands_for_every_programme_below_it() -> None:
    group = next(line for line in CATALOGUE.lines.values() if line.group)
    below = {slug for slug, one in CATALOGUE.programmes.items() if group.slug in one.lineage}
    assert len(below) > 1
    assert set(parse_where(CATALOGUE, [f"executing/{group.slug}"])) == {("executing", slug) for slug in below}


@pytest.mark.parametrize("written", ["executing", "/", " / ", "某处/"])
def test_what_cannot_be_read_is_told_with_what_was_expected(written: str) -> None:
    with pytest.raises(UsageFault, match="应为"):
        parse_where(CATALOGUE, [written])


def test_a_programme_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NotFoundFault, match="h23-young-talent"):
        parse_where(CATALOGUE, ["executing/没有的项目"])
