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
from typing import TYPE_CHECKING, cast

from console.options import Options
from states.errors import ForbiddenFault

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.bootstrap import App
    from lifecycle.people import Actor
    from lifecycle.service import Service
    from lifecycle.settings import Settings
    from lifecycle.store import Store
    from states.catalogue import Catalogue
    from states.names import Role

_OURS = ("LIFECYCLE_ON", "LIFECYCLE_ACTOR", "LIFECYCLE_HOME")
"""Variables that the options have answered already, in more writings than the settings know."""


class Session:
    """What a command works with."""

    def __init__(self, options: Options) -> None:
        self.options = options

    @cached_property
    def settings(self) -> Settings:
        """The settings of the environment, below what was typed."""
        from lifecycle.settings import read_settings

        environ = {name: value for name, value in os.environ.items() if name not in _OURS}
        home = self.options.home
        if home is None and (named := os.environ.get("LIFECYCLE_HOME", "").strip()):
            environ["LIFECYCLE_HOME"] = named
        return read_settings(environ, home=home)

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
        """All programmes; needs no store."""
        return self.app.catalogue

    @property
    def store(self) -> Store:
        """The store, made on first use."""
        return self.app.store

    @property
    def parts(self) -> Store:
        """The store for a reader that needs few of its parts: each is made when it is asked for."""
        return cast("Store", self.app)

    @property
    def service(self) -> Service:
        """The one way by which anything happens."""
        return self.app.service

    @cached_property
    def actor(self) -> Actor:
        """Who acts: the user of the operating system, or the one that `--as` names."""
        from lifecycle.database import reading
        from lifecycle.login import operating_system_login
        from lifecycle.people import find_actor

        with reading(self.app.engine) as conn:
            return find_actor(conn, operating_system_login(), self.options.actor, self.on)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One unchanging view of the store; a name after `--as` has to be somebody's."""
        from lifecycle.database import reading

        if self.options.actor is not None:
            assert self.actor.login  # noqa: S101 - finding the actor is what raises
        with reading(self.app.engine) as conn:
            yield conn

    def require(self, *roles: Role, to: str) -> None:
        """Raise ForbiddenFault unless the actor holds one of the roles in some province."""
        held = {role for granted in self.actor.roles.values() for role in granted}
        if held.isdisjoint(roles):
            wanted = "、".join(role.label for role in roles)
            raise ForbiddenFault(f"{to}须由{wanted}办理；{self.actor.login} 没有这些角色。")

    @property
    def rehearsal(self) -> bool:
        """Whether this call worked on a practice store. Never opens one to find out."""
        return "app" in self.__dict__ and "engine" in self.app.__dict__ and self.app.rehearsal

    def close(self) -> None:
        """Let go of the database."""
        if "app" in self.__dict__:
            self.app.close()
