"""What the flow dashboard shows of a campaign in Chinese: its name and tags, the manifest, the outcome.

Only words and rows of tables. What is told is read from the record; nothing is decided or changed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flows.reports import cell, state_label
from lifecycle.campaign_plan import CampaignOutcome, Group, Manifest
from lifecycle.requests import Declined
from states.catalogue import Catalogue
from states.names import Action

Rows = list[dict[str, str | int]]

SHOWN_AT_MOST = 200
"""Refused projects in one table; the rest is counted."""
SHORT = 12
"""Letters of a campaign's id that tell it from the others on a command line."""


def campaign_name(action: Action, groups: Sequence[Group], total: int, catalogue: Catalogue) -> str:
    """How the run is called: action, programme, count."""
    slugs = {group.programme for group in groups if group.programme}
    (only,) = slugs if len(slugs) == 1 else ("",)
    found = catalogue.programmes.get(only)
    where = found.title if found else only or f"{len(slugs)} 个项目类别"
    return f"{action.label} · {where} · {total} 项"


def campaign_tags(campaign_id: str, groups: Sequence[Group], *, carries_out: bool = True) -> list[str]:
    """The tags that are known before the first chunk; those of the states reached come afterwards.

    A command has one run that is tagged with it: the one that carries it out. Others draft, or look on.
    """
    slugs = sorted({group.programme for group in groups if group.programme})
    command = [f"command:{campaign_id}"] if carries_out else []
    return [*(f"programme:{slug}" for slug in slugs), *command, f"campaign:{campaign_id}"]


def outcome_tags(outcome: CampaignOutcome) -> list[str]:
    """One tag for each state that was reached."""
    return sorted({f"state:{dest}" for _, dest, _ in outcome.moves})


def confirm_command(campaign_id: str, total: int) -> str:
    """What a person types to let a draft be carried out."""
    return f"lifecycle campaigns confirm {campaign_id[:SHORT]} --count {total}"


def manifest_report(manifest: Manifest, catalogue: Catalogue, links: Sequence[str]) -> str:
    """What would be done, before anything is; with how to confirm it."""
    assert manifest.id is not None  # noqa: S101 - it was drafted
    who = "由另一人确认（起草人不能自己确认）" if manifest.second else "核对名单后确认"
    lines = [
        f"# 待确认：{manifest.title}",
        "",
        f"操作：{manifest.action.label}。名单 {manifest.total} 项，预计不能办理 {len(manifest.refused)} 项。",
        "",
        f"尚未改动任何项目。请{who}：",
        "",
        "```",
        confirm_command(manifest.id, manifest.total),
        "```",
        "",
        f"查看名单：`lifecycle campaigns show {manifest.id[:SHORT]}`。名单指纹 `{manifest.digest}`。",
        "",
        *_groups(manifest.groups, catalogue),
        *_why(manifest.refused),
    ]
    return "\n".join([*lines, *_linked(links)])


def outcome_report(outcome: CampaignOutcome, catalogue: Catalogue, links: Sequence[str]) -> str:
    """What became of the projects so far, by states and by reasons."""
    found = outcome.campaign
    confirmed = f"，确认人 {found.confirmed_by}" if found.confirmed_by else ""
    counts = f"名单 {found.total} 项，办理 {found.done} 项，未办理 {found.refused} 项"
    chunks = f"共 {found.chunks} 批，已完成 {found.chunks_done} 批"
    lines = [
        f"# {found.title}",
        "",
        f"{found.action.label}（{found.status.label}）：{counts}；{chunks}。",
        "",
        f"业务日期 {found.on.isoformat()}，起草人 {found.actor}{confirmed}。",
        "",
        *_groups(found.groups, catalogue),
    ]
    if outcome.reasons:
        lines += ["", "| 未办理的原因 | 项数 |", "|---|---|"]
        lines += [f"| {cell(message)} | {count} |" for _, message, count in outcome.reasons]
    return "\n".join([*lines, *_linked(links)])


def move_rows(outcome: CampaignOutcome) -> Rows:
    """How many projects went from where to where."""
    return [
        {"原状态": state_label(source), "现状态": state_label(dest), "项数": count}
        for source, dest, count in outcome.moves
    ]


def refused_rows(refused: Sequence[Declined]) -> Rows:
    """The refused projects, each with every reason and its clause."""
    return [
        {
            "项目": one.id,
            "原因": "；".join(reason.message for reason in one.reasons) or one.message,
            "依据": "；".join(
                " ".join(filter(None, (reason.rule, reason.cite, reason.document))) for reason in one.reasons
            ),
        }
        for one in refused[:SHOWN_AT_MOST]
    ]


def _groups(groups: Sequence[Group], catalogue: Catalogue) -> list[str]:
    rows = ["| 项目类别 | 状态 | 项数 | 预计不能办理 |", "|---|---|---|---|"]
    for group in groups:
        found = catalogue.programmes.get(group.programme)
        title = found.title if found else group.programme or "（没有这一编号的项目）"
        rows.append(f"| {cell(title)} | {state_label(group.state)} | {group.total} | {group.refused} |")
    return rows


def _why(refused: Sequence[Declined]) -> list[str]:
    counted = Counter(
        message
        for one in refused
        for message in ([reason.message for reason in one.reasons] or [one.message])
    )
    if not counted:
        return []
    rows = [f"| {cell(message)} | {count} |" for message, count in counted.most_common()]
    return ["", "| 预计不能办理的原因 | 项数 |", "|---|---|", *rows]


def _linked(links: Sequence[str]) -> list[str]:
    return ["", "　".join(links)] if links else []
