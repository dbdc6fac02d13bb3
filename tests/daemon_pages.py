"""The daemon's pages in this process, on a home: the second road of the command line."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.address import new_token
from flows.bootstrap import App
from flows.daemon import reachable
from flows.page import Asked, Desk, Page, Route
from flows.page_routes import ROUTES
from flows.page_server import REQUEST_SECONDS, PageServer
from lifecycle.settings import read_settings
from tests.integration.ports import free_port


@dataclass(slots=True)
class Pages:
    """What is served, and how often what was asked for."""

    desk: Desk
    port: int
    asked: list[str] = field(default_factory=list)
    woken: int = 0

    def noting(self, route: Route) -> Route:
        """The row of the table, which also notes that it was asked for."""

        def answer(desk: Desk, asked: Asked) -> Page:
            self.asked.append(route.path)
            return route.answer(desk, asked)

        return replace(route, answer=answer)


@contextmanager
def serving(
    home: Path, routes: Sequence[Route] = ROUTES, seconds: float = REQUEST_SECONDS, **settings: Any
) -> Iterator[Pages]:
    """Serve the pages of a home until the end of the block; a request may take so many seconds to arrive."""
    app = App(read_settings({}, home=home, daemon_port=free_port(), **settings))
    woken = threading.Semaphore(0)
    pages = Pages(Desk(app, new_token(), woken.release), app.settings.daemon_port)
    server = PageServer(pages.desk, [pages.noting(route) for route in routes], seconds)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        with reachable(pages.desk):
            yield pages
    finally:
        assert server.close(30)
        thread.join()
        app.close()
        while woken.acquire(blocking=False):
            pages.woken += 1
