"""Build-time checks of the tables: one function per kind of fault, each naming the rows at fault.

`transitions` would accept all of these silently and fail, or not fail, when fired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from states.errors import DefinitionFault
from states.guards import CONDITIONS, GUARDS
from states.names import Action, Role, State
from states.tables import ANY, LIFECYCLES, Lifecycle, Row, To


def check_names(table: Lifecycle) -> Iterator[str]:
    """States, actions and roles are members of the vocabularies."""
    actions, states, roles = set(Action), set(State), set(Role)
    for row in table.rows:
        if row.action not in actions:
            yield f"{row.rule}: 未知操作 {row.action!r}"
        if row.dest not in states | set(To):
            yield f"{row.rule}: 未知目标状态 {row.dest!r}"
        yield from (f"{row.rule}: 未知状态 {s!r}" for s in row.sources if s not in states)
        yield from (f"{row.rule}: 未知角色 {r!r}" for r in row.roles if r not in roles)


def check_guards(table: Lifecycle) -> Iterator[str]:
    """Every guard and condition that a row names exists."""
    for row in table.rows:
        yield from (f"{row.rule}: 未知条件 {g!r}" for g in row.guards if g not in GUARDS)
        if row.when is not None and row.when not in CONDITIONS:
            yield f"{row.rule}: 未知分支条件 {row.when!r}"


def check_roles(table: Lifecycle) -> Iterator[str]:
    """Every row names who may take it."""
    yield from (f"{row.rule} {row.action}: 没有角色" for row in table.rows if not row.roles)


def check_rules(table: Lifecycle) -> Iterator[str]:
    """Every row cites a rule, and a document exactly when it quotes one."""
    for row in table.rows:
        if not row.rule.startswith("R-"):
            yield f"{row.action}: 没有规则编号"
        if (row.document is None) != (row.quote is None):
            yield f"{row.rule} {row.action}: 文件与引文须同时给出或同时缺省"


def check_ambiguity(table: Lifecycle) -> Iterator[str]:
    """From one state, one action has at most one unconditional row, and no condition twice."""
    for (state, action), rows in table.index.items():
        conditions = [row.when for row in rows]
        if len(conditions) != len(set(conditions)):
            yield f"{state} {action}: 有两行适用"


def check_reachable(table: Lifecycle) -> Iterator[str]:
    """Every state can be reached from the entry."""
    reached = _closure(_edges(table), frozenset({table.entry}))
    yield from (f"{s}: 从 {table.entry} 无法到达" for s in sorted(table.states - reached))


def check_traps(table: Lifecycle) -> Iterator[str]:
    """Every state that is no end has a way on to another state."""
    edges = _edges(table)
    for state in sorted(table.states - table.ends):
        if not edges.get(state, frozenset()) - {state}:
            yield f"{state}: 没有出路"


def check_ends(table: Lifecycle) -> Iterator[str]:
    """Every state has a path to an end; an end is left only by rows marked `reopens`."""
    backwards: dict[State, set[State]] = {}
    for source, dests in _edges(table).items():
        for dest in dests:
            backwards.setdefault(dest, set()).add(source)
    ends = table.ends & table.states
    finishing = _closure({k: frozenset(v) for k, v in backwards.items()}, ends)
    yield from (f"{s}: 没有通向结束状态的路径" for s in sorted(table.states - finishing))
    for row in table.rows:
        leaves = [s for s in row.sources if s in table.ends and row.dest != To.SAME]
        if leaves and not row.reopens:
            yield f"{row.rule} {row.action}: 离开结束状态 {leaves[0]}，但未标明为重新启动"


def check_returns(table: Lifecycle) -> Iterator[str]:
    """A `return_to` row starts where a request waits: its sources are entered by other rows."""
    entered = {row.dest for row in table.rows}
    for row in table.rows:
        if row.dest == To.RETURN:
            lost = [s for s in row.sources if s not in entered]
            yield from (f"{row.rule} {row.action}: {s} 没有进入的途径" for s in lost)


def check_unused_guards(tables: Mapping[str, Lifecycle]) -> Iterator[str]:
    """No guard or condition stands idle."""
    rows = [row for table in tables.values() for row in table.rows]
    used = {g for row in rows for g in row.guards} | {row.when for row in rows}
    yield from (f"{name}: 没有任何一行使用" for name in sorted((set(GUARDS) | set(CONDITIONS)) - used))


CHECKS = (
    check_names,
    check_guards,
    check_roles,
    check_rules,
    check_ambiguity,
    check_reachable,
    check_traps,
    check_ends,
    check_returns,
)


def faults(table: Lifecycle) -> list[str]:
    """Every fault of one table, in the order of the checks."""
    found = [fault for check in CHECKS[:2] for fault in check(table)]
    if found:
        return found
    return [fault for check in CHECKS[2:] for fault in check(table)]


def require_sound(tables: Mapping[str, Lifecycle] = LIFECYCLES) -> None:
    """Raise `DefinitionFault` with every fault of every table."""
    found = [f"{name}: {fault}" for name, table in tables.items() for fault in faults(table)]
    found += list(check_unused_guards(tables))
    if found:
        raise DefinitionFault("状态表有误：" + "；".join(found))


def _edges(table: Lifecycle) -> dict[State, frozenset[State]]:
    edges: dict[State, set[State]] = {}
    for row in table.rows:
        if row.sources == ANY:
            continue
        for source in row.sources:
            edges.setdefault(source, set()).update(_targets(table, row, source))
    return {k: frozenset(v) for k, v in edges.items()}


def _targets(table: Lifecycle, row: Row, source: State) -> set[State]:
    if isinstance(row.dest, State):
        return {row.dest}
    return _asked_in(table, source) if row.dest == To.RETURN else {source}


def _asked_in(table: Lifecycle, waiting: State) -> set[State]:
    """The states in which a request was made that now waits in `waiting`."""
    waits = {s for row in table.rows if row.dest == To.RETURN for s in row.sources}
    found: set[State] = set()
    todo, seen = [waiting], {waiting}
    while todo:
        here = todo.pop()
        for source in {s for row in table.rows if row.dest == here for s in row.sources} - seen:
            seen.add(source)
            if source in waits:
                todo.append(source)
            else:
                found.add(source)
    return found


def _closure(edges: Mapping[State, frozenset[State]], start: frozenset[State]) -> frozenset[State]:
    seen, todo = set(start), list(start)
    while todo:
        for nxt in edges.get(todo.pop(), frozenset()):
            if nxt not in seen:
                seen.add(nxt)
                todo.append(nxt)
    return frozenset(seen)
