"""What is started from the dashboard runs on a worker: real server, real worker process, as the form asks."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.bootstrap import App, now
from flows.child import WORKER, Child
from flows.comparison import AGAIN
from flows.deployments import DEPLOYMENTS, POOL, register
from flows.jobs import Jobs
from flows.processes import environment_of, worker_process
from flows.reconciling import reconcile_with
from flows.run_marks import LOST, any_alive, marked, report_lost
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.database import transaction
from lifecycle.inbox import intake_folder
from lifecycle.login import operating_system_login
from lifecycle.people import Actor
from lifecycle.rights import add_person, grant_role
from states.errors import UnavailableFault
from states.names import Role
from tests.flow_store import APPLIED, PROGRAMME, TABLES, practice_app
from tests.relay import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect"), pytest.mark.timeout(200)]

MARKS = """
import sys, time
from pathlib import Path
from flows.run_marks import marked
with marked(Path(sys.argv[1]), sys.argv[2]):
    time.sleep(300)
"""
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
WITHIN = 90
AT_ONCE = timedelta(microseconds=1)


class Form:
    """The dashboard's side: what it asks of the server when somebody fills in a form."""

    def __init__(self, server: FlowServer) -> None:
        login = tuple((server.auth or ":").split(":", 1))
        self.client = httpx.Client(
            base_url=server.api_url, auth=(login[0], login[1]), trust_env=False, timeout=30
        )

    def deployment(self, name: str) -> dict[str, Any]:
        """One deployment by its Chinese name."""
        asked = {"deployments": {"name": {"any_": [name]}}}
        (found,) = self.client.post("/deployments/filter", json=asked).json()
        return dict(found)

    def start(self, name: str, **parameters: Any) -> httpx.Response:
        """Press the button, and again where the server is busy: on SQLite it says so while another writes."""
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        place = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        deadline = time.monotonic() + WITHIN
        while (told := self.client.post(place, json=body)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
            assert time.monotonic() < deadline
        return told

    def ended(self, run_id: str, worker: Child) -> dict[str, Any]:
        """The run, once it has ended."""
        deadline = time.monotonic() + WITHIN
        while True:
            run: dict[str, Any] = self.client.get(f"/flow_runs/{run_id}").json()
            if run["state"]["type"] in FINAL:
                return run
            assert time.monotonic() < deadline, worker.log.read_text(encoding="utf-8")
            time.sleep(0.1)


@pytest.fixture
def form(flow_server: FlowServer, flow_home: Path) -> Iterator[Form]:
    """The forms of a server on which everything is registered."""
    register(flow_server, flow_home)
    opened = Form(flow_server)
    yield opened
    opened.client.close()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store of which only the worker's environment tells."""
    made = practice_app(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def worker(app: App, flow_server: FlowServer) -> Iterator[Child]:
    """A worker of the pool on that store."""
    child = worker_process(app.settings, flow_server)
    child.start()
    yield child
    child.stop(10)


def test_registering_again_changes_nothing_and_tells_the_server_no_secret(
    form: Form, flow_server: FlowServer, flow_home: Path
) -> None:
    before = {row.name: form.deployment(row.name)["id"] for row in DEPLOYMENTS}
    assert register(flow_server, flow_home) == tuple(before)
    assert {row.name: form.deployment(row.name)["id"] for row in DEPLOYMENTS} == before
    pool = form.client.get(f"/work_pools/{POOL}")
    told = pool.text + "".join(str(form.deployment(row.name)) for row in DEPLOYMENTS)
    assert "LIFECYCLE_" not in told
    assert (flow_server.auth or "?").split(":")[1] not in told


def test_a_wrong_login_is_told_as_such(flow_server: FlowServer, flow_home: Path) -> None:
    with pytest.raises(UnavailableFault, match="不接受登录口令，请核对"):
        register(FlowServer(flow_server.api_url, "admin:wrong"), flow_home)


@pytest.mark.parametrize("nonsense", [{"on": "下周"}, {"on": 7}, {"day": "2023-05-12"}])
def test_nonsense_is_refused_at_the_form(form: Form, nonsense: dict[str, Any]) -> None:
    assert form.start("每日清查", **nonsense).status_code == 409


def test_what_the_forms_ask_is_carried_out_by_the_worker_as_its_own_user(
    form: Form, worker: Child, app: App, dashboard: Any
) -> None:
    hand_in(app)
    good = form.start("每日清查", on="2023-06-01").json()
    bad = form.start("每日清查", on="2023-02-31").json()

    run = form.ended(good["id"], worker)
    assert (run["state"]["type"], run["name"]) == ("COMPLETED", "每日清查 2023-06-01")
    with app.engine.connect() as conn:
        assert conn.execute(TABLES["store"].select()).one().swept_on == date(2023, 6, 1)
    run = form.ended(bad["id"], worker)
    assert run["state"]["type"] == "FAILED"
    assert run["state"]["message"] == "清查日期“2023-02-31”无效，应为日期，如 2026-11-21。"

    asked = form.start("读取申报", on=APPLIED.isoformat(), reason="来件补录").json()
    run = form.ended(asked["id"], worker)
    assert (run["state"]["type"], run["name"]) == (
        "COMPLETED", "读取申报 · 2 个文件 · 新受理 1 项 · 未受理 1 项",
    )  # fmt: skip
    artifacts = {one["description"]: one for one in dashboard.artifacts(run["id"])}
    assert (artifacts["读取进度"]["type"], artifacts["读取进度"]["data"]) == ("progress", 100.0)
    (accepted,) = json.loads(artifacts["受理的申报"]["data"])
    (refused,) = json.loads(artifacts["未受理的申报和原因"]["data"])
    assert (accepted["项目编号"], accepted["文件"]) == ("h23-young-talent-0001", "甲.json")
    assert (refused["文件"], refused["项目名称"]) == ("乙.json", "没有单位")
    with app.engine.connect() as conn:
        history = conn.execute(TABLES["history"].select()).all()
    assert {entry.actor for entry in history} == {operating_system_login()}


def test_a_run_whose_process_is_gone_is_told_to_the_server_and_one_at_work_is_left_alone(
    form: Form, flow_server: FlowServer, tmp_path: Path
) -> None:
    ids = [form.start("每日清查", on="2023-06-01").json()["id"] for _ in range(2)]
    for run_id in ids:
        state = {"state": {"type": "RUNNING"}, "force": True}
        form.client.post(f"/flow_runs/{run_id}/set_state", json=state).raise_for_status()
    killed = Child(
        "", [sys.executable, "-c", MARKS, str(tmp_path), ids[0]], dict(os.environ), tmp_path / "log"
    )
    killed.start()
    while not any_alive(tmp_path):
        assert killed.alive, killed.log.read_text(encoding="utf-8")
    with marked(tmp_path, ids[1]), warm_prefect(flow_server, tmp_path):
        assert report_lost(tmp_path) == 0
        killed.stop(0)
        assert report_lost(tmp_path) == 1
        assert report_lost(tmp_path) == 0
    states = [form.client.get(f"/flow_runs/{run_id}").json()["state"] for run_id in ids]
    assert [(state["type"], state["message"]) for state in states] == [("CRASHED", LOST), ("RUNNING", None)]
    assert not any_alive(tmp_path)


def test_what_a_worker_took_and_never_began_is_started_again_once_and_then_told(
    form: Form, flow_server: FlowServer, app: App
) -> None:
    """Its worker was killed before it had started the process, so that nobody is at it."""
    run_id = form.start("每日清查", on="2023-06-01").json()["id"]

    def state(told: str | None = None) -> dict[str, Any]:
        if told is not None:
            asked = {"state": {"type": told}, "force": True}
            form.client.post(f"/flow_runs/{run_id}/set_state", json=asked).raise_for_status()
        run: dict[str, Any] = form.client.get(f"/flow_runs/{run_id}").json()
        return {
            "type": run["state"]["type"],
            "message": run["state"]["message"],
            "again": AGAIN in run["tags"],
        }

    state("PENDING")
    Jobs(app, flow_server).watch()
    assert state() == {"type": "PENDING", "message": None, "again": False}  # its worker may be at it
    Jobs(app, flow_server, begun_within=AT_ONCE).watch()
    assert state() == {"type": "SCHEDULED", "message": None, "again": True}
    state("PENDING")
    (crashed,) = reconcile_with(app, flow_server, AT_ONCE).rows()
    assert (crashed["处理"], run_id in crashed["运行"]) == ("标为中断", True)
    told = state()
    assert (told["type"], "两次没有启动" in told["message"]) == ("CRASHED", True)


def test_a_server_that_is_busy_for_a_moment_costs_no_run(
    form: Form, flow_server: FlowServer, app: App
) -> None:
    """On SQLite it says 503 while another writes: to the worker that takes a run, and to the run itself."""
    relay = Relay(flow_server)
    relay.busy = {"/labels": 2, "GET /api/flow_runs/": 2}
    child = worker_process(app.settings, relay.server)
    child.start()
    try:
        run = form.ended(form.start("每日清查", on="2023-06-01").json()["id"], child)
    finally:
        child.stop(10)
        relay.close()
    assert (run["state"]["type"], set(relay.busy.values())) == ("COMPLETED", {0}), run["state"]


def test_a_run_whose_worker_is_gone_before_it_came_up_does_nothing(
    form: Form, flow_server: FlowServer, app: App
) -> None:
    """It asks the kernel to die with its worker; that one may be dead by then."""
    run_id = form.start("每日清查", on="2023-06-01").json()["id"]
    gone = Child("", [sys.executable, "-c", ""], dict(os.environ), app.settings.home / "log")
    gone.start()
    worker = str(gone.pid)
    gone.stop(10)
    told = {"PREFECT__FLOW_RUN_ID": run_id, WORKER: worker}
    environment = environment_of(app.settings, flow_server) | told
    run = Child("", [sys.executable, "-P", "-m", "flows.engine"], environment, app.settings.home / "log")
    run.start()
    while run.alive:
        time.sleep(0.02)
    assert run.ended_with == 1
    run.stop(0)
    assert form.client.get(f"/flow_runs/{run_id}").json()["state"]["type"] == "SCHEDULED"
    form.client.delete(f"/flow_runs/{run_id}").raise_for_status()


def hand_in(app: App) -> None:
    """A sound file and a faulty one in the intake folder, and the rights of a clerk for who reads them."""
    root = Actor("root", {"*": frozenset({Role.ADMIN})}, None)
    login = operating_system_login()
    with transaction(app.engine) as conn:
        if login != "root":
            add_person(conn, login, "示例", added_by=root)
        grant_role(conn, login, "clerk", "henan", root, now())
    folder = intake_folder(app.settings)
    folder.mkdir()
    sound = {
        "programme": PROGRAMME,
        "title": "示例题目",
        "unit": {"name": "河南省示例学会", "kind": "prov_society"},
        "contact": {"name": "示例", "email": "contact@example.org"},
    }
    faulty = {"programme": PROGRAMME, "title": "没有单位"}
    for name, one in (("甲.json", sound), ("乙.json", faulty)):
        (folder / name).write_text(json.dumps([one], ensure_ascii=False), encoding="utf-8")


def test_the_environment_of_a_worker_has_the_secrets_and_no_command_line_does(
    app: App, flow_server: FlowServer, worker: Child
) -> None:
    command = Path(f"/proc/{worker.pid}/cmdline").read_bytes().decode()
    environment = Path(f"/proc/{worker.pid}/environ").read_bytes().decode()
    assert (flow_server.auth or "?") not in command
    assert f"LIFECYCLE_PREFECT_AUTH={flow_server.auth}" in environment
