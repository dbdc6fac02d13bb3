"""Hashes are stable, sensitive to every field, and the same for what two databases give back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.chain import (
    GENESIS,
    HASHED,
    canonical,
    digest_value,
    entries_digest,
    entry_hash,
    head_hash,
    history_fields,
)

AT = datetime(2020, 5, 4, 2, 30, 0, 5, tzinfo=UTC)
ROW: dict[str, Any] = {
    **dict.fromkeys(HASHED),
    "project_id": "h20-demo-0001",
    "seq": 1,
    "ledger_n": 1,
    "at": AT,
    "on": date(2020, 5, 4),
    "backdated": False,
    "cite": "书面申请",
    "materials": [],
    "digests": {"b": "2", "a": "1"},
    "prev_hash": GENESIS,
}


def test_the_stored_form_is_sorted_json_without_spaces() -> None:
    assert (
        canonical({"b": [date(2020, 5, 4), None], "a": "书面"})
        == '{"a":"书面","b":["2020-05-04",null]}'.encode()
    )


def test_the_hash_of_a_known_entry_never_changes() -> None:
    """The stored format: another hash here means that every chain in use stops verifying."""
    assert (
        entry_hash(GENESIS, history_fields(ROW))
        == "e86ea0903902992b0b854e20afbcb027a10f3f233cf6087f62c395e3f8fee592"
    )


@pytest.mark.parametrize("field", HASHED)
def test_every_field_changes_the_hash(field: str) -> None:
    changed = {**ROW, field: AT + timedelta(microseconds=1) if field == "at" else "other"}
    assert entry_hash(GENESIS, history_fields(changed)) != entry_hash(GENESIS, history_fields(ROW))


def test_the_link_changes_the_hash() -> None:
    fields = history_fields(ROW)
    assert entry_hash("1" * 64, fields) != entry_hash(GENESIS, fields)


def test_one_moment_hashes_alike_in_every_zone() -> None:
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert history_fields({**ROW, "at": shanghai}) == history_fields(ROW)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=JSON)
def test_a_value_has_the_digest_of_what_is_read_back(value: Any) -> None:
    import orjson

    text = orjson.dumps(value)
    assert digest_value("s", [None, orjson.loads(text)]) == digest_value("s", [None, value])


@given(number=st.integers(-(2**53), 2**53))
def test_a_whole_float_has_the_digest_of_the_integer_that_sqlite_gives_back(number: int) -> None:
    assert digest_value("s", [float(number), None]) == digest_value("s", [number, None])


def test_the_salt_hides_equal_values() -> None:
    assert digest_value("s", [None, "王"]) != digest_value("t", [None, "王"])


@given(hashes=st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=5), data=st.data())
def test_the_order_of_entries_in_a_commit_does_not_matter(hashes: list[str], data: st.DataObject) -> None:
    assert entries_digest(data.draw(st.permutations(hashes))) == entries_digest(hashes)


@pytest.mark.parametrize(
    "other",
    [
        ("1" * 64, 1, AT, 1, "d"),
        (GENESIS, 2, AT, 1, "d"),
        (GENESIS, 1, AT + timedelta(1), 1, "d"),
        (GENESIS, 1, AT, 2, "d"),
        (GENESIS, 1, AT, 1, "e"),
    ],
)
def test_every_part_of_a_commit_changes_its_head(other: tuple[str, int, datetime, int, str]) -> None:
    assert head_hash(*other) != head_hash(GENESIS, 1, AT, 1, "d")
