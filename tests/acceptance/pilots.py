"""A pilot society of Fujian, as far on its way as a test wants it. Every name in it is made up."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.driver import Practice


def open_office(folder: Path) -> Path:
    """The home of a Fujian office with an open call, to copy from."""
    practice = Practice(folder / "home")
    practice.done("init", "--rehearsal", on="2016-01-04")
    practice.staff_fujian().done("call", "open", "fj16-pilot-society", by="fj-department", on="2016-03-28")
    return practice.home


def chosen(office: Practice, field: str = "水产") -> str:
    """A pilot society that the meeting chose on 27 May 2016, and nothing is public yet."""
    (project,) = office.hand_in("pilot_society.yaml", {"水产": field}, by="fj-clerk", on="2016-04-20")
    office.step("accept_for_form_review", project, by="fj-centre", on="2016-05-03")
    office.step("form_pass", project, by="fj-checker", on="2016-05-05")
    office.step("review_to_department", project, by="fj-centre", on="2016-05-16", papers="review_record")
    office.step("recommend", project, by="fj-department", on="2016-05-20", papers="discussion_minutes",
                values={"selection.leader": "学会学术部部长（示例）"})  # fmt: skip
    office.step("chair_pass", project, by="fj-chair", on="2016-05-27", papers="chair_minutes")
    return project


def running(office: Practice, field: str = "水产") -> str:
    """A pilot society that was selected in spring and made public, and began on 2 June 2016."""
    project = chosen(office, field)
    office.step("publish_results", project, by="fj-association", on="2016-06-01", papers="publication")
    office.step("start", project, by="fj-association", on="2016-06-02", papers="contract")
    return project


def evaluated(office: Practice, grade: str, issues: str = "否", *, field: str = "水产") -> str:
    """A pilot society whose evaluation was concluded on 28 November 2016."""
    project = running(office, field)
    office.step("open_evaluation", project, by="fj-department", on="2016-11-01")
    office.step(
        "record_evaluation", project, by="fj-evaluator", on="2016-11-28", papers="evaluation_report",
        values={"evaluation.conclusion": grade, "evaluation.has_issues": issues},
    )  # fmt: skip
    return project
