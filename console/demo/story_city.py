"""Henan, 2023: a pilot city and its four sub-projects, which wait for it, go with it and end with it."""

from __future__ import annotations

from console.demo.book_city import CITY_AND_CHILDREN, PROGRAMMES
from console.demo.steps import act, call, sign, take_in

CHILDREN = "congress hundred station incubation"

PILOT = (
    call("2023-02-01", "hn-kx", PROGRAMMES, "2023-03-31"),
    take_in("2023-03-22", "hn-clerk", CITY_AND_CHILDREN.name),
    act("2023-04-03", "hn-checker", "accept_for_form_review", f"city {CHILDREN}"),
    act("2023-04-06", "hn-checker", "form_pass", f"{CHILDREN} city"),
    act("2023-05-04", "hn-kx", "review_select", "congress", papers="review_record", refused="R-LIFE-00"),
    act("2023-05-04", "hn-kx", "review_select", "city", papers="review_record", as_flow=True),
    act("2023-05-05", "hn-kx", "request_halt", "congress", reason="示例", refused="R-LIFE-00"),
    act("2023-05-08", "hn-kx", "review_reject", "incubation"),
    act("2023-05-16", "hn-kx", "start", "city", papers="implementation_plan"),
    sign("2023-05-16", "hn-kx"),
    act("2023-09-04", "hn-kx", "midterm_open", "city"),
    act("2023-09-12", "hn-kx", "midterm_done", "city", papers="midterm_opinion"),
    act("2023-12-18", "hn-kx", "open_evaluation", "city"),
    act("2023-12-25", "hn-agency", "record_evaluation", "city",
        papers="evaluation_report", values={"evaluation.conclusion": "优秀"}),
    act("2023-12-27", "hn-kx", "evaluate_pass", "city", as_flow=True),
    sign("2023-12-27", "hn-kx"),
)  # fmt: skip
