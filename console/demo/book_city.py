"""What a pilot city hands in for 2023: itself and four sub-projects that it names. All of it is made up."""

from __future__ import annotations

import json

from console.demo.rows import Book, Row, row

PILOT, CONGRESS, HUNDRED = "h23-pilot-city", "h23-city-product-congress", "h23-hundred-societies"
STATION, INCUBATION = "h23-expert-station", "h23-base-incubation"
PROGRAMMES = f"{PILOT} {CONGRESS} {HUNDRED} {STATION} {INCUBATION}"
UNIT, REGION = "示例河洛市科学技术协会", "示例河洛市"
HOSTS = [
    {"name": "示例中国机械工程学会", "kind": "全国学会"},
    {"name": "河南省科协", "kind": "河南省科协"},
    {"name": "示例河洛市人民政府", "kind": "地方政府"},
]
PARTNERS = [{"name": "河南省示例机械学会", "kind": "prov_society"}]


def _row(ref: str, title: str, cells: dict[str, str]) -> Row:
    child = {} if ref == "city" else {"parent_ref": "city"}
    return row(ref, title, UNIT, "city_kx", REGION, {**child, "unit.evaluations": "无", **cells})


def _base(**cells: str) -> dict[str, str]:
    """What stations and bases have in common."""
    return {
        "base.checklist": "是",
        "unit.cooperates_with_kx": "是",
        "unit.on_kczg_platform": "是",
        "materials.base_requirements": "基地条件证明.txt",
        "materials.cooperation_proof": "合作证明.txt",
        **{name.replace("__", "."): value for name, value in cells.items()},
    }


CITY_AND_CHILDREN = Book(
    "2023试点市申报.xlsx",
    {
        PILOT: (
            _row("city", "示例：河洛市科创中原试点市创建", {
                "letter.issuer": "市委市政府",
                "application.statement": "主导产业清晰，党委政府高度重视，工作有基础（示例）",
                "unit.is_kczg_pilot": "否",
                "unit.previous_year_projects": "无",
                "materials.party_government_letter": "党委政府推荐函.txt",
            }),
        ),
        CONGRESS: (
            _row("congress", "示例：河洛轴承产业技术发展大会", {
                "application.partners": json.dumps(PARTNERS, ensure_ascii=False),
                "application.co_hosts": json.dumps(HOSTS, ensure_ascii=False),
                "application.team": "五人（示例）",
                "application.conditions": "有会场和经费（示例）",
                "unit.previous_year_congress_projects": "无",
            }),
        ),
        HUNDRED: (
            _row("hundred", "示例：河洛百会链千企科技志愿服务", {
                "application.team": "河洛产业科技志愿服务团（示例）",
            }),
        ),
        STATION: (
            _row("station", "示例：河洛轴承学会专家工作站", _base(
                marked="是", station__host__province="河南省", station__host__kind="产业园区",
                agreement__clauses="合作项目、咨询服务内容、双方责权",
                materials__station_agreement="共建工作站协议.txt",
            )),
        ),
        INCUBATION: (
            _row("incubation", "示例：河洛创新创业孵化基地", _base(
                base__host__province="河南省", base__host__kind="创新创业孵化园区",
            )),
        ),
    },
)  # fmt: skip
BOOKS = (CITY_AND_CHILDREN,)
