"""A small world for the laws: two cities with their children and three pilots, with one place in every pool.

The packs are the shipped ones with their conditions taken out and every quota set to one, so that chance soon
comes upon a full pool. `World` takes steps as anybody, and tells what the record holds.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from flows.bootstrap import App
from lifecycle.packs import load_pack, packaged_files
from lifecycle.people import Actor
from lifecycle.requests import Request
from lifecycle.rights import GRANTABLE
from lifecycle.settings import Settings, read_settings
from states.catalogue import FactSpec
from states.core_facts import CORE_FACTS
from states.errors import ForbiddenFault
from states.guards.award import CHECKING
from states.names import Action, Role, State
from states.settable import DECIDED, SETS
from states.tables import LIFECYCLES, To
from tests.record_store import ADMINISTRATOR, Records, application, records

Project = dict[str, Any]
Values = dict[str, str]

CITY, CONGRESS, HUNDRED = "h23-pilot-city", "h23-city-product-congress", "h23-hundred-societies"
STATION, INCUBATION, SOCIETY = "h23-expert-station", "h23-base-incubation", "fj16-pilot-society"
CHILDREN: Final = (CONGRESS, HUNDRED, STATION, INCUBATION)
BEGIN: Final = date(2023, 4, 3)
PAST: Final = "事后补录"

BOTH: Final = ("henan", "fujian")
UNIT_ROLES: Final = frozenset({Role.APPLICANT, Role.UNDERTAKING_UNIT, Role.FJ_SOCIETY_UNIT})
SPECIALISTS: Final = tuple(
    Actor(str(role), {p: frozenset({role}) for p in BOTH}, None) for role in sorted(GRANTABLE)
)
ALL_ROUNDERS: Final = tuple(
    Actor(n, {p: frozenset(GRANTABLE) for p in BOTH}, None) for n in ("甲", "乙", "丙")
)
VALUES: Final[dict[str, tuple[str, ...]]] = {
    "evaluation.conclusion": ("合格", "不合格"),
    "evaluation.has_issues": ("否", "是"),
    "objection.decision": ("成立", "不成立"),
    "project.marked": ("是", "否"),
    "project.amount": ("50000",),
    "subsidy.amount": ("80000",),
}
"""What a fact may be set to; dates are the day of the step, other facts a word."""
TODAY: Final = "<今日>"
LATER: Final = (
    "request.new_end",
    "rectification.due_on",
    "project.ends_on",
    "event.starts_on",
    "event.ends_on",
)
SYSTEMS: Final = frozenset(row.action for row in LIFECYCLES["base"].rows if row.roles == (Role.SYSTEM,))
NEEDED: Final = frozenset({
    Action.PUBLISH_RESULTS, Action.RECORD_EVALUATION, Action.RECORD_RECEIPT, Action.RECORD_OBJECTION,
    Action.DECIDE_OBJECTION, Action.CONFIRM_PROGRESS, Action.DECIDE_SUBSIDY, Action.FILE_FUND_METHOD,
    Action.PAY_SUBSIDY, Action.MARK_CHILD, Action.REVERSE_STEP,
})  # fmt: skip
"""Entries without which the next step is refused."""


HANDED_IN = {str(table.hands_in) for table in LIFECYCLES.values()}


def shrunk(folder: Path, slug: str) -> Path:
    """A shipped pack as its next version: no conditions, one place in every pool."""
    (source,) = (path for path in packaged_files() if path.stem == slug)
    body = yaml.safe_load(source.read_text(encoding="utf-8"))
    body["version"] += 1
    body.pop("sums", None)
    body.pop("checks", None)
    for line in (*body["groups"].values(), *body["programmes"].values()):
        for name in ("checks", "total", "limit_per_unit"):
            line.pop(name, None)
        for paper in line.get("materials", {}).values():
            if paper.get("action") in HANDED_IN:
                paper.pop("required", None)
                paper.pop("written", None)
        for place in line.get("quota", ()):
            place["value"] = 1
    for group in ("h23-academic-platform", "h23-industry-empowerment"):
        body["groups"].get(group, {}).pop("quota", None)  # the sum of what is below it
    if body["pack"] == "fujian-2016":
        body["programmes"][SOCIETY]["quota"] = [
            {"from": date(2016, 3, 21), "value": 1, "rule": "R-LIFE-63", "why": "示例。"}
        ]
    path = folder / source.name
    path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def founded(settings: Settings, folder: Path) -> Records:
    """The store with the small packs in force and every application before its decision."""
    made = records(settings, folder)
    for slug in ("henan-2023", "fujian-2016"):
        made.service.install_pack(ADMINISTRATOR, load_pack(shrunk(folder, slug)), BEGIN)
    person = ALL_ROUNDERS[0]
    for slug in (CITY, *CHILDREN, SOCIETY):
        made.service.open_call(person, slug, BEGIN, reason=PAST)
    for number in (1, 2):
        unit = {"unit_name": f"示例{number}市科协", "unit_kind": "city_kx"}
        city = applied(made, CITY, number, **unit)
        children = [applied(made, slug, number, parent=city, **unit) for slug in CHILDREN[: 2 + number]]
        for project in (*children, city):
            checked(made, project)
    for number in (3, 4, 5):
        pilot = applied(made, SOCIETY, number, unit_name=f"示例{number}学会", unit_kind="fj_society")
        checked(made, pilot)
    return made


def selected(made: Records) -> None:
    """The first city and the first pilot have the only places; the other pilots wait for the meeting too."""
    first, second, _ = ALL_ROUNDERS
    made.do("review_select", f"{CITY}-0001", actor=second, on=BEGIN, papers=("review_record",))
    for number in (1, 2, 3):
        pilot = f"{SOCIETY}-000{number}"
        made.do("review_to_department", pilot, actor=first, on=BEGIN, papers=("review_record",))
        made.do("recommend", pilot, actor=first, on=BEGIN, papers=("discussion_minutes",),
                values={"selection.leader": "某"})  # fmt: skip
    made.do("chair_pass", f"{SOCIETY}-0001", actor=second, on=BEGIN, papers=("chair_minutes",))


def begun(made: Records) -> None:
    """Both are public, and have begun."""
    selected(made)
    _, second, _ = ALL_ROUNDERS
    for project in (f"{CITY}-0001", f"{SOCIETY}-0001"):
        made.do("publish_results", project, actor=second, on=BEGIN)
        made.do("start", project, actor=second, on=BEGIN + timedelta(days=14), papers=("contract",))


STAGES: Final = {"applied": (), "selected": (selected,), "begun": (begun,)}
"""How far the world is when a walk begins."""


def applied(made: Records, slug: str, number: int, **given: Any) -> str:
    """An application that is handed in; stations and bases are told apart by which is marked."""
    form = made.paper("申报书.txt")
    how = {"parent": given.pop("parent")} if "parent" in given else {}
    told = application(number, programme=slug, marked=slug == STATION, **given)
    return made.service.apply(ALL_ROUNDERS[0], told, BEGIN, form=form, reason=PAST, **how)


def checked(made: Records, project: str) -> None:
    """Through the form review."""
    for action in ("accept_for_form_review", "form_pass"):
        made.do(action, project, actor=ALL_ROUNDERS[0], on=BEGIN)


@dataclass
class World:
    """One copy of that store, walked about in."""

    held: Records
    day: date = BEGIN + timedelta(days=14)
    steps: int = 0

    @classmethod
    def copied(cls, furnished: Path, folder: Path) -> World:
        """A world of one's own, in a file."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(furnished, folder)
        return cls(Records(App(read_settings({}, home=folder / "home")), folder))

    def projects(self) -> list[Project]:
        """Every project as it is stored."""
        return [dict(row) for row in self.held.rows("project")]

    def history(self, project: str) -> list[dict[str, Any]]:
        """What was done with a project, oldest first."""
        rows = (dict(row) for row in self.held.rows("history") if row["project_id"] == project)
        return sorted(rows, key=lambda row: int(row["seq"]))

    def take(self, actor: Actor, action: Action, project: Project, values: Values, wait: int = 0) -> bool:
        """Try a step some days on, with every paper that it may need; whether it was taken."""
        day = self.day + timedelta(days=wait)
        asked = Request(
            str(action),
            (project["id"],),
            day,
            reason="理由",
            document=f"例〔2023〕{self.steps}号@{day}",
            materials=tuple((kind, self.held.paper(f"{kind}.txt", kind)) for kind in papers(project, action)),
            values={name: _dated(name, word, day) for name, word in values.items()},
        )
        try:
            done = self.held.service.trigger(actor, asked).done
        except ForbiddenFault:
            return False
        if done:
            self.day, self.steps = day, self.steps + 1
        return bool(done)


def member(project: Project) -> Actor:
    """Somebody of the project's own unit."""
    return Actor("本单位", dict.fromkeys(BOTH, UNIT_ROLES), project["unit_id"])


def allowed(project: Project) -> tuple[Action, ...]:
    """The steps that the table has in the state of a project."""
    return LIFECYCLES[project["variant"]].allowed[State(project["state"])]


def papers(project: Project, action: Action) -> list[str]:
    """Every kind of paper that a row of the step asks for, and those that close an account."""
    rows = (row for row in LIFECYCLES[project["variant"]].rows if row.action is action)
    asked = {kind for row in rows for one in row.papers for kind in one.split("|")} - {"document"}
    return sorted(asked | {"settlement", "archive_list"})


def forward(project: Project) -> tuple[Action, ...]:
    """Of these the ones that lead somewhere, and the undo: neither a withdrawal nor a mere entry."""
    rows = LIFECYCLES[project["variant"]].rows
    led = {row.action for row in rows if row.dest not in (To.SAME, To.PREVIOUS)} | NEEDED
    facts = project["facts"] or {}
    done = {Action.PUBLISH_RESULTS} if "publication.on" in facts else set()
    if "objection.received_on" in facts or project["state"] == State.NOT_SELECTED:
        done.add(Action.RECORD_OBJECTION)
    if "objection.received_on" not in facts or "objection.decision" in facts:
        done.add(Action.DECIDE_OBJECTION)
    return tuple(action for action in allowed(project) if action in led - {Action.WITHDRAW} - SYSTEMS - done)


def fitting(action: Action) -> str:
    """Who would take the step in an office that keeps its desks apart."""
    if action in CHECKING:
        return ALL_ROUNDERS[0].login
    return ALL_ROUNDERS[2 if action is Action.REVERSE_STEP else 1].login


def choices(action: Action) -> dict[str, tuple[str, ...]]:
    """What a step may carry, each fact with the words that are tried."""
    names = DECIDED | {"event.starts_on"} if action is Action.CORRECT_RECORD else SETS.get(action, ())
    return {name: VALUES.get(name) or _words(CORE_FACTS[name]) for name in sorted(names)}


def _words(spec: FactSpec) -> tuple[str, ...]:
    if spec.type == "bool":
        return ("是", "否")
    if spec.type == "enum":
        return tuple(spec.values)
    return {"date": (TODAY,), "number": ("80",), "int": ("80",), "decimal": ("80",), "money": ("50000",)}.get(
        spec.type, ("某",)
    )


def _dated(name: str, word: str, day: date) -> str:
    if word != TODAY:
        return word
    return str(day + timedelta(days=400) if name in LATER else day)
