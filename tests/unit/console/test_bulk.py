"""What a bulk command ends with."""

from __future__ import annotations

import pytest

from console.bulk import declined_json
from states.errors import (
    BadInputFault,
    ConflictFault,
    LifecycleError,
    NotFoundFault,
    RefusedFault,
    UnavailableFault,
    whole_fault,
)

CASES: list[tuple[list[LifecycleError], int, int]] = [
    ([NotFoundFault("a")], 1, 5),
    ([ConflictFault("a")], 1, 6),
    ([NotFoundFault("a")], 2, 3),
    ([BadInputFault("a")], 2, 7),
    ([BadInputFault("a"), BadInputFault("b")], 2, 7),
    ([BadInputFault("a"), RefusedFault("b")], 2, 3),
    ([RefusedFault("a"), UnavailableFault("b")], 3, 8),
]


@pytest.mark.parametrize(("faults", "asked", "status"), CASES)
def test_the_status_of_a_bulk_command(faults: list[LifecycleError], asked: int, status: int) -> None:
    found = whole_fault(faults, asked)
    assert found is not None
    assert found.exit_status == status


def test_a_bulk_command_that_did_all_has_no_fault() -> None:
    assert whole_fault([], 3) is None


def test_what_has_no_reasons_gives_its_message_as_one() -> None:
    assert declined_json(NotFoundFault("没有")) == {
        "code": "not_found",
        "message": "没有",
        "reasons": [{"rule": None, "severity": "block", "message": "没有", "cite": None, "document": None}],
    }
