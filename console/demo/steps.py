"""The kinds of steps that the demo's story is made of, and the short words in which it is written.

A step says who does what to which projects on which day, and what must come of it: done, or refused
by a named rule. Projects go by the label (ref) that they have in the workbook. Nothing is done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Act:
    """One action on one or many projects, as `lifecycle trigger` takes it."""

    on: date
    who: str
    action: str
    refs: tuple[str, ...]
    papers: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    document: str | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    """Label → the rule that must refuse it."""
    as_flow: bool = False
    """Whether its flow run is carried out at the end of the demo."""


@dataclass(frozen=True, slots=True)
class Call:
    """Opening calls for applications (`lifecycle call open`)."""

    on: date
    who: str
    programmes: tuple[str, ...]
    closes: date


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Reading a workbook (`lifecycle apply`); `unreadable` are the titles of rows that cannot be read."""

    on: date
    who: str
    book: str
    draft: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Recording that a duty was fulfilled (`lifecycle report`)."""

    on: date
    who: str
    duty: str
    refs: tuple[str, ...]
    papers: tuple[str, ...] = ()
    period: str | None = None
    refused: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sign:
    """A person releases every letter of a province that is held (`lifecycle notices release`)."""

    on: date
    who: str


@dataclass(frozen=True, slots=True)
class Owes:
    """A look at a duty: its date, its status, the days on which it was spoken of."""

    on: date
    ref: str
    duty: str
    due: date | None = None
    status: str | None = None
    period: str | None = None
    reminded: tuple[date, ...] = ()
    """Each of these days must be among those of its notices."""


@dataclass(frozen=True, slots=True)
class Until:
    """Time passes up to a day, with its daily sweeps."""

    on: date


Step = Act | Call | TakeIn | Report | Sign | Owes | Until


@dataclass(frozen=True, slots=True)
class Chapter:
    """A title and its steps, in the order of their days."""

    title: str
    steps: tuple[Step, ...]


def chapter(title: str, *parts: tuple[Step, ...]) -> Chapter:
    """A chapter told in several strands, put in the order of days."""
    return Chapter(title, tuple(sorted((step for part in parts for step in part), key=lambda s: s.on)))


def act(
    on: str,
    who: str,
    action: str,
    refs: str,
    *,
    papers: str = "",
    values: Mapping[str, str] | None = None,
    reason: str | None = None,
    document: str | None = None,
    refused: str | Mapping[str, str] | None = None,
    as_flow: bool = False,
) -> Act:
    """An action; `refused` names the rule that must refuse it, for all projects or label by label."""
    names = tuple(refs.split())
    rules = dict.fromkeys(names, refused) if isinstance(refused, str) else refused or {}
    day = date.fromisoformat(on)
    return Act(day, who, action, names, tuple(papers.split()), values or {}, reason, document, rules, as_flow)


def call(on: str, who: str, programmes: str, closes: str) -> Call:
    """Calls that open on a day and close on another."""
    return Call(date.fromisoformat(on), who, tuple(programmes.split()), date.fromisoformat(closes))


def take_in(
    on: str,
    who: str,
    book: str,
    *,
    draft: bool = False,
    refused: Mapping[str, str] | None = None,
    unreadable: str = "",
) -> TakeIn:
    """A workbook; rows not named in `refused` or `unreadable` must be accepted."""
    return TakeIn(date.fromisoformat(on), who, book, draft, refused or {}, tuple(unreadable.split()))


def report(
    on: str,
    who: str,
    duty: str,
    refs: str,
    *,
    papers: str,
    period: str | None = None,
    refused: str | None = None,
    values: Mapping[str, str] | None = None,
) -> Report:
    """A report with its paper, and with what its duty asks to be told."""
    day = date.fromisoformat(on)
    return Report(day, who, duty, tuple(refs.split()), tuple(papers.split()), period, refused, values or {})


def sign(on: str, who: str) -> Sign:
    """A release of letters."""
    return Sign(date.fromisoformat(on), who)


def owes(
    on: str,
    ref: str,
    duty: str,
    *,
    due: str | None = None,
    status: str | None = None,
    period: str | None = None,
    reminded: str = "",
) -> Owes:
    """A look at a duty on a day."""
    days = tuple(date.fromisoformat(day) for day in reminded.split())
    return Owes(
        date.fromisoformat(on), ref, duty, date.fromisoformat(due) if due else None, status, period, days
    )


def until(on: str) -> Until:
    """Time passes."""
    return Until(date.fromisoformat(on))
