"""Commands and flow runs compared: whatever state both are in, what is repaired is right at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flows.comparison import AGAIN, AT_WORK, COMPLETED, DOUBLE, ORPHAN, Difference, Repair, RunSeen, compare
from lifecycle.outbox import DONE, FAILED, PENDING, RUNNING
from lifecycle.outbox_repairs import Standing

NOON = datetime(2023, 5, 12, 4, tzinfo=UTC)
QUIET = timedelta(minutes=15)
STATES = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED", "RUNNING", "PENDING", "SCHEDULED", "PAUSED")
NAMES = ("a", "b", "c")
STRANGER, OLD = "stranger", "old"

World = tuple[tuple[Standing, ...], tuple[RunSeen, ...]]


def command(name: str, status: str = DONE, run: str | None = None, held: bool = False) -> Standing:
    return Standing(name, "示例", "li", status, 1, NOON, run, None, held and status == RUNNING)


def run(
    number: int,
    state: str = COMPLETED,
    of: str | None = "a",
    minutes: int = 60,
    *more: str,
    pooled: bool = False,
) -> RunSeen:
    tags = (*((f"command:{of}",) if of else ()), *more)
    return RunSeen(f"run-{number}", "示例", tags, state, NOON - timedelta(minutes=minutes), pooled)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A few commands in any state, and runs of theirs, of nobody's, of old ones, and without any command."""
    runs = tuple(
        run(
            number,
            draw(st.sampled_from(STATES)),
            draw(st.sampled_from((*NAMES, STRANGER, OLD, None))),
            draw(st.sampled_from((1, 60))),
            *draw(st.sampled_from(((), (DOUBLE,), (ORPHAN,), (AGAIN,)))),
            pooled=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 8)))
    )
    linked = st.sampled_from((None, "run-gone", *(one.id for one in runs)))
    commands = tuple(
        command(
            name, draw(st.sampled_from((PENDING, RUNNING, DONE, FAILED))), draw(linked), draw(st.booleans())
        )
        for name in NAMES
    )
    return commands, runs


def differences(world: World) -> tuple[Difference, ...]:
    commands, runs = world
    return compare(commands, runs, {*NAMES, OLD}, NOON, QUIET)


def repaired(world: World) -> World:
    """The world after every repair."""
    commands, runs = {one.id: one for one in world[0]}, {one.id: one for one in world[1]}
    for one in differences(world):
        if one.repair is Repair.REQUEUE and one.command:
            commands[one.command.id] = replace(one.command, status=PENDING, flow_run_id=None, held=False)
        elif one.repair is Repair.LINK and one.command and one.run:
            commands[one.command.id] = replace(one.command, status=DONE, flow_run_id=one.run.id)
        elif one.run and one.repair is Repair.CRASH:
            runs[one.run.id] = replace(runs[one.run.id], state="CRASHED")
        elif one.run and one.repair is Repair.RESTART:
            seen = runs[one.run.id]
            runs[one.run.id] = replace(seen, state="SCHEDULED", since=NOON, tags=(*seen.tags, AGAIN))
        elif one.run:
            tag = DOUBLE if one.repair is Repair.DOUBLE else ORPHAN
            runs[one.run.id] = replace(runs[one.run.id], tags=(*runs[one.run.id].tags, tag))
    return tuple(commands.values()), tuple(runs.values())


def carried_out(world: World) -> World:
    """The world after the orchestrator has run what waits."""
    commands, runs = list(world[0]), list(world[1])
    for place, one in enumerate(commands):
        if one.status == PENDING:
            runs.append(run(100 + place, COMPLETED, one.id))
            commands[place] = replace(one, status=DONE, flow_run_id=runs[-1].id)
    return tuple(commands), tuple(runs)


@given(worlds())
def test_repaired_and_carried_out_every_command_has_one_finished_run_and_nothing_is_left_to_do(
    world: World,
) -> None:
    after = repaired(world)
    assert differences(after) == ()
    after = carried_out(after)
    assert differences(after) == ()
    commands, runs = after
    for one in commands:
        if one.held:
            continue
        finished = [
            seen
            for seen in runs
            if seen.command_id == one.id and seen.state == COMPLETED
            and (DOUBLE not in seen.tags or seen.id == one.flow_run_id)
        ]  # fmt: skip
        assert [seen.id for seen in finished] == [one.flow_run_id]
        assert one.status == DONE


@given(worlds())
def test_nobodys_work_is_taken_away(world: World) -> None:
    held = {one.id for one in world[0] if one.held}
    for one in differences(world):
        if one.repair in (Repair.REQUEUE, Repair.LINK):
            assert one.command is not None
            assert one.command.id not in held
        if one.repair in (Repair.CRASH, Repair.RESTART):
            assert one.run is not None
            assert one.run.command_id not in held
            assert one.run.state in AT_WORK
            assert NOON - one.run.since >= QUIET


@given(worlds())
def test_a_run_that_finished_is_never_done_again_for(world: World) -> None:
    finished = {one.command_id for one in world[1] if one.state == COMPLETED}
    again = {one.command.id for one in differences(world) if one.repair is Repair.REQUEUE and one.command}
    assert not again & finished


def test_of_two_finished_runs_the_one_on_record_is_kept_and_else_the_first() -> None:
    first, second = run(1, minutes=50), run(2, minutes=40)
    (one,) = compare([command("a", run="run-2")], [first, second], {"a"}, NOON, QUIET)
    assert (one.repair, one.run) == (Repair.DOUBLE, first)
    link, double = compare([command("a", PENDING)], [first, second], {"a"}, NOON, QUIET)
    assert (link.repair, link.run) == (Repair.LINK, first)
    assert (double.repair, double.run) == (Repair.DOUBLE, second)


def test_why_a_command_goes_back_in_line_is_told() -> None:
    told = [
        compare([one], runs, {"a"}, NOON, QUIET)[0].why
        for one, runs in (
            (command("a", DONE, "gone"), []),
            (command("a", DONE, "run-1"), [run(1, "FAILED")]),
            (command("a", FAILED), [run(1, "FAILED")]),
            (command("a", RUNNING), []),
        )
    ]
    assert told == [
        "记为完成，但流程服务器上没有它的运行",
        "记为完成，但所记的运行没有完成",
        "多次未成，已停止重试",
        "执行它的进程已中断",
    ]


def test_what_a_worker_took_and_never_began_is_started_again_once_and_then_told_as_broken_off() -> None:
    taken = run(1, "PENDING", None, 60, "批量办理", pooled=True)
    (once,) = compare([], [taken], set(), NOON, QUIET)
    assert (once.repair, once.run) == (Repair.RESTART, taken)
    (twice,) = compare([], [replace(taken, tags=(*taken.tags, AGAIN))], set(), NOON, QUIET)
    assert twice.repair is Repair.CRASH
    assert "两次" in twice.why
    begun, young = replace(taken, state="RUNNING"), replace(taken, since=NOON - timedelta(minutes=1))
    by_ourselves = replace(taken, pooled=False)
    told = [compare([], [one], set(), NOON, QUIET) for one in (begun, young, by_ourselves)]
    assert [[one.repair for one in some] for some in told] == [[Repair.CRASH], [], [Repair.CRASH]]
