"""What the flow dashboard shows of a season and of a review round in Chinese. Only words and rows of tables.

What is told is read from the record; nothing is decided or changed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.campaign_reports import Rows, confirm_command
from flows.reports import cell, state_label
from lifecycle.campaign_plan import Manifest
from lifecycle.review_rounds import Candidate, ReviewStanding
from lifecycle.seasons import SeasonStanding
from states.seasons import Season

NAMED_AT_MOST = 5
"""Projects that one message names."""
SHOWN_AT_MOST = 500
"""Rows of one table; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A campaign that a season has begun, or why there is none."""

    programme: str
    """Its title."""
    manifest: Manifest | None
    link: str
    told: str
    """How it stands, or the fault."""


def season_name(season: str, where: str, year: int, count: int) -> str:
    """How the run is called: season, programme, year, count."""
    return f"{season} · {where} · {year} 年度 · {count} 项"


def season_report(
    season: Season,
    standings: Sequence[SeasonStanding],
    begun: Sequence[Begun],
    heading: str,
    links: Sequence[str],
) -> str:
    """Where the programmes stand, what was begun, and how many papers are missing."""
    lines = [
        f"# {heading}",
        "",
        f"依据 {season.rule}；操作“{season.opens.label}”。日期为建议日期的，到日即可开展，不计逾期。",
        "",
        "| 项目类别 | 可开展 | 未到建议日期 | 正在进行 | 已办过或中止 | 材料未齐 |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {cell(one.title)} | {len(one.ready)} | {len(one.early)} | {one.under_way} | {one.past} "
        f"| {len(one.missing)} |"
        for one in standings
    ]
    return "\n".join([*lines, *begun_lines(begun), "", "　".join(links)])


def begun_lines(begun: Sequence[Begun]) -> list[str]:
    """The campaigns that were begun, each with its run and what is to be done next."""
    if not begun:
        return []
    lines = ["", "| 批量办理 | 名单 | 预计不能办理 | 情况 | 下一步 |", "|---|---|---|---|---|"]
    for one in begun:
        if one.manifest is None or one.manifest.id is None:
            lines.append(f"| {cell(one.programme)} | — | — | {cell(one.told)} | — |")
            continue
        todo = f"`{confirm_command(one.manifest.id, one.manifest.total)}`" if one.told == DRAFTED else "—"
        lines.append(
            f"| {one.link} | {one.manifest.total} | {len(one.manifest.refused)} | {cell(one.told)} | {todo} |"
        )
    return lines


DRAFTED = "待确认"


def missing_rows(standings: Sequence[SeasonStanding]) -> Rows:
    """Which papers of which units are missing."""
    rows: Rows = [
        {
            "项目": one.project,
            "名称": one.title,
            "单位": one.unit,
            "状态": one.state.label,
            "缺少的材料": "、".join(one.papers),
        }
        for standing in standings
        for one in standing.missing
    ]
    return rows[:SHOWN_AT_MOST]


def early_rows(standings: Sequence[SeasonStanding]) -> Rows:
    """The projects whose suggested day is still to come."""
    rows: Rows = [
        {"项目": project, "项目类别": standing.title, "建议日期": day.isoformat()}
        for standing in standings
        for project, day in standing.early
    ]
    return rows[:SHOWN_AT_MOST]


def review_report(
    standings: Sequence[ReviewStanding], begun: Sequence[Begun], heading: str, links: Sequence[str]
) -> str:
    """Candidates against places, what lacks a record or a score, and the lists that were begun."""
    lines = [
        f"# {heading}",
        "",
        "评分尚未由系统汇总：入选名单由人员给出，得分随评审立项逐项登记。",
        "",
        "| 项目类别 | 尚未到评审 | 待评审或决定 | 材料未齐 | 未登记得分 | 名额 | 已用 | 尚余 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_review_row(one) for one in standings]
    return "\n".join([*lines, *_over(standings, begun), *begun_lines(begun), "", "　".join(links)])


def _review_row(one: ReviewStanding) -> str:
    before = "、".join(f"{state_label(state)} {count}" for state, count in one.before.items()) or "0"
    lacking = sum(1 for each in one.candidates if each.lacks)
    unscored = sum(1 for each in one.candidates if each.score is None)
    quota, free = ("文件未载明" if n is None else str(n) for n in (one.quota, one.free))
    return (
        f"| {cell(one.title)} | {before} | {len(one.candidates)} | {lacking} | {unscored} "
        f"| {quota} | {one.taken} | {free} |"
    )


def _over(standings: Sequence[ReviewStanding], begun: Sequence[Begun]) -> list[str]:
    """A word on lists that are longer than the places that are left; the record refuses what is too much."""
    free = {one.title: one.free for one in standings}
    told = []
    for one in begun:
        places = free.get(one.programme)
        if one.manifest is not None and one.manifest.action.value in TAKING and places is not None:
            count = one.manifest.total
            words = f"入选 {count} 项，名额尚余 {places}，多出的 {count - places} 项将不予办理。"
            told += [f"- {one.programme}：{words}"] if count > places else []
    return ["", *told] if told else []


TAKING = ("review_select", "chair_pass")
"""Steps that take a place of the quota."""


def candidate_rows(standings: Sequence[ReviewStanding]) -> Rows:
    """The candidates, each with what it lacks and its score."""
    return [_candidate(standing.title, one) for standing in standings for one in standing.candidates][
        :SHOWN_AT_MOST
    ]


def _candidate(title: str, one: Candidate) -> dict[str, str | int]:
    return {
        "项目": one.project,
        "名称": one.title,
        "项目类别": title,
        "单位": one.unit,
        "状态": one.state.label,
        "缺少的材料": "、".join(one.lacks) or "—",
        "得分": one.score or "未登记",
    }
