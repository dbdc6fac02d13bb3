"""The flow server's pages in a real browser: an administrator finds runs, results, forms and what failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree, which
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select

from flows.bootstrap import App, now, using
from flows.server import FlowServer, own_login
from flows.warm import warm_prefect
from lifecycle.database import reading, transaction
from lifecycle.outbox import COMMAND, DONE, QueuedCommand, claim_this, finish_command
from lifecycle.settings import read_settings
from lifecycle.warning_ledger import KIND
from states.errors import LifecycleError
from tests.cli import call
from tests.flow_store import TABLES
from tests.integration.test_up import Up

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM: Final = which("chromium")
PICTURES: Final = os.environ.get("LIFECYCLE_SCREENSHOTS")
"""A folder in which the screenshots stay; else they go the way of the test's own files."""
WITHIN: Final = 60_000
"""Milliseconds within which a page shows what it is asked for."""
WORKER_WITHIN: Final = 60_000
"""Milliseconds within which the worker has begun what was started on a page."""
LEASE: Final = 600
DAY: Final = "2025-09-30"
LOOPBACK: Final = ("http://127.0.0.1:", "data:", "blob:")

pytestmark = [
    pytest.mark.xdist_group("demo"),
    pytest.mark.timeout(600),  # the demo and a server of its own, on a machine that may be busy
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium"),
]


class Browser:
    """One page of a browser that is logged in, with a picture of whatever it is asked to show."""

    def __init__(self, page: Page, base: str, pictures: Path) -> None:
        self.page, self.base, self._pictures = page, base, pictures
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))

    def log_in(self, login: str) -> None:
        """Through the form, as a person."""
        self.page.goto(f"{self.base}/login")
        self.page.locator("input").fill(login)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/dashboard**")

    def open(self, path: str) -> None:
        """A page by its path."""
        self.page.goto(f"{self.base}{path}")

    def see(self, *texts: str) -> None:
        """Wait until all of it can be read."""
        for text in texts:
            self.page.get_by_text(text).first.wait_for(timeout=WITHIN)

    def follow(self, text: str) -> None:
        """Click on what can be read."""
        self.page.get_by_text(text).first.click(timeout=WITHIN)

    def submit(self) -> None:
        """Send the form; a server on SQLite that is busy says no at once, and is asked again."""
        from playwright.sync_api import TimeoutError as TooLate

        for _ in range(5):
            self.page.get_by_text("Submit", exact=True).click()
            with suppress(TooLate):
                self.page.wait_for_url("**/deployments/deployment/*?tab=Runs", timeout=WITHIN / 4)
                return
        raise AssertionError("the form was not accepted")

    def keep(self, name: str) -> None:
        """A picture."""
        self.page.screenshot(path=self._pictures / f"{name}.png")


@contextmanager
def browser(base: str, pictures: Path) -> Iterator[Browser]:
    """Chromium without a window, that asks nobody by itself."""
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=quiet)
        context = chromium.new_context(
            viewport={"width": 1400, "height": 1000}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(WITHIN)
        try:
            yield Browser(context.new_page(), base, pictures)
        finally:
            context.close()
            chromium.close()


@pytest.fixture
def start() -> Iterator[Callable[[Path], Up]]:
    """Start `up` on a home; it is killed at the end."""
    started: list[Up] = []

    def begin(home: Path) -> Up:
        started.append(Up(home))
        return started[-1]

    yield begin
    for up in started:
        up.kill()


def told(home: Path) -> list[str]:
    """The subjects of the warnings that are on their way or out."""
    app = App(read_settings({}, home=home))
    with reading(app.engine) as conn:
        found = [row.subject for row in conn.execute(TABLES["notice"].select()) if row.kind == KIND]
    app.close()
    return found


def confirmed(home: Path) -> QueuedCommand:
    """A campaign over one programme of the demo, drafted and confirmed, and claimed as a daemon would."""
    words = ("--home", home, "--on", DAY, "--as", "hn-clerk", "--json")
    asked = ("record_inspection", "--where", "/h23-young-talent", "--reason", "示例：年度监督检查")
    drafted = call(*words, "campaigns", "draft", *asked)
    assert drafted.status == 0, drafted.out
    number = str(drafted.json["id"])
    answer = call(*words, "campaigns", "confirm", number, "--count", drafted.json["count"])
    assert answer.status == 0, answer.out
    app = App(read_settings({}, home=home))
    with transaction(app.engine) as conn:
        claimed = claim_this(conn, number, now(), LEASE)
    app.close()
    assert claimed is not None
    return claimed


def carry_out(home: Path, server: FlowServer, command: QueuedCommand) -> None:
    """The flow run of the campaign, in this process, as in that of a daemon."""
    from flows.campaign import run_campaign

    app = App(read_settings({}, home=home))
    with warm_prefect(server, home), using(app):
        run = run_campaign(app, command)
    with transaction(app.engine) as conn:
        finish_command(conn, command.id, run, now())
    app.close()


def only_the_newest(home: Path, count: int) -> None:
    """Leave so many commands in line: the demo hands over more than a test can wait for."""
    app = App(read_settings({}, home=home))
    newest = select(COMMAND.c.id).where(COMMAND.c.status != DONE).order_by(COMMAND.c.created_at.desc())
    with transaction(app.engine) as conn:
        kept = list(conn.execute(newest.limit(count)).scalars())
        conn.execute(COMMAND.update().where(COMMAND.c.id.not_in(kept)).values(status=DONE))
    app.close()


def fail_on_purpose(home: Path, server: FlowServer) -> None:
    """A flow of ours is asked for a command that is not there."""
    from flows.trigger import trigger

    app = App(read_settings({}, home=home))
    with warm_prefect(server, home), using(app), pytest.raises(LifecycleError):
        trigger.with_options(flow_run_name=FAILED)(command_id="no-such-command")
    app.close()


FAILED: Final = "受理 · 有意失败的示例"


def test_an_administrator_finds_runs_results_forms_and_what_failed(
    tmp_path: Path, start: Callable[[Path], Up], demo_home: Path, demo_told: dict[str, Any]
) -> None:
    home, pictures = tmp_path / "home", Path(PICTURES) if PICTURES else tmp_path / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    assert demo_told["projects"]
    copytree(demo_home, home)
    only_the_newest(home, 2)
    person = ("--home", home, "--json", "users")
    assert call(*person, "add", "wang", "--email", "wang@example.org").status == 0
    assert call(*person, "grant", "wang", "admin").status == 0
    campaign = confirmed(home)
    up = start(home)
    up.ready()
    up.wait_for("no deployments", lambda: "看板上可启动的流程已登记。" in up.said(), 60)
    server = FlowServer(f"http://127.0.0.1:{up.port}/api", own_login(home))
    carry_out(home, server, campaign)
    fail_on_purpose(home, server)
    up.wait_for("no warning", lambda: told(home) == [f"流程“{FAILED}”失败"], 60)

    with browser(f"http://127.0.0.1:{up.port}", pictures) as view:
        view.log_in(own_login(home))
        look_at_runs(view)
        look_at_results(view)
        look_at_a_form(view)
        start_from_a_form(view)
        look_at_what_failed(view)
    assert [url for url in view.asked if not url.startswith(LOOPBACK)] == []


def look_at_runs(view: Browser) -> None:
    """By their Chinese names; a search finds one of them."""
    view.open("/runs")
    view.see(CAMPAIGN, FAILED)
    view.keep("1-runs")
    view.page.get_by_role("searchbox", name="Search by flow run name").fill("监督检查")
    view.page.get_by_text(FAILED).first.wait_for(state="hidden")
    view.follow(CAMPAIGN)


def look_at_results(view: Browser) -> None:
    """Tags, and the three kinds of artifact of the campaign. Its tasks come to the pages a minute later."""
    view.see("programme:h23-young-talent")
    view.page.get_by_text("Artifacts", exact=True).click()
    view.see("PROGRESS", "MARKDOWN", "TABLE", "未办理的项目")
    view.keep("2-campaign")
    pages = view.page.locator('a[href*="/artifacts/artifact/"]')
    for number, href in enumerate([one.get_attribute("href") for one in pages.all()]):
        view.open(str(href))
        view.see("登记监督检查")
        view.keep(f"2-campaign-{number}")


def look_at_a_form(view: Browser) -> None:
    """Labels and descriptions in Chinese."""
    view.open("/deployments")
    view.see("每日清查", "月度进展")
    view.keep("3-deployments")
    view.follow("每日清查")
    view.page.wait_for_url("**/deployments/deployment/**")
    view.open(view.page.url.removeprefix(view.base).partition("?")[0] + "/run")
    view.see("清查至哪一天", "不填则为今天（北京时间）")
    view.keep("4-form")


def start_from_a_form(view: Browser) -> None:
    """Only what is asked for is filled in; the optional fields stay as the page opens them."""
    view.open("/deployments")
    view.follow("年度总览")
    view.page.wait_for_url("**/deployments/deployment/**")
    view.open(view.page.url.removeprefix(view.base).partition("?")[0] + "/run")
    view.see("项目的年度，如 2023")
    view.page.locator("textarea").first.fill("h23-young-talent")
    view.page.locator("input[type=number]").first.fill("2023")
    view.submit()
    view.keep("4-started")
    started = view.page.get_by_text("年度总览 · 青年人才托举工程 · 2023 年度").first
    started.wait_for(timeout=WORKER_WITHIN)


def look_at_what_failed(view: Browser) -> None:
    """The failed run says why in Chinese; the automation that told of it says what it is for."""
    view.open("/runs")
    view.follow(FAILED)
    view.page.get_by_text("Details", exact=True).click()
    view.see("没有编号为“no-such-comm")
    view.keep("5-failed")
    view.open("/automations")
    view.see("流程运行失败或迟到时告警", "由它查明情况并告知系统管理员")
    view.keep("6-automation")


CAMPAIGN: Final = "登记监督检查 · 青年人才托举工程 · 5 项"
