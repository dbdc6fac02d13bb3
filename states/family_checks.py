"""Predicates about other projects: the children of a pilot city, and what the unit did the year before."""

from __future__ import annotations

from states.kin import Child
from states.looks import Look, Predicate, Verdict, confirm, failed, noted, passed, records
from states.outcomes import NOT_APPLIED
from states.params import LINES, choice, fact
from states.unit_checks import BAD, GOOD, conclusion_of, word_of, year_of


def _alive(look: Look, line: str) -> list[Child]:
    """The children under a line that are still applied for."""
    return [child for child in look.children if line in child.lines and child.state not in NOT_APPLIED]


def children_submitted(look: Look) -> Verdict:
    """Every kind that must come with a pilot city is applied for (R-ELIG-27, R-AMB-46, R-DL-23)."""
    absent = [look.line_title(line) for line in look.params["each"] if not _alive(look, line)]
    if absent:
        return failed(f"须同时申报而未申报：{'、'.join(absent)}")
    return passed("须同时申报的各类项目均已申报")


def child_marked(look: Look) -> Verdict:
    """Of two applications of a kind exactly one is marked; a single one counts as marked (R-ELIG-28)."""
    for line in look.params["each"]:
        found = _alive(look, line)
        marked = [child for child in found if child.marked]
        if len(found) > 1 and len(marked) != 1:
            listed = "、".join(child.id for child in found)
            how = f"注明了 {len(marked)} 项" if marked else "均未注明"
            return failed(
                f"同时申报 {len(found)} 项{look.line_title(line)}（{listed}），{how}；请注明哪项纳入本项目"
            )
    return passed("纳入本项目的子项目已注明（只申报一项的自动纳入）")


def previous_projects(look: Look) -> Verdict:
    """The projects of the year before were completed well; who had none is a first-timer (R-ELIG-09, -10)."""
    name, same = look.params["fact"], look.params["kind"] == "same_type"
    found = look.fact(name)
    if found is None:
        return look.missing(name)
    year = look.programme.year - 1
    past = [r for r in records(found) if year_of(r) in (None, year)]
    if not past:
        first = f"首次：{year} 年没有{'该类' if same else '省科协相关专项资助'}项目"
        if look.programme.setting("first_time_passes", look.on, True):
            return noted(f"{first}，首次承办，重点关注") if same else passed(first)
        return confirm(f"{first}，须由人员核实", name)
    told = [(word_of(r, "title", "name", "项目名称") or f"{year} 年项目", conclusion_of(r), r) for r in past]
    bad = [f"{title}（{word}）" for title, word, _ in told if word in BAD]
    bad += [f"{title}（整改逾期）" for title, _, r in told if r.get("rectification_overdue") in (True, "是")]
    if bad:
        return failed(f"{year} 年项目完成情况不符合要求：" + "、".join(bad))
    waiting = [title for title, word, _ in told if word not in GOOD]
    if waiting:
        return confirm(f"{year} 年项目尚未评价，请经办人员核实：" + "、".join(waiting), name)
    return passed(f"{year} 年 {len(past)} 个项目均较好完成")


_PREVIOUS = {"fact": fact("records"), "kind": choice("same_type", "any")}

# fmt: off
PREDICATES: dict[str, Predicate] = {
    "children_submitted": Predicate(children_submitted, {"each": LINES}),
    "child_marked":       Predicate(child_marked, {"each": LINES}),
    "previous_projects":  Predicate(previous_projects, _PREVIOUS),
}
# fmt: on
