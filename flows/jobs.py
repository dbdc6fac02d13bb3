"""The scheduled jobs: each is done as a flow where the server answers, and directly where it does not.

So no fault of the flow server loses, repeats or delays a sweep or a letter. A method for each row of the
job table, of the row's name: it says in Chinese what there is to say of the run, or nothing, and raises
where it has to be tried again. It holds no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flows.bootstrap import App, now, today, using
from flows.orchestrate import Orchestrator
from flows.reconciling import BEGUN_WITHIN, start_unbegun
from flows.schedule import JOBS
from flows.server import FlowServer
from flows.timetable import Work
from flows.turns import turns_at
from flows.warm import capped, warm_prefect
from flows.watch import Watch
from lifecycle.claims import waiting_count
from lifecycle.database import reading
from lifecycle.log import get_log
from lifecycle.progress import counted, monthly_reports
from notifications.dispatch import deliver
from states.errors import UnavailableFault


@contextmanager
def tagged(tag: str) -> Iterator[None]:
    """Let the flow runs within be known as this store's."""
    from prefect import tags  # noqa: PLC0415 - costs a second

    with tags(tag):
        yield


TURN_SECONDS = 10.0
"""How long a job waits for its turn at the flow server before it is done without."""


@dataclass(slots=True)
class Jobs:
    """What the scheduler wakes, on one store and one flow server, for as long as it `may`."""

    app: App
    server: FlowServer
    may: Callable[[], bool] = lambda: True
    begun_within: timedelta = BEGUN_WITHIN
    orchestrator: Orchestrator = field(init=False)

    def __post_init__(self) -> None:
        self.orchestrator = Orchestrator(self.app, self.server, self.may)

    def by_name(self) -> dict[str, Work]:
        """The work for each row of the job table: the method of that name."""
        return {job.name: getattr(self, job.name) for job in JOBS}

    def sweep(self) -> str:
        """Catch up to today. Not on a practice store: its clock is not the wall's."""
        if self.app.rehearsal:
            return "演练库不按当前时间清查"
        day = today()

        def by_flow() -> None:
            from flows.sweep import run_sweep  # noqa: PLC0415 - imports prefect

            run_sweep(day)

        self._as_flow("sweep", by_flow, lambda: self.app.service.sweep(day))
        return f"已清查至 {day.isoformat()}"

    def progress(self) -> str:
        """Show who has reported progress this month and who has not. Shown later where the server is away."""
        if self.app.rehearsal:
            return "演练库不按当前时间汇总"
        day = today()
        with reading(self.app.engine) as conn:
            owed = counted(monthly_reports(conn, day))
        if not owed:
            return "没有应报送月度进展的项目"

        def by_flow() -> None:
            from flows.progress import run_progress  # noqa: PLC0415 - imports prefect

            run_progress(day, sorted({line.programme for line in owed}))

        self._as_flow("progress", by_flow, _later)
        missing = sum(line.overdue + line.open for line in owed)
        return f"应报 {sum(line.owed for line in owed)} 份，未报 {missing} 份"

    def post(self) -> None:
        """Deliver what is ready, if anything is."""
        with reading(self.app.engine) as conn:
            waiting = waiting_count(conn, now())
        if not waiting:
            return

        def by_flow() -> None:
            from flows.post import run_post  # noqa: PLC0415 - imports prefect

            run_post(waiting)

        def directly() -> None:
            done = deliver(self.app.store, self.app.channels, now())
            for channel, words in done.unreachable.items():
                get_log().warning("channel_unreachable", channel=channel, error=words)

        self._as_flow("post", by_flow, directly)

    def orchestrate(self) -> None:
        """Give committed commands their flow runs."""
        self.orchestrator.run()

    def reconcile(self) -> str:
        """Compare what was committed with the runs of the flow server, and repair both."""

        def by_flow() -> str:
            from flows.reconcile import run_reconcile  # noqa: PLC0415 - imports prefect

            return run_reconcile()

        return self._told("reconcile", by_flow)

    def prune(self) -> str:
        """Take old runs off the flow server."""

        def by_flow() -> str:
            from flows.prune import run_prune  # noqa: PLC0415 - imports prefect

            return run_prune()

        return self._told("prune", by_flow)

    def watch(self) -> None:
        """Look whether all is well, and warn of what is not. No flow: the server may be what is away.

        What a worker took from the dashboard and never began is started again.
        """
        Watch(self.app, self.server).look()
        try:
            start_unbegun(self.app, self.server, self.begun_within)
        except UnavailableFault as fault:
            get_log().warning("unbegun_runs_not_seen", error=str(fault))

    def _told(self, name: str, by_flow: Callable[[], str]) -> str:
        """What a flow says that is about the flow server; where that is away there is nothing to do today."""
        if (away := self.server.fault()) is not None:
            return f"{away}留待下次"
        found: list[str] = []
        self._as_flow(name, lambda: found.append(by_flow()), _later)
        return found[0]

    def _as_flow(self, name: str, by_flow: Callable[[], None], directly: Callable[[], object]) -> None:
        away = self.server.fault()
        turns = turns_at(self.server.api_url)
        if away is None and not turns.take(TURN_SECONDS):
            away = "流程服务器正忙。"
        elif away is None:
            try:
                with warm_prefect(self.server, self.app.settings.home), using(self.app), tagged(self.app.tag):
                    capped(by_flow, self.app.settings.lease_seconds)
            except UnavailableFault:
                raise  # mail server or database: doing it again at once would not help
            except Exception as fault:  # noqa: BLE001 - the work matters, not the run that shows it
                get_log().warning("flow_failed", job=name, error=f"{type(fault).__name__}: {fault}")
            else:
                return
            finally:
                turns.leave()
        get_log().info("done_without_flow_server", job=name, why=away)
        directly()


def _later() -> None:
    raise UnavailableFault("流程服务器没有应答，待它恢复后补做。")
