"""A resolved pack as canonical JSON, and back.

Projects point to this text by its digest, so it must say everything and always the same way:
order of the pack, no spaces, dates marked as {"$day": …}. It never consults a YAML file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from states.catalogue import (
    CheckSpec,
    Citation,
    Dated,
    Document,
    DutySpec,
    FactSpec,
    MaterialSpec,
    Pack,
    Programme,
    Reading,
    Rung,
    TargetSpec,
)
from states.errors import BadInputFault

_DAY = "$day"

T = TypeVar("T")


def seal(
    slug: str,
    version: str,
    inherits: str | None,
    documents: Mapping[str, Document],
    programmes: Mapping[str, Programme],
    groups: Mapping[str, Programme],
    readings: tuple[Reading, ...],
) -> Pack:
    """The pack with its canonical source and digest."""
    body = {
        "documents": documents,
        "groups": groups,
        "inherits": inherits,
        "programmes": programmes,
        "readings": readings,
        "slug": slug,
        "version": version,
    }
    source = json.dumps(body, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return Pack(
        slug=slug,
        version=version,
        digest=sha256(source.encode()).hexdigest(),
        document=documents[slug],
        documents=documents,
        inherits=inherits,
        programmes=programmes,
        groups=groups,
        readings=readings,
        source=source,
    )


def pack_from_source(source: str) -> Pack:
    """The pack that `source` was made from. Raises BadInputFault when it is not such a text."""
    try:
        body = json.loads(source, object_hook=_revive)
        return Pack(
            slug=body["slug"],
            version=body["version"],
            digest=sha256(source.encode()).hexdigest(),
            document=_make(Document, body["documents"][body["slug"]]),
            documents={n: _make(Document, d) for n, d in body["documents"].items()},
            inherits=body["inherits"],
            programmes={n: _programme(p) for n, p in body["programmes"].items()},
            groups={n: _programme(p) for n, p in body.get("groups", {}).items()},
            readings=tuple(_cited(Reading, r) for r in body.get("readings", ())),
            source=source,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadInputFault(f"政策包留存文本无法还原（期望 由本系统存入的 JSON）：{error}") from error


def _plain(value: Any) -> dict[str, Any]:
    """A date or one of our dataclasses as JSON knows it."""
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    return {f.name: getattr(value, f.name) for f in fields(value)}


def _revive(found: dict[str, Any]) -> Any:
    return date.fromisoformat(found[_DAY]) if _DAY in found else found


def _make(kind: type[T], found: Mapping[str, Any], **replaced: Any) -> T:
    """The dataclass with lists frozen to tuples and nested values replaced; new fields have defaults."""
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}
    return kind(**{**given, **replaced})


def _cited(kind: type[T], found: Mapping[str, Any]) -> T:
    return _make(kind, found, citation=_make(Citation, found["citation"]))


def _check(found: Mapping[str, Any]) -> CheckSpec:
    params = {n: tuple(v) if isinstance(v, list) else v for n, v in found["params"].items()}
    return _make(CheckSpec, found, citation=_make(Citation, found["citation"]), params=params)


def _target(found: Mapping[str, Any]) -> TargetSpec:
    """An indicator; packs that were kept before it could bind several levels have one level, or none."""
    when = found.get("when") or ()
    return _make(
        TargetSpec,
        found,
        citation=_make(Citation, found["citation"]),
        when=(when,) if isinstance(when, str) else tuple(when),
    )


def _duty(found: Mapping[str, Any]) -> DutySpec:
    """A duty; packs that were kept before there were ladders have none."""
    ladder = tuple(_make(Rung, rung) for rung in found.get("escalate") or ())
    return _make(DutySpec, found, citation=_make(Citation, found["citation"]), escalate=ladder)


def _dated(found: Mapping[str, Any] | None) -> Dated | None:
    if found is None:
        return None
    return Dated(tuple((since, _frozen(value), _make(Citation, c)) for since, value, c in found["entries"]))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _programme(found: Mapping[str, Any]) -> Programme:
    def maybe(key: str) -> Citation | None:
        return None if found[key] is None else _make(Citation, found[key])

    return _make(
        Programme,
        found,
        document=_make(Document, found["document"]),
        citation=_make(Citation, found["citation"]),
        quota=_dated(found["quota"]),
        amount=_dated(found["amount"]),
        limit_citation=maybe("limit_citation"),
        duration_citation=maybe("duration_citation"),
        facts={n: _make(FactSpec, f) for n, f in found["facts"].items()},
        targets=tuple(_target(t) for t in found["targets"]),
        materials={n: _cited(MaterialSpec, m) for n, m in found["materials"].items()},
        checks=tuple(_check(c) for c in found["checks"]),
        duties={n: _duty(d) for n, d in found["duties"].items()},
        settings={n: _dated(s) for n, s in found["settings"].items()},
        readings=tuple(_cited(Reading, r) for r in found.get("readings", ())),
        lineage=tuple(found.get("lineage") or (found["slug"],)),
    )
