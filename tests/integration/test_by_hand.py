"""A step started by hand: nonsense ends as a failed run that says why, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from flows.bootstrap import App, now, using
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.database import transaction
from lifecycle.login import operating_system_login
from lifecycle.people import Actor
from lifecycle.rights import grant_role
from states.names import Role
from tests.flow_store import applied, count, practice_app

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

ACTION, PROJECT = "accept_for_form_review", "h23-young-talent-0001"
ROOT = Actor("root", {"*": frozenset({Role.ADMIN})}, None)

# fmt: off  (a table reads better with its columns aligned)
NONSENSE: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "请给出 command_id，或者 action 和 projects"),
    "no list": ({"action": ACTION, "projects": []}, "请给出 command_id，或者 action 和 projects"),
    "no action": ({"action": "飞行", "projects": [PROJECT]}, "没有名为“飞行”的操作"),
    "no command": ({"command_id": "zzz"}, "没有编号为“zzz”的操作"),
    "no day": ({"action": ACTION, "projects": [PROJECT], "on": "2023-02-30"}, "业务日期“2023-02-30”无效"),
    "no project": ({"action": ACTION, "projects": ["h23-young-talent-9999"]}, "h23-young-talent-9999"),
    "no right": ({"action": "review_select", "projects": [PROJECT]}, "立项"),
}
# fmt: on


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store with one submitted project, whose user may check forms."""
    app = practice_app(tmp_path / "home")
    applied(app, tmp_path)
    with transaction(app.engine) as conn:
        grant_role(conn, operating_system_login(), "form_checker", "henan", ROOT, now())
    yield app
    app.close()


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_ends_as_a_failed_run_with_a_chinese_message_and_changes_nothing(
    app: App, flow_server: FlowServer, dashboard: Any, case: str
) -> None:
    from flows.trigger import trigger

    given, words = NONSENSE[case]
    tables = ("history", "duty", "notice", "command", "idempotency", "project")
    before = {table: count(app, table) for table in tables}
    name = uuid4().hex
    with warm_prefect(flow_server, app.settings.home), using(app):
        trigger.with_options(flow_run_name=name)(**given, return_state=True)

    (run,) = dashboard.runs_named(name)
    assert run["state_type"] == "FAILED"
    message = run["state"]["message"]
    assert words in message
    assert "Traceback" not in message
    assert "Fault" not in message
    assert {table: count(app, table) for table in tables} == before
