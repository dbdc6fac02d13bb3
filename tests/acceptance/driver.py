"""Whole ways of a project through the command line: shorter words for the steps, and real processes.

`Practice` is an office (tests.cli) that hands in the sample files beside this one. It decides nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli import Office, Ran

SAMPLES = Path(__file__).parent
LIFECYCLE = Path(sys.executable).with_name("lifecycle")
FUJIAN = {
    "fj-clerk": "clerk",
    "fj-centre": "service_centre",
    "fj-checker": "form_checker",
    "fj-department": "academic_department",
    "fj-chair": "chair_meeting",
    "fj-association": "prov_association",
    "fj-evaluator": "evaluator",
}
"""The people of the Fujian office by login; those of the Henan office are made by `Office.open`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a command that was refused said."""

    status: int
    rules: list[str]
    messages: list[str]


class Practice(Office):
    """An office whose steps are written as in a minute-book: who, what, on which day, with which papers."""

    @classmethod
    def copied(cls, furnished: Path, folder: Path) -> Practice:
        """An office of one's own, copied from one that is furnished."""
        shutil.copytree(furnished, folder / "home")
        return cls(folder / "home")

    def staff_fujian(self) -> Practice:
        """Give the Fujian office its people."""
        for login, role in FUJIAN.items():
            self.done("users", "add", login)
            self.done("users", "grant", login, role, "--province", "fujian")
        return self

    def staff_unit(self, login: str, unit: str, kind: str = "prov_society") -> None:
        """Register a unit and somebody who acts for it."""
        self.done("units", "add", unit, "--kind", kind, "--region", "郑州市")
        self.done("users", "add", login, "--unit", unit)
        for role in ("applicant", "undertaking_unit"):
            self.done("users", "grant", login, role, "--province", "henan")

    def hand_in(self, sample: str, changed: Mapping[str, str], *, by: str, on: str) -> list[str]:
        """Hand in a sample file with some of its words changed; the ids of its projects."""
        text = (SAMPLES / sample).read_text(encoding="utf-8")
        for old, new in changed.items():
            assert old in text, f"{old} is not in {sample}"
            text = text.replace(old, new)
        path = self.home.parent / sample
        path.write_text(text, encoding="utf-8")
        for name in re.findall(r"file: (\S+\.txt)", text):
            (self.home.parent / name).write_text(f"示例：{name}", encoding="utf-8")
        found = self.done("apply", path, by=by, on=on)
        return [str(one["id"]) for one in found["accepted"]]

    def step(self, action: str, project: str, *, by: str, on: str, **options: Any) -> dict[str, Any]:
        """A step that has to be done; what was done."""
        found = self.done("trigger", action, project, *self._words(**options), by=by, on=on)
        (done,) = found["done"]
        assert found["refused"] == []
        return dict(done)

    def refused(self, action: str, project: str, *, by: str, on: str, **options: Any) -> Refusal:
        """A step that has to be refused, and why."""
        return refusal(self.ask("trigger", action, project, *self._words(**options), by=by, on=on))

    def project(self, project: str) -> dict[str, Any]:
        """All about a project."""
        return dict(self.done("show", project))

    def history(self, project: str, *fields: str) -> list[tuple[Any, ...]]:
        """Some fields of every entry of its history."""
        return [tuple(entry[name] for name in fields) for entry in self.project(project)["history"]]

    def duty(self, project: str, slug: str) -> dict[str, Any]:
        """The one duty of that name."""
        (found,) = [one for one in self.project(project)["duties"] if one["duty"] == slug]
        return dict(found)

    def notices(self, project: str, **wanted: str) -> list[dict[str, Any]]:
        """Its notices and letters that look as wanted, oldest first."""
        found = self.done("notices", "--project", project)["notices"]
        return [one for one in found if wanted.items() <= one.items()]

    def letter(self, project: str, kind: str) -> dict[str, Any]:
        """The one letter of a kind, with its text."""
        (found,) = self.notices(project, kind=kind)
        return dict(self.done("notices", "show", found["key"]))

    def sweep(self, day: str) -> list[str]:
        """Sweep a day; the duty and kind of every notice that it brought."""
        keys = [key.split(".") for key in self.done("sweep", on=day)["notices"]]
        return sorted(f"{duty} {kind}" for _, duty, _, kind, *_ in keys)

    def mail(self) -> list[Path]:
        """What was delivered as files."""
        return sorted((self.home / "outbox").glob("*.eml"))

    def _words(
        self,
        papers: str = "",
        values: Mapping[str, str] | None = None,
        reason: str | None = None,
        document: str | None = None,
        options: tuple[object, ...] = (),
    ) -> list[object]:
        words: list[object] = list(options)
        for kind in papers.split():
            words += ["--material", f"{kind}={self.paper(f'{kind}.pdf')}"]
        for name, value in (values or {}).items():
            words += ["--set", f"{name}={value}"]
        words += ["--reason", reason] if reason else []
        words += ["--document", document] if document else []
        return words


def selected(office: Practice, **changed: str) -> str:
    """A society that applied on paper and was selected."""
    (project,) = office.hand_in("first_class_society.yaml", changed, by="clerk", on="2023-03-02")
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    office.step("form_pass", project, by="checker", on="2023-03-06")
    office.step("review_select", project, by="association", on="2023-04-03", papers="review_record")
    return project


def event(office: Practice, starts: str = "2020-07-31", *, topic: str = "智能传感技术") -> str:
    """An event that the unit applied for itself, being carried out since 6 May 2020."""
    changed = {"2020-07-31": starts, "智能传感技术": topic}
    (project,) = office.hand_in("academic_event.yaml", changed, by="sensing", on="2020-03-02")
    office.step("accept_for_form_review", project, by="checker", on="2020-03-03")
    office.step("form_pass", project, by="checker", on="2020-03-06")
    office.step(
        "review_select", project,
        by="association", on="2020-04-23", papers="review_record", values={"amount": "50000"},
    )  # fmt: skip
    office.step("start", project, by="association", on="2020-05-06", papers="implementation_plan")
    return project


def refusal(ran: Ran) -> Refusal:
    """The refusal that a call ended in."""
    assert ran.status != 0, ran.out
    reasons = ran.json["error"]["reasons"]
    return Refusal(ran.status, [one["rule"] for one in reasons], [one["message"] for one in reasons])


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a process of the program: this shell's, without what it has set of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIFECYCLE_")}
    return {**kept, "LIFECYCLE_HOME": str(home), "LIFECYCLE_SEND_HOURS": "always", **settings}


def start(*words: object, home: Path, **settings: str) -> subprocess.Popen[str]:
    """Start the program as a process of its own."""
    return subprocess.Popen(
        [str(LIFECYCLE), "--json", *(str(word) for word in words)],
        env=environment(home, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> Ran:
    """Wait for a process that was started."""
    out, err = process.communicate(timeout=60)
    return Ran(process.returncode, out, err)
