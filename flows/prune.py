"""The flow that takes old runs off the flow server by policy, and says how large its database was and is.

It holds no rule: what goes and what stays is said in `flows.pruning`.
"""

from __future__ import annotations

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext

from flows.bootstrap import current_app, today
from flows.forms import fault_told
from flows.pruning import Pruned, prune_with
from flows.runs import run_id, run_link, server_at_hand


@task(name="清理旧运行", task_run_name="清理旧运行", cache_policy=NO_CACHE, persist_result=False)
def delete_old() -> Pruned:
    """Delete what is past its time on the server on which this run is shown."""
    return prune_with(current_app(), server_at_hand())


@flow(
    name="prune",
    description="按保留期限清理流程服务器上的旧运行和产物；未办完操作的运行不清理",
    flow_run_name=lambda: f"清理流程记录 · {today().isoformat()}",
    persist_result=False,
    retries=0,
)
@fault_told
def prune() -> str:
    """One pruning; repeated, it goes on where it ended."""
    with TagsContext(current_tags=set()):  # for every tag of a task run the server is asked for a slot
        done = delete_old()
    settings = current_app().settings
    lines = [
        f"# 清理流程记录 {today().isoformat()}",
        "",
        f"{done.sentence}。",
        "",
        f"完成的保留 {settings.keep_completed_days} 天，失败、中断的保留 {settings.keep_failed_days} 天。",
        "项目记录、操作队列和定时任务的记录都在本库中，不受影响。",
        "",
        run_link(run_id(), "本次运行"),
    ]
    create_markdown_artifact(key="prune", markdown="\n".join(lines), description=done.sentence)
    return done.sentence


def run_prune() -> str:
    """One flow run of it; returns its sentence. To be called within `warm_prefect` and `using`."""
    return str(prune())
