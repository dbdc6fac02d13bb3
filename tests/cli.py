"""The command line in this process: what a call printed, and with which status it ended."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.main import main

TALENT = {
    "talent.name": "示例人才",
    "talent.birth_date": "1990-01-01",
    "talent.work_province": "河南省",
    "talent.field": "自然科学",
    "talent.front_line": "是",
    "talent.project_role": "主持",
    "talent.membership_unit": "河南省示例学会",
    "unit.bank_account.status": "正常",
    "application.conditions": "学科优势、专家优势、资源优势",
    "application.mentors": [
        {"name": "甲", "rank": "理事", "field": "相近"},
        {"name": "乙", "rank": "理事", "field": "相近"},
        {"name": "丙", "rank": "理事", "field": "相近"},
    ],
    "application.liaison": "丁",
}
TARGETS = {
    "mentors": 3, "liaison": 1, "exchanges": 2, "guidance_sessions": 4, "plan": "是", "publications": "是",
    "org_post": "是", "cooperation": "是", "training": "是", "summary_and_tracking": "是",
    "schedule_and_fund_use": "是",
}  # fmt: skip
UNIT = {"name": "河南省示例学会", "kind": "prov_society", "region": "河南省"}
CONTACT = {"name": "李四", "phone": "0371-00000000", "email": "li@example.com"}


@dataclass(frozen=True, slots=True)
class Ran:
    """One call."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on standard output."""
        return json.loads(self.out)


def call(*words: object) -> Ran:
    """Run the command line as it is."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main([str(word) for word in words])
    return Ran(status, out.getvalue(), err.getvalue())


class Office:
    """A practice store and the people of an office, spoken to through the command line."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: object, by: str | None = None, on: str | None = None) -> Ran:
        """A command for people."""
        options: list[object] = ["--home", self.home]
        options += ["--as", by] if by else []
        options += ["--on", on] if on else []
        return call(*options, *words)

    def ask(self, *words: object, by: str | None = None, on: str | None = None) -> Ran:
        """A command for a program."""
        return self.run("--json", *words, by=by, on=on)

    def done(self, *words: object, by: str | None = None, on: str | None = None) -> Any:
        """The document of a command that has to succeed."""
        ran = self.ask(*words, by=by, on=on)
        assert ran.status == 0, ran.out + ran.err
        return ran.json

    def open(self) -> Office:
        """Make the store and its people."""
        self.done("init", "--rehearsal", on="2020-01-01")
        for login, role in (
            ("clerk", "clerk"),
            ("checker", "form_checker"),
            ("association", "prov_association"),
            ("deputy", "prov_association"),
            ("evaluator", "evaluator"),
        ):
            self.done("users", "add", login)
            self.done("users", "grant", login, role, "--province", "henan")
        return self

    def write(self, name: str, applications: object) -> Path:
        """A file of applications."""
        path = self.home.parent / name
        path.write_text(json.dumps(applications, ensure_ascii=False, default=str), encoding="utf-8")
        return path

    def paper(self, name: str = "材料.pdf") -> Path:
        """Some paper."""
        path = self.home.parent / name
        path.write_bytes(b"%PDF-1.4 " + name.encode())
        return path

    def talent(self, title: str = "示例人才项目", **other: object) -> str:
        """A sound application of the young-talent programme, submitted; its project id."""
        path = self.write(f"{title}.json", [application(title, **other)])
        found = self.done("apply", path, by="clerk", on="2023-03-02")
        return str(found["accepted"][0]["id"])


def application(title: str, **other: object) -> dict[str, object]:
    """A sound application of the young-talent programme."""
    facts = {**TALENT, "talent.name": title}
    return {
        "programme": "h23-young-talent",
        "title": title,
        "unit": UNIT,
        "contact": CONTACT,
        "facts": facts,
        "targets": TARGETS,
        **other,
    }


def event(office: Office) -> str:
    """An academic event of 2020 that is approved; its preparation report is owed."""
    office.done("call", "open", "h20-academic-event", by="association", on="2020-03-01")
    facts = {"event.starts_on": "2020-07-31", "event.ends_on": "2020-08-01"}
    one = {
        "programme": "h20-academic-event",
        "title": "示例会议",
        "unit": UNIT,
        "contact": CONTACT,
        "facts": facts,
    }
    found = office.done("apply", office.write("e.json", [one]), by="clerk", on="2020-03-02")
    project = str(found["accepted"][0]["id"])
    for action in ("accept_for_form_review", "form_pass"):
        office.done("trigger", action, project, by="checker", on="2020-03-03")
    office.done(
        "trigger", "review_select", project, "--material", f"review_record={office.paper('评审记录.pdf')}",
        "--set", "amount=50000.00", by="association", on="2020-04-01",
    )  # fmt: skip
    return project
