"""Processes killed at the worst moments: what was committed is told once, what was not has left no trace."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.acceptance.driver import Practice, environment, finish, start
from tests.cli import application
from tests.mail_server import MailHost

THEN_WAIT = """
import sys
from console.main import main
status = main(sys.argv[1:])
print("ended with", status, flush=True)
sys.stdin.read()
"""
"""The command line in a process that lives on after its command, as a daemon does."""
SUBJECT = "受理回执：“示例人才项目”"


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    """A practice office."""
    return Practice.copied(furnished, tmp_path)


@pytest.fixture
def real(tmp_path: Path) -> Practice:
    """A real store, whose mail goes out; one project was submitted today."""
    office = Practice(tmp_path / "home")
    office.done("init")
    for login, role in (("clerk", "clerk"), ("checker", "form_checker")):
        office.done("users", "add", login)
        office.done("users", "grant", login, role, "--province", "henan")
    office.done("call", "open", "h23-young-talent", by="clerk")
    office.done("apply", office.write("a.json", [application("示例人才项目")]), by="clerk")
    return office


@pytest.fixture
def mail_host() -> Iterator[MailHost]:
    """A mail server that works."""
    host = MailHost()
    host.start()
    yield host
    host.stop()


def killed_after_its_commit(office: Practice, *words: str) -> None:
    """Run a command in a process that is killed as soon as the command has answered."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", THEN_WAIT, *words],
        env=environment(office.home, PYTHONPATH=str(Path(__file__).parents[2])),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    while not said.startswith("ended with"):
        said = process.stdout.readline()
        assert said or process.poll() is None
    assert said == "ended with 0\n"
    process.kill()
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()


def test_a_notice_whose_process_was_killed_after_the_commit_is_delivered_once(office: Practice) -> None:
    project = office.talent()
    killed_after_its_commit(
        office, "trigger", "accept_for_form_review", project, "--as", "checker", "--on", "2023-03-03"
    )
    assert [one["status"] for one in office.notices(project)] == ["pending"]
    assert office.mail() == []

    sent = finish(start("notices", "deliver", "--on", "2023-03-03", home=office.home))
    assert (sent.status, sent.json["sent"], len(sent.json["notices"])) == (0, 1, 1)
    for _ in range(2):
        again = finish(start("notices", "deliver", "--on", "2023-03-03", home=office.home))
        assert (again.status, again.json["sent"], again.json["notices"]) == (0, 0, [])
    (file,) = office.mail()
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert mail["Subject"] == f"【演练】{SUBJECT}"
    (notice,) = office.notices(project)
    assert (notice["kind"], notice["status"], notice["attempts"]) == ("acknowledgement", "sent", 1)


def test_a_delivery_killed_while_the_mail_server_hangs_is_taken_up_again_once(
    real: Practice, mail_host: MailHost
) -> None:
    project = "h23-young-talent-0001"
    real.done("trigger", "accept_for_form_review", project, by="checker")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        port = str(silent.getsockname()[1])
        process = start("notices", "deliver", home=real.home, LIFECYCLE_SMTP_PORT=port, **SMTP)
        line, _ = silent.accept()  # it is connected now, and waits for a greeting that never comes
        process.kill()
        assert finish(process).status == -signal.SIGKILL
        line.close()
    assert [(one["status"], one["attempts"]) for one in real.notices(project)] == [("sending", 1)]

    port = str(mail_host.port)
    leased = finish(start("notices", "deliver", home=real.home, LIFECYCLE_SMTP_PORT=port, **SMTP))
    assert (leased.status, leased.json["sent"]) == (0, 0)
    with closing(sqlite3.connect(real.home / "lifecycle.sqlite3")) as store, store:
        store.execute("UPDATE notice SET lease_until = '2020-01-01 00:00:00.000000'")  # its lease has run out
    sent = [
        finish(start("notices", "deliver", home=real.home, LIFECYCLE_SMTP_PORT=port, **SMTP)).json["sent"]
        for _ in range(2)
    ]
    assert sent == [1, 0]
    (mail,) = mail_host.mails
    assert mail.to == ["li@example.com"]
    assert BytesParser(policy=policy.default).parsebytes(mail.content)["Subject"] == SUBJECT
    (notice,) = real.notices(project)
    assert (notice["status"], notice["attempts"], notice["to"]) == ("sent", 2, "li@example.com")


SMTP = {"LIFECYCLE_MAIL_CHANNEL": "smtp", "LIFECYCLE_SMTP_HOST": "127.0.0.1"}


def test_a_command_killed_at_any_moment_is_done_with_its_notice_or_not_at_all(office: Practice) -> None:
    titles = [f"示例{n}" for n in range(6)]
    rows = [
        application(title, unit={"name": f"河南省{title}学会", "kind": "prov_society", "region": "河南省"})
        for title in titles
    ]
    found = office.done("apply", office.write("six.json", rows), by="clerk", on="2023-03-02")
    probe, *projects = [one["id"] for one in found["accepted"]]
    words = ("--as", "checker", "--on", "2023-03-03", "--key", "受理")
    began = time.monotonic()
    assert finish(start("trigger", "受理", probe, *words, home=office.home)).status == 0
    whole = time.monotonic() - began
    for number, project in enumerate(projects):
        process = start("trigger", "受理", project, *words, home=office.home)
        try:
            process.wait(whole * (0.6 + 0.1 * number))
        except subprocess.TimeoutExpired:
            process.kill()
        assert finish(process).status in (0, -signal.SIGKILL)

    assert office.done("audit", "verify")["ok"] is True
    done = [project for project in projects if office.project(project)["state"] == "form_review"]
    for project in projects:
        entries, notices = (3, ["pending"]) if project in done else (2, [])
        assert len(office.history(project, "seq")) == entries
        assert [one["status"] for one in office.notices(project)] == notices
    again = office.done("trigger", "受理", probe, *projects, *words)
    assert [(one["id"], one["seq"]) for one in again["done"]] == [(one, 3) for one in (probe, *projects)]
    assert office.done("notices", "deliver", on="2023-03-03")["sent"] == 6
    assert office.done("notices", "deliver", on="2023-03-03")["sent"] == 0
    assert len(office.mail()) == 6
