"""The tables of people and units: who they are, what they may do, what was verified of them.

Rows are dumb, like those of `lifecycle.models`. The trail of rights is append-only by trigger.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from lifecycle.base import Base, Moment


class PersonRow(Base, table=True):
    """Somebody who acts."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    email: str | None = None
    phone: str | None = None
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    active: bool = True


class GrantRow(Base, table=True):
    """A role held by a person in one province ("*": all)."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "province"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    role: str
    province: str = "*"
    granted_by: str
    granted_at: datetime = Field(sa_type=Moment)


class DelegationRow(Base, table=True):
    """A right to stand in for another person for a stated time (代办)."""

    __tablename__ = "delegation"

    id: int | None = Field(default=None, primary_key=True)
    principal_id: int = Field(foreign_key="person.id")
    delegate_id: int = Field(foreign_key="person.id")
    from_on: date
    to_on: date
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Moment)


class UnitRow(Base, table=True):
    """The register of units, verified once. `normal_name` is made by `states.facts.normal_name`."""

    __tablename__ = "unit"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    normal_name: str = Field(unique=True)
    kind: str
    region: str | None = None
    host: str | None = None
    email: str | None = None
    phone: str | None = None
    superior_id: int | None = Field(default=None, foreign_key="unit.id")


class UnitFactRow(Base, table=True):
    """A verified fact of a unit: who checked what, when."""

    __tablename__ = "unit_fact"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    name: str
    value: Any = Field(default=None, sa_column=Column(JSON))
    verified_by: str
    verified_on: date
    basis: str | None = None


class RightsLogRow(Base, table=True):
    """Who gave or took which right and verified what of a unit. Never updated or deleted (triggers)."""

    __tablename__ = "rights_log"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment)
    actor: str
    stood_in_by: str | None = None
    what: str
    subject: str
    details: Any = Field(default=None, sa_column=Column(JSON))
