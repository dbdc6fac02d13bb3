"""The predicate about the team of mentors of a young talent (R-ELIG-55).

Pure. What a record of a mentor does not tell is for a person to confirm, never guessed from his name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from states.facts import normal_title
from states.looks import Look, Predicate, Verdict, confirm, failed, passed, records, says_nothing
from states.params import COUNT

MENTORS, LIAISON = "application.mentors", "application.liaison"
_RANKS = frozenset(
    {
        "理事", "常务理事", "副理事长", "理事长", "委员", "常务委员", "常委", "副主任委员", "主任委员",
        "会长", "副会长", "主席", "副主席", "秘书长", "副秘书长",
    }
)  # fmt: skip
"""Posts from 理事 and 委员 up."""
_NOT_HELD = ("非", "不是", "原", "前", "拟任", "候选", "候补")
_NEAR = frozenset({"相同", "相近", "相同或相近", "同", "近"})


def mentor_team(look: Look) -> Verdict:
    """Enough different mentors of rank in the talent's field, a liaison, and nobody mentoring himself."""
    given, liaison, wanted = look.fact(MENTORS), look.fact(LIAISON), look.params["at_least"]
    field, talent = str(look.fact("talent.field") or "").strip(), look.fact("talent.name")
    team = {_person(m): (_ranked(m, look.unit.name), _near(m, field)) for m in records(given) if _person(m)}
    if talent and normal_title(str(talent)) in map(normal_title, team):
        return failed("被托举人不能担任自己的托举团队专家")
    if says_nothing(liaison):
        return failed("没有配备联络服务人员")
    if talent and liaison is not None and normal_title(str(liaison)) == normal_title(str(talent)):
        return failed("被托举人不能担任自己的联络服务人员")
    if given is not None and sum(False not in told for told in team.values()) < wanted:
        return failed(_too_few(team, wanted))
    blank = [name for name, value in ((MENTORS, given), (LIAISON, liaison)) if value is None]
    if blank:
        return look.missing(*blank)
    if sum(told == (True, True) for told in team.values()) < wanted:
        return confirm(_untold(team), MENTORS)
    return passed(f"托举团队专家 {len(team)} 名，并配备联络服务人员")


_Team = Mapping[str, tuple[bool | None, bool | None]]
"""Of each mentor whether the rank and the field are as asked; None where it is not told."""


def _too_few(team: _Team, wanted: int) -> str:
    """Why there are not enough mentors, each reason with its names."""
    low = [name for name, (rank, _) in team.items() if rank is False]
    far = [name for name, (_, near) in team.items() if near is False]
    told = [f"托举团队专家 {len(team)} 名，要求不少于 {wanted} 名"]
    told += [f"不是申报单位理事（委员）以上：{'、'.join(low)}"] if low else []
    told += [f"专业领域不相同或相近：{'、'.join(far)}"] if far else []
    return "；".join(told)


def _untold(team: _Team) -> str:
    """What has to be confirmed of whom."""
    rank = [name for name, (held, _) in team.items() if held is None]
    field = [name for name, (_, near) in team.items() if near is None]
    told = [f"{'、'.join(rank)}是否为申报单位理事（委员）以上"] if rank else []
    told += [f"{'、'.join(field)}的专业领域是否相同或相近"] if field else []
    return f"托举团队专家未写明：{'；'.join(told)}，请核实"


def _person(record: Mapping[str, Any]) -> str:
    name = "".join(str(record.get("name") or record.get("姓名") or "").split())
    return "" if says_nothing(name) else name


def _ranked(record: Mapping[str, Any], unit: str) -> bool | None:
    """Whether the post that is told is that of a council or committee member of the unit, or one above.

    None where it is not told, or is a post of some other body that a person has to know.
    """
    told = str(record.get("rank") or record.get("职务") or "").strip()
    if not told:
        return None
    posts = [re.sub(r"[（(].*?[)）]", "", post).strip() for post in re.split(r"[、，,；;/兼\s]+", told)]
    held = {post.removeprefix(body) for post in posts for body in ("", unit, "本会", "学会", "科协")}
    if held & _RANKS:
        return True
    refused = ((post, word) for post in posts for word in _NOT_HELD if post.startswith(word))
    lost = any(post.removeprefix(word) in _RANKS for post, word in refused)
    return False if lost else None


def _near(record: Mapping[str, Any], field: str) -> bool | None:
    """Whether a mentor works in the talent's field or one near to it, by what is told."""
    same = record.get("same_field", record.get("同领域"))
    if same not in (None, ""):
        return same in (True, "是")
    told = str(record.get("field") or record.get("专业领域") or "").strip()
    return True if told in _NEAR or (told and told == field) else None


PREDICATES: dict[str, Predicate] = {"mentor_team": Predicate(mentor_team, {"at_least": COUNT})}
