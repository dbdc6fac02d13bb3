"""The flow that reads what was put into the intake folder: a file is a task, what is refused is a table.

Run twice, continued after a kill, or run beside another it adds nothing twice (`lifecycle.intakes`). Who acts
is the user of the process that carries it out. It holds no rule.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from prefect import flow, get_client, task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from flows.bootstrap import current_app, now, today
from flows.forms import DAY, day_of, fault_told, shown_as
from flows.intake_report import accepted_table, intake_report, refused_table, run_name
from lifecycle.database import reading
from lifecycle.inbox import Found, Inbox, Left, intake_folder, look_into
from lifecycle.intakes import FileTaken, take_file
from lifecycle.login import operating_system_login
from lifecycle.people import Actor, find_actor


@task(name="读取申报文件", task_run_name="读取 {file.name}", cache_policy=NO_CACHE, persist_result=False)
def take(file: Found, actor: Actor, on: date, reason: str | None) -> FileTaken | Left:
    """One file; each application in it is a transaction of its own."""
    return take_file(current_app().service, actor, file, on, now, reason)


@flow(
    name="intake",
    description="读取投放的申报文件，逐项受理并列出未受理的原因",
    flow_run_name="读取申报",
    persist_result=False,
    retries=0,
)
@fault_told
def intake(
    path: Annotated[
        str,
        shown_as(
            "文件或文件夹",
            "申报文件夹之内的文件名或子文件夹；不填则读取整个申报文件夹。"
            "收 yaml、json、csv、xlsx，附件请放在子文件夹中。重复读取不会重复受理",
            maxLength=500,
        ),
    ] = "",
    on: Annotated[
        str | None, DAY, shown_as("收件日期", "不填则为今天（北京时间）；早于今天须写明补录的原因")
    ] = None,
    reason: Annotated[
        str, shown_as("补录的原因", "只在补录以前收到的申报时填写，记入历史", maxLength=500)
    ] = "",
) -> dict[str, int]:
    """Take in a file, or every file of a folder, that lies in the intake folder of this machine."""
    app = current_app()
    day = day_of(on, "收件日期") or today()
    with reading(app.engine) as conn:
        actor = find_actor(conn, operating_system_login(), None, today())
    inbox = look_into(intake_folder(app.settings), path, now())
    done, left = _take_all(inbox, actor, day, reason.strip() or None)
    _show(done, left)
    return {
        "files": len(done),
        "accepted": sum(one.added for one in done),
        "refused": sum(len(one.refused) for one in done),
        "left": len(left),
    }


def _take_all(inbox: Inbox, actor: Actor, on: date, reason: str | None) -> tuple[list[FileTaken], list[Left]]:
    done: list[FileTaken] = []
    left = list(inbox.left)
    progress: Any = create_progress_artifact(0.0, key=f"intake-progress-{_run_id()}", description="读取进度")
    for number, file in enumerate(inbox.files, 1):
        outcome = take(file, actor, on, reason)
        if isinstance(outcome, Left):
            left.append(outcome)
        else:
            done.append(outcome)
        update_progress_artifact(progress, 100.0 * number / len(inbox.files))
    if not inbox.files:
        update_progress_artifact(progress, 100.0)
    return done, left


def _show(done: list[FileTaken], left: list[Left]) -> None:
    run = _run_id()
    name = run_name(done)
    create_markdown_artifact(intake_report(done, left), key=f"intake-{run}", description=name)
    for what, table in (("accepted", accepted_table(done)), ("refused", refused_table(done, left))):
        if table:
            label = "受理的申报" if what == "accepted" else "未受理的申报和原因"
            create_table_artifact(table, key=f"intake-{what}-{run}", description=label)
    with get_client(sync_client=True) as client:
        client.update_flow_run(run, name=name)


def _run_id() -> UUID:
    context = FlowRunContext.get()
    assert context is not None  # noqa: S101 - only called within the flow
    assert context.flow_run is not None  # noqa: S101
    return context.flow_run.id
