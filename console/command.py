"""How a function becomes a command: it takes a session and its own options, and gives an answer.

Adds the global options to every command, opens and closes the session, prints the answer. What
goes wrong is left to `console.main`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import typer

from console.help import Command, Group
from console.options import GLOBALS, gather
from console.output import Answer, emit
from console.session import Session

Function = TypeVar("Function", bound=Callable[..., Answer])

_CONTEXT = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)


def new_group(
    help: str = "",  # noqa: A002 - typer's word
    listing: Callable[..., Answer] | None = None,
    cls: type[Group] = Group,
) -> typer.Typer:
    """A group of commands; with `listing` it may also be called without one."""
    group = typer.Typer(
        cls=cls,
        help=help,
        add_completion=False,
        rich_markup_mode=None,
        invoke_without_command=listing is not None,
    )
    group.callback(cls=cls, invoke_without_command=listing is not None)(_bound(listing or _nothing, True))
    return group


def command(
    app: typer.Typer,
    name: str,
    *,
    help: str = "",  # noqa: A002 - typer's word
) -> Callable[[Function], Function]:
    """Register a function as a command of that name; the function itself stays as it is."""

    def register(function: Function) -> Function:
        app.command(name, help=help, cls=Command)(_bound(function, False))
        return function

    return register


def take(function: Any, *tables: tuple[tuple[str, Any], ...]) -> None:
    """Give a command, beside the parameters that it names, the options of these tables."""
    named = inspect.signature(function, eval_str=True).parameters.values()
    own = [one for one in named if one.kind is not inspect.Parameter.VAR_KEYWORD]
    options = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=how,
            default=False if how.__origin__ is bool else None,
        )
        for table in tables
        for name, how in table
    ]
    function.__signature__ = inspect.Signature([*own, *options], return_annotation=Answer)


def _nothing(session: Session) -> Answer:
    """A group that does nothing by itself."""
    raise AssertionError(session)


def _bound(function: Callable[..., Answer], group: bool) -> Callable[..., int | None]:
    """The function as typer calls it: keyword options, among them the global ones."""
    signature = inspect.signature(function, eval_str=True)
    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in signature.parameters.values()
        if parameter.name != "session"
    ]

    def run(*, context: typer.Context, **given: Any) -> int | None:
        options = gather(context, given)
        if group and (context.invoked_subcommand is not None or function is _nothing):
            return None
        session = Session(options)
        try:
            answer = function(session, **given)
            return emit(answer, as_json=options.json, rehearsal=session.rehearsal)
        finally:
            session.close()

    parameters = [_CONTEXT, *own, *GLOBALS]
    run.__signature__ = signature.replace(parameters=parameters, return_annotation=Any)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__ = function.__name__
    return run
