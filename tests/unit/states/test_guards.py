"""What has to hold before a step: quota, amount, publicity, separate persons, order of evaluation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from states.decide import decide
from states.decision import Finding
from states.kin import Parent
from states.names import Action, State
from tests.factories import (
    EVENT,
    FORMAL,
    PLATFORM,
    REPORT,
    SOCIETY,
    TALENT,
    Walk,
    accepted,
    approved,
    case,
    command,
    concluded,
    context,
    evaluating,
    programme,
    refused,
    rules,
    started,
)

MAY = date(2023, 5, 4)


@pytest.mark.parametrize(("taken", "passes"), [(11, True), (12, False), (13, False)])
def test_the_quota_is_a_ceiling_with_its_clause(taken: int, passes: bool) -> None:
    walk = Walk(case(state=State.EXPERT_REVIEW), context(quota_taken=taken))
    papers = frozenset({"review_record"})
    if passes:
        assert walk.do(Action.REVIEW_SELECT, MAY, materials=papers).dest is State.APPROVED
    else:
        (reason,) = walk.refuse(Action.REVIEW_SELECT, MAY, materials=papers).reasons
        assert (reason.rule, reason.cite) == ("R-LIFE-63", programme().quota.latest()[1].quote)  # type: ignore[union-attr]


def test_a_count_of_what_a_document_lists_as_decided_is_shown_and_does_not_block() -> None:
    """R-AMB-37: the list may be longer than its number."""
    slug = "h21-research-report"
    walk = Walk(case(slug), context(slug, quota_taken=99))
    done = walk.do(Action.IMPORT_APPROVED, MAY, document=FORMAL, values={"project.amount": 100})
    assert done.dest is State.APPROVED


def test_a_quota_that_no_document_prints_is_no_limit() -> None:
    assert programme(EVENT).quota is None
    walk = Walk(case(EVENT, State.EXPERT_REVIEW), context(EVENT, quota_taken=10_000))
    done = walk.do(
        Action.REVIEW_SELECT, MAY, materials=frozenset({"review_record"}), values={"project.amount": 100}
    )
    assert (done.dest, walk.case.facts["project.amount"]) == (State.APPROVED, 100)


@pytest.mark.parametrize(
    ("state", "flags", "rule"),
    [
        (State.EXPERT_REVIEW, (), "R-FUND-25"),
        (State.NOT_SELECTED, (), "R-FUND-25"),
        (State.AWAITING_PARENT, (), "R-FUND-25"),
        (State.ABSORBED, ("absorbed",), "R-AMB-06"),
        (State.CLOSED, ("absorbed",), "R-AMB-06"),
        (State.EXECUTING, (), None),
    ],
)
def test_an_amount_is_corrected_only_where_one_was_granted(
    state: State, flags: tuple[str, ...], rule: str | None
) -> None:
    walk = Walk(case(state=state, flags=frozenset(flags)), context())
    values = {"project.amount": 1}
    if rule is None:
        walk.do(Action.CORRECT_RECORD, MAY, values=values)
    else:
        assert rules(walk.refuse(Action.CORRECT_RECORD, MAY, values=values)) == [rule]


def test_an_approval_that_is_given_up_grants_nothing_until_it_is_undone() -> None:
    walk = Walk(case(state=State.APPROVED, facts={"project.amount": 100}), context())
    walk.do(Action.RELINQUISH, MAY, materials=frozenset({"relinquish_request"}))
    assert "project.amount" not in walk.case.facts
    walk.do(Action.REVERSE_STEP, MAY, actor="乙")
    assert walk.case.facts["project.amount"] == 100


def test_a_printed_amount_is_taken_and_changed_only_with_a_reason() -> None:
    walk = Walk(case(state=State.EXPERT_REVIEW), context())
    order = {"materials": frozenset({"review_record"})}
    other = walk.refuse(Action.REVIEW_SELECT, MAY, reason=None, values={"project.amount": 1}, **order)
    assert [reason.message for reason in other.reasons] == [
        "资助标准为每项 100000 元，改变金额须用 --reason 写明依据"
    ]
    walk.do(Action.REVIEW_SELECT, MAY, reason=None, **order)
    assert walk.case.facts["project.amount"] == 10_000_000


def test_a_blank_amount_does_not_wipe_out_the_printed_one() -> None:
    walk = Walk(case(state=State.EXPERT_REVIEW), context())
    found = walk.refuse(
        Action.REVIEW_SELECT, MAY, materials=frozenset({"review_record"}), values={"project.amount": None}
    )
    assert [reason.message for reason in found.reasons] == ["project.amount 不能为空"]


@pytest.mark.parametrize(
    ("day", "passes"),
    [(date(2023, 5, 10), False), (date(2023, 5, 11), True)],
)
def test_publicity_runs_five_working_days_with_the_exchanged_saturday(day: date, passes: bool) -> None:
    walk = approved(PLATFORM, MAY)
    papers = frozenset({"contract"})
    if passes:
        assert walk.do(Action.START, day, materials=papers).dest is State.EXECUTING
    else:
        assert rules(walk.ask(Action.START, day, materials=papers)[1]) == ["R-LIFE-161"]


def test_publicity_counts_from_the_publication_where_there_is_one() -> None:
    """R-FORM-66."""
    walk = approved(PLATFORM, MAY)
    walk.do(Action.PUBLISH_RESULTS, date(2023, 5, 15))
    papers = frozenset({"contract"})
    assert rules(walk.ask(Action.START, date(2023, 5, 22), materials=papers)[1]) == ["R-LIFE-161"]
    walk.do(Action.START, date(2023, 5, 23), materials=papers)


def test_a_new_approval_needs_its_own_publicity() -> None:
    walk = approved(PLATFORM, MAY)
    walk.do(Action.PUBLISH_RESULTS, MAY)
    walk.do(Action.RECORD_OBJECTION, date(2023, 5, 8))
    walk.do(Action.DECIDE_OBJECTION, date(2023, 5, 9), values={"objection.decision": "成立"})
    walk.do(Action.REVOKE_APPROVAL, date(2023, 5, 10))
    walk.do(Action.PROMOTE_RESERVE, date(2023, 6, 1))
    again = walk.ask(Action.START, date(2023, 6, 2), materials=frozenset({"contract"}))[1]
    assert rules(again) == ["R-LIFE-161"]
    assert rules(walk.ask(Action.REVOKE_APPROVAL, date(2023, 6, 2))[1]) == ["R-LIFE-145"]


def test_an_objection_that_is_not_decided_stops_the_start() -> None:
    """R-FORM-67."""
    walk = approved(PLATFORM, MAY)
    walk.do(Action.RECORD_OBJECTION, date(2023, 5, 8))
    papers = frozenset({"contract"})
    assert rules(walk.ask(Action.START, date(2023, 6, 1), materials=papers)[1]) == ["R-LIFE-161"]
    walk.do(Action.DECIDE_OBJECTION, date(2023, 5, 9), values={"objection.decision": "不成立"})
    walk.do(Action.START, date(2023, 6, 1), materials=papers)


def test_a_fujian_project_starts_only_after_publication_and_then_at_once() -> None:
    """R-FORM-11."""
    walk = approved(SOCIETY, date(2016, 5, 20))
    unpublished = replace(walk.case, facts={**walk.case.facts, "publication.on": None})
    order = command(Action.START, date(2016, 5, 20), materials=frozenset({"implementation_plan"}))
    assert rules(decide(unpublished, order, walk.context)) == ["R-LIFE-65"]
    walk.do(Action.START, date(2016, 5, 20), materials=frozenset({"implementation_plan"}))


def test_whoever_checked_does_not_decide_and_others_do() -> None:
    walk = Walk.of()
    for action, actor in (
        (Action.SUBMIT, "学会"),
        (Action.ACCEPT_FOR_FORM_REVIEW, "受理"),
        (Action.FORM_PASS, "审查"),
    ):
        walk.do(action, MAY, actor)
    papers = frozenset({"review_record"})
    assert rules(walk.ask(Action.REVIEW_SELECT, MAY, "审查", materials=papers)[1]) == ["R-LIFE-66"]
    assert rules(walk.ask(Action.REVIEW_SELECT, MAY, "他人", materials=papers, actor_unit=7)[1]) == [
        "R-LIFE-66"
    ]
    walk.do(Action.REVIEW_SELECT, MAY, "他人", materials=papers, actor_unit=8)


def test_form_pass_shows_the_findings_that_block_and_only_those() -> None:
    def finding(rule: str, result: str, severity: str, stage: str = "submit") -> Finding:
        return Finding(rule, result, severity, stage, f"{rule} 不符", "原文", "henan-2023")  # type: ignore[arg-type]

    seen = (
        finding("R-ELIG-01", "fail", "block"),
        finding("R-ELIG-02", "unknown", "block"),
        finding("R-ELIG-03", "pass", "block"),
        finding("R-ELIG-04", "fail", "warn"),
        finding("R-ELIG-05", "fail", "block", "evaluation"),
    )
    found = refused(decide(case(state=State.FORM_REVIEW), command(Action.FORM_PASS), context(findings=seen)))
    assert [reason.message for reason in found.reasons] == ["R-ELIG-01 不符", "R-ELIG-02 不符"]
    assert {reason.cite for reason in found.reasons} == {"原文"}


def test_an_evaluation_is_recorded_first_and_the_state_moves_after() -> None:
    walk = evaluating()
    assert rules(walk.ask(Action.EVALUATE_PASS, date(2023, 12, 21))[1]) == ["R-LIFE-55"]
    values = {"evaluation.conclusion": "良好"}
    missing = walk.refuse(Action.RECORD_EVALUATION, date(2023, 12, 25), values=values)
    assert [reason.rule for reason in missing.reasons] == ["R-FORM-50"]
    done = walk.do(Action.RECORD_EVALUATION, date(2023, 12, 25), materials=REPORT, values=values)
    assert (done.dest, walk.case.facts["evaluation.has_issues"]) == (State.PERFORMANCE_REVIEW, False)
    assert walk.do(Action.EVALUATE_PASS, date(2023, 12, 26)).dest is State.CLOSED


OUTCOMES = {
    ("优秀", False): Action.EVALUATE_PASS,
    ("良好", False): Action.EVALUATE_PASS,
    ("合格", False): Action.EVALUATE_PASS,
    ("优秀", True): Action.EVALUATE_ISSUES,
    ("良好", True): Action.EVALUATE_ISSUES,
    ("合格", True): Action.EVALUATE_ISSUES,
    ("不合格", False): Action.EVALUATE_FAIL,
    ("不合格", True): Action.EVALUATE_FAIL,
}


@pytest.mark.parametrize("slug", [PLATFORM, SOCIETY])
@pytest.mark.parametrize(("grade", "issues"), OUTCOMES)
def test_a_recorded_conclusion_leads_to_exactly_one_step(slug: str, grade: str, issues: bool) -> None:
    walk = concluded(slug, grade, issues)
    fail = Action.EVALUATE_FAIL if slug == SOCIETY else Action.CONCLUDE_UNQUALIFIED
    expected = OUTCOMES[grade, issues]
    passing = {
        action
        for action in (Action.EVALUATE_PASS, Action.EVALUATE_ISSUES, fail)
        if not hasattr(walk.ask(action, date(2023, 12, 28), document=FORMAL)[1], "reasons")
    }
    assert passing == {fail if expected is Action.EVALUATE_FAIL else expected}


@pytest.mark.parametrize(
    ("slug", "action", "dest"),
    [
        (SOCIETY, Action.EVALUATE_FAIL, State.DISQUALIFIED),
        (PLATFORM, Action.CONCLUDE_UNQUALIFIED, State.CLOSED_UNQUALIFIED),
    ],
)
def test_unqualified_moves_only_on_a_formal_document(slug: str, action: Action, dest: State) -> None:
    walk = concluded(slug, "不合格", issues=True)
    papers = frozenset({"other"})
    assert rules(walk.ask(action, date(2024, 1, 5), materials=papers)[1]) == ["R-FORM-17"]
    assert walk.do(action, date(2024, 1, 5), document=FORMAL).dest is dest


def test_unqualified_may_rectify_first_only_where_the_pack_allows_it_and_with_a_reason() -> None:
    walk = concluded(SOCIETY, "不合格", issues=False)
    assert rules(walk.ask(Action.EVALUATE_ISSUES, date(2024, 1, 5))[1]) == ["R-LIFE-56"]
    walk.context = replace(walk.context, programme=programme(SOCIETY, fail_rectify_first_allowed=True))
    assert rules(walk.ask(Action.EVALUATE_ISSUES, date(2024, 1, 5), reason=None)[1]) == ["R-LIFE-56"]
    assert walk.do(Action.EVALUATE_ISSUES, date(2024, 1, 5)).dest is State.RECTIFYING


def test_a_second_evaluation_needs_its_own_report() -> None:
    walk = concluded(PLATFORM, "合格", issues=True)
    walk.do(Action.EVALUATE_ISSUES, date(2023, 12, 28))
    walk.do(Action.ORDER_REEVALUATION, date(2024, 5, 6))
    assert "evaluation.conclusion" not in walk.case.facts
    values = {"evaluation.conclusion": "合格"}
    old = walk.refuse(Action.RECORD_EVALUATION, date(2024, 5, 20), values=values)
    assert [reason.rule for reason in old.reasons] == ["R-FORM-50"]
    walk.do(Action.RECORD_EVALUATION, date(2024, 5, 20), materials=REPORT, values=values)


def test_an_extension_needs_its_paper_its_reason_and_a_later_end() -> None:
    walk = started(PLATFORM, date(2023, 6, 5))
    bare = walk.refuse(Action.REQUEST_EXTENSION, date(2023, 10, 9), reason=None)
    assert [reason.rule for reason in bare.reasons] == ["R-FORM-50", "R-FORM-21", "R-LIFE-00"]
    assert {reason.document for reason in bare.reasons} == {"henan-2020"}
    early = walk.refuse(
        Action.REQUEST_EXTENSION, date(2023, 10, 9),
        materials=frozenset({"extension_request"}), values={"request.new_end": date(2023, 12, 31)},
    )  # fmt: skip
    assert [reason.message for reason in early.reasons] == ["新期限须晚于现有结束日 2023-12-31"]


def test_an_end_before_the_start_is_refused_and_not_replaced_silently() -> None:
    walk = approved(PLATFORM, MAY)
    found = walk.refuse(
        Action.START, date(2023, 6, 5),
        materials=frozenset({"contract"}), values={"project.ends_on": date(2023, 6, 5)},
    )  # fmt: skip
    assert [reason.message for reason in found.reasons] == ["实施结束日须晚于 2023-06-05"]


@pytest.mark.parametrize(
    ("slug", "on", "ends"),
    [
        (PLATFORM, date(2023, 6, 5), date(2023, 12, 31)),
        (PLATFORM, date(2024, 1, 8), date(2024, 12, 31)),
        (TALENT, date(2024, 2, 29), date(2026, 2, 28)),
    ],
)
def test_a_start_sets_the_end(slug: str, on: date, ends: date) -> None:
    facts = started(slug, on).case.facts
    assert (facts["project.started_on"], facts["project.ends_on"]) == (on, ends)


def test_a_child_of_a_pending_parent_waits_and_others_go_on() -> None:

    now = case(state=State.FORM_REVIEW, parent="p", marked=True)
    dests = [
        accepted(decide(now, command(Action.FORM_PASS), context(parent=parent))).dest
        for parent in (
            None,
            Parent("p", State.FORM_REVIEW, False),
            Parent("p", State.APPROVED, False),
            Parent("p", State.NOT_SELECTED, False),
        )
    ]
    assert dests == ["expert_review", "awaiting_parent", "awaiting_parent", "expert_review"]


def test_a_form_that_is_reviewed_is_checked_by_other_hands() -> None:
    """R-LIFE-147: also where the first checker stood in for somebody."""
    walk = Walk(case(state=State.FORM_REVIEW), context())
    walk.do(Action.FORM_REJECT, MAY, actor="甲", stood_in_by="丙")
    for hand in ("甲", "丙"):
        assert "R-LIFE-147" in rules(walk.refuse(Action.REVIEW_FORM_DECISION, MAY, actor=hand))
    walk.do(Action.REVIEW_FORM_DECISION, MAY, actor="乙")

    assert rules(walk.refuse(Action.FORM_PASS, MAY, actor="丙")) == ["R-LIFE-147"]
    walk.do(Action.FORM_PASS, MAY, actor="丁")


def test_an_objection_that_was_upheld_stops_the_start() -> None:
    """R-LIFE-161."""
    walk = approved(PLATFORM, MAY)
    walk.do(Action.RECORD_OBJECTION, date(2023, 5, 8))
    walk.do(Action.DECIDE_OBJECTION, date(2023, 5, 9), values={"objection.decision": "成立"})
    told = walk.refuse(Action.START, date(2023, 6, 1), materials=frozenset({"contract"}))
    assert "R-LIFE-161" in [reason.rule for reason in told.reasons]


def test_what_is_asked_at_the_evaluation_and_not_met_is_an_issue() -> None:
    """R-ELIG-12: no good grade goes past it."""
    walk = evaluating()
    values = {"evaluation.conclusion": "良好"}
    walk.do(Action.RECORD_EVALUATION, date(2023, 12, 25), materials=REPORT, values=values)
    lacking = Finding("R-ELIG-12", "fail", "block", "evaluation", "联合主办单位缺少：地方政府", None, None)
    walk.context = replace(walk.context, findings=(lacking,))
    told = walk.refuse(Action.EVALUATE_PASS, date(2023, 12, 26))
    assert [reason.rule for reason in told.reasons] == ["R-ELIG-12"]


def test_a_review_is_reopened_only_after_an_objection_was_decided() -> None:
    """R-LIFE-146."""
    walk = Walk(case(state=State.EXPERT_REVIEW), context())
    walk.do(Action.REVIEW_REJECT, MAY)
    assert rules(walk.refuse(Action.REOPEN_REVIEW, MAY)) == ["R-LIFE-146"]
    walk.do(Action.RECORD_OBJECTION, MAY)
    walk.do(Action.DECIDE_OBJECTION, MAY, values={"objection.decision": "成立"})
    walk.do(Action.REOPEN_REVIEW, MAY)
