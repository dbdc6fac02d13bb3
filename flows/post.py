"""The delivery flow: drain what is released and ready, then show the numbers. It holds no rule."""

from __future__ import annotations

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.bootstrap import current_app, now
from flows.reports import linked, post_report
from flows.runs import run_id, run_link
from notifications.dispatch import Delivered, deliver


@task(name="发送", task_run_name="发送", cache_policy=NO_CACHE, persist_result=False)
def drain() -> Delivered:
    """Deliver; raises UnavailableFault when a server cannot be reached, the notices then wait."""
    app = current_app()
    return deliver(app.store, app.channels, now())


@flow(
    name="post",
    description="发送已签发的通知和公文",
    flow_run_name="通知发送",
    persist_result=False,
    retries=0,
)
def post() -> dict[str, int]:
    """One delivery of everything that is ready."""
    delivered = drain()
    report = linked(post_report(delivered), [run_link(run_id(), "本次运行")])
    create_markdown_artifact(key="post", markdown=report, description="通知发送")
    return {"sent": delivered.sent, "failed": delivered.failed, "dead": delivered.dead}


def run_post(waiting: int) -> None:
    """One flow run of the delivery under its Chinese name. To be called within `warm_prefect` and `using`."""
    post.with_options(flow_run_name=f"通知发送 · {waiting} 件")()
