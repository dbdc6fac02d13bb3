"""What enters in 2020 and 2021: academic events that apply, and the events that the 2021 document names.

The titles of 2021 are those of 豫科协办发〔2021〕9号; units, dates and amounts are made up, marked 示例.
"""

from __future__ import annotations

from console.demo.cast import LIGHTING, SENSING
from console.demo.rows import Book, Row, row

EVENT_2020 = "h20-academic-event"
PLATFORM_2021 = "h21-intl-national-platform"
KEY_EVENT_2021 = "h21-key-academic-event"
APPLICATIONS = "2020学术活动申报.xlsx"
NAMED = "2021已立项项目.xlsx"


def _event(
    ref: str, title: str, unit: str, starts: str, *, kind: str = "prov_society", email: str | None = None
) -> Row:
    return row(
        ref,
        title,
        unit,
        kind,
        "郑州市",
        {
            "event.starts_on": starts,
            "event.location_province": "河南省",
            "event.theme": "示例主题（文件未载明）",
        },
        email=email,
    )


BOOKS = (
    Book(
        APPLICATIONS,
        {
            EVENT_2020: (
                _event("ev20-1", "示例：粮食储藏学术年会", "河南省示例粮食学会", "2020-10-20"),
                _event("ev20-2", "示例：智能传感技术论坛", SENSING.name, "2020-09-10", email=SENSING.email),
                _event("ev20-3", "示例：公共卫生学术研讨会", "河南省示例预防医学会", "2020-11-30"),
                _event(
                    "ev20-univ", "示例：高校自办论坛", "示例工业大学", "2020-10-10", kind="host_university"
                ),
            )
        },
    ),
    Book(
        NAMED,
        {
            PLATFORM_2021: (
                _event(
                    "thyroid", "中国（郑州）第二届甲状腺疾病国际高峰论坛", "河南省示例医学会", "2021-10-16"
                ),
                _event(
                    "yellow-river", "黄河流域气候变化和生态发展高层论坛", "河南省示例气象学会", "2021-09-24"
                ),
                _event(
                    "superhard",
                    "2021中国超硬材料产业发展大会暨中国超硬材料产业链博览会",
                    "河南省示例材料学会",
                    "2021-09-02",
                ),
            ),
            KEY_EVENT_2021: (
                _event(
                    "instruments",
                    "2021年河南省智能仪器仪表产业发展峰会",
                    SENSING.name,
                    "2021-11-19",
                    email=SENSING.email,
                ),
                _event(
                    "lighting",
                    "河南省光健康及智慧照明发展论坛",
                    LIGHTING.name,
                    "2021-10-28",
                    email=LIGHTING.email,
                ),
            ),
        },
    ),
)
