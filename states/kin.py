"""What relatives know of each other: a child its parent, a parent (or a check) its children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from states.names import State


@dataclass(frozen=True, slots=True)
class Parent:
    """What a child needs to know of its parent project."""

    id: str
    state: State
    started: bool
    kinds: tuple[str, ...] = ()
    """The kinds of children that the parent's programme asks for, as slugs of lines (R-ELIG-27)."""
    conclusion: Mapping[str, Any] = field(default_factory=dict)
    """How the parent was evaluated: the facts that its absorbed children keep (R-LIFE-131)."""


@dataclass(frozen=True, slots=True)
class Child:
    """What a parent, or a check, needs to know of one child project."""

    id: str
    programme: str
    lines: tuple[str, ...]
    """Slugs of its programme and of every line above it."""
    state: State
    marked: bool
