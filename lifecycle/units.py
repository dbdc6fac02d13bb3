"""The register of units: each unit once, with the facts that were verified for it.

Decides whether what a file says of a unit agrees with the register; where both speak and differ,
a person has to. It never decides whether a unit may apply.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, insert, select, update

from lifecycle.cases import PROJECT
from lifecycle.models import UnitFactRow, UnitRow
from lifecycle.people import Actor
from lifecycle.rights_log import note
from lifecycle.values import decode, encode, plain
from states.decision import Unit
from states.errors import BadInputFault, NotFoundFault
from states.facts import normal_name
from states.names import UnitKind

COMPARED: Final = {"kind": "单位类型", "region": "所在地区", "host": "依托单位"}
"""What a file and the register must agree on, with its label."""
REACHED_BY: Final = ("email", "phone")
FACT_PREFIX: Final = "unit."
OWED_BY: Final = {"unit.council_term_end", "unit.postpone_approved_until"}
"""Facts that duties count from (R-DL-31): a sweep looks again at the unit's projects when one is verified."""
FUJIAN_KINDS: Final = "fj_"
"""What the kinds of the Fujian document begin with; all others are those of Henan."""

_UNIT: Table = UnitRow.__table__  # type: ignore[attr-defined]
_FACT: Table = UnitFactRow.__table__  # type: ignore[attr-defined]


def province_of(kind: str) -> str:
    """The province whose office answers for units of a kind."""
    return "fujian" if kind.startswith(FUJIAN_KINDS) else "henan"


def find_or_register(
    conn: Connection,
    name: str,
    kind: str,
    region: str | None = None,
    host: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> int:
    """The id of a unit, registered now if it is new; blanks of the register are filled in.

    Raises BadInputFault with both values where the file contradicts the register.
    """
    given = {"kind": kind, "region": region, "host": host, "email": email, "phone": phone}
    given = {field: (value or "").strip() or None for field, value in given.items()}
    shown = " ".join(name.split())
    if not shown:
        raise BadInputFault("单位名称为空。")
    if given["kind"] not in tuple(UnitKind):
        known = "、".join(f"{one.value}（{one.label}）" for one in UnitKind)
        raise BadInputFault(f"单位“{shown}”的类型“{kind}”无法识别，应为：{known}。")
    row = conn.execute(select(_UNIT).where(_UNIT.c.normal_name == normal_name(shown))).mappings().first()
    if row is None:
        values = {"name": shown, "normal_name": normal_name(shown), **given}
        return int(conn.execute(insert(_UNIT).values(**values).returning(_UNIT.c.id)).scalar_one())
    _refuse_conflict(row, given)
    blanks = {field: value for field, value in given.items() if value and not row[field]}
    if blanks:
        conn.execute(update(_UNIT).where(_UNIT.c.id == row["id"]).values(**blanks))
    return int(row["id"])


def change_unit(
    conn: Connection, unit: Mapping[str, Any], changes: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    """Change what the register says of a unit, with a line of old and new in the trail."""
    differing = {field: value for field, value in changes.items() if unit.get(field) != value}
    if not differing:
        return
    conn.execute(update(_UNIT).where(_UNIT.c.id == unit["id"]).values(**differing))
    told = {field: {"from": unit.get(field), "to": value} for field, value in differing.items()}
    if "superior_id" in told:
        name = select(_UNIT.c.name).where(_UNIT.c.id == told.pop("superior_id")["to"])
        told["superior"] = {"from": unit.get("superior"), "to": conn.execute(name).scalar_one()}
    note(conn, "unit", unit["name"], told, by=by, at=at)


def verify_fact(
    conn: Connection, unit: int, name: str, value: Any, by: str, on: date, basis: str | None = None
) -> None:
    """Record a verified fact of a unit; a later verification takes the place of an earlier one.

    Raises NotFoundFault for an unknown unit, BadInputFault for a name that is not a unit's fact.
    """
    if not name.startswith(FACT_PREFIX) or name == FACT_PREFIX:
        raise BadInputFault(f"“{name}”不是单位事项，名称应以 {FACT_PREFIX} 开头。")
    if conn.execute(select(_UNIT.c.id).where(_UNIT.c.id == unit)).first() is None:
        raise NotFoundFault(f"单位登记簿中没有编号为 {unit} 的单位。")
    values = {"value": encode(value), "verified_by": by, "verified_on": on, "basis": basis}
    one = (_FACT.c.unit_id == unit) & (_FACT.c.name == name)
    if conn.execute(update(_FACT).where(one).values(**values)).rowcount == 0:
        conn.execute(insert(_FACT).values(unit_id=unit, name=name, **values))


def record_verification(
    conn: Connection,
    unit: Mapping[str, Any],
    facts: Mapping[str, Any],
    *,
    by: Actor,
    on: date,
    at: datetime,
    basis: str | None = None,
    secret: Collection[str] = (),
) -> None:
    """Record what an actor has verified of a unit, with a line in the trail of rights for each fact.

    The trail cannot be erased, so that it keeps no value of the `secret` (personal) facts.
    """
    for name, value in facts.items():
        verify_fact(conn, unit["id"], name, value, by.login, on, basis)
        told = {} if name in secret else {"value": plain(name, value)}
        line = {"fact": name, **told, "on": on.isoformat(), "basis": basis}
        note(conn, "verify", unit["name"], line, by=by, at=at)
    if OWED_BY & facts.keys():
        conn.execute(update(PROJECT).where(PROJECT.c.unit_id == unit["id"]).values(plan_on=on))


def same_applicant(conn: Connection, unit: Unit) -> list[int]:
    """The ids of all units that apply as the same legal body, in whatever spelling (R-ELIG-46, R-AMB-07)."""
    legal = _spellings(unit.host or unit.name)
    known = conn.execute(select(_UNIT.c.id).where(_UNIT.c.normal_name.in_(legal))).scalars().all()
    hosted = conn.execute(select(_UNIT.c.id, _UNIT.c.host).where(_UNIT.c.host.is_not(None)))
    return sorted({*known, *(row.id for row in hosted if normal_name(row.host) in legal)})


def _spellings(name: str) -> list[str]:
    """A name as it may be registered: an association's in full or short (洛阳市科协)."""
    bare = normal_name(name)
    stem = bare.removesuffix("科学技术协会").removesuffix("科协")
    return [bare] if stem == bare else [f"{stem}科协", f"{stem}科学技术协会"]


def unit_facts(conn: Connection, unit_id: int) -> dict[str, Any]:
    """The verified facts of a unit by name."""
    rows = conn.execute(
        select(_FACT.c.name, _FACT.c.value).where(_FACT.c.unit_id == unit_id).order_by(_FACT.c.name)
    )
    return {row.name: decode(row.value) for row in rows}


def refuse_contradiction(unit: str, claimed: Mapping[str, Any], verified: Mapping[str, Any]) -> None:
    """Raise BadInputFault with both values where a file claims another unit fact than was verified."""
    for name, known in verified.items():
        said = claimed.get(name)
        if said is not None and said not in ("", known):
            told = f"文件中为“{_readable(said)}”，登记簿中已核实为“{_readable(known)}”"
            raise BadInputFault(f"单位“{unit}”的“{name}”：{told}。")


def list_units(conn: Connection) -> list[dict[str, Any]]:
    """All units with their verified facts and who verified them, by name; plain values for any door."""
    units: dict[int, dict[str, Any]] = {}
    for row in conn.execute(select(_UNIT).order_by(_UNIT.c.name)).mappings():
        units[row["id"]] = {
            field: row[field] for field in ("id", "name", *COMPARED, *REACHED_BY, "superior_id")
        }
        units[row["id"]]["facts"] = {}
    for one in units.values():
        one["superior"] = units[one["superior_id"]]["name"] if one["superior_id"] else None
    for fact in conn.execute(select(_FACT).order_by(_FACT.c.name)):
        units[fact.unit_id]["facts"][fact.name] = {
            "value": plain(fact.name, decode(fact.value)),
            "by": fact.verified_by,
            "on": fact.verified_on.isoformat(),
            "basis": fact.basis,
        }
    return list(units.values())


def as_unit(row: Mapping[str, Any] | RowMapping, facts: Mapping[str, Any]) -> Unit:
    """A unit as the core knows it."""
    return Unit(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        region=row["region"],
        host=row["host"],
        facts=dict(facts),
        superior=row["superior_id"],
    )


def known_unit(conn: Connection, name: str) -> Unit | None:
    """The unit of that name with its verified facts, or None if it is not in the register."""
    row = conn.execute(select(_UNIT).where(_UNIT.c.normal_name == normal_name(name))).mappings().first()
    return None if row is None else as_unit(row, unit_facts(conn, row["id"]))


def _refuse_conflict(row: RowMapping, given: Mapping[str, str | None]) -> None:
    """Every difference between file and register at once, each with both values."""
    differences = [
        f"{label}在文件中为“{_shown(field, given[field])}”，登记簿中为“{_shown(field, row[field])}”"
        for field, label in COMPARED.items()
        if given[field] and row[field] and not _same(field, str(given[field]), row[field])
    ]
    if differences:
        raise BadInputFault(f"单位“{row['name']}”与单位登记簿不符：{'；'.join(differences)}。")


def _same(field: str, said: str, known: str) -> bool:
    """Codes are compared exactly, names without width and spaces."""
    return said == known if field == "kind" else normal_name(said) == normal_name(known)


def _shown(field: str, value: Any) -> str:
    """A value for people: a kind with its label."""
    return f"{value}（{UnitKind(value).label}）" if field == "kind" else str(value)


def _readable(value: Any) -> str:
    """The value of a fact as people write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(_readable(item) for item in value)
    if isinstance(value, Mapping):
        return "，".join(f"{name}：{_readable(item)}" for name, item in value.items())
    return str(plain("", value))
