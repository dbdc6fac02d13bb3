"""Whether a step has its papers: those of its row, those of the pack, and the form that it takes in writing.

Pure. What an application lacks when it is handed in is a finding (`states.eligibility`), not asked here.
"""

from __future__ import annotations

from collections.abc import Iterable

from states.decision import Context, blocking
from states.errors import Reason
from states.guards import Ask, effective
from states.names import Action
from states.papers import PAPERS
from states.tables import LIFECYCLES, Row, Writing

FILE_COUNTS = frozenset(
    {
        Action.START,
        Action.REVIEW_SELECT,
        Action.NOM_QUALIFY,
        Action.NOM_COMMITTEE,
        Action.AWARD_RESULT,
        Action.AWARD_REFUSE,
    }
)
"""Steps for which papers will do that were filed with an earlier one."""


def papers_wanting(row: Row, ask: Ask) -> Iterable[Reason]:
    """Every paper that the step asks for and that did not come with it (R-FORM-50)."""
    filed = ask.command.materials | (frozenset({"document"}) if ask.command.document else frozenset())
    if _file_counts(ask):
        filed |= ask.case.materials
    for paper in (*row.papers, *_asked_by_pack(row, ask)):
        options = paper.split("|")
        if not filed.intersection(options):
            names = " 或 ".join(_paper_name(slug, ask.context) for slug in options)
            yield Reason("R-FORM-50", f"须附{names}")


def _asked_by_pack(row: Row, ask: Ask) -> Iterable[str]:
    """The papers that the pack requires for the step beside those of the row (R-FORM-50).

    What is only said to be in writing may be named by number and date as well; a formal document always
    is. What an application lacks when it is handed in becomes a finding, not a refusal.
    """
    if ask.command.action is LIFECYCLES[ask.case.lifecycle].hands_in:
        return
    named = {slug for paper in row.papers for slug in paper.split("|")}
    for slug, spec in ask.context.programme.materials.items():
        if spec.action != ask.command.action or slug in named:
            continue
        if spec.required:
            yield slug
        elif spec.written and row.writing is not Writing.FORMAL:
            yield f"{slug}|document"


def _file_counts(ask: Ask) -> bool:
    """Whether papers filed with earlier steps will do; each evaluation needs its own report (R-LIFE-136)."""
    if ask.command.action is Action.RECORD_EVALUATION:
        opening = (Action.OPEN_EVALUATION, Action.ORDER_REEVALUATION)
        return sum(step.action in opening for step in effective(ask.case)) <= 1
    return ask.command.action in FILE_COUNTS


def _paper_name(slug: str, context: Context) -> str:
    if slug == "document":
        return "文号和日期（--document）"
    spec = context.programme.materials.get(slug)
    return f"{spec.label if spec else PAPERS.get(slug, slug)}（--material {slug}=文件）"


def writing_wanting(row: Row, ask: Ask) -> Iterable[Reason]:
    """What a step that is taken in writing, or by a formal document, lacks of it (R-FORM-17, R-FORM-50)."""
    command = ask.command
    listed = "defects_listed" in row.guards and blocking(ask.context.findings)
    if row.writing is Writing.FORMAL and command.document is None:
        yield Reason("R-FORM-17", "须以正式文件作出，请给出文号和日期（--document 文号@日期）")
    elif row.writing is Writing.WRITTEN and not (
        command.materials or command.document or command.reason or listed
    ):
        yield Reason("R-FORM-50", "须以书面形式作出（--material、--document 或 --reason）")
