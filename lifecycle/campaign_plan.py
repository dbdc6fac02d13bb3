"""What the doors ask of campaigns, and what they are answered: plan, manifest, standing, chunk, outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from lifecycle.archive import Archived
from lifecycle.requests import Declined
from states.guards.certainty import FINAL
from states.names import Action, Labelled

CHUNK: Final = 500
"""Projects of one chunk: one transaction, one task of the flow."""

GRAVE: Final = FINAL - {Action.START}
"""Steps that take a standing away for good: a second person confirms them however few the projects are."""


class CampaignStatus(Labelled):
    """How far a campaign is."""

    DRAFT = "draft", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RUNNING = "running", "办理中"
    DONE = "done", "已办结"
    CANCELLED = "cancelled", "已取消"
    UNDONE = "undone", "已撤销"


OPEN: Final = (CampaignStatus.CONFIRMED, CampaignStatus.RUNNING)
"""Standings in which chunks are done."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """One action on many projects, as asked for at a door (values still text)."""

    action: str
    on: date
    ids: tuple[str, ...] = ()
    where: tuple[tuple[str | None, str | None], ...] = ()
    """State and programme by their codes, either of which may be None."""
    reason: str | None = None
    document: str | None = None
    """NUMBER@DATE."""
    materials: tuple[tuple[str, str | Archived], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    title: str | None = None
    key: str | None = None
    chunk_size: int = CHUNK


@dataclass(frozen=True, slots=True)
class Group:
    """How many projects of one programme are in one state, and how many of them would be refused.

    Programme and state are empty for ids that no project has.
    """

    programme: str
    state: str
    total: int
    refused: int

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a campaign would do, told before anything is done; `id` only where it was drafted."""

    id: str | None
    action: Action
    title: str
    ids: tuple[str, ...]
    digest: str
    groups: tuple[Group, ...]
    refused: tuple[Declined, ...]
    left_out: tuple[Declined, ...] = ()
    """Projects of a campaign that its undo cannot take back, with why."""
    second: bool = False
    """Whether another person has to confirm."""
    known: bool = False
    """Whether this was drafted before under the same key."""

    @property
    def total(self) -> int:
        """How many projects are on the list."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign as it stands; a frozen copy, never a live row."""

    id: str
    action: Action
    title: str
    status: CampaignStatus
    body: Mapping[str, Any]
    on: date
    at: datetime
    actor: str
    stood_in_by: str | None
    digest: str
    total: int
    foreseen: int
    """How many refusals the manifest foresaw."""
    groups: tuple[Group, ...]
    chunk_size: int
    second: bool
    confirmed_by: str | None
    confirmed_at: datetime | None
    finished_at: datetime | None
    undoes: str | None
    done: int
    refused: int
    chunks_done: int

    @property
    def chunks(self) -> int:
        """How many chunks there are, numbered from 0."""
        return -(-self.total // self.chunk_size)

    @property
    def handled(self) -> int:
        """On how many projects it was decided."""
        return self.done + self.refused

    @property
    def programmes(self) -> tuple[str, ...]:
        """The programmes of its projects, in order."""
        return tuple(dict.fromkeys(group.programme for group in self.groups if group.programme))

    @property
    def states(self) -> tuple[str, ...]:
        """The states that its projects had at the manifest, in order."""
        return tuple(dict.fromkeys(group.state for group in self.groups if group.state))


@dataclass(frozen=True, slots=True)
class ChunkDone:
    """A chunk that is done, now or before."""

    campaign: str
    number: int
    done: int
    refused: int
    status: CampaignStatus
    """How the campaign stands after it."""
    known: bool = False
    """Whether it had been done before."""


@dataclass(frozen=True, slots=True)
class CampaignOutcome:
    """What became of the projects of a campaign so far."""

    campaign: Campaign
    moves: tuple[tuple[str, str, int], ...]
    """From state, to state, how many."""
    reasons: tuple[tuple[str, str, int], ...]
    """Code and message of the refusals, how many, the most frequent first."""
    refused: tuple[Declined, ...]
    """The refused projects in the order of the list, as many as were asked for."""
