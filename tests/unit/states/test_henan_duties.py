"""What Henan's documents owe besides the ordinary way: congresses, talents, quotas, years, councils."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from states.decision import Unit
from states.names import Action, DutyStatus, State
from states.report import report
from tests.factories import EVENT, TALENT, Walk, case, command, context, programme, started

CONGRESS, BASE, STATION = "h20-city-product-congress", "h23-base-incubation", "h23-expert-station"
TASK, MONITORED = "h21-society-governance", "h21-enterprise-innovation"
HELD = date(2020, 9, 20)


def imported(slug: str, on: date, **facts: Any) -> Walk:
    """A project that its document lists, imported and started on one day."""
    walk = Walk.of(slug)
    values = {"project.amount": 5_000_000}
    walk.do(Action.IMPORT_APPROVED, on, materials=frozenset({"approval_document"}), values=values)
    walk.do(Action.START, on, materials=frozenset({"implementation_plan"}), values=facts)
    return walk


def standing(walk: Walk, slug: str) -> dict[str, tuple[date, str]]:
    """Due day and status of every window of one duty."""
    return {d.occurrence: (d.due, str(d.status)) for d in walk.case.duties if d.slug == slug}


def wanting(walk: Walk, slug: str, occurrence: str = "", **order: Any) -> list[str]:
    """What a report is told that does not bring what it has to."""
    duty = walk.duty(slug, occurrence)
    asked = command(Action.CORRECT_RECORD, duty.due, **order)
    found = report(walk.case, duty, asked, walk.context.programme, 9)
    assert isinstance(found, tuple)
    return [reason.message for reason in found]


def test_a_congress_is_told_of_sixty_days_before_and_every_thirty_days_until_it_is_held() -> None:
    """R-DL-10, R-AMB-27: a rhythm, never a deadline."""
    walk = started(CONGRESS, date(2020, 6, 5), {"event.starts_on": HELD})
    walk.open(date(2020, 7, 22))
    assert standing(walk, "congress_progress") == {"1": (date(2020, 7, 22), "suggested")}
    assert walk.duty("congress_progress", "1").steps[0] == (
        "大会 2020-09-20 - 60 日 → 2020-07-22（建议日期，文件仅称适时）"
    )
    walk.sweep(date(2020, 7, 29))
    walk.open(date(2020, 10, 30))
    assert standing(walk, "congress_progress") == {
        "1": (date(2020, 7, 22), "cancelled"),
        "2": (date(2020, 8, 21), "suggested"),
    }
    walk.sweep_daily(date(2020, 10, 1), date(2020, 12, 1))
    assert walk.overdue() == set()


def test_a_congress_that_is_moved_takes_its_rhythm_with_it() -> None:
    walk = started(CONGRESS, date(2020, 6, 5), {"event.starts_on": HELD})
    walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 20), values={"event.starts_on": date(2020, 11, 20)})
    assert standing(walk, "congress_progress") == {"1": (date(2020, 9, 21), "suggested")}
    assert standing(walk, "congress_agreement") == {"": (date(2020, 9, 21), "suggested")}
    walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 21), values={"event.cancelled_on": date(2020, 6, 21)})
    assert {status for _, status in standing(walk, "congress_progress").values()} == {"cancelled"}


def test_the_plan_that_was_agreed_on_is_kept_as_a_record() -> None:
    """R-DL-10, R-FORM-49."""
    walk = started(CONGRESS, date(2020, 6, 5), {"event.starts_on": HELD})
    assert wanting(walk, "congress_agreement") == [
        "“共同议定大会筹备方案”须附：筹备方案共同议定记录（--material agreed_plan=文件）"
    ]
    assert walk.report("congress_agreement", date(2020, 7, 1)).proofs[0].papers == ("agreed_plan",)


def test_sixty_days_before_the_end_it_is_asked_whether_an_extension_is_needed() -> None:
    """R-DL-22: a suggestion, met by the request; an approved end asks anew before the new end."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    assert walk.open(date(2020, 10, 31)) == ()
    walk.open(date(2020, 11, 1))
    duty = walk.duty("extension_application", "2020-12-31")
    assert (duty.due, duty.opened_on, duty.status) == (
        date(2020, 12, 31), date(2020, 11, 1), DutyStatus.SUGGESTED,
    )  # fmt: skip
    assert duty.steps == ("实施结束日 2020-12-31 - 60 日 → 2020-11-01 起提示；须延期的在结束前提出",)
    walk.do(
        Action.REQUEST_EXTENSION, date(2020, 11, 5),
        materials=frozenset({"extension_request"}), values={"request.new_end": date(2021, 3, 31)},
    )  # fmt: skip
    met = walk.duty("extension_application", "2020-12-31")
    assert (met.status, met.proofs[0].form) == (DutyStatus.MET, "request_extension")
    walk.do(
        Action.APPROVE_EXTENSION, date(2020, 11, 9),
        materials=frozenset({"extension_decision"}), values={"project.ends_on": date(2021, 3, 31)},
    )  # fmt: skip
    walk.open(date(2021, 1, 30))
    assert walk.duty("extension_application", "2021-03-31").status is DutyStatus.SUGGESTED


def test_after_the_end_nobody_is_asked_for_an_extension_any_more() -> None:
    """R-DL-22."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    walk.open(date(2020, 11, 1))
    walk.open(date(2020, 12, 31))
    assert walk.duty("extension_application", "2020-12-31").status is DutyStatus.SUGGESTED
    walk.open(date(2021, 1, 1))
    over = walk.duty("extension_application", "2020-12-31")
    assert (over.status, over.marks) == (DutyStatus.CANCELLED, ("本期未办",))


def test_nobody_is_asked_whose_targets_have_all_begun() -> None:
    """R-DL-22."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    walk.do(Action.CORRECT_RECORD, date(2020, 10, 9), values={"targets.begun": True})
    walk.open(date(2020, 12, 1))
    assert standing(walk, "extension_application") == {}


def test_after_two_years_a_summary_is_due_in_a_month_and_the_talent_is_followed_up_twice() -> None:
    """R-DL-24: each counted from the end; the second falls on a Saturday."""
    walk = started(TALENT, date(2020, 8, 31))
    walk.open(date(2022, 8, 30))
    assert standing(walk, "project_summary") == standing(walk, "follow_up") == {}
    walk.open(date(2024, 1, 5))
    assert standing(walk, "project_summary") == {"": (date(2022, 9, 30), "suggested")}
    assert standing(walk, "follow_up") == {
        "1": (date(2023, 8, 31), "suggested"),
        "2": (date(2024, 9, 2), "suggested"),
    }
    walk.sweep_daily(date(2022, 9, 1), date(2022, 12, 31))
    assert not {slug for slug, _ in walk.overdue()} & {"project_summary", "follow_up"}


def test_how_often_a_talent_is_followed_up_is_the_choice_of_the_pack() -> None:
    walk = started(TALENT, date(2020, 8, 31))
    held = walk.context.programme
    once = replace(held.duties["follow_up"], times=1, length="P6M")
    changed = replace(held, duties={**held.duties, "follow_up": once})
    walk.context = replace(walk.context, programme=changed)
    walk.open(date(2026, 1, 5))
    assert standing(walk, "follow_up") == {"1": (date(2023, 2, 28), "suggested")}


def test_a_session_tells_who_was_there_on_what_and_when() -> None:
    """R-DL-07."""
    walk = started(TALENT, date(2020, 8, 31))
    assert wanting(walk, "half_year_guidance", "1", values={"held_on": date(2021, 2, 28)}) == [
        "“半年集中跟进指导”须写明：主题（--set subject=…）、到场专家（--set experts=…）"
    ]
    met = walk.report("half_year_guidance", date(2020, 12, 9), "1", subject="论文选题")
    assert (met.status, dict(met.proofs[0].said)) == (
        DutyStatus.MET, {"held_on": "2020-12-09", "subject": "论文选题", "experts": "专家甲、专家乙"},
    )  # fmt: skip


def test_a_session_of_tomorrow_is_not_told_today() -> None:
    walk = started(TALENT, date(2020, 8, 31))
    values = {"held_on": date(2021, 3, 1), "subject": "示例", "experts": "专家甲"}
    assert wanting(walk, "half_year_guidance", "1", values=values) == [
        "办理日期 2021-03-01 晚于登记日 2021-02-28"
    ]


def test_uploads_are_counted_up_to_the_quota_of_the_year_and_the_rest_is_a_gap() -> None:
    """R-DL-15, R-AMB-25."""
    walk = started(BASE, date(2023, 6, 5))
    assert standing(walk, "yearly_uploads") == {"2023": (date(2023, 12, 31), "open")}
    assert walk.report("yearly_uploads", date(2023, 9, 1), "2023", count=12).status is DutyStatus.OPEN
    assert walk.report("yearly_uploads", date(2023, 10, 9), "2023", count=7).status is DutyStatus.OPEN
    assert walk.report("yearly_uploads", date(2023, 11, 1), "2023", count=1).status is DutyStatus.MET
    more = walk.report("yearly_uploads", date(2023, 11, 2), "2023", count=5)
    assert (more.status, more.met_on, len(more.proofs)) == (DutyStatus.MET, date(2023, 11, 1), 4)


def test_a_count_that_comes_up_to_the_quota_after_the_year_is_late() -> None:
    walk = started(BASE, date(2023, 6, 5))
    walk.report("yearly_uploads", date(2023, 9, 1), "2023", count=19)
    walk.sweep(date(2024, 1, 1))
    assert walk.overdue() == {("yearly_uploads", "2023")}
    assert walk.report("yearly_uploads", date(2024, 1, 2), "2023", count=1).status is DutyStatus.LATE


@pytest.mark.parametrize("count", [0, -3])
def test_nothing_is_no_number(count: int) -> None:
    walk = started(BASE, date(2023, 6, 5))
    order = {"values": {"count": count}, "materials": frozenset({"upload_list"})}
    assert wanting(walk, "yearly_uploads", "2023", **order) == [f"数量 {count} 无效，应为 1 或更大的整数"]


def test_five_services_a_year_each_with_its_day_and_subject() -> None:
    """R-DL-16."""
    walk = started(STATION, date(2023, 6, 5))
    days = [date(2023, month, 9) for month in (7, 8, 9, 10, 11)]
    assert [str(walk.report("yearly_services", day, "2023").status) for day in days] == [
        "open", "open", "open", "open", "met",
    ]  # fmt: skip


def test_a_key_project_is_monitored_every_quarter_and_a_quarter_that_was_let_go_is_owed_no_longer() -> None:
    """R-DL-38."""
    walk = imported(MONITORED, date(2021, 5, 31))
    walk.open(date(2021, 12, 31))
    assert standing(walk, "process_monitoring") == {
        "1": (date(2021, 8, 31), "cancelled"),
        "2": (date(2021, 11, 30), "suggested"),
    }


def test_a_quarter_that_a_step_let_go_is_let_go_again_when_the_step_is_undone() -> None:
    """R-DL-38: undoing the step does not make the window owed for ever."""
    walk = imported(MONITORED, date(2021, 5, 31))
    walk.do(Action.REQUEST_EXTENSION, date(2021, 10, 8), materials=frozenset({"extension_request"}),
            values={"request.new_end": date(2022, 12, 31)})  # fmt: skip
    assert str(walk.duty("process_monitoring", "1").status) == "cancelled"
    walk.do(Action.REVERSE_STEP, date(2021, 10, 9))
    found = walk.duty("process_monitoring", "1")
    assert (str(found.status), found.marks) == ("cancelled", ("本期未办",))


def test_the_tasks_of_the_year_are_completed_by_its_last_day() -> None:
    """R-DL-18."""
    walk = imported(MONITORED, date(2021, 5, 31))
    duty = walk.duty("year_completion")
    assert (duty.due, duty.soft_due, duty.suggested) == (date(2021, 12, 31), date(2021, 12, 31), False)
    assert duty.steps == ("文件为2021年工作，须全面完成 → 2021-12-31（不顺延）",)
    walk.sweep(date(2022, 1, 1))
    assert ("year_completion", "") in walk.overdue()


def task(**unit_facts: Any) -> Walk:
    """A task of the year of a society of which the register knows something."""
    unit = Unit(7, "示例学会", "prov_society", None, facts={f"unit.{n}": v for n, v in unit_facts.items()})
    made = case(TASK, State.TO_DO, unit=unit, plan_on=date(2021, 5, 6))
    return Walk(made, context(TASK))


def test_a_society_elects_its_council_before_the_term_ends_and_is_told_half_a_year_ahead() -> None:
    """R-DL-31."""
    walk = task(council_term_end=date(2021, 12, 11))
    walk.open(date(2021, 5, 6))
    duty = walk.duty("council_election", "2021-12-11")
    assert (duty.due, duty.soft_due) == (date(2021, 12, 11), date(2021, 12, 10))
    walk.sweep_daily(date(2021, 6, 1), date(2021, 12, 13))
    told = [(day, offset) for day, (slug, _), offset in walk.sent if slug == "council_election"]
    assert [offset for _, offset in told] == [-180, -90, -30, 1]
    assert ("council_election", "2021-12-11") in walk.overdue()


def test_an_approved_postponement_and_a_new_term_move_the_election() -> None:
    """R-DL-31: per term, by what the register says now."""
    walk = task(council_term_end=date(2021, 12, 11), postpone_approved_until=date(2022, 3, 11))
    walk.open(date(2021, 5, 6))
    assert standing(walk, "council_election") == {"2021-12-11": (date(2022, 3, 11), "open")}
    assert walk.duty("council_election", "2021-12-11").steps[-1] == "经批准延期换届至 2022-03-11"
    walk.report("council_election", date(2021, 11, 5), "2021-12-11")
    unit = replace(walk.case.unit, facts={"unit.council_term_end": date(2026, 12, 11)})
    walk.case = replace(walk.case, unit=unit, plan_on=date(2021, 12, 12))
    walk.open(date(2021, 12, 12))
    assert standing(walk, "council_election") == {
        "2021-12-11": (date(2022, 3, 11), "met"),
        "2026-12-11": (date(2026, 12, 11), "open"),
    }


def test_a_task_of_a_society_whose_term_nobody_knows_owes_no_election() -> None:
    walk = task()
    walk.open(date(2021, 5, 6))
    assert standing(walk, "council_election") == {}


def closing() -> Walk:
    walk = Walk.of("h19-special-fund")
    values = {"project.amount": 5_000_000, "project.ends_on": date(2020, 4, 30)}
    walk.do(
        Action.IMPORT_CLOSING, date(2020, 4, 24), materials=frozenset({"approval_document"}), values=values
    )
    return walk


def test_closing_materials_have_no_day_until_the_office_sets_one() -> None:
    """R-DL-12: and all three of them are filed at once."""
    walk = closing()
    assert standing(walk, "closing_materials") == {}
    walk.do(Action.CORRECT_RECORD, date(2020, 4, 27), values={"closing.due_on": date(2020, 5, 29)})
    assert standing(walk, "closing_materials") == {"": (date(2020, 5, 29), "open")}
    assert walk.duty("closing_materials").steps == (
        "收尾材料报送期限由省科协定为 2020-05-29（文件未载明日期，不顺延）",
    )
    assert wanting(walk, "closing_materials", materials=frozenset({"event_photos"})) == [
        (
            "“收尾材料”须附：项目工作总结（--material work_summary=文件）、"
            "典型案例（--material typical_cases=文件）"
        )
    ]
    assert walk.report("closing_materials", date(2020, 5, 29)).status is DutyStatus.MET


@pytest.mark.parametrize(
    ("walk", "slug"),
    [
        (closing, "completion_survey"),
        (lambda: started(EVENT, date(2020, 5, 6)), "site_meeting"),
        (lambda: imported("h21-industry-society", date(2021, 5, 31)), "observation_meeting"),
    ],
    ids=["R-DL-13", "R-DL-29", "R-DL-30"],
)
def test_what_has_no_date_is_recorded_as_often_as_it_takes_place_and_is_never_late(
    walk: Any, slug: str
) -> None:
    made: Walk = walk()
    made.open(date(2022, 6, 1))
    assert standing(made, slug) == {}
    for turn, day in enumerate((date(2022, 6, 2), date(2022, 6, 9)), start=1):
        found = made.report(slug, day)
        assert (found.occurrence, found.due, str(found.status)) == (str(turn), day, "met")
        assert dict(found.proofs[0].said) == {"held_on": day.isoformat(), "place": "郑州市"}
    made.open(date(2023, 6, 1))
    assert [status for _, status in standing(made, slug).values()] == ["met", "met"]


@pytest.mark.parametrize(
    ("order", "told"),
    [({}, 1), ({"on_paper": True}, 0), ({"reason": "口头汇报要点"}, 0)],
    ids=["nothing", "a paper", "minutes"],
)
def test_any_recorded_form_of_the_preparation_report_will_do(order: dict[str, Any], told: int) -> None:
    """R-AMB-03."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    asked = command(Action.CORRECT_RECORD, date(2020, 6, 30), **order)
    found = report(walk.case, walk.duty("preparation_report"), asked, walk.context.programme, 9)
    assert (len(found) if isinstance(found, tuple) else 0) == told
    if isinstance(found, tuple):
        assert found[0].rule == "R-AMB-03"


def test_a_step_that_is_undone_takes_its_proof_with_it() -> None:
    """R-DL-03."""
    walk = started("h23-academic-provincial", date(2023, 6, 5))
    walk.do(Action.OPEN_EVALUATION, date(2023, 12, 20))
    met = walk.duty("evaluation_opening")
    assert [(proof.on, proof.form) for proof in met.proofs] == [(date(2023, 12, 20), "open_evaluation")]
    walk.do(Action.REVERSE_STEP, date(2023, 12, 21))
    assert walk.duty("evaluation_opening").proofs == ()


def test_every_report_that_asks_for_something_asks_for_what_a_report_can_bring() -> None:
    """A quota counts, what has no date tells its day, and only reports ask."""
    for slug in (CONGRESS, BASE, STATION, TALENT, TASK, MONITORED, "h19-special-fund"):
        for spec in programme(slug).duties.values():
            if spec.papers or spec.particulars or spec.recorded:
                assert spec.met_by == "report", spec.slug
            if spec.ad_hoc:
                assert "held_on" in spec.particulars, spec.slug
            assert set(spec.papers) <= set(programme(slug).materials), spec.slug


@pytest.mark.parametrize(
    ("papers", "marks"), [(frozenset(), ("未附回执",)), (frozenset({"feedback_receipt"}), ())]
)
def test_a_day_of_receipt_that_nobody_proved_is_marked_and_counts_all_the_same(
    papers: frozenset[str], marks: tuple[str, ...]
) -> None:
    """R-DL-06, R-AMB-24."""
    walk = started("h23-academic-provincial", date(2023, 6, 5))
    walk.do(Action.OPEN_EVALUATION, date(2023, 12, 20))
    values: dict[str, Any] = {"evaluation.conclusion": "合格", "evaluation.has_issues": True}
    walk.do(
        Action.RECORD_EVALUATION, date(2023, 12, 25),
        materials=frozenset({"evaluation_report"}), values=values,
    )  # fmt: skip
    walk.do(Action.EVALUATE_ISSUES, date(2023, 12, 25))
    received = {"evaluation.received_on": date(2023, 12, 28)}
    walk.do(Action.RECORD_RECEIPT, date(2023, 12, 28), materials=papers, values=received)
    receipt = walk.duty("result_receipt")
    assert (receipt.marks, receipt.proofs[0].papers) == (marks, tuple(papers))
    assert walk.duty("rectification_report").due == date(2024, 3, 28)
    walk.do(Action.REVERSE_STEP, date(2023, 12, 29))
    assert (walk.duty("result_receipt").marks, walk.duty("result_receipt").proofs) == ((), ())
