"""Whatever anybody does in whatever order: no dead end, no pool exceeded, no money or start too early."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lifecycle.database import store_file
from lifecycle.settings import read_settings
from states.names import Action, State
from states.tables import LIFECYCLES
from tests.factories import QUOTA_HOLDERS
from tests.small_world import (
    ALL_ROUNDERS,
    CHILDREN,
    CITY,
    CONGRESS,
    SOCIETY,
    SPECIALISTS,
    STAGES,
    Project,
    World,
    allowed,
    choices,
    fitting,
    forward,
    founded,
    member,
)

PENDING = frozenset({State.SUBMITTED, State.RETURNED, State.FORM_REVIEW, State.EXPERT_REVIEW})
RUNNING = QUOTA_HOLDERS - {State.CLOSED, State.CLOSED_UNQUALIFIED, State.TERMINATED, State.DISQUALIFIED}
"""States of a parent before its decision, and from its approval to its end."""
ENDING = (
    Action.TERMINATE, Action.WITHDRAW, Action.RELINQUISH, Action.END_PILOT, Action.REVIEW_REJECT,
    Action.CHAIR_REJECT, Action.NOT_RECOMMENDED, Action.FORM_REJECT, Action.LAPSE, Action.SUBMIT,
    Action.ACCEPT_FOR_FORM_REVIEW, Action.CLOSE_HALTED,
)  # fmt: skip
"""Steps by which a case can be brought to an end, nearest first."""
FAMILIES = ((SOCIETY,), (CITY, CONGRESS), (CITY, *CHILDREN))
"""Who is walked with: the fewer, the farther they come."""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> dict[str, Path]:
    """The small world at each stage."""
    made = {}
    for stage, ways in STAGES.items():
        made[stage] = tmp_path_factory.mktemp(stage)
        told = read_settings({}, home=made[stage] / "home")
        told.home.mkdir()
        copy(sqlite_template, store_file(told))
        held = founded(told, made[stage])
        for way in ways:
            way(held)
        held.app.close()
    return made


def values_of(action: Action) -> st.SearchStrategy[dict[str, str]]:
    """All that a step may carry; of what may be corrected one thing."""
    told = {name: st.sampled_from(words) for name, words in choices(action).items()}
    if action is not Action.CORRECT_RECORD:
        return st.fixed_dictionaries(told)
    return st.sampled_from(sorted(told)).flatmap(lambda name: st.fixed_dictionaries({name: told[name]}))


def ended(project: Project) -> bool:
    return State(project["state"]) in LIFECYCLES[project["variant"]].ends


def pools(projects: list[Project]) -> Counter[str]:
    """How many places of each pool are taken."""
    return Counter(
        one["quota_pool"]
        for one in projects
        if State(one["state"]) in QUOTA_HOLDERS and "absorbed" not in (one["flags"] or ())
    )


def check(world: World) -> None:
    """What holds after every step."""
    projects = world.projects()
    assert [pool for pool, taken in pools(projects).items() if taken > 1] == []
    for one in projects:
        if "absorbed" in (one["flags"] or ()):
            assert one["amount_fen"] is None, one["id"]
        assert ended(one) or allowed(one), one["id"]
    kept_together(projects)


def kept_together(projects: list[Project]) -> None:
    """Who waits has a parent that may still decide, who is absorbed one that runs (R-LIFE-60, -62)."""
    states = {one["id"]: State(one["state"]) for one in projects}
    for one in projects:
        above = states.get(one["parent_id"])
        if one["state"] == State.AWAITING_PARENT:
            assert above in PENDING or above in RUNNING, (one["id"], above)
        if one["state"] == State.ABSORBED:
            assert above in RUNNING, (one["id"], above)


def began_in_public(world: World, project: Project) -> None:
    """Every start of a pilot came after its publication, neither of them undone."""
    public: list[str] = []
    for entry in world.history(project["id"]):
        if entry["action"] == Action.START:
            assert Action.PUBLISH_RESULTS in public, project["id"]
        if entry["action"] == Action.REVERSE_STEP and public:
            public.pop()
        elif entry["action"] != Action.REVERSE_STEP:
            public.append(entry["action"])


def end(world: World, project: Project) -> Project:
    """Bring a case to its end, by whoever may."""
    for _ in range(4):
        if ended(project):
            break
        for action in (one for one in ENDING if one in allowed(project)):
            values = {name: words[0] for name, words in choices(action).items()}
            people = (member(project), *ALL_ROUNDERS, *SPECIALISTS)
            if any(world.take(person, action, project, values, wait=30) for person in people):
                break
        (project,) = [one for one in world.projects() if one["id"] == project["id"]]
    return project


def one_step(data: st.DataObject, world: World, family: tuple[str, ...]) -> bool:
    """Somebody tries something with one project of the family; whether it was taken."""
    projects = {one["id"]: one for one in world.projects() if one["programme"] in family}
    project = projects[data.draw(st.sampled_from(sorted(projects)), label="project")]
    on, here = (
        st.sampled_from(some) if some else st.nothing() for some in (forward(project), allowed(project))
    )
    action = data.draw(st.one_of(on, on, on, on, here, st.sampled_from(list(Action))), label="action")
    people = {one.login: one for one in (*ALL_ROUNDERS, member(project), *SPECIALISTS)}
    fit = st.just(fitting(action))
    person = people[data.draw(st.one_of(fit, fit, fit, fit, st.sampled_from(sorted(people))), label="by")]
    values = data.draw(values_of(action), label="values")
    return world.take(person, action, project, values, data.draw(st.integers(0, 20)))


def walk(data: st.DataObject, world: World, length: int) -> None:
    """A walk about the world, and every case of it to its end."""
    family = data.draw(st.sampled_from(FAMILIES), label="family")
    for _ in range(length):
        if one_step(data, world, family):
            check(world)
    for project in world.projects():
        if project["programme"] == SOCIETY:
            began_in_public(world, project)
    for children in (False, True):
        for project in world.projects():
            if (project["programme"] in CHILDREN) is children and not ended(project):
                end(world, project)
    assert [(one["id"], one["state"]) for one in world.projects() if not ended(one)] == []
    check(world)
    assert world.held.whole()


@pytest.mark.parametrize(
    "walks",
    [
        pytest.param(60, marks=pytest.mark.timeout(600)),
        pytest.param(3000, marks=[pytest.mark.soak, pytest.mark.timeout(0)]),
    ],
)
def test_no_sequence_of_steps_by_anybody_breaks_a_law(
    furnished: dict[str, Path], tmp_path: Path, walks: int
) -> None:
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]

    @settings(max_examples=walks, deadline=None, phases=phases, suppress_health_check=quiet)
    @given(data=st.data(), length=st.integers(20, 60))
    def walks_about(data: st.DataObject, length: int) -> None:
        stage = data.draw(st.sampled_from(sorted(furnished)), label="stage")
        world = World.copied(furnished[stage], tmp_path / "walk")
        try:
            walk(data, world, length)
        finally:
            world.held.app.close()

    walks_about()
