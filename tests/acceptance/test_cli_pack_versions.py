"""A newer pack through the command line: in force for what comes in later, running projects moved by a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle.packs import PACKAGED
from tests.acceptance.driver import Practice, selected

# Lines of the pack are quoted whole.
# ruff: noqa: E501
SHIPPED = (PACKAGED / "henan-2023.yaml").read_text(encoding="utf-8")
SOCIETY = "h23-first-class-society"
FIVE = "quota: [{from: 2022-10-30, value: 5, rule: R-PROG-01, quote: 共5个项目}]"
SUMS = "sums: {projects: 121, total: 10500000, rule: R-PROG-49, why: 各类名额、金额与总额逐项相加，原文未印合计。}"


def newer(folder: Path, *changes: tuple[str, str], version: int = 2) -> Path:
    """The shipped pack as a newer version, with some of its words changed."""
    text = SHIPPED.replace("version: 1\n", f"version: {version}\n", 1)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "henan-2023.yaml"
    path.write_text(text, encoding="utf-8")
    return path


_OWED = "evaluation_opening, evaluation_feedback, rectification_report, extension_application]\n    not_printed: [文号"
ONE_YEAR = (f"    duties: [completion, midterm_report, {_OWED}", f"    duties: [completion, {_OWED}")
"""The first-class societies without their midterm report."""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Henan office with one society being carried out under the shipped pack."""
    office = Practice(tmp_path_factory.mktemp("versions") / "home")
    office.open()
    office.done("call", "open", SOCIETY, by="clerk", on="2023-03-01")
    project = selected(office)
    office.step("start", project, by="association", on="2023-04-20", papers="implementation_plan")
    return office.home


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def owed(office: Practice, project: str) -> set[str]:
    live = {"open", "suggested", "overdue"}
    return {one["duty"] for one in office.project(project)["duties"] if one["status"] in live}


def adopt(office: Practice, project: str, *words: str, on: str = "2023-05-09") -> dict[str, object]:
    found = office.done(
        "trigger", "adopt_pack", project, "--set", "project.pack=henan-2023@2", "--reason", "新版通知", *words,
        by="association", on=on,
    )  # fmt: skip
    return dict(found)


def test_a_newer_pack_holds_for_what_comes_in_later_and_not_for_what_runs(office: Practice) -> None:
    path = newer(office.home.parent, ONE_YEAR)
    found = office.done("packs", "install", path, on="2023-05-08")
    assert (found["slug"], found["version"], found["installed"]) == ("henan-2023", "2", True)
    assert office.done("packs", "install", path, on="2023-05-08")["installed"] is False

    (project,) = [one["id"] for one in office.done("list")["projects"]]
    assert "midterm_report" in owed(office, project)
    (fresh,) = office.hand_in(
        "first_class_society.yaml", {"title: ": "title: 新版下的"}, by="clerk", on="2023-05-08"
    )
    office.step("accept_for_form_review", fresh, by="checker", on="2023-05-08")
    office.step("form_pass", fresh, by="checker", on="2023-05-08")
    office.step("review_select", fresh, by="association", on="2023-05-08", papers="review_record")
    office.step("start", fresh, by="association", on="2023-05-20", papers="implementation_plan")
    assert "midterm_report" not in owed(office, fresh)


def test_a_project_moves_to_the_newer_version_by_a_step_that_can_be_tried_and_undone(
    office: Practice,
) -> None:
    (project,) = [one["id"] for one in office.done("list")["projects"]]
    nothing = office.refused(
        "adopt_pack", project, by="association", on="2023-05-08",
        reason="新版", values={"project.pack": "henan-2023@2"},
    )  # fmt: skip
    assert "R-DOC-07" in nothing.rules
    office.done("packs", "install", newer(office.home.parent, ONE_YEAR), on="2023-05-08")

    tried = adopt(office, project, "--dry-run")
    assert [one["id"] for one in tried["done"]] == [project]  # type: ignore[attr-defined]
    assert "midterm_report" in owed(office, project)
    adopt(office, project)
    assert "midterm_report" not in owed(office, project)
    assert office.project(project)["history"][-1]["action"] == "adopt_pack"
    office.done("audit", "verify")

    office.step("reverse_step", project, by="deputy", on="2023-05-10", reason="改回")
    assert "midterm_report" in owed(office, project)
    assert "project.pack" not in office.project(project)["facts"]
    office.done("audit", "verify")


def test_other_content_under_a_used_version_is_refused(office: Practice) -> None:
    path = newer(office.home.parent, ONE_YEAR, version=1)
    ran = office.ask("packs", "install", path)

    assert (ran.status, ran.json["error"]["code"]) == (6, "conflict")
    assert "期望 2" in ran.json["error"]["message"]


def test_a_pack_that_would_strand_running_projects_is_refused_with_their_list(office: Practice) -> None:
    start = SHIPPED.index(f"  {SOCIETY}:\n")
    gone = SHIPPED[start : SHIPPED.index("  h23-academic-intl-national:\n")]
    sums = SUMS.replace("121", "116").replace("10500000", "10000000")
    ran = office.ask("packs", "install", newer(office.home.parent, (gone, ""), (SUMS, sums)))

    assert ran.status == 3
    assert [one["message"] for one in ran.json["error"]["reasons"]] == [
        f"{SOCIETY}-0001（实施中）：新版没有该类项目"
    ]


def test_a_lifecycle_that_does_not_know_where_a_project_stands_strands_it_too(office: Practice) -> None:
    start = SHIPPED.index(f"  {SOCIETY}:\n")
    line = SHIPPED[start : SHIPPED.index("    variant: base\n", start)] + "    variant: base\n"
    other = line.replace("variant: base", "variant: task-checklist")
    materials = "    duties: [completion, midterm_report"
    assert materials in SHIPPED
    ran = office.ask("packs", "install", newer(office.home.parent, (line, other)))

    assert ran.status == 3
    assert "没有这一状态" in ran.json["error"]["message"]


def test_a_quota_below_what_is_approved_already_is_refused(office: Practice) -> None:
    none = FIVE.replace("value: 5", "value: 0")
    total = (
        "    total: 500000\n    phone: 0371-65707080\n    facts: [unit.party_org_complete",
        "    total: 0\n    phone: 0371-65707080\n    facts: [unit.party_org_complete",
    )
    sums = SUMS.replace("121", "116").replace("10500000", "10000000")
    ran = office.ask("packs", "install", newer(office.home.parent, (FIVE, none), total, (SUMS, sums)))

    assert ran.status == 3
    assert ran.json["error"]["reasons"][-1]["rule"] == "R-LIFE-63"


def test_only_an_administrator_puts_a_pack_in_force_and_can_go_back_to_the_shipped_one(
    office: Practice,
) -> None:
    path = newer(office.home.parent, ONE_YEAR)
    assert office.ask("packs", "install", path, by="association").status == 4
    office.done("packs", "install", path)
    shown = office.done("packs", "show", "henan-2023")
    assert (shown["version"], shown["in_force"]["version"]) == ("2", "2")
    office.done("packs", "install", "--shipped", "henan-2023")
    assert office.done("packs", "show", "henan-2023")["version"] == "1"
    assert office.ask("packs", "install", "--shipped", "henan-2023").status == 5


def test_a_broken_pack_is_not_put_in_force(office: Practice) -> None:
    ran = office.ask("packs", "install", newer(office.home.parent, (FIVE, FIVE.replace("5,", "五,"))))

    assert (ran.status, ran.json["error"]["code"]) == (7, "bad_input")


def test_no_project_moves_into_a_pool_that_is_full(office: Practice) -> None:
    """R-LIFE-63: two approved under five places, and one place in the version they might move to."""
    one = FIVE.replace("value: 5", "value: 1")
    sums = SUMS.replace("121", "117").replace("10500000", "10100000")
    less = ("total: 500000\n", "total: 100000\n")
    (first,) = [row["id"] for row in office.done("list")["projects"]]
    (second,) = office.hand_in(
        "first_class_society.yaml", {"title: ": "title: 第二个"}, by="clerk", on="2023-05-08"
    )
    office.step("accept_for_form_review", second, by="checker", on="2023-05-08")
    office.step("form_pass", second, by="checker", on="2023-05-08")
    pack = newer(office.home.parent, (FIVE, one), (SUMS, sums), less)
    office.done("packs", "install", pack, on="2023-05-08")
    office.step("review_select", second, by="association", on="2023-05-08", papers="review_record")

    told = office.refused("adopt_pack", second, by="association", on="2023-05-09", reason="新版",
                          values={"project.pack": "henan-2023@2"})  # fmt: skip
    assert (told.rules, office.project(first)["state"]) == (["R-LIFE-63"], "executing")
