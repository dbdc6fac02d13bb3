"""The flow that compares the committed commands with the flow runs and repairs both; shown as a table.

It holds no rule: what is compared and repaired stands in `flows.comparison` and `flows.reconciling`.
"""

from __future__ import annotations

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext

from flows.bootstrap import current_app, today
from flows.forms import fault_told
from flows.reconciling import Reconciled, reconcile_with
from flows.runs import artifact_link, run_id, run_link, server_at_hand

ROWS_SHOWN = 500
TABLE = "reconcile-repairs"


@task(name="核对并修复", task_run_name="核对并修复", cache_policy=NO_CACHE, persist_result=False)
def compare_and_repair() -> Reconciled:
    """Compare and repair on the server on which this run is shown."""
    return reconcile_with(current_app(), server_at_hand())


@flow(
    name="reconcile",
    description="核对已办理的操作与流程运行：补上缺的，标出多余的和中断的",
    flow_run_name=lambda: f"核对流程运行 · {today().isoformat()}",
    persist_result=False,
    retries=0,
)
@fault_told
def reconcile() -> str:
    """One reconciliation; repeated, it finds nothing that was not new."""
    with TagsContext(current_tags=set()):  # for every tag of a task run the server is asked for a slot
        found = compare_and_repair()
    server = server_at_hand()
    links = [run_link(run_id(), "本次运行")]
    if found.repaired:
        rows = found.rows(server.ui_url)[:ROWS_SHOWN]
        create_table_artifact(key=TABLE, table=rows, description=found.sentence)
        links.append(artifact_link(TABLE, "逐项处理"))
    lines = [f"# 核对流程运行 {today().isoformat()}", "", f"{found.sentence}。", "", "　".join(links)]
    create_markdown_artifact(key="reconcile", markdown="\n".join(lines), description=found.sentence)
    return found.sentence


def run_reconcile() -> str:
    """One flow run of it; returns its sentence. To be called within `warm_prefect` and `using`."""
    return str(reconcile())
