"""The auditor reads everything and changes nothing: asked of every command that there is (R-ROLE-16)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import states
from console.tree import cli
from tests.acceptance.driver import Practice, selected
from tests.calendar_samples import written
from tests.cli import UNIT, application

SOCIETY = "h23-first-class-society"
DAY = "2023-04-05"
DECREE = ("--document", "豫科协〔2023〕3号@2023-04-04", "--reason", "示例")

READS: dict[str, tuple[str, ...]] = {
    "packs": (),
    "packs show": (SOCIETY,),
    "packs check": ("{pack}",),
    "packs template": (SOCIETY, "--out", "{folder}/blank.xlsx"),
    "chart": (),
    "period": ("2023-04-03", "P3M"),
    "calendar": (),
    "calendar list": (),
    "calendar show": ("2023",),
    "calendar template": ("2024", "--out", "{folder}/calendar-2024.yaml"),
    "calendar check": ("{calendar}",),
    "call list": (),
    "check": ("{project}",),
    "intake list": (),
    "list": (),
    "show": ("{project}",),
    "actions": ("{project}",),
    "amendments": (),
    "amendments show": ("1",),
    "campaigns": (),
    "campaigns show": ("{campaign}",),
    "due": (),
    "feeds": (),
    "feeds list": (),
    "runs": (),
    "runs list": ("--status", "all"),
    "schedule": (),
    "schedule log": ("sweep",),
    "notices": (),
    "notices show": ("{letter}",),
    "notices templates": (),
    "users": (),
    "users list": (),
    "users roles": (),
    "users log": (),
    "units": (),
    "units list": (),
    "units show": (UNIT["name"],),
    "units history": (UNIT["name"],),
    "export": ("history", "--out", "{folder}/history.csv"),
    "audit verify": (),
    "status": (),
    "status show": (),
}
WRITES: dict[str, tuple[str, ...]] = {
    "packs install": ("{pack}",),
    "calendar import": ("{calendar}",),
    "call open": ("h23-young-talent",),
    "call close": (SOCIETY,),
    "apply": ("{application}",),
    "intake run": ("{application}",),
    "trigger": ("start", "{project}", "--material", "implementation_plan={paper}"),
    "amend": ("{project}", "contact.name=某某", "--reason", "更正", "--material", "evidence={paper}"),
    "amendments preview": ("{project}", "--ends-on-by", "6M", *DECREE),
    "amendments make": ("{project}", "--ends-on-by", "6M", *DECREE),
    "amendments undo": ("1", "--reason", "决定有误"),
    "campaigns preview": ("start", "{project}"),
    "campaigns draft": ("start", "{project}"),
    "campaigns confirm": ("{campaign}", "--count", "1"),
    "campaigns run": ("{campaign}",),
    "campaigns cancel": ("{campaign}",),
    "campaigns undo": ("{campaign}", "--reason", "有误"),
    "report": ("{project}", "{duty}", "--material", "report={paper}"),
    "waive": ("{project}", "{duty}", *DECREE),
    "sweep": (),
    "schedule run": ("sweep",),
    "runs retry": ("{letter}",),
    "runs reconcile": (),
    "runs prune": (),
    "feeds add": (),
    "feeds revoke": ("1",),
    "notices release": ("{letter}",),
    "notices retry": ("{letter}",),
    "notices deliver": (),
    "notices test": ("mail", "--to", "somebody@example.org"),
    "notices bounced": ("{paper}",),
    "notices publicity": (SOCIETY,),
    "status close": ("1",),
    "users add": ("somebody",),
    "users grant": ("auditor", "clerk"),
    "users revoke": ("clerk", "clerk", "--province", "henan"),
    "users close": ("clerk",),
    "users contact": ("clerk", "--email", "clerk@example.org"),
    "users delegate": ("auditor", "clerk", "--from", DAY, "--to", "2023-12-31"),
    "users undelegate": ("auditor", "deputy"),
    "units add": ("河南省某某学会", "--kind", "prov_society"),
    "units set": (UNIT["name"], "--region", "洛阳市"),
    "units verify": (UNIT["name"], "unit.bank_account.status=正常"),
}
OF_THE_MACHINE = {"init", "demo", "up", "deploy"}
"""What makes a store or runs the services: it is not done by somebody of the record."""


def leaves(group: Any, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command by its words; a group that may be called by itself is one too."""
    for name in group.list_commands(None):
        words, one = (*above, name), group.get_command(None, name)
        if not hasattr(one, "list_commands"):
            yield " ".join(words)
            continue
        if one.invoke_without_command:
            yield " ".join(words)
        yield from leaves(one, words)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a selected project, a letter that waits, and an auditor with somebody to stand in."""
    office = Practice(tmp_path_factory.mktemp("audit") / "home")
    office.open()
    office.done("call", "open", SOCIETY, by="clerk", on="2023-03-01")
    project = selected(office)
    office.ask("amendments", "make", project, "--ends-on-by", "6M", *DECREE, by="association", on=DAY)
    office.done("campaigns", "draft", "publish_results", project, by="association", on=DAY)
    office.done("units", "add", UNIT["name"], "--kind", "prov_society", "--region", UNIT["region"])
    office.done("users", "add", "auditor")
    office.done("users", "grant", "auditor", "supervisor_external")
    office.done("users", "delegate", "auditor", "deputy", "--from", "2023-01-01", "--to", "2023-12-31")
    return office.home


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def filled(office: Practice, words: tuple[str, ...]) -> list[str]:
    """The words with the names of what is in this office."""
    (project,) = [one["id"] for one in office.done("list")["projects"]]
    (letter,) = office.notices(project, status="held")
    duties = office.project(project)["duties"]
    places = {
        "project": project,
        "letter": letter["key"],
        "campaign": office.done("campaigns")["campaigns"][0]["id"],
        "duty": duties[0]["duty"] if duties else "preparation_report",
        "paper": office.paper("未经许可.pdf"),
        "application": office.write("申报.json", [application("示例乙")]),
        "pack": Path(states.__file__).parent / "packs" / "henan-2023.yaml",
        "calendar": written(office.home.parent),
        "folder": office.home.parent,
    }
    return [word.format(**places) for word in words]


def contents(home: Path) -> tuple[dict[str, str], list[str]]:
    """Every file below the home by its digest, and every row of the store."""
    with closing(sqlite3.connect(home / "lifecycle.sqlite3")) as store:
        rows = list(store.iterdump())
    files = {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("lifecycle.sqlite3")
    }
    return files, rows


def test_every_command_is_known_to_read_or_to_write() -> None:
    assert set(leaves(cli())) == READS.keys() | WRITES.keys() | OF_THE_MACHINE


@pytest.mark.parametrize("command", READS)
def test_an_auditor_may_read_by_every_command_that_reads(office: Practice, command: str) -> None:
    words = filled(office, READS[command])
    before = contents(office.home)
    ran = office.ask(*command.split(), *words, by="auditor", on=DAY)

    assert (ran.status, contents(office.home)) == (0, before), ran.out


@pytest.mark.parametrize("command", WRITES)
def test_an_auditor_is_forbidden_every_command_that_writes_and_leaves_no_trace(
    office: Practice, command: str
) -> None:
    words = filled(office, WRITES[command])
    before = contents(office.home)
    ran = office.ask(*command.split(), *words, by="auditor", on=DAY)

    assert (ran.status, ran.json["error"]["code"]) == (4, "forbidden"), ran.out
    assert contents(office.home) == before


def test_who_stands_in_for_an_auditor_only_reads_too(office: Practice) -> None:
    """The desk stands in here; what counts are the roles of the one who is named."""
    (project,) = [one["id"] for one in office.done("list", by="auditor")["projects"]]
    ran = office.refused("start", project, by="auditor", on=DAY)

    assert (ran.status, ran.rules) == (4, [])
