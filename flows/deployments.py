"""What can be started from the flow dashboard, as one literal table, and its registration on a flow server.

`deploy/prefect.yaml` says the same for `prefect deploy`; a test compares the two. A deployment names code
and a pool of workers, never a setting or a secret: those are the worker's own. It runs nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows.server import LOCKED_OUT, FlowServer, server_of
from flows.warm import capped, warm_prefect
from lifecycle.log import configure_log, get_log
from lifecycle.settings import read_settings
from states.errors import LifecycleError, UnavailableFault

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

# Prefect is imported inside: naming a deployment must not cost a second.
# ruff: noqa: PLC0415

POOL: Final = "lifecycle"
POOL_TYPE: Final = "process"
POOL_DESCRIPTION: Final = "项目全周期管理的工作池：从看板启动的流程由此分给工作进程"
COMMAND: Final = "python -P -m flows.engine"
"""What a worker starts for each run; `python` is the one in whose environment the worker stands."""
REGISTERED_WITHIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Deployment:
    """One row: name and flow, what it is for, tags."""

    name: str
    flow: str
    description: str
    tags: tuple[str, ...]

    @property
    def entrypoint(self) -> str:
        """Where the flow is found; a flow is the function of its name in the file of its name."""
        return f"flows.{self.flow}.{self.flow}"


# fmt: off
DEPLOYMENTS: Final[tuple[Deployment, ...]] = (
    Deployment("读取申报", "intake", "读取投放的申报文件，逐项受理并列出未受理的原因", ("申报",)),
    Deployment("每日清查", "sweep", "清查到期事项，补做漏掉的日子", ("清查",)),
    Deployment("月度进展", "progress", "谁已报送月度进展，谁还没有", ("进展",)),
    Deployment("批量办理", "campaign", "一项操作，许多项目，分批办理", ("批量办理",)),
    Deployment("中期考核", "midterm_campaign", "开展中期考核：到日的项目各类别一份名单", ("批次",)),
    Deployment("绩效评价", "evaluation_campaign", "开展绩效评价：期满的项目各类别一份名单", ("批次",)),
    Deployment("评审", "review_round", "待评审的项目、名额，入选和不入选的名单", ("批次",)),
    Deployment("年度总览", "programme_year", "一个类别一个年度的各阶段、逾期和下一步", ("总览",)),
)
# fmt: on


def register(server: FlowServer, home: Path) -> tuple[str, ...]:
    """Put the pool and every deployment on the server, as often as one likes; returns the names.

    Raises UnavailableFault where the server does not answer, refuses the login, or takes too long.
    """
    from httpx import HTTPError

    if not server.healthy():
        raise UnavailableFault(f"流程服务器 {server.api_url} 没有应答，请先启动它（lifecycle up）。")
    if server.fault() == LOCKED_OUT:
        raise UnavailableFault(LOCKED_OUT)
    with warm_prefect(server, home):
        from prefect.exceptions import PrefectException

        try:
            return capped(_register_all, REGISTERED_WITHIN)
        except (HTTPError, PrefectException, TimeoutError) as fault:
            get_log().warning("deploy_failed", error=f"{type(fault).__name__}: {fault}"[:500])
            raise UnavailableFault(f"流程服务器没有接受登记（{_why(fault)}），可稍后重试。") from None


def _register_all() -> tuple[str, ...]:
    from prefect import get_client

    with get_client(sync_client=True) as client:
        _ensure_pool(client)
        for row in DEPLOYMENTS:
            _deploy(client, row)
    return tuple(row.name for row in DEPLOYMENTS)


def _ensure_pool(client: SyncPrefectClient) -> None:
    """Make the pool; one that is there keeps what an administrator has changed in it."""
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

    try:
        client.read_work_pool(POOL)
    except ObjectNotFound:
        wanted = WorkPoolCreate(
            name=POOL, type=POOL_TYPE, description=POOL_DESCRIPTION, base_job_template=job_template()
        )
        try:
            client.create_work_pool(wanted)
        except ObjectAlreadyExists:  # another machine was quicker
            return


def job_template() -> dict[str, Any]:
    """Prefect's template of a process, with our command. It holds no environment: that is the worker's."""
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    template["variables"]["properties"]["command"]["default"] = COMMAND
    return template


def _deploy(client: SyncPrefectClient, row: Deployment) -> None:
    from prefect.flows import Flow, load_flow_from_entrypoint

    flow: Flow[..., Any] = load_flow_from_entrypoint(row.entrypoint, use_placeholder_flow=False)
    client.create_deployment(
        flow_id=client.create_flow(flow),
        name=row.name,
        description=row.description,
        work_pool_name=POOL,
        tags=list(row.tags),
        entrypoint=row.entrypoint,
        parameter_openapi_schema=form_of(flow),
        enforce_parameter_schema=True,
        pull_steps=[],
    )


def main() -> int:
    """Register on the server of the settings, with the automation of warnings; returns the exit status."""
    from flows.automation import automate

    try:
        settings = read_settings()
        configure_log(settings.log_format, settings.log_level)
        register(server_of(settings), settings.home)
        automate(server_of(settings), settings)
    except LifecycleError as fault:
        sys.stderr.write(f"{fault.message}\n")
        return fault.exit_status
    return 0


def form_of(flow: Callable[..., Any]) -> dict[str, Any]:
    """The JSON schema out of which the server makes the form; it refuses parameters that the flow has not."""
    from prefect.utilities.callables import parameter_schema

    return {**parameter_schema(flow).model_dump_for_openapi(), "additionalProperties": False}


def _why(fault: Exception) -> str:
    status = getattr(getattr(fault, "response", None), "status_code", None)
    if status in (401, 403):
        return "登录串不对"
    return "等待超时" if isinstance(fault, TimeoutError) else type(fault).__name__


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # prefect's own threads may still be waiting for a server that is gone
