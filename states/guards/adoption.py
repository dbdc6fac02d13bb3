"""Guards of moving a project to another version of its pack (R-DOC-07)."""

from __future__ import annotations

from states.catalogue import Programme
from states.errors import Reason
from states.guards.ask import Ask, no
from states.outcomes import ENDED
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


def pack_fits(ask: Ask) -> Reason | None:
    """The lifecycle of the other version knows the state in which the project is, and it has not ended."""
    if ask.case.state in ENDED:
        return no("R-DOC-07", "项目已经结束，不再改用新版政策包")
    programme = wanted(ask)
    if programme is None:
        return None
    managed = bool(programme.setting("management_steps", ask.command.on, True))
    table = LIFECYCLES[lifecycle_of(programme.variant, managed)]
    if ask.case.state in table.states:
        return None
    return no("R-DOC-07", f"该版本的流程（{table.label}）没有“{ask.case.state.label}”这一状态")
