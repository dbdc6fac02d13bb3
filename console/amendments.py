"""Commands about scoped amendments of deadlines: preview, make, list, show, undo.

What may be typed stands in `console.amendment_options`; what an amendment does to a project is decided in the
core, which projects are meant in `lifecycle.scope`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from console.amendment_options import CHANGING, MAKING, read_order
from console.amendment_screens import show_amendment, show_amendments, show_outcome
from console.bulk import confirm, declined_json, progress
from console.command import command, new_group, take
from console.options import parse_whole
from console.output import Answer, say
from console.session import Session
from states.amendment import Deadline
from states.errors import UsageFault, whole_fault

if TYPE_CHECKING:
    from lifecycle.amendment_order import Outcome

LABEL: Final = "期限调整"


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    amendments = new_group(listing=list_amendments)
    command(amendments, "preview", help="预览：将调整哪些项目、新旧日期、哪些不能调整及原因")(preview)
    command(amendments, "make", help="按一份决定文件调整一批项目的期限")(make)
    command(amendments, "show", help="查看一次期限调整及其各项目")(show)
    command(amendments, "undo", help="整体撤销一次期限调整，由他人办理")(undo)
    root.add_typer(amendments, name="amendments")


def list_amendments(session: Session) -> Answer:
    """All amendments."""
    from lifecycle.amendment_view import listed
    from lifecycle.people import SEES_GRACE

    session.require(*sorted(SEES_GRACE), to="查看期限调整")
    with session.reading() as conn:
        found = listed(conn, session.store.catalogue)
    return Answer({"amendments": found}, lambda on: show_amendments(on, found))


def show(session: Session, number: Annotated[str, typer.Argument(metavar="N", help="调整编号")]) -> Answer:
    """One amendment with its projects."""
    from lifecycle.amendment_view import shown
    from lifecycle.people import SEES_GRACE

    session.require(*sorted(SEES_GRACE), to="查看期限调整")
    with session.reading() as conn:
        found = shown(conn, _number(number), session.store.catalogue)
    return Answer(found, lambda on: show_amendment(on, found))


def preview(session: Session, **given: Any) -> Answer:
    """What would be done."""
    order = read_order(given, session.on)
    return _answer(session.app.amendments.preview(session.actor, order), order.deadline, tried=True)


def make(session: Session, **given: Any) -> Answer:
    """Amend the deadlines of every project that is meant."""
    sure, dry_run = given.pop("yes"), given.pop("dry_run")
    order = read_order(given, session.on)
    door = session.app.amendments
    if dry_run:
        return _answer(door.preview(session.actor, order), order.deadline, tried=True)
    meant, known = door.meant(session.actor, order)
    if meant and order.scope.selects and not (sure or known):
        tried = door.preview(session.actor, order)
        say(f"可以调整 {len(tried.done)} 个，不能调整 {len(tried.refused)} 个；名单校验值 {tried.manifest}")
        confirm(len(meant), LABEL)
    with progress(len(meant), LABEL) as advance:
        outcome = door.make(session.actor, order, advance)
    return _answer(outcome, order.deadline, tried=False)


def undo(
    session: Session,
    number: Annotated[str, typer.Argument(metavar="N", help="调整编号")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="理由")] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="NUMBER@DATE", help="撤销文件的文号和日期")
    ] = None,
) -> Answer:
    """Put back what an amendment changed, on all its projects."""
    from lifecycle.amendment_view import shown

    wanted = _number(number)
    if not reason:
        raise UsageFault("缺少 --reason：撤销期限调整须写明理由。")
    with session.reading() as conn:
        found = shown(conn, wanted, session.store.catalogue)
    with progress(found["done"], LABEL) as advance:
        outcome = session.app.amendments.undo(session.actor, wanted, session.on, reason, document, advance)
    return _answer(outcome, Deadline(found["deadline"]), tried=False, undone=True)


take(preview, CHANGING)
take(make, CHANGING, MAKING)


def _number(text: str) -> int:
    number = parse_whole(text, "N")
    return number or 0


def _answer(outcome: Outcome, deadline: Deadline, *, tried: bool, undone: bool = False) -> Answer:
    from lifecycle.amendment_view import outcome_json
    from lifecycle.commands import as_fault

    declined = [(one.id, as_fault(one)) for one in outcome.refused]
    told = outcome_json(outcome)
    document = {**told, "refused": [{"id": one, **declined_json(fault)} for one, fault in declined]}
    fault = whole_fault([fault for _, fault in declined], len(outcome.ids))
    verb = "可以调整" if tried else "已撤销" if undone else "已调整"
    return Answer(document, lambda on: show_outcome(on, told, declined, deadline, verb, all_=tried), fault)
