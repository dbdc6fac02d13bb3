"""What is handed in for 2023: societies, academic events, young talents, and the faults of real files.

Everything here is made up and marked 示例; the document prints programmes, quotas and conditions only.
"""

from __future__ import annotations

import json

from console.demo.rows import Book, Row, row

SOCIETY, INTERNATIONAL = "h23-first-class-society", "h23-academic-intl-national"
PROVINCIAL, TALENT = "h23-academic-provincial", "h23-young-talent"
CITY = "郑州市"
WORKS = ("坚持党建强会", "强化学术引领")


def _society(ref: str, field: str, *, title: str | None = None, **changed: str) -> Row:
    cells = {
        "unit.party_org_complete": "是",
        "unit.council_term_end": "2026-12-31",
        "unit.annual_inspection_records": json.dumps([{"year": 2022, "result": "合格"}], ensure_ascii=False),
        "unit.past_special_fund_projects": "无",
        "plan.key_works": "、".join(WORKS),
        "plan.targets": json.dumps(
            [{"work": work, "name": "年度活动", "number": 4, "unit": "场"} for work in WORKS],
            ensure_ascii=False,
        ),
        "plan.annual_goal_plan": "见实施方案",
    }
    cells |= {name.replace("__", "."): value for name, value in changed.items()}
    kind = cells.pop("kind", "prov_society")
    unit = f"河南省示例{field}学会" if kind == "prov_society" else f"示例{field}市科协"
    return row(ref, title or f"示例：{field}学会一流学会建设", unit, kind, CITY, cells)


_EVENT = {
    "event.location_province": "河南省",
    "event.online_only": "否",
    "event.classified": "否",
}


def _international(ref: str, field: str, starts: str, level: str, organiser: str) -> Row:
    role = "主办" if level == "全国性" else "参与"
    organisers = [{"name": organiser, "level": level[:2], "role": role}]
    cells = {
        **_EVENT,
        "event.theme": f"示例主题：{field}",
        "event.level": level,
        "event.starts_on": starts,
        "event.organisers": json.dumps(organisers, ensure_ascii=False),
        "targets.academicians": "2",
        "targets.attendees": "260",
        "targets.keynotes": "6",
        "targets.papers": "80",
    }
    return row(ref, f"示例：{field}{level}学术大会", f"河南省示例{field}学会", "prov_society", CITY, cells)


def _provincial(number: int, field: str, starts: str) -> Row:
    cells = {
        **_EVENT,
        "event.theme": f"示例主题：{field}",
        "event.level": "全省性",
        "event.starts_on": starts,
        "targets.academicians": "1",
        "targets.attendees": "150",
        "targets.keynotes": "4",
        "targets.papers": "40",
    }
    unit = f"河南省示例{field}学会"
    return row(f"prov-{number}", f"示例：全省{field}学术年会", unit, "prov_society", CITY, cells)


def _talent(ref: str, name: str, unit: str, born: str) -> Row:
    mentors = [{"name": f"导师{n}（示例）", "rank": "理事", "field": "相近"} for n in "甲乙丙"]
    cells = {
        "talent.name": name,
        "talent.birth_date": born,
        "talent.work_province": "河南省",
        "talent.field": "工程技术",
        "talent.front_line": "是",
        "talent.project_role": "主持",
        "talent.membership_unit": unit,
        "unit.bank_account.status": "正常",
        "application.conditions": "学科优势、专家优势、资源优势（示例说明）",
        "application.mentors": json.dumps(mentors, ensure_ascii=False),
        "application.liaison": "联络员（示例）",
    }
    return row(ref, f"示例：青年人才托举—{name}", unit, "prov_society", CITY, cells)


_MECHANICS, _CHEMISTRY = "河南省示例机械学会", "河南省示例化工学会"

APPLICATIONS = Book(
    "2023申报汇总.xlsx",
    {
        SOCIETY: (
            _society("society-1", "农学"),
            _society("society-2", "物理"),
            _society("society-3", "水利"),
            _society("society-4", "林业"),
            _society("society-5", "中医", plan__annual_goal_plan=""),
            _society("society-6", "铁道"),
            _society("society-7", "航空"),
            _society("society-8", "摄影", unit__party_org_complete="否"),
            _society("society-dup", "农学", title="示例：农学学会 一流学会建设"),
            _society("society-city", "河畔", kind="city_kx"),
        ),
        INTERNATIONAL: (
            _international("intl-1", "超硬", "2023-09-15", "国际性", "示例国际材料联合会"),
            _international("intl-2", "小麦", "2023-10-12", "全国性", "示例中国作物学会"),
            _international("intl-3", "肿瘤", "2023-11-20", "全国性", "示例中国抗癌协会"),
            _international("intl-4", "信息", "2023-10-27", "全国性", "示例中国计算机学会")
            | {"event.organisers": json.dumps([{"name": "示例学会", "level": "全省", "role": "主办"}])},
        ),
        PROVINCIAL: (
            _provincial(1, "土木", "2023-08-18"),
            _provincial(2, "电力", "2023-08-18"),
            _provincial(3, "园艺", "2023-08-18"),
            _provincial(4, "护理", "2023-09-22"),
            _provincial(5, "药学", "2023-09-22"),
            _provincial(6, "测绘", "2023-09-22"),
            _provincial(7, "地质", "2023-10-20"),
            _provincial(8, "纺织", "2023-10-20"),
        ),
        TALENT: (
            _talent("talent-1", "示例甲", _MECHANICS, "1990-06-01"),
            _talent("talent-2", "示例乙", _MECHANICS, "1992-02-29"),
            _talent("talent-3", "示例丙", _CHEMISTRY, "1987-10-30"),
            _talent("talent-4", "示例丁", "河南省示例电子学会", "1991-01-15"),
            _talent("talent-5", "示例戊", _CHEMISTRY, "1987-10-29"),
            _talent("talent-6", "示例己", _MECHANICS, "1993-03-03"),
            _talent("talent-7", "示例庚", "河南省示例通信学会", "1990年13月"),
        ),
    },
)

COMPLETED = Book(
    "2023补正.xlsx",
    {SOCIETY: (_society("completed", "中医", title="示例：中医学会一流学会建设") | {"id": "society-5"},)},
)
LATE = Book("2023迟到申报.xlsx", {SOCIETY: (_society("society-late", "气象"),)})
BOOKS = (APPLICATIONS, COMPLETED, LATE)
