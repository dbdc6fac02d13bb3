"""The process of one flow run that a worker starts: prefect's engine, made quick, and gone with its worker.

A worker names it as its command (`flows.deployments.COMMAND`). It chooses no flow and knows none.
"""

from __future__ import annotations

import os
import runpy

from flows.child import WORKER, die_with_parent
from flows.run_marks import marked
from flows.server import server_of
from flows.warm import patient, warm_prefect
from lifecycle.log import configure_log
from lifecycle.settings import read_settings


def main() -> None:
    """Run the flow run that the environment names, on the settings of the environment."""
    os.umask(0o077)  # whatever we write is its owner's alone
    worker = os.environ.get(WORKER)
    die_with_parent(int(worker) if worker else None)  # none: a worker that is not `flows.worker`
    settings = read_settings()
    configure_log(settings.log_format, settings.log_level)
    run_id = os.environ["PREFECT__FLOW_RUN_ID"]
    with marked(settings.home, run_id), warm_prefect(server_of(settings), settings.home), patient():
        runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
