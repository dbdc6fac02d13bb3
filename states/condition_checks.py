"""Predicates about the conditions that a programme asks of its applicants: partners, hosts, letters, proofs.

Pure. A statement that is not there is asked for; what a statement does not name is only pointed out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from states.facts import normal_name
from states.looks import (
    Look,
    Predicate,
    Verdict,
    confirm,
    failed,
    in_province,
    noted,
    passed,
    records,
    says_nothing,
)
from states.names import UnitKind
from states.params import COUNT, FACTS, FLAG, MATERIAL, TEXT, choices, fact, texts

_PARTY_OR_GOVERNMENT = ("党委", "县委", "市委", "区委", "政府", "管委会")
_ON_ITS_OWN = frozenset({UnitKind.FJ_PINGTAN_KX, UnitKind.FJ_CITY_KX})


PARTNERS = {
    "prov_society": ("全省学会", "省级学会", "学会", "协会", "研究会"),
    "univ_kx": ("高校科协",),
    "ent_kx": ("企业科协",),
}
"""The words that people and documents use for the kinds of partners."""


def partners_joined(look: Look) -> Verdict:
    """Enough partners of the kinds that the document names (R-ELIG-11)."""
    partners = look.fact("application.partners")
    if partners is None:
        return look.missing("application.partners")
    kinds = {UnitKind(kind).label: kind for kind in look.params["kinds"]}
    words = {*kinds, *kinds.values(), *(word for kind in kinds.values() for word in PARTNERS.get(kind, ()))}
    others = [
        r for r in records(partners) if _name(r) and normal_name(_name(r)) != normal_name(look.unit.name)
    ]
    found = [r for r in others if _kind(r) in words]
    blank = [_name(r) for r in others if not _kind(r)]
    if len(found) >= look.params["at_least"]:
        return passed(f"联合申报单位 {len(found)} 家：{'、'.join(map(_name, found))}")
    if blank:
        return confirm(f"联合申报单位的类型未写明：{'、'.join(blank)}", "application.partners")
    return failed(f"须联合不少于 {look.params['at_least']} 家{'、'.join(kinds)}申报")


def co_hosts(look: Look) -> Verdict:
    """The joint hosts cover every kind that is named, or higher ones take their place (R-ELIG-12)."""
    hosts, wanted = look.fact("application.co_hosts"), look.params["wanted"]
    higher = _higher_hosts(look)
    if higher:
        return passed("由省政府、中国科协等联合主办，省辖市政府、省科协、相关全国学会等联合承办")
    if hosts is None:
        return look.missing("application.co_hosts")
    covered = {kind: any_of(_covers(kind, host) for host in records(hosts)) for kind in wanted}
    doubtful = [kind for kind, found in covered.items() if found is None]
    absent = [kind for kind, found in covered.items() if found is False]
    if not absent and not doubtful:
        return passed(f"联合主办单位包括{'、'.join(wanted)}")
    if absent and higher is False:
        return failed(f"联合主办单位缺少：{'、'.join(absent)}")
    return confirm(f"主办或承办单位中哪一家是{'、'.join(doubtful or absent)}未写明类型，请核实", *_HOST_FACTS)


def _higher_hosts(look: Look) -> bool | None:
    """Whether higher hosts take the place of the three (R-ELIG-50); None where a kind is not told."""
    if not look.programme.setting("alternative_hosts_accepted", look.on, True):
        return False
    hosts = {_name(r) for r in records(look.fact("application.hosts"))}
    if hosts.isdisjoint(_ABOVE):
        return False
    organisers = records(look.fact("application.organisers"))
    found = [any_of(_covers(kind, one) for one in organisers) for kind in _ALTERNATIVE_ORGANISERS]
    return False if False in found else None if None in found else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Whether one of the answers is yes; None where none is and one is unknown."""
    told = set(answers)
    return True if True in told else None if None in told else False


def _covers(kind: str, record: Mapping[str, Any]) -> bool | None:
    """Whether a body is one of a kind: by the kind that is told, else by a name that leaves no doubt.

    A name alone never makes a national society: 中国 and 学会 stand in other names too.
    """
    known, told, name = _BODIES[kind], _kind(record), _name(record)
    if name in known.names or name.endswith(known.endings):
        return True
    if told:
        return told in known.kinds
    return None if any(word in name for word in known.doubtful) else False


class _Body(NamedTuple):
    kinds: tuple[str, ...]
    names: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


_HOST_FACTS = ("application.co_hosts",)
_ABOVE = frozenset({"省政府", "河南省政府", "河南省人民政府", "中国科协", "中国科学技术协会"})
_ALTERNATIVE_ORGANISERS = ("省辖市政府", "河南省科协", "全国学会")
_PROVINCIAL_KX = ("省科协", "河南省科协", "河南省科学技术协会")
_BODIES = {
    "全国学会": _Body(("全国学会", "national_society"), doubtful=("中国", "中华", "学会", "协会", "研究会")),
    "河南省科协": _Body(_PROVINCIAL_KX, names=_PROVINCIAL_KX),
    "地方政府": _Body(("地方政府", "local_government"), endings=("人民政府", "市政府", "县政府", "区政府")),
    "省辖市政府": _Body(("市政府", "省辖市政府"), endings=("市人民政府", "市政府")),
}


def statements_given(look: Look) -> Verdict:
    """Every statement that is asked for is there, and says something."""
    names = look.params["facts"]
    empty = [look.label(name) for name in names if says_nothing(look.fact(name))]
    if empty:
        return failed(f"没有{'、'.join(empty)}")
    blank = [name for name in names if look.fact(name) is None]
    if blank:
        return look.missing(*blank)
    return passed("、".join(look.label(name) for name in names) + "均已说明")


def letter_filed(look: Look) -> Verdict:
    """The letter is filed, and who issued it is told; one issuer is enough if the pack says so (R-AMB-14)."""
    material, issuer = look.params["material"], look.fact(look.params["issuer"])
    if material not in look.materials:
        return look.missing(f"materials.{material}")
    if issuer is None:
        return look.missing(look.params["issuer"])
    issuers = look.params["issuers"]
    joint = issuers[-1]
    either = look.programme.setting("either_letter_suffices", look.on, True)
    if issuer == joint or (either and issuer in issuers):
        return passed(f"{look.label(f'materials.{material}')}由{issuer}出具")
    return failed(f"{look.label(f'materials.{material}')}由{issuer}出具，须由{joint}共同出具")


def not_national_pilot(look: Look) -> Verdict:
    """The city is no national pilot yet, by the list of the pack or the register (R-ELIG-26, R-SANC-11)."""
    listed = look.programme.setting("kczg_pilot_cities", look.on, ())
    where = f"{look.unit.region or ''} {look.unit.name}"
    named = [city for city in listed if city.removesuffix("市") in where]
    known = look.fact("unit.is_kczg_pilot")
    if named or known:
        return failed(f"{(named or [look.unit.name])[0]}已获“科创中国”试点市")
    if known is None and not listed:
        return look.missing("unit.is_kczg_pilot")
    return passed("未获“科创中国”试点市")


def checklist_proved(look: Look) -> Verdict:
    """The requirements of a document that is not on file were ticked off, and the proof is filed."""
    name, material = look.params["fact"], look.params["material"]
    value = look.fact(name)
    if value is False:
        return failed(f"{look.label(name)}：否")
    blank = [
        *([name] if value is None else []),
        *([] if material in look.materials else [f"materials.{material}"]),
    ]
    return look.missing(*blank) if blank else passed(f"{look.label(name)}，并附证明")


def deep_cooperation(look: Look) -> Verdict:
    """The unit works with the association, with a proof, and is on the platform or undertakes to join it
    (R-ELIG-32).
    """
    material = look.params["material"]
    works, joined = look.fact("unit.cooperates_with_kx"), look.fact("unit.on_kczg_platform")
    undertakes = look.fact("application.undertakes_platform")
    if works is False:
        return failed("没有与科协系统建立深度合作")
    if not joined and undertakes is False:
        return failed("没有入驻“科创中国”平台，也未承诺入驻")
    blank = ["unit.cooperates_with_kx"] if works is None else []
    blank += ["unit.on_kczg_platform"] if not joined and undertakes is None else []
    blank += [f"materials.{material}"] if material not in look.materials else []
    if blank:
        return look.missing(*blank)
    return passed(f"与科协系统建立深度合作，{'已' if joined else '承诺'}入驻“科创中国”平台")


def agreement_signed(look: Look) -> Verdict:
    """The agreement is filed and holds what it has to (R-ELIG-33)."""
    material, name = look.params["material"], look.params["fact"]
    value = look.fact(name)
    if material not in look.materials:
        return look.missing(f"materials.{material}")
    if value is None:
        return look.missing(name)
    absent = [clause for clause in look.params["clauses"] if clause not in str(value)]
    return failed(f"协议未写明：{'、'.join(absent)}") if absent else passed("协议内容齐全")


def host_in_province(look: Look) -> Verdict:
    """A host lies in the province and is of a listed kind; an open list (等) only points out others."""
    place, kind = look.fact(look.params["place"]), look.fact(look.params["kind"])
    lies = None if place is None else in_province(str(place), look.params["province"])
    if lies is False:
        return failed(f"{look.label(look.params['place'])}为“{place}”，要求在{look.params['province']}")
    blank = [name for name, v in ((look.params["place"], place), (look.params["kind"], kind)) if v is None]
    if blank:
        return look.missing(*blank)
    if lies is None:
        return confirm(f"{look.label(look.params['place'])}“{place}”是否在{look.params['province']}，请核实",
                       look.params["place"])  # fmt: skip
    if not any(each in str(kind) or str(kind) in each for each in look.params["kinds"]):
        told = f"{look.label(look.params['kind'])}“{kind}”未在文件中列明"
        if look.params["closed"]:
            return failed(f"{told}（要求为{'、'.join(look.params['kinds'])}）")
        return noted(f"{told}，请核对")
    return passed(f"依托“{kind}”，在{look.params['province']}")


def county_opinion(look: Look) -> Verdict:
    """The opinion of the county's party or government, and the city's recommendation (R-ELIG-39)."""
    wanted = ["party_government_opinion"]
    if look.unit.kind not in _ON_ITS_OWN:
        wanted.append("city_recommendation")
    blank = [f"materials.{slug}" for slug in wanted if slug not in look.materials]
    if blank:
        return look.missing(*blank)
    issuer = look.fact("opinion.issuer")
    if issuer is None:
        return look.missing("opinion.issuer")
    if not any(word in str(issuer) for word in _PARTY_OR_GOVERNMENT):
        return failed(f"明确意见由{issuer}出具，须由县（市、区）党委（政府）出具")
    either = look.programme.setting("either_letter_suffices", look.on, True)
    if not either and "和" not in str(issuer):
        return failed(f"明确意见由{issuer}出具，须由党委和政府共同出具")
    return passed("党委（政府）意见" + ("和市科协审核推荐意见" if len(wanted) > 1 else "") + "齐备")


def _kind(record: Mapping[str, Any]) -> str:
    return str(record.get("kind") or record.get("类型") or "").strip()


def _name(record: Mapping[str, Any]) -> str:
    return str(record.get("name") or record.get("名称") or "").strip()


_KINDS = choices(*(kind.value for kind in UnitKind))
_ISSUER = fact("enum", "text")
_PLACE = fact("text", "enum")
_LETTER = {"material": MATERIAL, "issuer": _ISSUER, "issuers": texts(of="issuer")}
_AGREEMENT = {"material": MATERIAL, "fact": fact(), "clauses": texts()}
_HOST = {"place": _PLACE, "province": TEXT, "kind": _PLACE, "kinds": texts(), "closed": FLAG}

# fmt: off
PREDICATES: dict[str, Predicate] = {
    "partners_joined":    Predicate(partners_joined, {"at_least": COUNT, "kinds": _KINDS}),
    "co_hosts":           Predicate(co_hosts, {"wanted": choices(*_BODIES)}),
    "statements_given":   Predicate(statements_given, {"facts": FACTS}),
    "letter_filed":       Predicate(letter_filed, _LETTER),
    "not_national_pilot": Predicate(not_national_pilot),
    "checklist_proved":   Predicate(checklist_proved, {"fact": fact("bool"), "material": MATERIAL}),
    "deep_cooperation":   Predicate(deep_cooperation, {"material": MATERIAL}),
    "agreement_signed":   Predicate(agreement_signed, _AGREEMENT),
    "host_in_province":   Predicate(host_in_province, _HOST),
    "county_opinion":     Predicate(county_opinion),
}
# fmt: on
