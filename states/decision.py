"""The values that a decision takes and gives: case, command, context, accepted or refused.

All are frozen. The record builds them from rows; the core never sees a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from states.amendment import Amendment, Undoing
from states.calendar import Calendar
from states.catalogue import Programme
from states.duty import Duty, Move
from states.errors import Reason
from states.kin import Child, Parent
from states.names import Action, Role, State

__all__ = [
    "Accepted",
    "Case",
    "Command",
    "Context",
    "DocumentRef",
    "Duty",
    "Finding",
    "Move",
    "NoticePlan",
    "Outcome",
    "Refused",
    "Step",
    "Unit",
    "blocking",
]


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A formal document: number and date, as in --document "豫科协〔2023〕1号@2023-05-04"."""

    number: str
    date: date

    def __str__(self) -> str:
        return f"{self.number}@{self.date.isoformat()}"


@dataclass(frozen=True, slots=True)
class Step:
    """One history entry, as the core needs it."""

    seq: int
    on: date
    action: str
    source: str | None
    dest: str
    actor: str
    role: str
    restores: Mapping[str, Any] = field(default_factory=dict)
    """Old value of every fact the step changed (None: there was none); what an undo puts back."""
    stood_in_by: str | None = None

    @property
    def hands(self) -> frozenset[str]:
        """Everybody whose hand was in the step: the one named and the one who stood in."""
        return frozenset({self.actor, self.stood_in_by or self.actor})


@dataclass(frozen=True, slots=True)
class Unit:
    """The applicant unit, as registered."""

    id: int | None
    name: str
    kind: str
    region: str | None
    host: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    superior: int | None = None
    """The unit recorded as standing above it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One project as frozen facts. Dates such as project.ends_on are facts like any other."""

    id: str
    programme: str
    lifecycle: str
    state: State
    version: int
    title: str
    unit: Unit
    year: int
    facts: Mapping[str, Any]
    materials: frozenset[str]
    flags: frozenset[str]
    steps: tuple[Step, ...]
    duties: tuple[Duty, ...]
    contact: Mapping[str, str | None] = field(default_factory=dict)
    parent: str | None = None
    marked: bool = False
    targets: Mapping[str, Any] = field(default_factory=dict)
    plan_on: date | None = None
    """The next day on which a window of a recurring duty begins."""

    @property
    def return_to(self) -> State | None:
        """The state in which a pending request was made."""
        value = self.facts.get("project.return_to")
        return State(value) if value else None


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asks to be done to one case."""

    action: Action
    on: date
    actor: str
    roles: frozenset[Role]
    reason: str | None = None
    document: DocumentRef | None = None
    materials: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)
    backdated: bool = False
    """Entered later than it happened (补录)."""
    actor_unit: int | None = None
    """The unit that the actor belongs to, for separation of duties."""
    stood_in_by: str | None = None
    """Who acts for `actor` by delegation; None for the actor, and for the administrator at the desk."""
    following: bool = False
    """Set when the step follows one that the parent took (R-LIFE-62)."""
    on_paper: bool = False
    """A clerk may record a unit's step only from the paper it came on; true when there is one."""
    amends: Amendment | Undoing | None = None
    """What a scoped amendment of deadlines asks of this case; no other way leads to its actions."""

    @property
    def hands(self) -> frozenset[str]:
        """Everybody whose hand is in the command, for separation of duties."""
        return frozenset({self.actor, self.stood_in_by or self.actor})


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one eligibility rule."""

    rule: str
    result: Literal["pass", "fail", "unknown"]
    severity: str
    stage: str
    message: str
    cite: str | None
    document: str | None
    missing: tuple[str, ...] = ()
    clause: str | None = None
    name: str = ""
    inputs: frozenset[str] = frozenset()
    """Names of the facts that the rule looked at."""

    def as_json(self) -> dict[str, Any]:
        """The keys of the contract, with what is missing."""
        return {
            "rule": self.rule,
            "result": self.result,
            "severity": self.severity,
            "stage": self.stage,
            "message": self.message,
            "cite": self.cite,
            "document": self.document,
            "missing": list(self.missing),
        }


def blocking(findings: Iterable[Finding], *, at_evaluation: bool = False) -> tuple[Finding, ...]:
    """What stands against an application, or at its evaluation: blocking, not met or not known."""
    return tuple(
        found
        for found in findings
        if found.severity == "block"
        and found.result != "pass"
        and (found.stage == "evaluation") is at_evaluation
    )


@dataclass(frozen=True, slots=True)
class Context:
    """What the world outside the case looks like at the moment of decision."""

    programme: Programme
    calendar: Calendar
    quota_taken: int = 0
    """Approved projects of the same quota pool, this case not counted."""
    findings: tuple[Finding, ...] = ()
    call_open: bool = True
    parent: Parent | None = None
    children: tuple[Child, ...] = ()
    """The children of the case; of a child, those of its parent, itself among them."""
    packs: Mapping[str, Programme] = field(default_factory=dict)
    """The same programme in other pack versions that are on file, by "slug@version" (R-DOC-07)."""
    pack_digest: str = ""
    """Digest of the pack that the case stands on."""
    adopts: Programme | None = None
    adopts_taken: int = 0
    """Places taken by others in the pool of the programme that is adopted."""
    """The programme as it holds after the step, where the step moves the case to another version."""
    delivered: bool = False
    """Whether a letter that the last step gave rise to has gone out."""
    reminded: bool = True
    """Whether a reminder of the completion went out, or was given up as undeliverable (R-LIFE-149)."""


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """A notice or letter to prepare. The record adds the address, the ledger row and its status."""

    kind: str
    """A name of `states.notices.KINDS`, e.g. reminder, overdue, approval_letter."""
    receiver: str
    """Role that is to be told: applicant, undertaking_unit or prov_association."""
    subject: str
    letter: bool
    """A letter (公文) is held until a person releases it."""
    occurrence: str
    """What makes it unique within project, duty and kind: a history seq or an ISO date."""
    duty: tuple[str, str] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A decision to let the action pass, with everything that follows from it."""

    action: Action
    source: State
    dest: State
    rule: str
    citation_quote: str | None
    citation_document: str | None
    role: Role
    facts: Mapping[str, Any]
    """Facts to write; None removes one."""
    flags: frozenset[str]
    duties: tuple[Duty, ...]
    """Every duty of the case afterwards that is new or differs from before."""
    notices: tuple[NoticePlan, ...]
    plan_on: date | None = None
    """The next day on which a window of a recurring duty begins."""
    reverses: int | None = None
    """Seq of the history entry that this one undoes."""
    represented: str | None = None
    """Unit or expert whose step a clerk recorded (代录)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal, with every reason at once and what is allowed instead."""

    action: str
    state: State
    reasons: tuple[Reason, ...]
    allowed: tuple[Action, ...]
    forbidden: bool = False
    """True when the actor's role is what stands in the way (exit 4 instead of 3)."""


Outcome = Accepted | Refused
