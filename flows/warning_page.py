"""The page on which the flow server tells of a run that failed or is late; who hears of it is not known here.

It is answered as soon as it is written down; letters go with the next delivery.
"""

from __future__ import annotations

from http import HTTPStatus

from flows.bootstrap import now
from flows.failed_runs import run_of, warn_of_run
from flows.page import Asked, Desk, Page, as_json
from flows.server import server_of
from states.errors import UsageFault


def warning_page(desk: Desk, asked: Asked) -> Page:
    """POST /warnings: one run as JSON. `told` is false where it was known. UsageFault for other words."""
    try:
        told = asked.document()
        run = run_of(told, server_of(desk.app.settings).ui_url)
    except (ValueError, RecursionError):
        raise UsageFault(
            "告警的内容无法识别，应为流程运行的 id、name、flow、state、message、tags、at。"
        ) from None
    if told.get("parent") not in (None, "", "None"):  # its parent fails with it, and tells
        return as_json(HTTPStatus.OK, {"told": False})
    return as_json(HTTPStatus.OK, {"told": warn_of_run(desk.app, run, now())})
