"""The sub-flow of a child's step: what followed its parent's, as a run of its own below the parent's run.

The step was committed with the parent's in one transaction (R-LIFE-62); this flow only shows it. It holds
no rule and changes nothing.
"""

from __future__ import annotations

from prefect import flow, tags
from prefect.artifacts import create_markdown_artifact

from flows.reports import followed_name, followed_report
from lifecycle.consequences import Consequence

SHOWN_AT_MOST = 20
"""Sub-flows of one run: more children than these are named in its table only."""


@flow(name="followed", description="子项目随上级项目办理", persist_result=False, retries=0)
def followed(project: str, report: str, heading: str) -> None:
    """Show one committed step of a child."""
    create_markdown_artifact(key=f"followed-{project}", markdown=report, description=heading)


def show_followed(command_id: str, steps: tuple[Consequence, ...]) -> None:
    """One sub-flow for each child's step of a command. To be called within a flow run."""
    for step in steps[:SHOWN_AT_MOST]:
        name = followed_name(step)
        with tags(f"command:{command_id}", f"programme:{step.programme}", f"state:{step.dest}"):
            followed.with_options(flow_run_name=name)(step.project, followed_report(step), name)
