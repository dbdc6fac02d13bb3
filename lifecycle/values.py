"""Typed facts to and from JSON columns, and from what people type.

A date is {"d": iso}, a decimal {"n": text}, an integer {"i": n} (SQLite would turn a bare JSON
number into a number of its own); the rest is JSON as it is. What leaves for the outside is plain:
ISO dates, decimals as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from states.catalogue import Programme
from states.core_facts import CORE_FACTS, fact_spec
from states.errors import BadInputFault
from states.facts import parse_fact, yuan

MAIL_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+")


def encode(value: Any) -> Any:
    """A fact as a JSON value that `decode` gives back."""
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"i": value}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {"m": {key: encode(item) for key, item in value.items()}}
    return value


def decode(value: Any) -> Any:
    """The fact behind a JSON value."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        if "d" in value:
            return date.fromisoformat(value["d"])
        if "n" in value:
            return Decimal(value["n"])
        if "i" in value:
            return int(value["i"])
        return {key: decode(item) for key, item in value["m"].items()}
    return value


def encode_all(facts: Mapping[str, Any]) -> dict[str, Any]:
    """All facts of a case."""
    return {name: encode(value) for name, value in facts.items()}


def decode_all(facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """All facts of a row."""
    return {name: decode(value) for name, value in (facts or {}).items()}


def plain(name: str, value: Any) -> Any:
    """A fact for the outside: ISO dates, decimals as text, money in yuan."""
    spec = CORE_FACTS.get(name)
    if spec is not None and spec.type == "money" and isinstance(value, int):
        return yuan(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain("", item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain("", item) for key, item in value.items()}
    return value


def parse_values(programme: Programme, values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed facts from NAME=VALUE pairs; a blank value removes the fact (None).

    Raises BadInputFault for an unknown name (with near ones), a fact named twice, a wrong type.
    """
    parsed: dict[str, Any] = {}
    for name, raw in values.items():
        spec = fact_spec(programme, name)
        if spec is None:
            raise BadInputFault(f"没有名为“{name}”的事项{_near(programme, name)}")
        if spec.name in parsed:
            raise BadInputFault(f"{spec.label}（{spec.name}）给了不止一个值，只能给一个")
        parsed[spec.name] = parse_fact(spec, raw)
    email = parsed.get("contact.email")
    if email is not None and not MAIL_ADDRESS.fullmatch(email):
        raise BadInputFault("电子邮箱（contact.email）应为一个邮箱地址，如 name@example.com")
    return parsed


def _near(programme: Programme, name: str) -> str:
    specs = {**programme.facts, **CORE_FACTS}
    words = [*specs, *(spec.label for spec in specs.values())]
    near = dict.fromkeys(get_close_matches(name, words, n=3, cutoff=0.5))
    return f"，是否指：{'、'.join(near)}" if near else ""


def canonical(value: Any) -> str:
    """One text for one value, for fingerprints and digests."""
    return json.dumps(encode(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
