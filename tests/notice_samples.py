"""Small cases, duties and programmes for the tests of notices; every name in them is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from lifecycle.ledger import NoticeView
from states.catalogue import Citation, Document, DutySpec, Programme
from states.decision import Case, Command, DocumentRef, Duty, NoticePlan, Unit
from states.names import Action, DutyStatus, Role, State
from states.notices import notice_key

HENAN_2020 = Document(
    "henan-2020",
    "河南通知",
    "河南省科协办公室",
    "豫科协办发〔2020〕6号",
    date(2020, 4, 22),
    date(2020, 4, 22),
)
FUJIAN_2016 = Document("fujian-2016", "福建办法", "福建省科协", None, date(2016, 3, 21), date(2016, 3, 21))
REPORT = Citation("R-DL-05", "henan-2020", "二、2", "于学术活动召开一个月前向省科协汇报筹备方案")
MEND = Citation("R-DL-06", "fujian-2016", "第十七条", "接到评价结果三个月内")
ON = date(2020, 12, 20)
FORMAL = DocumentRef("豫科协〔2020〕30号", date(2020, 12, 18))


def duty_spec(slug: str, citation: Citation, length: str | None) -> DutySpec:
    return DutySpec(
        slug, citation.rule or "", slug, length, "undertaking_unit", "prov_association",
        "report", False, (30, 7), (1, 7), 30, citation,
    )  # fmt: skip


def programme(province: str = "henan", **changes: Any) -> Programme:
    document = HENAN_2020 if province == "henan" else FUJIAN_2016
    base = Programme(
        slug="h20-academic-event" if province == "henan" else "fj16-pilot-society",
        title="学术技术交流活动" if province == "henan" else "创新驱动助力工程试点学会",
        year=2020,
        province="henan" if province == "henan" else "fujian",
        pack=document.id,
        document=document,
        variant="base",
        family="academic",
        parent=None,
        applicants=(),
        applicants_warn=(),
        applicants_note=None,
        citation=Citation("R-PROG-31", document.id, "二、2", "学术引领工程项目"),
        quota=None,
        quota_pool="pool",
        amount=None,
        total_fen=None,
        phone="0371-65707758" if province == "henan" else None,
        email=None,
        limit_per_unit=None,
        limit_citation=None,
        duration_months=None,
        duration_citation=None,
        already_decided=False,
        duties={
            "preparation_report": duty_spec("preparation_report", REPORT, "P1M"),
            "rectification_report": duty_spec("rectification_report", MEND, "P3M"),
        },
    )
    return replace(base, **changes)


def case(**facts: Any) -> Case:
    return Case(
        id="h20-academic-event-0001",
        programme="h20-academic-event",
        lifecycle="base",
        state=State.EXECUTING,
        version=7,
        title="示例论坛",
        unit=Unit(id=1, name="示例学会", kind="prov_society", region="河南省"),
        year=2020,
        facts=facts,
        materials=frozenset(),
        flags=frozenset(),
        steps=(),
        duties=(),
    )


def duty(**changes: Any) -> Duty:
    base = Duty(
        slug="preparation_report",
        occurrence="",
        rule="R-DL-05",
        label="筹备方案汇报",
        owed_by="undertaking_unit",
        anchor="event.starts_on",
        anchor_date=date(2020, 7, 31),
        legal_due=date(2020, 6, 30),
        due=date(2020, 6, 30),
        soft_due=date(2020, 6, 30),
        provisional=False,
        suggested=False,
        status=DutyStatus.OPEN,
    )
    return replace(base, **changes)


def command(action: Action, **changes: Any) -> Command:
    base = Command(action, ON, "张三", frozenset({Role.PROV_ASSOCIATION}), document=FORMAL)
    return replace(base, **changes)


def view(plan: NoticePlan, **changes: Any) -> NoticeView:
    duty_slug, duty_occurrence = plan.duty or ("", "")
    occurrence = plan.occurrence or "8"
    project = str(plan.details["project"])
    base = NoticeView(
        key=notice_key(project, plan.kind, duty_slug, duty_occurrence, occurrence, plan.receiver, "mail"),
        project=project,
        programme="h20-academic-event",
        duty=duty_slug or None,
        duty_id=None,
        kind=plan.kind,
        letter=plan.letter,
        receiver=plan.receiver,
        address=None,
        channel="mail",
        subject=plan.subject,
        details=dict(plan.details),
        status="pending",
        attempts=0,
        created_on="2020-12-20",
        released_by=None,
        released_at=None,
        letter_sha256=None,
        sent_at=None,
        error=None,
        store_id="store-1",
        rehearsal=False,
    )
    return replace(base, **changes)
