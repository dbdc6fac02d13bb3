"""What events tell: one for each transition of a short list, counts of a long one, nothing of any person."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.events import TOGETHER, WAITING_AT_MOST, Announcer, chunk_event, project_events
from lifecycle.transitions import Transition, moves_of


def steps(count: int) -> list[Transition]:
    """So many projects for whose midterm assessment the office has called."""
    day = date(2023, 9, 1)
    return [
        Transition(
            f"h23-young-talent-{n:04}",
            9,
            "h23-young-talent",
            "midterm_open",
            "executing",
            "midterm",
            day,
            "R",
        )
        for n in range(count)
    ]


def test_an_event_told_twice_is_the_same_one_and_another_command_has_its_own() -> None:
    first, again = project_events("c", "run-1", steps(3)), project_events("c", "run-2", steps(3))
    assert [one["id"] for one in first] == [one["id"] for one in again]
    assert {one["id"] for one in first}.isdisjoint(one["id"] for one in project_events("d", "r", steps(3)))
    assert len({one["id"] for one in first}) == 3


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["executing", "midterm", None]), max_size=40))
def test_the_counts_of_a_chunk_add_up_to_its_projects(sources: list[str | None]) -> None:
    day = date(2023, 9, 1)
    moved = [
        Transition(f"p{n}", 1, "h", "midterm_open", one, "midterm", day, None)
        for n, one in enumerate(sources)
    ]
    events = chunk_event("c", "r", 3, moves_of(moved))
    assert len(events) == (1 if sources else 0)
    for event in events:
        assert event["event"] == "kexie.projects.midterm_open"
        assert event["payload"]["count"] == len(sources)
        assert sum(move["count"] for move in event["payload"]["moves"]) == len(sources)


def test_a_full_line_drops_what_comes_on_top_and_says_how_much_it_took() -> None:
    class Still(Announcer):
        """One whose thread has not come to work yet."""

        def _work(self) -> None:
            """Nothing."""

    still = Still()
    many = project_events("c", "r", steps(TOGETHER))
    taken = [still.tell(many) for _ in range(WAITING_AT_MOST // TOGETHER + 2)]
    assert sum(taken) == WAITING_AT_MOST
    assert taken[-1] == 0
    assert still.flush(0) is False
