"""The page of duties: what is owed by when, each date worked out by the program's own planner.

The example of each kind is the first day of 2023 or later on which the counted last day falls on a
day of rest, so that the page shows whether it runs on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from console.handbook.markdown import code, page, table
from lifecycle.calendars import load_calendar
from states.calendar import Calendar
from states.catalogue import Catalogue, DutySpec, Programme
from states.core_facts import fact_spec
from states.decision import Case, Unit
from states.duties import KINDS, Kind
from states.names import Action, Role, State
from states.planners.plan import Planned, Situation
from states.proof import PARTICULARS
from states.wording import chinese_length

HEADINGS = (
    "政策包",
    "期限",
    "由谁",
    "向谁",
    "如何算完成",
    "性质",
    "提前提醒",
    "逾期后提醒",
    "依据",
    "项目类别",
)
ANCHORS = {"project.year": "项目年度"}
"""What duties count from besides facts and steps."""
AT_ANY_TIME = (
    "不定期，文件未载明日期，不预先开启：随时以 report 登记一次即为一件，"
    "期次依次编号，按登记的办理日期列入项目的应办事项。"
)
SEARCH_FROM = date(2023, 1, 1)
SEARCH_DAYS = 400
STEPS = {
    "fund_method_filing": Action.DECIDE_SUBSIDY,
    "inspection": Action.DECIDE_SUBSIDY,
    "annual_indicators": Action.FILE_FUND_METHOD,
    "annual_assessment": Action.FILE_FUND_METHOD,
    "annual_plan": Action.TASK_START,
    "annual_summary": Action.TASK_START,
}
"""The step of the example's first day, where a duty counts from one."""
INTRO = (
    "每项待办都是数据库中的一行，带有到期日。“有约束力”的到期后转为逾期；“建议日期”只提醒，不称逾期。"
    "“提前提醒”以工作日倒推后的提醒日为准，“逾期后提醒”自到期日起算，最后一次之后按所列天数重复。"
    "算例由程序当场算出：“法定日”是依法算出的末日，“到期日”是遇休息日顺延之后的日子，"
    "“提醒日”是不晚于到期日的最后一个工作日。"
)


def duties_page(catalogue: Catalogue) -> str:
    """All kinds of duties, in the order of the program's table."""
    calendar = load_calendar()
    return page("应办事项", INTRO, *(section(kind, catalogue, calendar) for kind in KINDS))


def section(kind: Kind, catalogue: Catalogue, calendar: Calendar) -> str:
    """One kind of duty: where it is owed, an example, and what each pack says of it."""
    owing = [one for one in catalogue.programmes.values() if kind.slug in one.duties]
    if not owing:
        return f"## {code(kind.slug)}\n\n目前没有政策包使用。"
    first = owing[0]
    spec = first.duties[kind.slug]
    live = "、".join(state.label for state in State if state in kind.live)
    standing = f"在以下状态中存续：{live}。{'随会期调整重新计算。' if kind.follows_event else ''}"
    dated = [AT_ANY_TIME] if spec.ad_hoc else [standing, example(kind, first, calendar)]
    heading = f"## {spec.label}（{code(kind.slug)}，{spec.rule}）"
    return "\n\n".join([heading, *dated, table(HEADINGS, _rows(kind, owing))])


def example(kind: Kind, programme: Programme, calendar: Calendar) -> str:
    """A worked example, as the planner gives it."""
    planned = _example(kind, programme, calendar)
    spec = fact_spec(programme, planned.anchor)
    anchor = spec.label if spec else ANCHORS.get(planned.anchor) or Action(planned.anchor).label
    return (
        f"起算：{anchor}（{code(planned.anchor)}）。{_roll(planned, calendar)}\n\n"
        f"算例：自 {planned.anchor_date} 起算，法定日 {planned.legal_due}，"
        f"到期日 {planned.due}，提醒日 {planned.soft_due}。"
        f"过程：{'；'.join(planned.steps)}。"
    )


def _roll(planned: Planned, calendar: Calendar) -> str:
    if calendar.is_workday(planned.legal_due):
        return "按工作日计算，末日总是工作日。"
    return (
        f"末日为休息日时{'顺延至下一个工作日' if planned.due > planned.legal_due else '不顺延，提前提醒'}。"
    )


def _example(kind: Kind, programme: Programme, calendar: Calendar) -> Planned:
    for offset in range(SEARCH_DAYS):
        planned = next(iter(_plan(kind, programme, calendar, SEARCH_FROM + timedelta(days=offset))))
        if not calendar.is_workday(planned.legal_due):
            return planned
    return planned


def _plan(kind: Kind, programme: Programme, calendar: Calendar, day: date) -> Iterable[Planned]:
    facts = {
        "event.starts_on": day,
        "event.cancelled_on": day if kind.slug == "halt_request" else None,
        "project.approved_on": day,
        "project.started_on": day,
        "project.ends_on": day + relativedelta(months=programme.duration_months or 12),
        "evaluation.concluded_on": day,
        "evaluation.received_on": day,
        "return.received_on": day,
        "subsidy.notified_on": day,
        "closing.due_on": day,
        "unit.council_term_end": day,
    }
    facts.pop(kind.met_by_fact or "", None)
    step = STEPS.get(kind.slug, Action.RETURN_FOR_COMPLETION)
    now = Situation(_case(programme, facts), State.EXECUTING, facts, programme, calendar, step, day)
    return kind.plan(now, programme.duties[kind.slug])


def _case(programme: Programme, facts: Mapping[str, Any]) -> Case:
    return Case(
        id=f"{programme.slug}-0001",
        programme=programme.slug,
        lifecycle=programme.variant,
        state=State.EXECUTING,
        version=1,
        title=programme.title,
        unit=Unit(None, "", "", None),
        year=programme.year,
        facts=facts,
        materials=frozenset(),
        flags=frozenset(),
        steps=(),
        duties=(),
    )


def _rows(kind: Kind, owing: list[Programme]) -> list[tuple[str, ...]]:
    """One row per pack and wording; programmes that say the same share it."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for programme in owing:
        row = _row(kind, programme.pack, programme.duties[kind.slug])
        grouped.setdefault(row, []).append(programme.slug)
    return [(*row, "、".join(code(slug) for slug in slugs)) for row, slugs in grouped.items()]


def _row(kind: Kind, pack: str, spec: DutySpec) -> tuple[str, ...]:
    return (
        code(pack),
        chinese_length(spec.length) if spec.length else "见起算与算例",
        Role(spec.owed_by).label,
        Role(spec.owed_to).label,
        met_by(kind, spec),
        "建议日期" if spec.suggested else "有约束力",
        _days(spec.before) + _month_days(spec),
        _days(spec.after) + (f"，其后每 {spec.repeat} 天" if spec.repeat else ""),
        ground(spec),
    )


def met_by(kind: Kind, spec: DutySpec) -> str:
    """What meets a duty: its action, its report, or a fact."""
    if spec.met_by == "action":
        done = "、".join(f"{one.label} {code(one)}" for one in Action if one in kind.met_by)
        return f"办理：{done}"
    if spec.met_by == "fact":
        return f"登记 {code(kind.met_by_fact)}"
    return f"{code(f'lifecycle report 项目 {kind.slug}')}{_asked(spec)}"


def _asked(spec: DutySpec) -> str:
    """What a report has to bring and say."""
    asked = [f"附 {code(kind)}" for kind in spec.papers]
    asked += [f"写明{PARTICULARS[name].label} {code(name)}" for name in spec.particulars]
    asked += ["留有记录（材料、来文或要点）"] if spec.recorded else []
    asked += [f"累计 {spec.quota}"] if spec.quota else []
    return f"，{'、'.join(asked)}" if asked else ""


def ground(spec: DutySpec) -> str:
    """The printed words, or that there are none and why the default was chosen."""
    citation = spec.citation
    if citation.quote is None:
        return f"文件未载明。{citation.why or ''}"
    return f"{citation.clause or ''}“{citation.quote}”"


def _month_days(spec: DutySpec) -> str:
    return f"，到期当月 {'、'.join(map(str, spec.month_days))} 日" if spec.month_days else ""


def _days(days: tuple[int, ...]) -> str:
    if not days:
        return "无"
    return "、".join("当日" if day == 0 else f"{day} 天" for day in days)
