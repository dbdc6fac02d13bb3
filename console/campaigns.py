"""Commands about campaigns: preview, draft, confirm, run, show, cancel, undo.

Shows progress, stops between two chunks when asked to, and says how to go on. What becomes of a project is
decided in the core; which chunks are left is asked of the record.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from console.bulk import Stop, counting, progress, stopping
from console.campaign_screens import SHORT, show_campaign, show_campaigns, show_manifest
from console.command import command, new_group, take
from console.options import parse_materials, parse_size, parse_values, parse_whole
from console.output import Answer, say
from console.session import Session
from console.trigger import Document, Key, Materials, Reason, Values, Where
from states.errors import RefusedFault, UsageFault, whole_fault

if TYPE_CHECKING:
    from lifecycle.campaign_plan import Campaign, CampaignPlan, Manifest
    from lifecycle.campaigns import Campaigns
    from lifecycle.people import Actor

LOOK_AGAIN: Final = 0.5
"""Seconds between two looks at a campaign that a flow run is doing."""
PATIENCE: Final = 20.0
"""Seconds without progress after which it is done here too: both are safe."""
LISTED: Final = 50

Which = Annotated[str, typer.Argument(metavar="ID", help="批量办理的编号（可只写开头几位）")]
What = Annotated[str, typer.Argument(metavar="ACTION", help="操作代码或中文名称")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="项目编号")]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="这次批量办理的名称")]
Limit = Annotated[
    str | None, typer.Option("--limit", metavar="N", help="最多列出多少个未办理的项目，默认 50")
]

# fmt: off
MEANING: Final = (("ids", Ids), ("where", Where), ("material", Materials), ("values", Values))
SAYING: Final = (("reason", Reason), ("document", Document), ("title", Title))
ONCE: Final = (("key", Key),)
# fmt: on


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    campaigns = new_group(listing=list_campaigns)
    command(campaigns, "preview", help="预览：哪些项目可以办理，哪些不能及原因；不写入")(preview)
    command(campaigns, "draft", help="起草：确定名单并留存，待确认；不改动任何项目")(draft)
    command(campaigns, "confirm", help="确认一份名单，写明项目数；达到规定数目的由另一人确认")(confirm)
    command(campaigns, "run", help="分批办理已确认的名单；中断后再次执行即从中断处接续")(run)
    command(campaigns, "show", help="查看一次批量办理：名单、进度、未办理的项目及原因")(show)
    command(campaigns, "cancel", help="取消草稿，或取消其余未办理的部分")(cancel)
    command(campaigns, "undo", help="起草整批撤销，由他人办理；其后另有记录的项目除外")(undo)
    root.add_typer(campaigns, name="campaigns")


def list_campaigns(session: Session) -> Answer:
    """The latest campaigns."""
    from lifecycle.campaign_view import listed

    with session.reading() as conn:
        found = listed(conn, session.actor, LISTED)
    return Answer({"campaigns": found}, lambda on: show_campaigns(on, found))


def preview(session: Session, action: What, **given: Any) -> Answer:
    """What a campaign would do."""
    session.actor.require_hand()
    return _manifest(_plan(session, action, given), session, session.app.campaigns.preview)


def draft(session: Session, action: What, **given: Any) -> Answer:
    """Freeze a list and keep what is to be done with it."""
    session.actor.require_hand()
    return _manifest(_plan(session, action, given), session, session.app.campaigns.draft)


def confirm(
    session: Session,
    campaign: Which,
    count: Annotated[str | None, typer.Option("--count", metavar="N", help="所确认的项目数")] = None,
) -> Answer:
    """Let a draft be carried out."""
    session.actor.require_hand()
    wanted = parse_whole(count, "--count")
    if wanted is None:
        raise UsageFault("缺少 --count：确认时须写明名单的项目数。")
    found = session.app.campaigns.confirm(session.actor, campaign, wanted, session.on)
    return _standing(found)


def run(session: Session, campaign: Which) -> Answer:
    """Do what is left of a campaign, chunk by chunk."""
    from lifecycle.campaign_plan import CampaignStatus
    from lifecycle.campaign_view import visible

    session.actor.require_hand()
    with session.reading() as conn:
        found = visible(conn, session.actor, campaign)
    if found.status in (CampaignStatus.DRAFT, CampaignStatus.CANCELLED):
        how = f"lifecycle campaigns confirm {found.id[:SHORT]} --count {found.total}"
        first = f"；先确认：{how}" if found.status is CampaignStatus.DRAFT else "。"
        raise RefusedFault(f"批量办理“{found.title}”{found.status.label}，不能办理{first}")
    door = session.app.campaigns
    if door.pending_chunks(found.id):
        with stopping() as stop, progress(found.total, found.title) as advance:
            _carry_out(door, found, stop, advance)
    if door.pending_chunks(found.id):
        left = door.find(found.id)
        say(f"已停止：办理了 {left.handled}/{left.total} 个项目。")
        say(f"接着办理：lifecycle campaigns run {found.id[:SHORT]}")
        raise KeyboardInterrupt
    return _outcome(session, found.id, LISTED, ended=True)


def show(session: Session, campaign: Which, limit: Limit = None) -> Answer:
    """One campaign with what became of its projects."""
    return _outcome(session, campaign, parse_size(limit, "--limit") or LISTED, ended=False)


def cancel(session: Session, campaign: Which) -> Answer:
    """Give up a draft or what is left of a campaign."""
    session.actor.require_hand()
    return _standing(session.app.campaigns.cancel(session.actor, campaign))


def undo(
    session: Session,
    campaign: Which,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    **given: Any,
) -> Answer:
    """Draft the undo of a campaign."""
    from lifecycle.campaign_plan import CampaignPlan

    session.actor.require_hand()
    if not (given["reason"] or "").strip():
        raise UsageFault("缺少 --reason：撤销须写明理由。")
    door = session.app.campaigns

    def judged(actor: Actor, plan: CampaignPlan, advance: Callable[[int, int], None]) -> Manifest:
        return door.undo(actor, campaign, plan, advance, dry_run=dry_run)

    return _manifest(CampaignPlan("", session.on, **given), session, judged)


take(preview, MEANING, SAYING)
take(draft, MEANING, SAYING, ONCE)
take(undo, SAYING, ONCE)


def _plan(session: Session, action: str, given: dict[str, Any]) -> CampaignPlan:
    from lifecycle.campaign_plan import CampaignPlan
    from lifecycle.commands import parse_action
    from lifecycle.selecting import parse_where

    return CampaignPlan(
        action=str(parse_action(action)),
        on=session.on,
        ids=tuple(given["ids"] or ()),
        where=parse_where(session.catalogue, given["where"] or ()),
        materials=parse_materials(given["material"] or []),
        values=parse_values(given["values"] or []),
        reason=given["reason"],
        document=given["document"],
        title=given["title"],
        key=given.get("key"),
    )


def _manifest(plan: CampaignPlan, session: Session, judged: Callable[..., Manifest]) -> Answer:
    """A manifest. Of one that was only tried the status tells whether all could be done."""
    from lifecycle.campaign_view import manifest_json
    from lifecycle.commands import as_fault

    with counting("核对名单") as advance:
        manifest = judged(session.actor, plan, advance)
    told = manifest_json(manifest)
    tried = manifest.id is None
    fault = whole_fault([as_fault(one) for one in manifest.refused], manifest.total) if tried else None
    status = session.app.campaigns.find(manifest.id).status if manifest.id and manifest.known else None
    return Answer(told, lambda on: show_manifest(on, told, status), fault)


def _carry_out(door: Campaigns, found: Campaign, stop: Stop, advance: Callable[[int], None] | None) -> None:
    """Chunk after chunk until none is left or a stop is asked for; what a flow run does is only looked at."""
    seen, since, told = found.handled, time.monotonic(), False
    while (pending := door.pending_chunks(found.id)) and not stop.asked:
        if door.worked_on(found.id) and time.monotonic() - since < PATIENCE:
            if not told:
                say("守护进程正在办理，这里只显示进度。")
            told = True
            time.sleep(LOOK_AGAIN)
        else:
            door.run_chunk(found.id, pending[0])
        handled = door.find(found.id).handled
        if handled != seen:
            seen, since = handled, time.monotonic()
        if advance is not None:
            advance(handled)


def _standing(found: Campaign) -> Answer:
    from lifecycle.campaign_view import campaign_json

    told = campaign_json(found)
    return Answer(told, lambda on: show_campaign(on, told))


def _outcome(session: Session, campaign: str, at_most: int, *, ended: bool) -> Answer:
    """A campaign with its refusals; the status of one that was run tells of them."""
    from lifecycle.campaign_view import shown

    with session.reading() as conn:
        told = shown(conn, session.actor, campaign, at_most)
    fault = None
    if ended and told["refused_count"]:
        fault = RefusedFault(f"共 {told['count']} 项，{told['refused_count']} 项未办理，原因已列出。")
    return Answer(told, lambda on: show_campaign(on, told), fault)
