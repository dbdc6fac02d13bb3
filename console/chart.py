"""A lifecycle drawn from its one literal table: as rows, as mermaid text, as an SVG picture.

Every row of the table appears once for each state it starts from, and nothing else does. Which
steps there are is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from states.errors import NotFoundFault
from states.names import Role, State
from states.tables import ANY, LIFECYCLES, Lifecycle, Row, To

RELATIVE = {
    To.SAME: "状态不变",
    To.RETURN: "回到申请前的状态",
    To.PREVIOUS: "回到上一状态",
}
WRITING = {"no": "", "written": "书面", "formal": "正式文件"}

_BOX_W, _BOX_H, _GAP_X, _GAP_Y, _EDGE = 132, 40, 150, 34, 24
_FONT = 'font-family="sans-serif"'
_HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="#556"/></marker>'
)


@dataclass(frozen=True, slots=True)
class Arrow:
    """One row of the table from one of its states."""

    source: State
    dest: State | To
    row: Row

    @property
    def dest_label(self) -> str:
        """Where it leads, in Chinese."""
        return self.dest.label if isinstance(self.dest, State) else RELATIVE[self.dest]


def find_lifecycle(name: str) -> Lifecycle:
    """A lifecycle by name, rule or Chinese label; NotFoundFault lists what there is."""
    for table in LIFECYCLES.values():
        if name in (table.name, table.rule, table.label):
            return table
    known = "、".join(f"{table.name}（{table.label}）" for table in LIFECYCLES.values())
    raise NotFoundFault(f"没有名为“{name}”的流程；现有：{known}")


def states_of(table: Lifecycle) -> list[State]:
    """The states of a table in the order of the vocabulary."""
    return [state for state in State if state in table.states]


def arrows(table: Lifecycle) -> list[Arrow]:
    """Every row once per state it starts from, in table order."""
    order = states_of(table)
    return [
        Arrow(source, row.dest, row)
        for row in table.rows
        for source in (order if row.sources == ANY else row.sources)
    ]


def as_json(table: Lifecycle) -> dict[str, Any]:
    """States and transitions as the contract has them."""
    return {
        "name": table.name,
        "label": table.label,
        "rule": table.rule,
        "entry": str(table.entry),
        "states": [
            {"state": str(state), "label": state.label, "end": state in table.ends}
            for state in states_of(table)
        ],
        "transitions": [
            {
                "rule": arrow.row.rule,
                "action": str(arrow.row.action),
                "label": arrow.row.action.label,
                "from": str(arrow.source),
                "to": str(arrow.dest),
                "roles": [str(role) for role in arrow.row.roles],
                "guards": list(arrow.row.guards),
                "materials": list(arrow.row.papers),
                "writing": str(arrow.row.writing),
                "when": arrow.row.when,
                "document": arrow.row.document,
                "clause": arrow.row.quote,
            }
            for arrow in arrows(table)
        ],
    }


def as_rows(table: Lifecycle) -> list[tuple[str, ...]]:
    """One line per row of the table, for people."""
    found: list[tuple[str, ...]] = []
    for row in table.rows:
        sources = "任何状态" if row.sources == ANY else "、".join(state.label for state in row.sources)
        dest = row.dest.label if isinstance(row.dest, State) else RELATIVE[row.dest]
        who = "、".join(Role(role).label for role in row.roles)
        found.append(
            (sources, f"{row.action.label}\n{row.action}", dest, who, WRITING[str(row.writing)], row.rule)
        )
    return found


def as_mermaid(table: Lifecycle) -> str:
    """A state diagram; relative destinations are states of their own, named for what they mean."""
    lines = ["stateDiagram-v2", f"  %% {table.name} {table.label}（{table.rule}）"]
    lines += [f'  state "{state.label}" as {state}' for state in states_of(table)]
    used = {arrow.dest for arrow in arrows(table) if isinstance(arrow.dest, To)}
    lines += [f'  state "{RELATIVE[to]}" as {_node(to)}' for to in To if to in used and to is not To.SAME]
    lines.append(f"  [*] --> {table.entry}")
    for arrow in arrows(table):
        dest = arrow.source if arrow.dest is To.SAME else _node(arrow.dest)
        when = f" [{arrow.row.when}]" if arrow.row.when else ""
        lines.append(f"  {arrow.source} --> {dest} : {arrow.row.action.label} ({arrow.row.action}){when}")
    lines += [f"  {state} --> [*]" for state in states_of(table) if state in table.ends]
    return "\n".join(lines)


def _node(dest: State | To) -> str:
    return str(dest) if isinstance(dest, State) else f"to_{dest}"


def as_svg(table: Lifecycle) -> str:
    """A picture: states in columns by their distance from the entry, one line per pair of states."""
    places = _places(table)
    width = max(x for x, _ in places.values()) + _BOX_W + 2 * _EDGE
    height = max(y for _, y in places.values()) + _BOX_H + 2 * _EDGE
    label = escape(table.label)
    size = f'viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{label}" {_FONT}>',
        f"<defs>{_HEAD}</defs>",
        f"<title>{label}</title>",
    ]
    parts += [_line(places, pair, labels) for pair, labels in _pairs(table).items()]
    parts += [_box(state, place, end=state in table.ends) for state, place in places.items()]
    return "\n".join([*parts, "</svg>"])


def _pairs(table: Lifecycle) -> dict[tuple[State, State], list[str]]:
    """The actions between each two different states; a relative destination has no line."""
    pairs: dict[tuple[State, State], list[str]] = {}
    for arrow in arrows(table):
        if isinstance(arrow.dest, State) and arrow.dest is not arrow.source:
            pairs.setdefault((arrow.source, arrow.dest), []).append(arrow.row.action.label)
    return pairs


def _places(table: Lifecycle) -> dict[State, tuple[int, int]]:
    """Columns by distance from the entry, breadth first; a state that only a return reaches comes last."""
    depth = {table.entry: 0}
    queue = [table.entry]
    for state in queue:
        for source, dest in _pairs(table):
            if source is state and dest not in depth:
                depth[dest] = depth[state] + 1
                queue.append(dest)
    last = max(depth.values()) + 1
    filled: dict[int, int] = {}
    places = {}
    for state in sorted(states_of(table), key=lambda one: depth.get(one, last)):
        column = depth.get(state, last)
        row = filled[column] = filled.get(column, -1) + 1
        places[state] = (column * (_BOX_W + _GAP_X) + _EDGE, row * (_BOX_H + _GAP_Y) + _EDGE)
    return places


def _line(places: dict[State, tuple[int, int]], pair: tuple[State, State], labels: list[str]) -> str:
    (x1, y1), (x2, y2) = places[pair[0]], places[pair[1]]
    forward = x2 > x1
    start, end = (x1 + _BOX_W, x2) if forward else (x1, x2 + _BOX_W)
    if x1 == x2:
        start, end = x1 + _BOX_W, x2 + _BOX_W
    bend = _GAP_X // 2 if forward or x1 == x2 else -_GAP_X // 2
    a, b = y1 + _BOX_H // 2, y2 + _BOX_H // 2
    path = f"M{start} {a}C{start + bend} {a} {end - bend if x1 != x2 else end + bend} {b} {end} {b}"
    text = escape("、".join(dict.fromkeys(labels)))
    middle = f'x="{(start + end) // 2}" y="{(a + b) // 2 - 4}"'
    return (
        f'<path d="{path}" fill="none" stroke="#889" marker-end="url(#head)"><title>{text}</title></path>'
        f'<text {middle} font-size="9" fill="#445" text-anchor="middle">{text}</text>'
    )


def _box(state: State, place: tuple[int, int], *, end: bool) -> str:
    x, y = place
    fill, stroke = ("#eef", "#336") if not end else ("#eee", "#777")
    return (
        f'<g id="{state}"><rect x="{x}" y="{y}" width="{_BOX_W}" height="{_BOX_H}" rx="6" '
        f'fill="{fill}" stroke="{stroke}"/><text x="{x + _BOX_W // 2}" y="{y + 25}" font-size="13" '
        f'text-anchor="middle">{escape(state.label)}</text></g>'
    )
