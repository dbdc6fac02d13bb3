"""One call of the command line: its options, and what they lead to, each made when first asked for.

It opens the application of the composition root and finds out who acts on which day. It decides
no rule and prints nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from console.options import Options
from states.errors import ForbiddenFault
from states.names import Role

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.bootstrap import App
    from flows.client import DaemonLine
    from lifecycle.people import Actor
    from lifecycle.service import Service
    from lifecycle.settings import Settings
    from lifecycle.store import Store
    from states.catalogue import Catalogue

PROVINCES: Final = {"henan": "河南", "fujian": "福建", "*": "全部"}
"""Where a role may be held, with its label."""

_OURS = ("LIFECYCLE_ON", "LIFECYCLE_ACTOR", "LIFECYCLE_HOME")
"""Variables that the options have answered already, in more writings than the settings know."""


class Session:
    """What a command works with."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._told_rehearsal = False

    @cached_property
    def settings(self) -> Settings:
        """The settings of the environment, below what was typed and what the `up` of this home was given."""
        from flows.ports import as_served
        from lifecycle.settings import read_settings

        environ = {name: value for name, value in os.environ.items() if name not in _OURS}
        home = self.options.home
        if home is None and (named := os.environ.get("LIFECYCLE_HOME", "").strip()):
            environ["LIFECYCLE_HOME"] = named
        return as_served(read_settings(environ, home=home))

    @cached_property
    def daemon(self) -> DaemonLine | None:
        """The line to the daemon of this home, or None where none answers."""
        from flows.client import find_daemon

        return find_daemon(self.settings)

    def hang_up(self) -> None:
        """Speak to the daemon no more in this call."""
        if (line := self.__dict__.get("daemon")) is not None:
            line.close()
        self.__dict__["daemon"] = None

    @cached_property
    def app(self) -> App:
        """The application. Asking for it opens nothing yet."""
        from flows.bootstrap import build_app

        return build_app(self.settings)

    @cached_property
    def on(self) -> date:
        """The business date."""
        from flows.bootstrap import today

        return self.options.on or today()

    @property
    def catalogue(self) -> Catalogue:
        """All programmes; where there is no store, those of the shipped packs."""
        return self.app.catalogue

    @property
    def store(self) -> Store:
        """The store, made on first use."""
        return self.app.store

    @property
    def service(self) -> Service:
        """The one way by which anything happens."""
        return self.app.service

    @cached_property
    def actor(self) -> Actor:
        """Who acts: the user of the operating system, or the one that `--as` names. Raises ForbiddenFault."""
        from flows.acting import acting

        return acting(self.app, self.options.actor, self.on)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One unchanging view of the store, for somebody whom the record knows. Raises ForbiddenFault."""
        from lifecycle.database import reading

        assert self.actor.login  # noqa: S101 - finding the actor is what raises
        with reading(self.app.engine) as conn:
            yield conn

    def require_sight(self, project: str) -> None:
        """Raise ForbiddenFault for a project of another unit, for an actor of a unit (R-ROLE-27)."""
        from lifecycle.sight import require_sight

        with self.reading() as conn:
            require_sight(conn, self.actor, project)

    def require(self, *roles: Role, to: str, province: str | None = None) -> None:
        """Raise ForbiddenFault unless the actor holds one of the roles in the province, or in some if none.

        An administrator is one wherever he was made one.
        """
        actor = self.actor
        if Role.ADMIN in roles and actor.is_admin:
            return
        provinces = tuple(actor.roles) if province is None else (province,)
        if not any(actor.roles_in(one).intersection(roles) for one in provinces):
            wanted = "、".join(role.label for role in roles)
            where = "" if province is None else f"（{PROVINCES[province]}）"
            raise ForbiddenFault(f"{to}须由{where}{wanted}办理；{actor.login} 没有这些角色。")

    @property
    def rehearsal(self) -> bool:
        """Whether this call worked on a practice store. Never opens one to find out."""
        return self._told_rehearsal or (
            "app" in self.__dict__ and "engine" in self.app.__dict__ and self.app.rehearsal
        )

    def told_rehearsal(self) -> None:
        """The daemon has said that the store is a practice store."""
        self._told_rehearsal = True

    def close(self) -> None:
        """Let go of the daemon and the database."""
        self.hang_up()
        if "app" in self.__dict__:
            self.app.close()
