"""What a form of the flow dashboard shows for a parameter, and how a fault of a run is told there.

The flow server makes a form out of the schema of a flow's parameters: `shown_as` gives each its Chinese
title and description, `DAY` a field for a day. A fault of ours ends a run as failed with its Chinese
message alone. It knows no flow.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, get_type_hints

from prefect import State
from prefect.states import Failed
from pydantic import Field, WithJsonSchema

from states.errors import LifecycleError, UsageFault

P = ParamSpec("P")
R = TypeVar("R")

_DAY: Final = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DAY = WithJsonSchema({"anyOf": [_DAY, {"type": "null"}]})
"""A day in a form, or none: the page sends the empty field as null.

The parameter itself is a text, so that a day that does not exist is told in Chinese.
"""


def shown_as(title: str, description: str, **schema: Any) -> Any:
    """Title and description of a parameter in a form; `schema` goes into its JSON schema.

    Prefect writes the parameter's name over an ordinary title, but leaves alone what the schema says.
    """
    return Field(json_schema_extra={"title": title, "description": description, **schema})


def day_of(text: str | None, named: str) -> date | None:
    """The day that was filled in; None where the field was left empty. Raises UsageFault."""
    if text is None or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageFault(f"{named}“{text[:40]}”无效，应为日期，如 2026-11-21。") from None


def fault_told(work: Callable[P, R]) -> Callable[P, R | State[Any]]:
    """Let a fault of ours end the flow run as failed, with its message and reasons and no traceback.

    To stand right under `@flow`. Annotations are resolved here, where their names are known.
    """

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R | State[Any]:
        try:
            return work(*args, **kwargs)
        except LifecycleError as fault:
            return Failed(message=words_of(fault), data=fault)

    run.__signature__ = inspect.signature(work, eval_str=True)  # type: ignore[attr-defined]
    run.__annotations__ = get_type_hints(work, include_extras=True)
    return run


def words_of(fault: LifecycleError) -> str:
    """The message of a fault, with every reason that it does not say already."""
    more = [reason.message for reason in fault.reasons if reason.message not in fault.message]
    return "；".join([fault.message, *more])
