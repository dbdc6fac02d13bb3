"""Campaigns on the screen: the list, a manifest, one campaign with its progress and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from console.output import Screen
from states.names import State

if TYPE_CHECKING:
    from lifecycle.campaign_plan import CampaignStatus

LISTED: Final = 20
"""Refused projects of a manifest that are listed with their reasons."""
SHORT: Final = 8
"""Letters of an id that are enough to name a campaign."""


def show_campaigns(on: Screen, found: Sequence[dict[str, Any]]) -> None:
    """The campaigns, one a line."""
    if not found:
        on.line("没有批量办理。")
        return
    headings = ("编号", "名称", "业务日期", "起草人", "确认人", "状态", "已办/未办理/总数")
    rows = [
        (
            one["id"][:SHORT],
            one["title"],
            one["on"],
            one["actor"],
            one["confirmed_by"],
            one["status_label"],
            f"{one['done']}/{one['refused_count']}/{one['count']}",
        )
        for one in found
    ]
    on.table(f"批量办理（{len(found)} 次）", headings, rows)


def show_manifest(on: Screen, told: dict[str, Any], status: CampaignStatus | None = None) -> None:
    """What would be done and what refused, and how to go on; `status` of a list that was kept before."""
    made = "此前已起草" if status else "已起草"
    head = f"{made}（{told['id'][:SHORT]}）" if told["id"] else "预览（未写入）"
    on.line(
        f"{head}：{told['title']}。共 {told['count']} 个项目，"
        f"可以办理 {told['possible']} 个，将不予办理 {len(told['refused'])} 个。"
    )
    on.line(f"项目名单校验值（SHA-256）：{told['manifest']}")
    _show_groups(on, told["groups"])
    _show_refused(on, told["refused"][:LISTED], "将不予办理", len(told["refused"]))
    _show_refused(on, told["left_out"][:LISTED], "不在撤销之列", len(told["left_out"]))
    if told["id"]:
        on.line(_after_draft(told, status))


def _after_draft(told: dict[str, Any], status: CampaignStatus | None) -> str:
    short = told["id"][:SHORT]
    if status is not None and status != "draft":
        return f"现在的状态：{status.label}；查看：lifecycle campaigns show {short}"
    if not told["possible"]:
        return f"名单上没有可以办理的项目；不再需要的，取消：lifecycle campaigns cancel {short}"
    who = "由另一位有同样权限的人确认" if told["second"] else "确认"
    return f"下一步，{who}：lifecycle campaigns confirm {short} --count {told['count']}"


def show_campaign(on: Screen, told: dict[str, Any]) -> None:
    """One campaign; with its outcome where that was asked for."""
    on.pairs(
        [
            ("编号", told["id"]),
            ("名称", told["title"]),
            ("操作", told["action_label"]),
            ("状态", told["status_label"]),
            ("业务日期", told["on"]),
            ("起草人", told["actor"] + (f"（{told['stood_in_by']} 代办）" if told["stood_in_by"] else "")),
            ("确认人", told["confirmed_by"] or ("待另一人确认" if told["second"] else None)),
            ("理由", told["reason"]),
            ("文号", told["document"]),
            ("撤销的批次", told["undoes"]),
            ("名单校验值", told["manifest"]),
            ("进度", _progress(told)),
        ]
    )
    if "moves" in told:
        _show_outcome(on, told)
    _show_next(on, told)


def _progress(told: dict[str, Any]) -> str:
    fates = f"已办理 {told['done']}，未办理 {told['refused_count']}，尚余 {told['left']}"
    return f"共 {told['count']} 个项目：{fates}（{told['chunks_done']}/{told['chunks']} 批）"


def _show_outcome(on: Screen, told: dict[str, Any]) -> None:
    _show_groups(on, told["groups"])
    if told["moves"]:
        moved = [(one["from_label"], one["to_label"], one["count"]) for one in told["moves"]]
        on.table("已办理", ("原状态", "现状态", "项目数"), moved)
    if told["reasons"]:
        why = [(one["message"], one["count"]) for one in told["reasons"]]
        on.table("未办理的原因", ("原因", "项目数"), why)
    _show_refused(on, told["refused"], "未办理", told["refused_count"])
    _show_refused(on, told["left_out"][:LISTED], "不在撤销之列", len(told["left_out"]))


def _show_groups(on: Screen, groups: Sequence[dict[str, Any]]) -> None:
    rows = [
        (
            one["programme"] or "（没有这一编号）",
            State(one["state"]).label if one["state"] else "",
            one["total"],
            one["total"] - one["refused"],
            one["refused"],
        )
        for one in groups
    ]
    on.table("名单", ("项目类别", "状态", "项目数", "可以办理", "将不予办理"), rows)


def _show_refused(on: Screen, refused: Sequence[dict[str, Any]], verb: str, count: int) -> None:
    for one in refused:
        on.line(f"{verb}：{one['id']}（{one['code']}）{'；'.join(r['message'] for r in one['reasons'])}")
    if len(refused) < count:
        on.line(f"……共 {count} 个{verb}。")


def _show_next(on: Screen, told: dict[str, Any]) -> None:
    short = told["id"][:SHORT]
    following = {
        "draft": f"下一步，确认：lifecycle campaigns confirm {short} --count {told['count']}",
        "confirmed": f"将由守护进程办理；也可现在办理：lifecycle campaigns run {short}",
        "running": f"将由守护进程接着办理；也可现在办理：lifecycle campaigns run {short}",
        "done": f"要整批撤销，由他人起草：lifecycle campaigns undo {short} --reason 理由",
    }
    if told["status"] in following and not (told["undoes"] and told["status"] == "done"):
        on.line(following[told["status"]])
