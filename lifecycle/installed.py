"""Pack versions in a store: which is in force for new applications, and which a project may be moved to.

Decides whether a pack may come into force: its version is new, and no running project would be stranded by
it. Projects stay on the version they entered under until a step of their own moves them (R-DOC-07).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, insert, select

from lifecycle.cases import PACK, PROJECT
from lifecycle.models import PackCurrentRow
from lifecycle.overlay import stored
from lifecycle.people import Actor
from lifecycle.rights_log import note
from lifecycle.store import Store
from states.catalogue import Pack, Programme
from states.decision import Case
from states.errors import ConflictFault, ForbiddenFault, NotFoundFault, Reason, RefusedFault
from states.names import Action, State
from states.outcomes import COUNTED, ENDED
from states.tables import lifecycle_of, walked

CURRENT: Final = PackCurrentRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Version:
    """One programme in one version of its pack that is on file."""

    digest: str
    programme: Programme


def keep(conn: Connection, pack: Pack, at: datetime) -> None:
    """Store a resolved pack once, by its digest."""
    if conn.execute(select(PACK.c.digest).where(PACK.c.digest == pack.digest)).first() is None:
        values = {"digest": pack.digest, "slug": pack.slug, "version": pack.version}
        conn.execute(insert(PACK), {**values, "body": pack.source, "stored_at": at})


def install(conn: Connection, store: Store, actor: Actor, pack: Pack, on: date, at: datetime) -> bool:
    """Put a pack in force for new applications; false when it is in force already.

    Raises ForbiddenFault unless an administrator asks, ConflictFault for a version that was used for other
    content or is not newer, RefusedFault with the list of running projects that it would strand.
    """
    _require_admin(actor)
    held = store.catalogue.packs.get(pack.slug)
    if held is not None and held.digest == pack.digest:
        return False
    used = conn.execute(select(PACK.c.version, PACK.c.digest).where(PACK.c.slug == pack.slug)).all()
    last = max([int(row.version) for row in used] + ([int(held.version)] if held else []), default=0)
    again = any(row.digest == pack.digest for row in used)
    if int(pack.version) < last or (int(pack.version) == last and not again):
        raise ConflictFault(
            f"政策包 {pack.slug} 已有第 {last} 版，新的内容须用更高的版本号（期望 {last + 1}）"
        )
    reasons = tuple(stranded(conn, pack, on))
    if reasons:
        listed = "；".join(reason.message for reason in reasons)
        raise RefusedFault(f"启用后 {len(reasons)} 个正在进行的项目将无所适从：{listed}", reasons)
    keep(conn, pack, at)
    _set(conn, pack, actor, on, at)
    note(conn, "pack", pack.slug, {"version": pack.version, "digest": pack.digest}, by=actor, at=at)
    return True


def uninstall(conn: Connection, actor: Actor, slug: str, at: datetime) -> None:
    """Go back to the shipped pack for new applications. Raises NotFoundFault where no other is in force."""
    _require_admin(actor)
    if conn.execute(delete(CURRENT).where(CURRENT.c.slug == slug)).rowcount == 0:
        raise NotFoundFault(f"政策包 {slug} 没有启用其他版本")
    note(conn, "pack", slug, {"version": "shipped"}, by=actor, at=at)


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise ForbiddenFault(f"只有系统管理员可以启用政策包；{actor.login} 不是系统管理员。")


def _set(conn: Connection, pack: Pack, actor: Actor, on: date, at: datetime) -> None:
    conn.execute(delete(CURRENT).where(CURRENT.c.slug == pack.slug))
    values = {"slug": pack.slug, "digest": pack.digest, "version": pack.version}
    conn.execute(insert(CURRENT), {**values, "since": on, "set_by": actor.login, "at": at})


def stranded(conn: Connection, pack: Pack, on: date) -> list[Reason]:
    """Why running projects could not go on under a pack, one reason for each project or pool."""
    query = (
        select(PROJECT.c.id, PROJECT.c.programme, PROJECT.c.state, PROJECT.c.flags)
        .join(PACK, PACK.c.digest == PROJECT.c.pack_digest)
        .where(PACK.c.slug == pack.slug)
        .order_by(PROJECT.c.id)
    )
    rows = conn.execute(query).mappings().all()
    found = []
    for row in rows:
        state = State(row["state"])
        why = None if state in ENDED else _why_stranded(pack.programmes.get(row["programme"]), state, on)
        if why:
            found.append(Reason("R-DOC-07", f"{row['id']}（{state.label}）：{why}"))
    return [*found, *_overfull(rows, pack, on)]


def _why_stranded(programme: Programme | None, state: State, on: date) -> str | None:
    if programme is None:
        return "新版没有该类项目"
    managed = bool(programme.setting("management_steps", on, True))
    table = walked(lifecycle_of(programme.variant, managed), programme.without)
    return None if state in table.states else f"新版的流程（{table.label}）没有这一状态"


def _overfull(rows: Any, pack: Pack, on: date) -> list[Reason]:
    taken: dict[str, int] = {}
    for row in rows:
        programme = pack.programmes.get(row["programme"])
        if programme and State(row["state"]) in COUNTED and "absorbed" not in (row["flags"] or ()):
            taken[programme.quota_pool] = taken.get(programme.quota_pool, 0) + 1
    quotas = {one.quota_pool: one.quota_on(on) for one in pack.programmes.values() if not one.already_decided}
    return [
        Reason("R-LIFE-63", f"{pool} 已立项 {count} 项，超过新版名额 {quotas[pool]} 项")
        for pool, count in sorted(taken.items())
        if (quota := quotas.get(pool)) is not None and count > quota
    ]


def versions_of(conn: Connection, store: Store, row: RowMapping) -> Mapping[str, Version]:
    """The project's programme in every other pack version on file, by "slug@version"."""
    slug = conn.execute(select(PACK.c.slug).where(PACK.c.digest == row["pack_digest"])).scalar_one()
    found: dict[str, Version] = {}
    held = store.catalogue.packs.get(slug)
    if held is not None and row["programme"] in held.programmes:
        found[f"{slug}@{held.version}"] = Version(held.digest, held.programmes[row["programme"]])
    others = select(PACK.c.version, PACK.c.digest).where(PACK.c.slug == slug)
    for other in conn.execute(others.order_by(PACK.c.stored_at)).all():
        programme = stored(conn, other.digest).programmes.get(row["programme"])
        if programme is not None:
            found[f"{slug}@{other.version}"] = Version(other.digest, programme)
    return {name: one for name, one in found.items() if one.digest != row["pack_digest"]}


def moved(row: RowMapping, to: Version) -> dict[str, Any]:
    """The columns of a project that follow its pack."""
    one = to.programme
    return {"pack_digest": to.digest, "quota_pool": one.quota_pool, "variant": one.variant}


def changes_pack(action: Action | None, case: Case) -> bool:
    """Whether a step may move a project to another pack version, or take such a move back."""
    undone = case.steps[-1].action if action is Action.REVERSE_STEP and case.steps else None
    return action is Action.ADOPT_PACK or undone == Action.ADOPT_PACK


def pack_after(
    action: Action, case: Case, values: Mapping[str, Any], versions: Mapping[str, Version]
) -> Version | None:
    """The version that a project is on after the step, if the step changes it."""
    if action is Action.ADOPT_PACK:
        return versions.get(str(values.get("project.pack") or ""))
    if changes_pack(action, case):
        before = case.facts.get("project.pack_before")
        found = next((one for one in versions.values() if one.digest == before), None)
        if found is None:
            raise ConflictFault(f"项目 {case.id} 原来所用的政策包版本不在库中，不能撤销改用新版")
        return found
    return None
