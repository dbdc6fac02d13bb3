"""The people of the demo and the units that act for themselves; all made up, all marked 示例.

Literal. A login, a name, the roles with their province, and the unit where the person is a unit's.
"""

from __future__ import annotations

from dataclasses import dataclass

HENAN, FUJIAN = "henan", "fujian"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts in the demo."""

    login: str
    name: str
    province: str
    roles: tuple[str, ...]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """A unit whose own person reports and asks, instead of a clerk recording it from paper."""

    name: str
    kind: str
    region: str
    email: str


LIGHTING = OwnUnit("河南省示例照明学会", "prov_society", "郑州市", "lighting@example.org")
SENSING = OwnUnit("河南省示例传感学会", "prov_society", "郑州市", "sensing@example.org")
UNITS = (LIGHTING, SENSING)

PEOPLE = (
    Person("fj-clerk", "林经办（示例）", FUJIAN, ("clerk",)),
    Person("fj-centre", "省科技咨询服务中心 黄（示例）", FUJIAN, ("service_centre",)),
    Person("fj-checker", "形式审查 郑（示例）", FUJIAN, ("form_checker",)),
    Person("fj-department", "学会学术部 吴（示例）", FUJIAN, ("academic_department",)),
    Person("fj-chair", "主席办公会议秘书 许（示例）", FUJIAN, ("chair_meeting",)),
    Person("fj-kx", "省科协 叶（示例）", FUJIAN, ("prov_association",)),
    Person("fj-agency", "受托评价机构 何（示例）", FUJIAN, ("evaluator",)),
    Person("hn-clerk", "张经办（示例）", HENAN, ("clerk",)),
    Person("hn-checker", "形式审查 王（示例）", HENAN, ("form_checker",)),
    Person("hn-kx", "省科协 赵（示例）", HENAN, ("prov_association",)),
    Person("hn-both", "省科协兼形式审查 孙（示例）", HENAN, ("prov_association", "form_checker")),
    Person("hn-agency", "受托评价机构 李（示例）", HENAN, ("evaluator",)),
    Person("lighting", "照明学会秘书长 周（示例）", HENAN, ("undertaking_unit",), LIGHTING.name),
    Person("sensing", "传感学会秘书长 冯（示例）", HENAN, ("undertaking_unit",), SENSING.name),
)
