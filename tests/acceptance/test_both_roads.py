"""Commands through the daemon and without it: the same words, JSON, status and record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.commands import question_page
from flows.page import Asked
from flows.questions import ANSWERS
from flows.wire import Question, question_document
from tests.acceptance.driver import Practice
from tests.cli import Ran
from tests.daemon_pages import serving

ACCEPT = "accept_for_form_review"
Told = list[tuple[int, str, str]]
Story = Callable[[Practice, str], list[Ran]]


def accept(office: Practice, *words: object, by: str = "checker", on: str = "2023-03-03") -> Ran:
    return office.ask("trigger", *words, by=by, on=on)


def for_people(office: Practice, project: str) -> list[Ran]:
    return [
        office.run("trigger", "受理", project, by="checker", on="2023-03-03"),
        office.run("trigger", "受理", project, by="checker", on="2023-03-03"),
    ]


def refused_with_reasons(office: Practice, project: str) -> list[Ran]:
    return [accept(office, "form_pass", project), accept(office, "review_select", project, by="association")]


def by_one_who_may_not(office: Practice, project: str) -> list[Ran]:
    return [
        accept(office, ACCEPT, project, by="evaluator"),
        accept(office, ACCEPT, project, by="nobody"),
        office.ask("trigger", ACCEPT, project, on="2023-03-03"),
    ]


def what_is_not_there(office: Practice, project: str) -> list[Ran]:
    absent = "h23-young-talent-9999"
    return [
        accept(office, ACCEPT, absent),
        accept(office, ACCEPT, absent, project),
        accept(office, "受里", project),
    ]


def versions_and_keys(office: Practice, project: str) -> list[Ran]:
    return [
        accept(office, ACCEPT, project, "--if-version", 7),
        accept(office, ACCEPT, project, "--key", "一"),
        accept(office, ACCEPT, project, "--key", "一"),
        accept(office, ACCEPT, project, "--key", "一", "--reason", "另一件"),
        accept(office, "form_pass", project, "--if-version", 1),
    ]


def papers(office: Practice, project: str) -> list[Ran]:
    paper, empty = office.paper("评审记录.pdf"), office.home.parent / "空.pdf"
    empty.write_bytes(b"")
    accept(office, ACCEPT, project)
    accept(office, "form_pass", project)
    select = ("review_select", project, "--set", "amount=30000", "--material")
    return [
        accept(office, *select, "没有的材料=x.pdf", by="association", on="2023-04-03"),
        accept(office, *select, "review_record=没有.pdf", by="association", on="2023-04-03"),
        accept(office, *select, f"review_record={empty}", by="association", on="2023-04-03"),
        accept(office, *select, f"review_record={office.home}", by="association", on="2023-04-03"),
        accept(office, *select, f"review_record={paper}", by="association", on="2023-04-03"),
    ]


def dry_run(office: Practice, project: str) -> list[Ran]:
    return [
        accept(office, ACCEPT, project, "--dry-run"),
        accept(office, "form_pass", project, "--dry-run"),
        accept(office, ACCEPT, project, "--dry-run", "--material", f"contract={office.paper()}"),
        office.run("trigger", ACCEPT, project, "--dry-run", by="checker", on="2023-03-03"),
    ]


def many(office: Practice, project: str) -> list[Ran]:
    unit = {"name": "河南省另一学会", "kind": "prov_society", "region": "河南省"}
    others = [office.talent(f"另一项目{number}", unit=unit) for number in range(2)]
    absent = [f"h23-young-talent-{number}" for number in range(9000, 9025)]
    return [
        accept(office, ACCEPT, "--where", "form_review/", "--yes"),
        accept(office, ACCEPT, "--where", "没有/", "--yes"),
        accept(office, ACCEPT, "--where", "form_review", "--yes"),
        accept(office, ACCEPT, "--where", "submitted/h23-young-talent"),
        accept(office, ACCEPT, project, "--where", "submitted/"),
        office.run("trigger", ACCEPT, project, *absent, by="checker", on="2023-03-03"),
        accept(office, ACCEPT, "--where", "/青年", "--yes"),
        accept(office, ACCEPT, "--where", "submitted/h23-young-talent", "--yes"),
        accept(office, "form_pass", project, *others),
    ]


def days(office: Practice, project: str) -> list[Ran]:
    return [
        accept(office, ACCEPT, project, on="2023-03-01"),
        accept(office, ACCEPT, project, on="2023-13-01"),
        accept(office, ACCEPT, project, "--document", "没有日期"),
        accept(office, ACCEPT, project, "--set", "没有=1"),
    ]


def questions(office: Practice, project: str) -> list[Ran]:
    accept(office, ACCEPT, project)
    absent = "h23-young-talent-9999"
    return [
        ask(*words, by=by, on="2023-03-04")
        for words in (
            ("list",),
            ("list", "--state", "受理", "--programme", "h23-young-talent", "--year", "2023", "--limit", "1"),
            ("list", "--unit", "没有的学会"),
            ("list", "--state", "没有"),
            ("list", "--limit", "0"),
            ("show", project),
            ("show", absent),
            ("actions", project),
            ("actions", absent),
            ("check", project),
        )
        for by in ("checker", "nobody")
        for ask in (office.ask, office.run)
    ]


STORIES: tuple[Story, ...] = (
    for_people, refused_with_reasons, by_one_who_may_not, what_is_not_there, versions_and_keys, papers,
    dry_run, many, days, questions,
)  # fmt: skip


def told(ran: Ran) -> tuple[int, str, str]:
    """What was said, without what is chance: times and the hashes that they enter."""
    out = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:[\d.]+)?(\+\d\d:\d\d)?|\b[0-9a-f]{64}\b", "", ran.out)
    return ran.status, out, re.sub(r"\d+:\d\d:\d\d|-:--:--|━|╸|╺| +", "", ran.err)


def test_every_question_is_answered_by_the_daemon_itself(furnished: Path, tmp_path: Path) -> None:
    office = Practice.copied(furnished, tmp_path)
    project = office.talent()
    whole_list = dict.fromkeys(("state", "programme", "unit", "year", "remark", "after")) | {"overdue": False}
    with serving(office.home) as pages:
        for name in ANSWERS:
            given = {**whole_list, "limit": 5} if name == "list" else {"project": project}
            asked = question_document(Question(name, "checker", date(2023, 3, 4), given))
            page = question_page(pages.desk, Asked("/questions", {}, json.dumps(asked).encode()))
            assert json.loads(page.content)["exit"] == 0, page.content


def record(office: Practice, project: str) -> Any:
    shown = office.project(project)
    return [
        {name: value for name, value in entry.items() if name not in ("at", "hash")}
        for entry in shown["history"]
    ], shown["materials"], shown["state"]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_both_roads_answer_alike(
    furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: Story
) -> None:
    answers: dict[str, tuple[Told, Any]] = {}
    monkeypatch.chdir(tmp_path)
    for road in ("direct", "daemon"):
        place = tmp_path / road
        place.mkdir()
        office = Practice.copied(furnished, place)
        project = office.talent()
        if road == "direct":
            said = [told(ran) for ran in story(office, project)]
        else:
            with serving(office.home) as pages:
                said = [told(ran) for ran in story(office, project)]
            assert {"/commands", "/questions"}.intersection(pages.asked)
        said = [
            (status, out.replace(str(place), ""), err.replace(str(place), "")) for status, out, err in said
        ]
        answers[road] = said, record(office, project)
    for heard, expected in zip(answers["daemon"][0], answers["direct"][0], strict=True):
        assert heard == expected
    assert answers["daemon"][1] == answers["direct"][1]
