"""A small catalogue made by hand, for the tests that read and write applications."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from states.catalogue import (
    Catalogue,
    Citation,
    Dated,
    Document,
    FactSpec,
    MaterialSpec,
    Pack,
    Programme,
    TargetSpec,
)

DOCUMENT = Document("henan-2023", "申报指南", "河南省科协", None, date(2023, 3, 1), date(2023, 3, 1))


def cite(rule: str, quote: str | None) -> Citation:
    return Citation(rule, "henan-2023", "（二）", quote)


FACTS = (
    FactSpec("event.starts_on", "召开日期", "date"),
    FactSpec("event.level", "活动级别", "enum", ("international", "national"), ("国际", "全国")),
    FactSpec("event.days", "会期天数", "int"),
    FactSpec("talent.birth_date", "被托举人出生日期", "date", personal=True),
    FactSpec("talent.front_line", "一线科技工作者", "bool"),
    FactSpec("unit.party_org_complete", "党组织健全", "bool"),
    FactSpec("unit.past_projects", "以往项目", "records"),
    FactSpec("evaluation.concluded_on", "评价结论日期", "date", in_template=False),
)
TARGETS = (
    TargetSpec(
        "attendees",
        "参会人员",
        "ge",
        200,
        "人",
        "mandatory",
        "total",
        cite("R-TGT-011", "参会人员不少于200人"),
    ),
    TargetSpec(
        "livestream", "直播", "done", None, None, "mandatory", "total", cite("R-TGT-021", "应开展直播")
    ),
    TargetSpec(
        "implementation_plan", "实施方案", "done", None, None, "mandatory", "total", cite("R-TGT-003", None)
    ),
    TargetSpec("own", "自定指标", "ge", None, None, "mandatory", "total", cite("R-TGT-002", None)),
)
MATERIALS = (
    MaterialSpec("application_letter", "申报函", "submit", True, True, cite("R-FORM-06", "1.申报函")),
    MaterialSpec("implementation_plan", "实施方案", "submit", False, False, cite("R-FORM-29", None)),
    MaterialSpec("midterm_report", "中期报告", "midterm_done", False, True, cite("R-FORM-24", None)),
)

EVENT = Programme(
    slug="h23-event",
    title="学术交流活动",
    year=2023,
    province="henan",
    pack="henan-2023",
    document=DOCUMENT,
    variant="base",
    family="academic",
    parent=None,
    applicants=("prov_society", "host_university"),
    applicants_warn=("city_kx",),
    applicants_note=None,
    citation=cite("R-PROG-05", "活动项目10项"),
    quota=Dated(((date(2023, 1, 1), 10, cite("R-PROG-05", "活动项目10项")),)),
    quota_pool="h23-event",
    amount=Dated(((date(2023, 1, 1), 15_000_000, cite("R-PROG-05", "每个项目15万元")),)),
    total_fen=None,
    phone="0371-65707080",
    email=None,
    limit_per_unit=2,
    limit_citation=None,
    duration_months=None,
    duration_citation=None,
    already_decided=False,
    facts={fact.name: fact for fact in FACTS},
    targets=TARGETS,
    materials={material.slug: material for material in MATERIALS},
    not_printed=("评审时间", "公示期"),
)
TALENT = replace(
    EVENT, slug="h23-talent", title="青年人才托举工程", quota=None, amount=None, phone=None, targets=()
)
OLD_TALENT = replace(
    TALENT,
    slug="h21-talent",
    year=2021,
    citation=replace(TALENT.citation, rule="R-PROG-33"),
    facts={},
    materials={},
)
PROGRAMMES = {programme.slug: programme for programme in (EVENT, TALENT, OLD_TALENT)}
CATALOGUE = Catalogue(
    {"henan-2023": Pack("henan-2023", "1", "0", DOCUMENT, {DOCUMENT.id: DOCUMENT}, None, PROGRAMMES, "{}")},
    PROGRAMMES,
)
