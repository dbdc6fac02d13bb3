"""Guards of evaluation and rectification: grade, report, receipt, longer dates."""

from __future__ import annotations

from states.decision import blocking
from states.errors import Reason
from states.guards.ask import Ask, effective, no
from states.names import Action

PASSING_GRADES = ("优秀", "良好", "合格")
FAILING_GRADE = "不合格"
GRADES = (*PASSING_GRADES, FAILING_GRADE)


def conclusion_given(ask: Ask) -> Reason | None:
    """An evaluation names its grade, and is not concluded in the future."""
    if ask.command.values.get("evaluation.conclusion") not in GRADES:
        return no("R-AMB-19", f"须写明评价等次（--set evaluation.conclusion={'|'.join(GRADES)}）")
    if ask.command.values.get("evaluation.concluded_on", ask.command.on) > ask.command.on:
        return no("R-AMB-19", "评价结论日期不能晚于登记当日")
    return None


def conclusion_recorded(ask: Ask) -> Reason | None:
    """The evaluator's report and the conclusion are on file before the state moves."""
    if ask.case.facts.get("evaluation.conclusion") and "evaluation_report" in ask.case.materials:
        return None
    return no("R-LIFE-55", "须先登记评价结论并附绩效评价报告（record_evaluation）")


def _graded(ask: Ask, grades: tuple[str, ...], issues: bool | None, rule: str) -> Reason | None:
    grade, found = ask.case.facts.get("evaluation.conclusion"), ask.case.facts.get("evaluation.has_issues")
    if grade is None or (grade in grades and (issues is None or bool(found) is issues)):
        return None
    named = f"{grade}{'、存在问题' if found else ''}"
    return no(rule, f"已登记的评价结论为“{named}”，与此操作不符")


def met_at_evaluation(ask: Ask) -> Reason | None:
    """What the document asks for at the evaluation is met: otherwise there are issues (R-ELIG-12)."""
    open_ones = blocking(ask.context.findings, at_evaluation=True)
    if not open_ones:
        return None
    told = "；".join(found.message for found in open_ones)
    return no(open_ones[0].rule, f"{told}（存在问题的，用 evaluate_issues 责令整改）")


def graded_pass(ask: Ask) -> Reason | None:
    """优秀, 良好 or 合格, and no issues."""
    return _graded(ask, PASSING_GRADES, False, "R-LIFE-55")


def graded_issues(ask: Ask) -> Reason | None:
    """Issues found; 不合格 only where the meeting decided to rectify first (R-SANC-02, R-AMB-39)."""
    first = ask.context.programme.setting("fail_rectify_first_allowed", ask.command.on, False)
    if first and ask.command.reason and ask.case.facts.get("evaluation.conclusion") == FAILING_GRADE:
        return None
    return _graded(ask, PASSING_GRADES, True, "R-LIFE-56")


def graded_fail(ask: Ask) -> Reason | None:
    """不合格."""
    return _graded(ask, (FAILING_GRADE,), None, "R-LIFE-57")


RECEIVED = ("evaluation.received_on", "return.received_on")


def receipt_expected(ask: Ask) -> Reason | None:
    """There is something whose receipt can be told; a date that is given is judged by `receipt_given`."""
    returned = any(step.action == Action.RETURN_FOR_COMPLETION for step in effective(ask.case))
    if returned or ask.facts.get("evaluation.concluded_on") or ask.command.values.keys() & set(RECEIVED):
        return None
    return no("R-AMB-24", "尚无评价结论或补正通知，没有可以登记的接收日期")


def receipt_given(ask: Ask) -> Reason | None:
    """A receipt names its date, once: a second one would start the clock anew (R-AMB-32)."""
    given = [name for name in ask.command.values if name in RECEIVED]
    if not given:
        return no(
            "R-AMB-24", "须写明接收日期（--set evaluation.received_on=日期 或 return.received_on=日期）"
        )
    known = [ask.case.facts[name] for name in given if ask.case.facts.get(name) is not None]
    if known:
        return no("R-AMB-32", f"接收日期已登记为 {known[0].isoformat()}，有误由省科协更正（amend）")
    return None


def receipt_dated(ask: Ask) -> Reason | None:
    """A date of receipt is not before what was received and not in the future."""
    given = {n: v for n, v in ask.command.values.items() if n in RECEIVED and v is not None}
    if any(day > ask.command.on for day in given.values()):
        return no("R-AMB-24", "接收日期不能晚于登记当日")
    concluded = ask.facts.get("evaluation.concluded_on")
    received = given.get("evaluation.received_on")
    if received and (concluded is None or received < concluded):
        return no("R-AMB-24", "接到评价结果的日期不能早于评价结论日期（须先登记评价结论）")
    returned = [s.on for s in effective(ask.case) if s.action == Action.RETURN_FOR_COMPLETION]
    if "return.received_on" in given and (not returned or given["return.received_on"] < returned[-1]):
        return no("R-AMB-24", "接到补正通知的日期不能早于退回补正的日期")
    return None


def new_rectification_date(ask: Ask) -> Reason | None:
    """A longer rectification names its new date, later than the present one."""
    wanted = ask.command.values.get("rectification.due_on")
    dues = [d.due for d in ask.case.duties if d.slug == "rectification_report" and d.live]
    if wanted is None:
        return no("R-AMB-32", "须写明新的整改期限（--set rectification.due_on=日期）")
    if dues and wanted <= dues[-1]:
        return no("R-AMB-32", f"新的整改期限须晚于 {dues[-1].isoformat()}")
    if wanted < ask.command.on:
        return no("R-AMB-32", "新的整改期限不能早于办理当日")
    return None
