"""Every duty of the ledger, by name, through the command line: when it opens, why on that day, how it is met.

One row for each duty that a pack names. Each is opened by a sweep, looked up by its rule, met on its last
day, and met again in another store a day later: binding ones are then overdue and late, suggested ones never.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from states.duties import KINDS
from tests.acceptance import grounds
from tests.acceptance.driver import Practice
from tests.factories import catalogue

Maker = Callable[[Practice], str]
CONGRESS = grounds.listed("h21-city-product-congress", grounds.CITY, **{"event.starts_on": "2021-09-18"})
MONITORED = grounds.listed("h21-enterprise-innovation")
UNDATED = grounds.listed("h21-key-academic-event", begun=False)
GATHERED = grounds.listed("h21-industry-society", grounds.CITY)


@dataclass(frozen=True)
class Step:
    """A step that meets a duty, or comes before the one that does."""

    action: str
    by: str = "clerk"
    words: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A report that meets a duty: with these words besides its name and period."""

    words: tuple[str, ...] = ("--reason", "记录")
    papers: str = ""
    by: str = "clerk"


@dataclass(frozen=True)
class Row:
    """One duty of the ledger."""

    rule: str
    slug: str
    ground: Maker
    opens: str
    """The first day on which a sweep finds it owed."""
    due: str
    because: str
    """A step of the derivation of its day."""
    meets: tuple[Step, ...] | Report = field(default_factory=Report)
    period: str | None = None
    binding: bool = True
    lapses: bool = False
    """A suggested turn that nobody used is owed no longer when the next begins."""


# fmt: off
def step(action: str, by: str = "clerk", **words: Any) -> Step:
    return Step(action, by, words)


NOTES = ("--set", "subject=选题", "--set", "experts=甲、乙、丙")
MIDTERM = (step("midterm_open", "association"), step("midterm_done", "association", papers="midterm_opinion"))
RECTIFIED = (step("submit_rectification", papers="rectification_report"),)
EXTENDED = (step("request_extension", papers="extension_request", reason="场地停用", values={"request.new_end": "2021-06-30"}),)
HALTED = (step("request_halt", papers="halt_request", reason="活动取消"),)
OPENED = (step("open_evaluation", "association"),)
FOUND = "今日"

ROWS: tuple[Row, ...] = (
    Row("R-DL-05",  "preparation_report",    grounds.meeting,            "2020-05-06", "2020-06-30", "2020-07-31 - 1 个月 → 2020-06-30"),
    Row("R-DL-06",  "rectification_report",  grounds.told,               "2020-11-30", "2021-03-01", "2020-11-30 + 3 个月 → 2021-02-28", RECTIFIED),
    Row("R-DL-07",  "half_year_guidance",    grounds.talent,             "2023-08-31", "2024-02-29", "2023-08-31 + 6 个月 → 2024-02-29", Report(("--set", f"held_on={FOUND}", *NOTES)), "1"),
    Row("R-DL-08",  "cycle_summary",         grounds.talent,             "2023-08-31", "2025-08-31", "2023-08-31 + 24 个月 → 2025-08-31"),
    Row("R-DL-09",  "monthly_progress",      grounds.pilot,              "2016-07-01", "2016-07-31", "2016-06 的进展自次月 2016-07-01 起报送", Report(by="fj-clerk"), "2016-06"),
    Row("R-DL-10",  "congress_progress",     CONGRESS,                   "2021-05-11", "2021-07-20", "大会 2021-09-18 - 60 日 → 2021-07-20", Report(), "1", binding=False, lapses=True),
    Row("R-DL-10",  "congress_agreement",    CONGRESS,                   "2021-05-11", "2021-07-20", "大会 2021-09-18 - 60 日 → 2021-07-20", Report((), "agreed_plan"), binding=False),
    Row("R-DL-11",  "midterm_report",        grounds.meeting,            "2020-05-06", "2020-09-02", "2020-05-06 至 2020-12-31 的中点", MIDTERM, binding=False),
    Row("R-DL-12",  "closing_materials",     grounds.closing,            "2020-05-06", "2020-05-29", "收尾材料报送期限由省科协定为 2020-05-29", Report((), "work_summary event_photos typical_cases")),
    Row("R-DL-14",  "evaluation_opening",    grounds.meeting,            "2020-05-06", "2020-12-31", "实施结束日 2020-12-31", OPENED, binding=False),
    Row("R-DL-15",  "yearly_uploads",        grounds.base,               "2023-05-31", "2023-12-31", "2023 年度，2023-05-31 起办理，最迟 2023-12-31", Report(("--set", "count=20"), "upload_list"), "2023"),
    Row("R-DL-16",  "yearly_services",       grounds.station,            "2023-05-31", "2023-12-31", "2023 年度，2023-05-31 起办理，最迟 2023-12-31", Report(("--set", f"held_on={FOUND}", "--set", "subject=对接", "--set", "count=5"), "service_record"), "2023"),
    Row("R-DL-18",  "year_completion",       MONITORED,                  "2021-05-31", "2021-12-31", "文件为2021年工作，须全面完成 → 2021-12-31", Report((), "year_summary")),
    Row("R-DL-19",  "fund_method_filing",    grounds.subsidised,         "2016-09-12", "2016-10-12", "2016-09-12 + 30 日 → 2016-10-12", (step("file_fund_method", "fj-clerk", papers="fund_method"),), binding=False),
    Row("R-DL-19",  "annual_indicators",     grounds.filed,              "2017-01-01", "2017-01-31", "2017 年度，2017-01-01 起办理", Report(by="fj-clerk"), "2017", binding=False),
    Row("R-DL-20",  "annual_plan",           grounds.yearly,             "2017-01-01", "2017-01-31", "2017", Report(by="fj-department"), "2017", binding=False),
    Row("R-DL-20",  "annual_summary",        grounds.yearly,             "2016-12-01", "2016-12-31", "2016", Report(by="fj-department"), "2016", binding=False),
    Row("R-DL-21",  "inspection",            grounds.subsidised,         "2016-09-12", "2017-03-12", "2016-09-12 + 6 个月 → 2017-03-12", (step("record_inspection", "fj-association", reason="抽查台账"),), "1", binding=False, lapses=True),
    Row("R-DL-22",  "extension_application", grounds.meeting,            "2020-11-01", "2020-12-31", "实施结束日 2020-12-31 - 60 日 → 2020-11-01", EXTENDED, "2020-12-31", binding=False, lapses=True),
    Row("R-DL-24",  "project_summary",       grounds.talent,             "2025-08-31", "2025-09-30", "2025-08-31 + 1 个月 → 2025-09-30", Report((), "cycle_summary"), binding=False),
    Row("R-DL-24",  "follow_up",             grounds.talent,             "2025-08-31", "2026-08-31", "2025-08-31 + 12 个月 → 2026-08-31", Report(), "1", binding=False),
    Row("R-DL-31",  "council_election",      grounds.task,               "2021-05-10", "2021-12-11", "理事会届满日 2021-12-11", Report((), "election_application"), "2021-12-11"),
    Row("R-DL-34",  "evaluation_feedback",   grounds.evaluated,          "2020-11-20", "2020-11-30", "2020-11-20 + 10 日 → 2020-11-30", (step("record_receipt", values={"evaluation.received_on": FOUND}),), binding=False),
    Row("R-DL-35",  "annual_assessment",     grounds.filed,              "2016-12-01", "2016-12-31", "2016 年度，2016-12-01 起办理", Report(by="fj-clerk"), "2016", binding=False),
    Row("R-DL-38",  "process_monitoring",    MONITORED,                  "2021-05-31", "2021-08-31", "2021-05-31 + 3 个月 → 2021-08-31", Report((), "monitoring_record", "association"), "1", binding=False, lapses=True),
    Row("R-AMB-08", "completion",            grounds.returned_and_taken, "2023-03-06", "2023-03-13", "5 个工作日 → 2023-03-13", (step("submit", document="补正函〔2023〕1号@2023-03-10"),)),
    Row("R-AMB-24", "completion_receipt",    grounds.returned,           "2023-03-06", "2023-03-13", "2023-03-06 + 7 日 → 2023-03-13", (step("record_receipt", values={"return.received_on": FOUND}),), binding=False),
    Row("R-AMB-24", "result_receipt",        grounds.evaluated,          "2020-11-20", "2020-11-27", "2020-11-20 + 7 日 → 2020-11-27", (step("record_receipt", values={"evaluation.received_on": FOUND}),), binding=False),
    Row("R-AMB-47", "event_date",            UNDATED,                    "2021-05-11", "2021-05-18", "2021-05-11 + 7 日 → 2021-05-18", (step("reschedule_event", reason="会期已定", document="会函〔2021〕1号@2021-05-17", values={"event.starts_on": "2021-10-20"}),), binding=False),
    Row("R-AMB-47", "halt_request",          grounds.cancelled,          "2020-06-01", "2020-06-08", "2020-06-01 + 7 日 → 2020-06-08", HALTED, "2020-06-01", binding=False),
)


@dataclass(frozen=True)
class Visit:
    """A duty that has no date: it is recorded when it took place, as often as it does."""

    rule: str
    slug: str
    ground: Maker
    on: str
    paper: str


VISITS: tuple[Visit, ...] = (
    Visit("R-DL-13", "completion_survey",   grounds.closing, "2020-05-12", "survey_record"),
    Visit("R-DL-29", "site_meeting",        grounds.meeting, "2020-08-11", "site_visit"),
    Visit("R-DL-30", "observation_meeting", GATHERED,        "2021-10-12", "site_visit"),
)
# fmt: on


@pytest.fixture(scope="module")
def worlds(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Maker], tuple[Path, str]]:
    """Stores by what was done in them, each made once; with the id of the project in it."""
    made: dict[Maker, tuple[Path, str]] = {}

    def world(maker: Maker) -> tuple[Path, str]:
        if maker not in made:
            office = Practice.copied(furnished, tmp_path_factory.mktemp("ground"))
            made[maker] = office.home, maker(office)
        return made[maker]

    return world


def own(home: Path, folder: Path) -> Practice:
    """An office of one's own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Practice.copied(home, folder)


def found(office: Practice, project: str, row: Row) -> dict[str, Any] | None:
    """The duty by its rule, as it is shown with the project."""
    duties = [one for one in office.project(project)["duties"] if one["rule"] == row.rule]
    mine = [one for one in duties if (one["duty"], one["period"]) == (row.slug, row.period)]
    return mine[0] if mine else None


def meet(office: Practice, project: str, row: Row, on: str) -> None:
    """Meet the duty by its one door."""
    if isinstance(row.meets, tuple):
        for one in row.meets:
            words = {name: _today(value, on) for name, value in one.words.items()}
            office.step(one.action, project, by=one.by, on=on, **words)
        return
    words = [word.replace(FOUND, on) for word in row.meets.words]
    for kind in row.meets.papers.split():
        words += ["--material", f"{kind}={office.paper(f'{kind}.pdf')}"]
    period = ("--period", row.period) if row.period else ()
    if row.meets.by == "clerk" or "--reason" not in words:
        words += ["--reason", "来文登记"] if "--reason" not in words else []
    office.done("report", project, row.slug, *period, *words, by=row.meets.by, on=on)


def _today(value: Any, on: str) -> Any:
    return (
        {name: text.replace(FOUND, on) for name, text in value.items()} if isinstance(value, dict) else value
    )


def after(day: str, days: int = 1) -> str:
    """A day so many days later, or earlier."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule} {row.slug}")
def test_a_duty_of_the_ledger_opens_on_its_day_for_its_reason_and_is_met_or_late(
    row: Row, worlds: Callable[[Maker], tuple[Path, str]], tmp_path: Path
) -> None:
    home, project = worlds(row.ground)
    office = own(home, tmp_path / "in time")
    last = office.history(project, "on")[-1][0]
    if after(row.opens, -1) >= last:
        office.sweep(after(row.opens, -1))
        assert found(office, project, row) is None, "nothing is owed before its day"
    office.sweep(row.opens)
    duty = found(office, project, row)
    assert duty is not None, "by name"
    assert (duty["due"], duty["status"]) == (row.due, "open" if row.binding else "suggested")
    assert any(row.because in told for told in duty["steps"]), duty["steps"]
    assert duty["owed_by"] != duty["owed_to"]
    listed = office.done("due", "--duty", row.rule, "--project", project, on=row.opens)["duties"]
    assert duty["id"] in [one["id"] for one in listed]

    meet(office, project, row, row.due)
    met = found(office, project, row)
    assert met is not None
    assert (met["status"], met["met_on"], met["proofs"][-1]["on"]) == ("met", row.due, row.due)
    assert office.done("audit", "verify")["ok"] is True

    missed = own(home, tmp_path / "late")
    missed.sweep(row.opens)
    spoken = missed.sweep(after(row.due))
    late = found(missed, project, row)
    assert late is not None
    assert row.binding or f"{row.slug} overdue" not in spoken, "a suggestion is never called late"
    if row.lapses:
        assert (late["status"], late["marks"]) == ("cancelled", ["本期未办"])
        return
    assert late["status"] == ("overdue" if row.binding else "suggested")
    meet(missed, project, row, after(row.due))
    late = found(missed, project, row)
    assert late is not None
    assert late["status"] == ("late" if row.binding else "met")


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: f"{visit.rule} {visit.slug}")
def test_what_has_no_date_is_recorded_when_it_took_place(
    visit: Visit, worlds: Callable[[Maker], tuple[Path, str]], tmp_path: Path
) -> None:
    home, project = worlds(visit.ground)
    office = own(home, tmp_path / "visit")
    say = partial(office.ask, "report", project, visit.rule, by="association", on=visit.on)
    silent = say()
    assert (silent.status, {one["rule"] for one in silent.json["error"]["reasons"]}) == (3, {visit.rule})
    paper = f"{visit.paper}={office.paper('记录.pdf')}"
    told = say("--set", f"held_on={visit.on}", "--set", "place=洛阳市", "--material", paper)
    again = say("--set", f"办理日期={visit.on}", "--set", "地点=郑州市", "--material", paper)
    assert [(one.json["duty"], one.json["period"], one.json["status"]) for one in (told, again)] == [
        (visit.slug, "1", "met"), (visit.slug, "2", "met"),
    ]  # fmt: skip
    shown = [one for one in office.project(project)["duties"] if one["duty"] == visit.slug]
    assert [(one["due"], one["proofs"][0]["said"]["place"]) for one in shown] == [
        (visit.on, "洛阳市"), (visit.on, "郑州市"),
    ]  # fmt: skip
    assert "洛阳市" in office.run("show", project).out
    assert office.done("audit", "verify")["ok"] is True


def test_every_kind_of_duty_has_a_row_here() -> None:
    """No duty can be added without one, and no row is of a duty that no pack names."""
    rows = [(row.rule, row.slug) for row in (*ROWS, *VISITS)]
    named = {
        (duty.rule, duty.slug) for one in catalogue().programmes.values() for duty in one.duties.values()
    }
    assert sorted(rows) == sorted(named)
    assert {slug for _, slug in rows} == {kind.slug for kind in KINDS}
