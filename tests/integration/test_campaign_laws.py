"""What holds for every campaign: however it is cut, killed and shared, it is the steps one by one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import event

from lifecycle.people import Actor
from lifecycle.settings import Settings
from tests.campaign_store import campaigns, confirmed, drafted, register
from tests.record_store import ASSOCIATION, CHECKER, Records, records

STEPS: tuple[tuple[str, Actor, dict[str, Any]], ...] = (
    ("accept_for_form_review", CHECKER, {}),
    ("form_pass", CHECKER, {}),
    ("review_select", ASSOCIATION, {"papers": ("review_record",), "values": {"amount": "50000"}}),
)
UNKNOWN = "h20-academic-event-9999"
NUMBERS = count(1)


class Killed(BaseException):
    """The end of a process, as far as a thread can have one."""


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Any:
    made = records(settings, tmp_path)
    register(made)
    yield made
    made.app.close()


@contextmanager
def killed_at(store: Records, statements: list[int]) -> Iterator[None]:
    """End whoever is about to run one of these statements, counted over all threads."""
    seen = count(1)

    def reach(*_: Any) -> None:
        if next(seen) in statements:
            raise Killed

    event.listen(store.app.engine, "before_cursor_execute", reach)
    try:
        yield
    finally:
        event.remove(store.app.engine, "before_cursor_execute", reach)


def projects(store: Records, stages: list[int]) -> list[str]:
    """Projects that have come so many steps far."""
    made = []
    for stage in stages:
        project = store.apply(next(NUMBERS))
        for action, actor, given_ in STEPS[:stage]:
            store.do(action, project, actor=actor, **given_)
        made.append(project)
    return made


def told(store: Records, project: str) -> Any:
    """All that is recorded of a project, without what names it."""
    found = store.show(project)
    entry = ("seq", "action", "from", "to", "actor", "role", "on", "reason", "document", "rule")
    notice = ("kind", "receiver", "channel", "letter", "status", "created_on", "seq")
    return (
        found["state"], found["version"], found["amount"],
        [{name: one[name] for name in entry} for one in found["history"]],
        sorted((one["duty"], one["due"], one["status"]) for one in found["duties"]),
        sorted(one["kind"] for one in found["materials"]),
        [[row[name] for name in notice] for row in store.rows("notice") if row["project_id"] == project],
    )  # fmt: skip


def carry_out(store: Records, campaign: str, kills: list[int], threads: int) -> None:
    """Do all chunks in so many threads at once, again and again until none is left."""
    door = campaigns(store)

    def work(_: int) -> None:
        with suppress(Killed):
            for number in door.pending_chunks(campaign):
                door.run_chunk(campaign, number)

    left = True
    with killed_at(store, kills), ThreadPoolExecutor(threads) as pool:
        while left:
            list(pool.map(work, range(threads)))
            with suppress(Killed):
                left = bool(door.pending_chunks(campaign))


@given(
    stages=st.lists(st.integers(0, 3), min_size=1, max_size=5),
    step=st.integers(0, 2),
    chunk_size=st.integers(1, 6),
    kills=st.lists(st.integers(2, 120), max_size=4),
    threads=st.integers(1, 2),
)
@examples(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_campaign_is_the_steps_one_by_one(
    store: Records, stages: list[int], step: int, chunk_size: int, kills: list[int], threads: int
) -> None:
    action, actor, given_ = STEPS[step]
    alone, together = projects(store, stages), projects(store, stages)
    batch = store.ask(action, *alone, UNKNOWN, actor=actor, **given_)
    manifest = drafted(store, action, *together, UNKNOWN, actor=actor, chunk_size=chunk_size, **given_)
    campaign = confirmed_if_possible(store, manifest, actor)
    if campaign is None:
        assert batch.done == ()
        return
    carry_out(store, campaign, kills, threads)

    assert [told(store, one) for one in together] == [told(store, one) for one in alone]
    outcome = campaigns(store).outcome(campaign)
    assert (outcome.campaign.done, outcome.campaign.refused) == (len(batch.done), len(batch.refused))
    assert [(one.code, one.reasons) for one in outcome.refused] == [
        (one.code, one.reasons) for one in batch.refused
    ]
    assert [one.code for one in manifest.refused] == [one.code for one in batch.refused]
    assert store.whole() is True


def confirmed_if_possible(store: Records, manifest: Any, actor: Actor) -> str | None:
    """The campaign, confirmed; None where nothing of it could be done."""
    return confirmed(store, manifest, actor) if len(manifest.refused) < manifest.total else None
