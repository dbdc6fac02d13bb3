"""What the Fujian societies of the demo hand in, in 2016. Units and titles are made up, marked 示例."""

from __future__ import annotations

from console.demo.rows import Book, Row, row

PROGRAMME = "fj16-pilot-society"
SECTIONS = "工作基础、工作目标、工作机制、工作内容"


def _society(ref: str, field: str, *, kind: str = "fj_society", needs: bool = True) -> Row:
    """One pilot society; without `needs` the paper 企业需求 is missing."""
    unit = f"福建省示例{field}学会" if kind == "fj_society" else f"示例{field}市科协"
    papers = {"materials.application_letter": "申报函.txt", "materials.work_plan": "工作方案.txt"}
    if needs:
        papers["materials.enterprise_needs"] = "企业需求.txt"
    return row(
        ref, f"示例：{field}产业创新驱动助力试点", unit, kind, "福州市", {"plan.sections": SECTIONS, **papers}
    )


BOOKS = (
    Book(
        "2016福建试点学会申报.xlsx",
        {
            PROGRAMME: (
                _society("fj-1", "水产"),
                _society("fj-2", "林业"),
                _society("fj-3", "茶叶"),
                _society("fj-4", "海洋"),
                _society("fj-5", "建材"),
                _society("fj-6", "竹业", needs=False),
                _society("fj-city", "滨海", kind="fj_city_kx"),
            )
        },
    ),
)
