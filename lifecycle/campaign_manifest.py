"""The manifest of a campaign: what would be done with each project of the list, and what refused. Reads only.

Each project is judged by the same decision as a dry run of the single step; the list is read in parts, so
that a hundred thousand projects need no more memory than their ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.exc import SQLAlchemyError

from lifecycle.campaign_plan import CHUNK, CampaignStatus, Group, Manifest
from lifecycle.campaign_rows import ITEM, declined_of, declined_values
from lifecycle.cases import PROJECT
from lifecycle.loading import Loaded, load_cases
from lifecycle.refusals import broken_by, declined_by, require_own
from lifecycle.requests import Declined
from lifecycle.stepping import Asked, judge
from lifecycle.store import Store
from states.errors import ConflictFault, LifecycleError, NotFoundFault
from states.names import Action

Progress = Callable[[int, int], None] | None
"""Called with how many projects are judged, and of how many."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A manifest with everything that is kept of it."""

    manifest: Manifest
    asked: Asked
    body: Mapping[str, Any]
    found: Sequence[Foreseen]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One project of the list as it is now, and the refusal that is foreseen for it."""

    id: str
    programme: str | None
    state: str | None
    declined: Declined | None
    undone_seq: int | None = None
    """The entry that an undo takes back."""


def foresee(
    conn: Connection,
    store: Store,
    asked: Asked,
    ids: Sequence[str],
    undone: Mapping[str, int],
    progress: Progress = None,
) -> Iterator[Foreseen]:
    """Every project of the list with what would become of it, in the order of the list."""
    known: dict[tuple[Any, ...], Declined] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = conn.execute(select(PROJECT).where(PROJECT.c.id.in_(part))).mappings()
        found = {row["id"]: row for row in rows}
        loaded = load_cases(conn, store, list(found.values()))
        for project_id in part:
            row = found.get(project_id)
            declined = _declined(conn, store, asked, project_id, row, loaded.get(project_id))
            if declined is not None:  # alike refusals share their reasons: most of a list are alike
                alike = known.setdefault((declined.code, declined.message, declined.reasons), declined)
                declined = replace(alike, id=project_id)
            programme, state = (row["programme"], row["state"]) if row else (None, None)
            yield Foreseen(project_id, programme, state, declined, undone.get(project_id))
        if progress is not None:
            progress(start + len(part), len(ids))


def _declined(
    conn: Connection,
    store: Store,
    asked: Asked,
    project_id: str,
    row: RowMapping | None,
    loaded: Loaded | None,
) -> Declined | None:
    if row is None:
        return declined_by(project_id, NotFoundFault(f"没有编号为 {project_id} 的项目"))
    try:
        require_own(conn, asked.actor, project_id)
        judge(conn, store, asked, row, write=False, loaded=loaded)
    except LifecycleError as fault:
        return declined_by(project_id, fault)
    except SQLAlchemyError:
        raise
    except Exception as fault:  # noqa: BLE001 - one row that cannot be read must not keep a list from being told
        return broken_by(project_id, fault)
    return None


def groups_of(found: Sequence[Foreseen]) -> tuple[Group, ...]:
    """The list by programme and state, with how many of each would be refused."""
    total = Counter((one.programme or "", one.state or "") for one in found)
    refused = Counter((one.programme or "", one.state or "") for one in found if one.declined)
    return tuple(Group(*key, count, refused[key]) for key, count in sorted(total.items()))


def kept_values(drafted: Drafted) -> dict[str, Any]:
    """The columns of a draft that follow from its manifest."""
    told, asked = drafted.manifest, drafted.asked
    return {
        "id": asked.command_id,
        "action": str(told.action),
        "title": told.title,
        "body": dict(drafted.body),
        "on": asked.on,
        "at": asked.at,
        "actor": asked.actor.login,
        "stood_in_by": asked.actor.stood_in_by,
        "manifest": told.digest,
        "total": told.total,
        "foreseen": len(told.refused),
        "groups": [group.as_json() for group in told.groups],
        "left_out": [{"id": one.id, **declined_values(one)} for one in told.left_out],
        "second": told.second,
        "status": str(CampaignStatus.DRAFT),
    }


def item_values(one: Foreseen) -> dict[str, Any]:
    """The columns of one project of the list."""
    return {
        "project_id": one.id,
        "programme": one.programme,
        "state": one.state,
        "undone_seq": one.undone_seq,
        "foreseen": declined_values(one.declined) if one.declined else None,
    }


def kept_manifest(conn: Connection, row: RowMapping, mark: str) -> Manifest:
    """The manifest that was kept under a key; ConflictFault where the key stood for something else."""
    if row["fingerprint"] != mark:
        raise ConflictFault("这个幂等键（--key）已用于另一次批量办理，请换一个")
    return manifest_of(conn, row)


def manifest_of(conn: Connection, row: RowMapping) -> Manifest:
    """The manifest of a campaign as it was drafted."""
    query = select(ITEM.c.project_id, ITEM.c.foreseen).where(ITEM.c.campaign_id == row["id"])
    items = conn.execute(query.order_by(ITEM.c.position)).all()
    return Manifest(
        id=row["id"],
        action=Action(row["action"]),
        title=row["title"],
        ids=tuple(item.project_id for item in items),
        digest=row["manifest"],
        groups=tuple(Group(**one) for one in row["groups"]),
        refused=tuple(declined_of(item.project_id, item.foreseen) for item in items if item.foreseen),
        left_out=tuple(declined_of(one["id"], one) for one in row["left_out"]),
        second=row["second"],
        known=True,
    )
