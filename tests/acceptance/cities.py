"""A pilot city with its four children, as an office meets them through the command line."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.driver import Practice

PROGRAMMES = (
    "h23-pilot-city", "h23-city-product-congress", "h23-hundred-societies", "h23-expert-station",
    "h23-base-incubation",
)  # fmt: skip
CITY, CONGRESS, HUNDRED, STATION, BASE = (f"{slug}-0001" for slug in PROGRAMMES)
CHILDREN = (CONGRESS, HUNDRED, STATION, BASE)
PAPERS = ("推荐函.txt", "协议.txt", "证明.txt")


def open_office(folder: Path) -> Path:
    """The home of a Henan office with open calls, to copy from."""
    practice = Practice(folder / "home")
    practice.open()
    for slug in PROGRAMMES:
        practice.done("call", "open", slug, by="clerk", on="2023-03-01")
    return practice.home


def own_office(home: Path, folder: Path) -> Practice:
    """An office of one's own, with the papers that applications bring."""
    practice = Practice.copied(home, folder)
    for name in PAPERS:
        (practice.home.parent / name).write_text(f"示例：{name}", encoding="utf-8")
    return practice


def handed_in(office: Practice, **changed: str) -> None:
    found = office.hand_in("pilot_city.yaml", changed, by="clerk", on="2023-03-02")
    assert sorted(found) == sorted((CITY, *CHILDREN))


def accepted(office: Practice, *projects: str) -> None:
    for project in projects:
        office.step("accept_for_form_review", project, by="checker", on="2023-03-03")


def checked(office: Practice) -> None:
    """City and children handed in, and passed by the form review."""
    handed_in(office)
    accepted(office, CITY, *CHILDREN)
    for project in (*CHILDREN, CITY):
        office.step("form_pass", project, by="checker", on="2023-03-06")


def states(office: Practice) -> dict[str, str]:
    return {one["id"]: one["state"] for one in office.done("list")["projects"]}


def approved(office: Practice, on: str = "2023-04-03") -> None:
    """The city approved, its children absorbed or released."""
    checked(office)
    office.step("review_select", CITY, by="association", on=on, papers="review_record")
