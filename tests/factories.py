"""Cases, commands and programmes for the tests of the core, with the real catalogue and calendar.

`Walk` keeps a case in memory the way the record does: it applies what was accepted and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from lifecycle.calendars import load_calendar
from lifecycle.packs import load_catalogue
from states.calendar import Calendar
from states.catalogue import Catalogue, Dated, Programme
from states.catching_up import caught_up
from states.decide import decide
from states.decision import (
    Accepted,
    Case,
    Command,
    Context,
    DocumentRef,
    Duty,
    Outcome,
    Refused,
    Step,
    Unit,
)
from states.duty import standing
from states.kin import Child
from states.names import Action, DutyStatus, Role, State
from states.papers import PAPERS
from states.reminders import Tick, Watched, tick
from states.report import carried, recorded_now, report

REPORT = frozenset({"evaluation_report"})
PLATFORM = "h23-academic-provincial"
TALENT = "h23-young-talent"
EVENT = "h20-academic-event"
SOCIETY = "fj16-pilot-society"
COUNTY = "fj16-demo-county"
CITY = "h23-pilot-city"
CONGRESS = "h23-city-product-congress"
LIFECYCLE_OF = {
    "base": PLATFORM,
    "parent-child": CITY,
    "two-year-talent": TALENT,
    "evaluation-only": "h19-special-fund",
    "fujian-county": COUNTY,
    "fujian-county-managed": COUNTY,
    "fujian-society": SOCIETY,
    "fujian-society-managed": SOCIETY,
    "award-nomination": "h21-st-award-nomination",
    "award-selection": "h21-natural-science-award",
    "award-edition": "h21-natural-science-award-edition",
    "task-checklist": "h21-society-governance",
    "track-only": "h21-kczg-pilot",
    "three-discussions-one-publication": "h21-three-discussions",
}
QUOTA_HOLDERS = frozenset({
    State.APPROVED, State.EXECUTING, State.MIDTERM, State.MIDTERM_RECTIFYING, State.EXTENSION_PENDING,
    State.HALT_PENDING, State.HALTED, State.PERFORMANCE_REVIEW, State.RECTIFYING,
    State.RECTIFICATION_SUBMITTED, State.DISQUALIFIED, State.CLOSED, State.CLOSED_UNQUALIFIED,
    State.TERMINATED,
})  # fmt: skip
"""States that hold a place of a quota, written down here again so that tests do not trust the code."""
EVERY_ROLE = frozenset(Role)
EVERY_PAPER = frozenset(PAPERS)
SAID = {"place": "郑州市", "subject": "示例主题", "experts": "专家甲、专家乙", "count": 1}
"""What a report says where it is asked; days are those of the report."""
FORMAL = DocumentRef("示例文〔2023〕1号", date(2023, 5, 4))


@cache
def catalogue() -> Catalogue:
    """The packaged packs, read once."""
    return load_catalogue()


@cache
def calendar() -> Calendar:
    """The packaged calendar, read once."""
    return load_calendar()


def programme(slug: str = PLATFORM, **settings: Any) -> Programme:
    """A programme of the catalogue, with other values for some of its dated settings."""
    found = catalogue().programmes[slug]
    dated = {name: Dated(((date.min, value, found.citation),)) for name, value in settings.items()}
    return replace(found, settings={**found.settings, **dated})


def context(slug: str = PLATFORM, **changes: Any) -> Context:
    """The world around a case of a programme; a parent has a waiting child of every kind it must have."""
    found = programme(slug)
    children = tuple(
        Child(f"{kind}-1", kind, (kind,), State.AWAITING_PARENT, False) for kind in found.required_children
    )
    return replace(Context(found, calendar(), children=children), **changes)


def case(slug: str = PLATFORM, state: State = State.DRAFT, **changes: Any) -> Case:
    """A case of a programme in a state, without history."""
    found = programme(slug)
    plain = Case(
        id=f"{slug}-0001",
        programme=slug,
        lifecycle=found.variant,
        state=state,
        version=1,
        title="示例项目",
        unit=Unit(7, "示例学会", found.applicants[0], None),
        year=found.year,
        facts={},
        materials=frozenset(),
        flags=frozenset(),
        steps=(Step(1, date(2000, 1, 1), "apply", None, "draft", "经办甲", "clerk"),),
        duties=(),
    )
    return replace(plain, **changes)


def command(action: Action, on: date = date(2023, 5, 10), **changes: Any) -> Command:
    """A command by somebody who holds every role."""
    return replace(Command(action, on, "甲", EVERY_ROLE), **changes)


def refused(outcome: Outcome) -> Refused:
    """The outcome, which has to be a refusal."""
    assert isinstance(outcome, Refused), outcome
    return outcome


def accepted(outcome: Outcome) -> Accepted:
    """The outcome, which has to be an acceptance."""
    assert isinstance(outcome, Accepted), outcome
    return outcome


def rules(outcome: Outcome) -> list[str | None]:
    """The rules of a refusal, sorted."""
    return sorted((reason.rule for reason in refused(outcome).reasons), key=str)


def applied(before: Case, order: Command, done: Accepted) -> Case:
    """The case after an accepted step, as the record would read it back."""
    seq = before.version + 1
    facts = {name: value for name, value in {**before.facts, **done.facts}.items() if value is not None}
    restores = {
        name: before.facts.get(name) for name, value in done.facts.items() if before.facts.get(name) != value
    }
    step = Step(seq, order.on, done.action, done.source, done.dest, order.actor, done.role, restores)
    step = replace(step, stood_in_by=order.stood_in_by)
    duties = {duty.key: duty for duty in before.duties} | {duty.key: duty for duty in done.duties}
    return replace(
        before,
        state=done.dest,
        version=seq,
        facts=facts,
        materials=before.materials | order.materials,
        flags=done.flags,
        steps=(*before.steps, step),
        duties=tuple(duties.values()),
        plan_on=done.plan_on,
    )


@dataclass
class Walk:
    """A case on its way, with the reminders that sweeps have sent."""

    case: Case
    context: Context
    reminded: dict[tuple[str, str], date] = field(default_factory=dict)
    told: dict[tuple[str, str], date] = field(default_factory=dict)
    sent: list[tuple[date, tuple[str, str], int]] = field(default_factory=list)

    @classmethod
    def of(cls, slug: str = PLATFORM, **changes: Any) -> Walk:
        """A walk from the draft."""
        return cls(case(slug, **changes), context(slug))

    def ask(self, action: Action, on: date, actor: str = "", **changes: Any) -> tuple[Command, Outcome]:
        """What would be decided; by default everybody is somebody else and brings a reason."""
        order = command(
            action, on, actor=actor or f"甲{len(self.case.steps)}", **{"reason": "理由", **changes}
        )
        return order, decide(self.case, order, self.context)

    def do(self, action: Action, on: date, actor: str = "", **changes: Any) -> Accepted:
        """Take a step that has to be accepted."""
        order, outcome = self.ask(action, on, actor, **changes)
        done = accepted(outcome)
        self.case = applied(self.case, order, done)
        return done

    def refuse(self, action: Action, on: date, actor: str = "", **changes: Any) -> Refused:
        """Ask for a step that has to be refused."""
        return refused(self.ask(action, on, actor, **changes)[1])

    def report(self, slug: str, on: date, occurrence: str = "", **said: Any) -> Duty:
        """Report a duty with all that it asks for, which has to be accepted."""
        self.open(on)
        spec, seq = self.context.programme.duties[slug], self.case.version + 1
        values = {name: SAID.get(name, on) for name in spec.particulars} | said
        order = command(
            Action.CORRECT_RECORD, on, reason="记录", materials=frozenset(spec.papers), values=values
        )
        duty = recorded_now(self.case, spec, order) if spec.ad_hoc else self.duty(slug, occurrence)
        found = report(self.case, duty, order, self.context.programme, seq)
        assert isinstance(found, Duty), found
        for one in (found, *carried(self.case, duty, order, self.context.programme, seq)):
            self._put(one)
        step = Step(
            self.case.version + 1, on, "report", self.case.state, self.case.state, "乙", "undertaking_unit"
        )
        self.case = replace(self.case, version=step.seq, steps=(*self.case.steps, step))
        return found

    def duty(self, slug: str, occurrence: str = "") -> Duty:
        """One duty of the case."""
        return {duty.key: duty for duty in self.case.duties}[slug, occurrence]

    def due(self) -> dict[str, tuple[date, str]]:
        """Due date and status of every duty, by slug and occurrence."""
        return {f"{d.slug}{d.occurrence}": (d.due, str(d.status)) for d in self.case.duties}

    def open(self, on: date) -> tuple[Duty, ...]:
        """Open the windows that have begun by a day; those that are new or changed."""
        self.case, opened = caught_up(self.case, self.context.programme, self.context.calendar, on)
        return opened

    def sweep(self, today: date) -> list[tuple[tuple[str, str], int]]:
        """Look at every live duty as the sweep does; gives the reminders of this run."""
        self.open(today)
        sent = []
        for duty in self.case.duties:
            if not duty.live:
                continue
            spec = self.context.programme.duties[duty.slug]
            seen: Tick = tick(self._watched(duty), spec, today, self.context.calendar)
            if seen.told_on is not None:
                self.told[duty.key] = seen.told_on
            self._put(replace(duty, status=seen.status))
            if seen.offset is not None:
                self.reminded[duty.key] = today
                sent.append((duty.key, seen.offset))
                self.sent.append((today, duty.key, seen.offset))
        return sent

    def _watched(self, duty: Duty) -> Watched:
        opened = duty.opened_on or duty.due
        moved = max([opened, *(move.on for move in duty.moves[-1:])])
        said, told = self.reminded.get(duty.key), self.told.get(duty.key)
        days = (duty.due, duty.soft_due, duty.late_after, moved, opened)
        return Watched(duty.status, duty.suggested, *days, said, told)

    def sweep_daily(self, first: date, last: date) -> None:
        """A sweep on every day, both ends included."""
        for n in range((last - first).days + 1):
            self.sweep(first + timedelta(days=n))

    def overdue(self) -> set[tuple[str, str]]:
        """The duties that carry the mark."""
        return {duty.key for duty in self.case.duties if duty.status is DutyStatus.OVERDUE}

    def _put(self, changed: Duty) -> None:
        self.case = replace(self.case, duties=standing(self.case.duties, [changed]))


def approved(slug: str, on: date, facts: Mapping[str, Any] | None = None) -> Walk:
    """A walk from draft to approval by the ordinary steps, all on one day."""
    walk = Walk.of(slug, facts=dict(facts or {}))
    walk.do(Action.SUBMIT, on)
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, on)
    walk.do(Action.FORM_PASS, on)
    if slug == SOCIETY:
        walk.do(Action.REVIEW_TO_DEPARTMENT, on, materials=frozenset({"review_record"}))
        walk.do(
            Action.RECOMMEND, on,
            materials=frozenset({"discussion_minutes"}), values={"selection.leader": "副部长 王某"},
        )  # fmt: skip
        walk.do(Action.CHAIR_PASS, on, materials=frozenset({"chair_minutes"}))
        walk.do(Action.PUBLISH_RESULTS, on)
        return walk
    amount = {} if walk.context.programme.amount_fen_on(on) else {"project.amount": 5_000_000}
    walk.do(Action.REVIEW_SELECT, on, materials=frozenset({"review_record"}), values=amount)
    return walk


def started(slug: str, on: date, facts: Mapping[str, Any] | None = None, **values: Any) -> Walk:
    """A walk to the start; approved long enough before it for the publicity period."""
    walk = approved(slug, on - timedelta(days=30), facts)
    walk.do(
        Action.START, on, materials=frozenset({"implementation_plan"}),
        values={name.replace("__", "."): value for name, value in values.items()},
    )  # fmt: skip
    return walk


def evaluating(slug: str = PLATFORM) -> Walk:
    """A started walk whose evaluation is open."""
    walk = started(slug, date(2023, 6, 5))
    walk.do(Action.OPEN_EVALUATION, date(2023, 12, 20))
    return walk


def concluded(slug: str, grade: str, issues: bool) -> Walk:
    """The same with its conclusion recorded."""
    walk = evaluating(slug)
    values = {"evaluation.conclusion": grade, "evaluation.has_issues": issues}
    walk.do(Action.RECORD_EVALUATION, date(2023, 12, 25), materials=REPORT, values=values)
    return walk
