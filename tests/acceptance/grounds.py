"""Projects on which something is owed, one for each way of owing, made through the command line.

Each maker takes an office with its people and gives the id of a project; nothing here says what is owed.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.acceptance import cities, pilots
from tests.acceptance.driver import Practice, event

SOCIETY = {"name": "河南省示例学会", "kind": "prov_society", "region": "郑州市"}
CITY = {"name": "濮阳市科学技术协会", "kind": "city_kx", "region": "濮阳市"}
CONTACT = {"name": "示例", "email": "contact@example.org"}
LISTED = "豫科协发〔2021〕例1号@2021-04-29"
SUBSIDY = "闽科协发〔2016〕示例3号@2016-09-12"
FINDING = {"evaluation.conclusion": "合格", "evaluation.has_issues": "是"}


def _entered(office: Practice, programme: str, on: str, unit: dict[str, str], **parts: object) -> str:
    given = {"programme": programme, "title": "示例项目", "unit": unit, "contact": CONTACT, **parts}
    path = office.write(f"{programme}.json", [given])
    draft = () if programme.endswith("governance") else ("--draft",)
    found = office.done("apply", path, *draft, by="clerk", on=on)
    return str(found["accepted"][0]["id"])


def listed(
    programme: str, unit: dict[str, str] = SOCIETY, *, begun: bool = True, **facts: object
) -> Callable[[Practice], str]:
    """A project that the document of 2021 lists, imported on 11 May and, if wanted, begun on 31 May."""

    def make(office: Practice) -> str:
        project = _entered(office, programme, "2021-05-10", unit, facts=facts)
        office.step("import_approved", project, by="association", on="2021-05-11",
                    document=LISTED, values={"project.amount": "50000"})  # fmt: skip
        if begun:
            office.step("start", project, by="association", on="2021-05-31", papers="contract")
        return project

    return make


def meeting(office: Practice) -> str:
    """A meeting on 31 July 2020 that has run since 6 May."""
    office.done("call", "open", "h20-academic-event", by="association", on="2020-03-01")
    office.staff_unit("sensing", "河南省示例传感学会")
    return event(office)


def cancelled(office: Practice) -> str:
    """The same, called off on 1 June."""
    project = meeting(office)
    office.step("reschedule_event", project, by="sensing", on="2020-06-01", reason="场地停用",
                values={"event.cancelled_on": "2020-06-01"})  # fmt: skip
    return project


def evaluated(office: Practice) -> str:
    """The same, evaluated with issues on 20 November 2020."""
    project = meeting(office)
    office.step("open_evaluation", project, by="association", on="2020-11-02")
    office.step("record_evaluation", project, by="evaluator", on="2020-11-20",
                papers="evaluation_report", values=FINDING)  # fmt: skip
    office.step("evaluate_issues", project, by="association", on="2020-11-20")
    return project


def told(office: Practice) -> str:
    """The same, whose unit took the result on 30 November 2020."""
    project = evaluated(office)
    office.step("record_receipt", project, by="clerk", on="2020-11-30", papers="feedback_receipt",
                values={"evaluation.received_on": "2020-11-30"})  # fmt: skip
    return project


def returned(office: Practice, **options: object) -> str:
    """A talent whose application went back on 6 March 2023."""
    project = office.talent()
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    office.step("return_for_completion", project, by="checker", on="2023-03-06", reason="请补推荐意见",
                **options)  # fmt: skip
    return project


def returned_and_taken(office: Practice) -> str:
    """The same, which its unit took on the same day."""
    return returned(office, values={"return.received_on": "2023-03-06"})


def talent(office: Practice) -> str:
    """A talent from 31 August 2023 on."""
    project = office.talent()
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    office.step("form_pass", project, by="checker", on="2023-03-06")
    office.step("review_select", project, by="association", on="2023-07-03", papers="review_record")
    office.step("start", project, by="association", on="2023-08-31", papers="implementation_plan")
    return project


def _child(office: Practice, project: str) -> str:
    for slug in cities.PROGRAMMES:
        office.done("call", "open", slug, by="clerk", on="2023-03-01")
    for name in cities.PAPERS:
        (office.home.parent / name).write_text(f"示例：{name}", encoding="utf-8")
    cities.checked(office)
    office.step("review_reject", cities.CITY, by="association", on="2023-04-03", papers="review_record")
    office.step("review_select", project, by="association", on="2023-04-10", papers="review_record")
    office.step("start", project, by="association", on="2023-05-31", papers="implementation_plan")
    return project


def base(office: Practice) -> str:
    """An incubation base of a city that was not selected, from 31 May 2023 on."""
    return _child(office, cities.BASE)


def station(office: Practice) -> str:
    """An expert station of the same."""
    return _child(office, cities.STATION)


def closing(office: Practice) -> str:
    """A project of 2019 that is being closed, with materials asked for by 29 May 2020."""
    project = _entered(office, "h19-special-fund", "2020-05-05", SOCIETY)
    office.step("import_closing", project, by="association", on="2020-05-06",
                document="豫科协发〔2020〕例1号@2020-04-22",
                values={"project.amount": "50000", "project.started_on": "2019-05-01",
                        "project.ends_on": "2019-12-31", "closing.due_on": "2020-05-29"})  # fmt: skip
    return project


def task(office: Practice) -> str:
    """A society's task of 2021; the term of its council, by the register, ends on 11 December."""
    office.done("units", "add", SOCIETY["name"], "--kind", "prov_society", "--region", "郑州市")
    office.done("units", "verify", SOCIETY["name"], "unit.council_term_end=2021-12-11",
                by="association", on="2021-05-06")  # fmt: skip
    return _entered(office, "h21-society-governance", "2021-05-10", SOCIETY)


def _fujian(office: Practice) -> None:
    office.staff_fujian().done("call", "open", "fj16-pilot-society", by="fj-department", on="2016-03-28")


def pilot(office: Practice) -> str:
    """A pilot society of Fujian that was selected on 27 May 2016."""
    _fujian(office)
    return pilots.running(office)


def subsidised(office: Practice) -> str:
    """The same, told of a subsidy on 12 September 2016."""
    project = pilot(office)
    office.step(
        "confirm_progress", project, by="fj-department", on="2016-09-06", papers="progress_confirmation"
    )
    office.step("decide_subsidy", project, by="fj-association", on="2016-09-12", document=SUBSIDY,
                values={"subsidy.amount": "80000", "subsidy.notified_on": "2016-09-12"})  # fmt: skip
    return project


def filed(office: Practice) -> str:
    """The same, whose fund method was filed on 19 September 2016."""
    project = subsidised(office)
    office.step("file_fund_method", project, by="fj-clerk", on="2016-09-19", papers="fund_method")
    return project


def yearly(office: Practice) -> str:
    """The record of the programme's yearly work, kept by the department from 3 June 2016 on."""
    office.staff_fujian()
    unit = {"name": "福建省科学技术协会学会学术部", "kind": "fj_association", "region": "福州市"}
    path = office.write("work.json", [{"programme": "fj16-annual-work", "title": "年度工作", "unit": unit}])
    (work,) = (one["id"] for one in office.done("apply", path, by="fj-clerk", on="2016-06-02")["accepted"])
    office.step("task_start", work, by="fj-association", on="2016-06-03")
    return str(work)
