"""Guards of moving a project to another version of its pack (R-DOC-07)."""

from __future__ import annotations

from states.catalogue import Programme
from states.errors import Reason
from states.guards.ask import Ask, no
from states.names import State
from states.outcomes import COUNTED, ENDED
from states.tables import LIFECYCLES, lifecycle_of


def wanted(ask: Ask) -> Programme | None:
    """The programme in the pack version that the step names, or None."""
    return ask.context.packs.get(str(ask.command.values.get("project.pack") or ""))


def pack_on_file(ask: Ask) -> Reason | None:
    """There is another version of the project's pack to go to."""
    return None if ask.context.packs else no("R-DOC-07", "没有启用过该政策包的其他版本")


def pack_known(ask: Ask) -> Reason | None:
    """The version that is named is on file."""
    if wanted(ask) is not None:
        return None
    known = "、".join(sorted(ask.context.packs)) or "没有其他版本"
    return no("R-DOC-07", f"须写明改用哪一版政策包（--set project.pack=代码@版本）；可选：{known}")


def pool_free(ask: Ask) -> Reason | None:
    """A project that holds a place finds one in the pool it moves to (R-LIFE-63); so does the way back."""
    target = ask.context.adopts
    if target is None or ask.case.state not in COUNTED or "absorbed" in ask.case.flags:
        return None
    quota = target.quota_on(ask.command.on)
    if quota is None or target.already_decided or ask.context.adopts_taken < quota:
        return None
    return no("R-LIFE-63", f"所用政策包版本的立项名额 {quota} 项已满（已立项 {ask.context.adopts_taken} 项）")


def pack_fits(ask: Ask) -> Reason | None:
    """The lifecycle of the other version knows the state in which the project is, and it has not ended."""
    if ask.case.state in ENDED:
        return no("R-DOC-07", "项目已经结束，不再改用新版政策包")
    programme = wanted(ask)
    if programme is None:
        return None
    managed = bool(programme.setting("management_steps", ask.command.on, True))
    table = LIFECYCLES[lifecycle_of(programme.variant, managed)]
    back = ask.case.facts.get("project.return_to")
    needed = [ask.case.state, *([State(back)] if back else [])]
    absent = [state.label for state in needed if state not in table.states]
    if not absent:
        return None
    return no("R-DOC-07", f"该版本的流程（{table.label}）没有“{'、'.join(absent)}”这一状态")
