"""What the flow dashboard shows of one programme and year in Chinese. Only words and rows of tables.

What is told is read from the record; nothing is decided or changed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flows.campaign_reports import Rows
from flows.season_reports import Begun, begun_lines
from lifecycle.programme_years import StageStanding, YearStanding
from lifecycle.review_rounds import ReviewStanding
from lifecycle.seasons import SeasonStanding
from states.names import State


@dataclass(frozen=True, slots=True)
class Year:
    """Everything that is told of a programme and year."""

    standing: YearStanding
    review: ReviewStanding | None
    seasons: Mapping[str, SeasonStanding]


def stage_rows(year: Year) -> Rows:
    """One row for each stage: how many, next day, what is late, what to start next."""
    return [
        {
            "阶段": one.stage.label,
            "项目数": one.count,
            "状态": "、".join(f"{state.label} {count}" for state, count in one.states.items()) or "—",
            "待办事项": one.owed,
            "最近到期": one.next_due.isoformat() if one.next_due else "—",
            "逾期": one.overdue,
            "到建议日期未办": one.waiting,
            "下一步": next_step(year, one) or "—",
        }
        for one in year.standing.stages
        if one.count or one.owed or one.stage.name in STEPS
    ]


def year_report(year: Year, begun: Sequence[Begun], heading: str, links: Sequence[str]) -> str:
    """The stages as a table to read, with what should be started next."""
    rows = stage_rows(year)
    names = list(rows[0])
    lines = [f"# {heading}", "", f"截至 {year.standing.on.isoformat()}，共 {year.standing.total} 项。", ""]
    lines += ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows]
    return "\n".join([*lines, *begun_lines(begun), "", "　".join(links)])


def next_step(year: Year, one: StageStanding) -> str:
    """What should be started next in a stage, or nothing."""
    step = STEPS.get(one.stage.name)
    return step(year, one) if step else ""


def _call(year: Year, one: StageStanding) -> str:
    opens, closes = year.standing.opens_on, year.standing.closes_on
    days = (
        "申报未开放过"
        if opens is None
        else f"申报自 {opens.isoformat()} 起"
        + (f"，至 {closes.isoformat()} 止" if closes else "，未定截止日期")
    )
    waiting = one.states.get(State.SUBMITTED, 0)
    return f"受理 {waiting} 项（{days}）" if waiting else days


def _form_review(_: Year, one: StageStanding) -> str:
    return f"形式审查 {one.count} 项" if one.count else ""


def _review(year: Year, one: StageStanding) -> str:
    if year.review is None or not year.review.candidates:
        return ""
    places = "名额文件未载明" if year.review.free is None else f"名额尚余 {year.review.free}"
    return f"评审或决定 {len(year.review.candidates)} 项（{places}）：启动“评审”"


def _approval(_: Year, one: StageStanding) -> str:
    return f"公示、启动实施 {one.count} 项" if one.count else ""


def _season(name: str, start: str) -> Callable[[Year, StageStanding], str]:
    def step(year: Year, one: StageStanding) -> str:
        found = year.seasons.get(name)
        if found is None:
            return "本类别没有这一环节"
        told = [f"可开展 {len(found.ready)} 项：启动“{start}”"] if found.ready else []
        if found.early:
            first = min(day for _, day in found.early)
            told.append(f"{len(found.early)} 项未到建议日期（最早 {first.isoformat()}）")
        told += [f"材料未齐 {len(found.missing)} 项"] if found.missing else []
        return "；".join(told)

    return step


def _rectification(_: Year, one: StageStanding) -> str:
    waiting = one.states.get(State.RECTIFICATION_SUBMITTED, 0)
    return f"审定整改报告 {waiting} 项" if waiting else ""


STEPS: Final[Mapping[str, Callable[[Year, StageStanding], str]]] = {
    "call": _call,
    "form_review": _form_review,
    "review": _review,
    "approval": _approval,
    "midterm": _season("midterm", "中期考核"),
    "evaluation": _season("evaluation", "绩效评价"),
    "rectification": _rectification,
}
