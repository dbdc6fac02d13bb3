"""Campaigns: one action on many projects, drafted with a manifest, confirmed, done in chunks, undone as one.

The list is frozen and told before anything is done; a second person confirms a long one. Nothing here decides
what becomes of a project (that is the core), and nothing starts a flow: a confirmed campaign waits in the
outbox like any other command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from lifecycle import campaign_rows as rows
from lifecycle.answers import fingerprint
from lifecycle.campaign_chunks import run_chunk
from lifecycle.campaign_confirm import cancel, confirm
from lifecycle.campaign_manifest import (
    Drafted,
    Progress,
    foresee,
    groups_of,
    item_values,
    kept_manifest,
    kept_values,
    manifest_of,
)
from lifecycle.campaign_outcome import outcome_of
from lifecycle.campaign_plan import (
    CHUNK,
    GRAVE,
    OPEN,
    Campaign,
    CampaignOutcome,
    CampaignPlan,
    CampaignStatus,
    ChunkDone,
    Manifest,
)
from lifecycle.campaign_steps import last_step
from lifecycle.commands import body_of, parse_action, typed_out
from lifecycle.database import reading, transaction
from lifecycle.gate import delegate_of
from lifecycle.listing import select_ids
from lifecycle.locks import hold
from lifecycle.outbox import is_carried_out
from lifecycle.papers import document_ref, file_all
from lifecycle.people import Actor
from lifecycle.requests import Declined, Request
from lifecycle.scope import manifest as digest_of
from lifecycle.stepping import Asked
from lifecycle.store import Store
from states.errors import ConflictFault, ForbiddenFault, NotFoundFault, Reason, RefusedFault, UsageFault
from states.names import Action

SHOWN_AT_MOST = 200
"""Refused projects that an outcome lists unless more are asked for."""


class Campaigns:
    """Campaigns of one store; `clock` gives the moment of an entry."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self._clock = clock

    def preview(self, actor: Actor, plan: CampaignPlan, progress: Progress = None) -> Manifest:
        """What a campaign would do, from one unchanging view; writes nothing.

        Raises for what concerns every project alike: an unknown action, an unreadable paper, an empty list.
        """
        return self._judged(actor, plan, progress, dry_run=True).manifest

    def draft(self, actor: Actor, plan: CampaignPlan, progress: Progress = None) -> Manifest:
        """Judge every project, freeze the list and keep it; no project is touched.

        A repeated key answers with the manifest that was kept; used for something else it is a ConflictFault.
        Raises as `preview`, and ForbiddenFault for somebody who may do it with none of the projects.
        """
        actor.require_hand()
        kinds = [kind for kind, _ in plan.materials]
        mark = fingerprint("campaign", actor.login, str(parse_action(plan.action)), _scope(plan),
                           plan.reason, plan.document, typed_out(plan.values), kinds)  # fmt: skip
        if (known := self._known(plan.key, mark)) is not None:
            return known
        drafted = self._judged(actor, plan, progress, dry_run=False)
        return self._keep(drafted, plan, mark, _scope(plan))

    def undo(
        self,
        actor: Actor,
        campaign_id: str,
        plan: CampaignPlan,
        progress: Progress = None,
        *,
        dry_run: bool = False,
    ) -> Manifest:
        """Draft the undo of a campaign: `reverse_step` on exactly those projects on which it still stands.

        Of the plan count day, reason, document, key and title. Projects whose last step is another one by now
        are left out, each with why. Raises ConflictFault where nothing is left to take back.
        """
        actor.require_hand()
        with reading(self.store.engine) as conn:
            before = rows.find(conn, campaign_id)
            done = rows.done_items(conn, before.id)
            last = {one: seq for part in _parts(list(done)) for one, seq in last_step(conn, part).items()}
        mark = fingerprint("undo", actor.login, before.id, plan.reason, plan.document)
        if not dry_run and (known := self._known(plan.key, mark)) is not None:
            return known
        if before.status in (*OPEN, CampaignStatus.DRAFT):
            raise ConflictFault(f"批量办理“{before.title}”{before.status.label}，办结或取消后才能撤销。")
        if before.undoes is not None:
            raise ConflictFault(f"“{before.title}”本身是撤销，不能再撤销；要恢复，请重新办理原来的操作。")
        undone = {one: seq for one, seq in done.items() if last.get(one) == seq}
        left = tuple(_moved_on(one) for one in done if one not in undone)
        if not undone:
            raise ConflictFault(
                f"批量办理“{before.title}”没有可以撤销的项目。", left[0].reasons if left else ()
            )
        plan = replace(plan, action=str(Action.REVERSE_STEP), ids=tuple(undone), where=(),
                       title=plan.title or f"撤销：{before.title}")  # fmt: skip
        drafted = self._judged(actor, plan, progress, dry_run=dry_run, undone=undone, left=left)
        if dry_run:
            return drafted.manifest
        return self._keep(drafted, plan, mark, {"undoes": before.id}, undoes=before.id)

    def confirm(self, actor: Actor, campaign_id: str, count: int, on: date | None = None) -> Campaign:
        """Let a draft be carried out: its chunks may be done from now on, and a flow run is asked for.

        `count` is the number of projects that the person who confirms has seen; `on` his business day, which
        becomes the campaign's unless that is entered for a past day. A repeat by the same person answers
        alike. Raises RefusedFault or ForbiddenFault with every reason, ConflictFault for what is no draft.
        """
        actor.require_hand()
        with transaction(self.store.engine) as conn:
            return confirm(conn, self.store, actor, campaign_id, count, self._clock(), on)

    def cancel(self, actor: Actor, campaign_id: str) -> Campaign:
        """Give up a draft, or what is left of a campaign; what was done stays done. A repeat changes nothing.

        Raises ForbiddenFault for somebody who neither drafted nor confirmed it and could not confirm it,
        ConflictFault where it is finished.
        """
        actor.require_hand()
        with transaction(self.store.engine) as conn:
            return cancel(conn, self.store, actor, campaign_id, self._clock())

    def pending_chunks(self, campaign_id: str) -> tuple[int, ...]:
        """The numbers of the chunks that are still to be done, in order; none unless it is confirmed."""
        with reading(self.store.engine) as conn:
            found = rows.find(conn, campaign_id)
            if found.status not in OPEN:
                return ()
            done = rows.chunks_done(conn, found.id)
        return tuple(number for number in range(found.chunks) if number not in done)

    def run_chunk(self, campaign_id: str, number: int) -> ChunkDone:
        """Do one chunk in one transaction, or answer as it was answered (`lifecycle.campaign_chunks`)."""
        return run_chunk(self.store, self._clock(), campaign_id, number)

    def worked_on(self, campaign_id: str) -> bool:
        """Whether a flow run is doing it at this moment; who would do it too may as well look on."""
        with reading(self.store.engine) as conn:
            return is_carried_out(conn, campaign_id, self._clock())

    def find(self, campaign_id: str) -> Campaign:
        """A campaign by its id or the beginning of it. NotFoundFault."""
        with reading(self.store.engine) as conn:
            return rows.find(conn, campaign_id)

    def manifest(self, campaign_id: str) -> Manifest:
        """The manifest of a campaign as it was drafted. NotFoundFault."""
        with reading(self.store.engine) as conn:
            return manifest_of(conn, rows.row_of(conn, campaign_id))

    def drafted_under(self, key: str) -> Manifest | None:
        """The manifest of what was drafted under a key, whatever its list; None where nothing was."""
        with reading(self.store.engine) as conn:
            row = rows.by_key(conn, key)
            return None if row is None else manifest_of(conn, row)

    def outcome(self, campaign_id: str, at_most: int = SHOWN_AT_MOST) -> CampaignOutcome:
        """What became of the projects so far, with at most so many of the refused ones. NotFoundFault."""
        with reading(self.store.engine) as conn:
            return outcome_of(conn, rows.find(conn, campaign_id), at_most)

    def _known(self, key: str | None, mark: str) -> Manifest | None:
        if key is None:
            return None
        with reading(self.store.engine) as conn:
            row = rows.by_key(conn, key)
            return None if row is None else kept_manifest(conn, row, mark)

    def _judged(
        self,
        actor: Actor,
        plan: CampaignPlan,
        progress: Progress,
        *,
        dry_run: bool,
        undone: Mapping[str, int] = MappingProxyType({}),
        left: tuple[Declined, ...] = (),
    ) -> Drafted:
        action = parse_action(plan.action)
        filed = file_all(self.store, plan.materials, dry_run=dry_run)
        campaign_id = uuid4().hex
        request = Request(str(action), plan.ids, plan.on, plan.reason, plan.document, plan.materials,
                          plan.values, key=campaign_id)  # fmt: skip
        asked = Asked(actor, action, plan.on, self._clock(), campaign_id, plan.reason,
                      document_ref(plan.document), filed, plan.values)  # fmt: skip
        with reading(self.store.engine) as conn:
            ids = _ids(conn, actor, plan)
            found = list(foresee(conn, self.store, asked, ids, undone, progress))
            delegate = delegate_of(conn, actor)
        refused = tuple(one.declined for one in found if one.declined)
        if len(refused) == len(ids) and all(one.code == ForbiddenFault.code for one in refused):
            raise ForbiddenFault(refused[0].message, refused[0].reasons)
        least = self.store.settings.campaign_second_from
        manifest = Manifest(
            id=None if dry_run else campaign_id,
            action=action,
            title=" ".join((plan.title or "").split()) or f"{action.label}：{len(ids)} 个项目",
            ids=ids,
            digest=digest_of(ids),
            groups=groups_of(found),
            refused=refused,
            left_out=left,
            second=action in GRAVE or (bool(least) and len(ids) >= least),
        )
        return Drafted(manifest, asked, {**body_of(asked, request), "delegate": delegate}, found)

    def _keep(
        self,
        drafted: Drafted,
        plan: CampaignPlan,
        mark: str,
        scope: Mapping[str, Any],
        undoes: str | None = None,
    ) -> Manifest:
        values = {"key": plan.key, "fingerprint": mark, "scope": scope, "chunk_size": plan.chunk_size,
                  "undoes": undoes, **kept_values(drafted)}  # fmt: skip
        with transaction(self.store.engine) as conn:
            if plan.key is not None:
                hold(conn, f"key:{plan.key}")
                row = rows.by_key(conn, plan.key)
                if row is not None:
                    return kept_manifest(conn, row, mark)
            rows.add(conn, values, map(item_values, drafted.found))
        return drafted.manifest


def _ids(conn: Connection, actor: Actor, plan: CampaignPlan) -> tuple[str, ...]:
    """The frozen list: what was named, each once, or what the conditions select of what the actor sees."""
    if bool(plan.ids) == bool(plan.where):
        raise UsageFault("批量办理须写明项目编号，或按状态和项目类别选取，二者取一。")
    found = tuple(dict.fromkeys(plan.ids)) if plan.ids else tuple(select_ids(conn, plan.where, actor))
    if not found:
        raise NotFoundFault("没有符合条件的项目。")
    return found


def _scope(plan: CampaignPlan) -> dict[str, Any]:
    return {"ids": digest_of(plan.ids) if plan.ids else None, "where": [list(pair) for pair in plan.where]}


def _moved_on(project_id: str) -> Declined:
    message = "该项目在批量办理之后另有记录，不能随批次撤销"
    return Declined(project_id, RefusedFault.code, message, (Reason("R-LIFE-160", message),))


def _parts(ids: list[str]) -> Iterator[list[str]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
