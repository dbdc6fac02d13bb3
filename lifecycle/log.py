"""The log: one line per event, named in `action`, with ids as keys.

Decides the form of a line and that no personal data stands in it. It never decides what is worth
logging. structlog is imported when a process that logs asks for it: a short command does not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger, Processor

# structlog is imported inside, for the reason that the docstring gives.
# ruff: noqa: PLC0415

MASK: Final = "***"
PERSONAL_KEYS: Final = frozenset(
    {"phone", "email", "address", "id_number", "id_card", "birth_date", "bank_account", "password", "token"}
)
"""Keys whose value is never written, whatever it looks like."""

# Letters and digits around a run mean that it is part of a longer thing, such as a hash.
_PERSONAL: Final = (
    re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"),  # identity card
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # e-mail
    re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])"),  # mobile
    re.compile(r"(?<![0-9A-Za-z-])0\d{2,3}[- ]?\d{7,8}(?![0-9A-Za-z])"),  # landline
)


def configure_log(form: str, level: str, stream: TextIO | None = None) -> None:
    """Set up the log of this process: `form` is text or json, lines go to stderr unless told."""
    import logging

    import structlog

    renderer: Processor
    if form == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    else:
        renderer = structlog.processors.LogfmtRenderer(
            key_order=("at", "level", "action"), bool_as_flag=False
        )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("action"),
            mask_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_log() -> FilteringBoundLogger:
    """The log; `get_log().info("notice_sent", notice=key)`.

    Where nobody set it up, as in a short command, it tells what is wrong on standard error and nothing else.
    """
    import structlog

    if not structlog.is_configured():
        configure_log("text", "warning")
    log: FilteringBoundLogger = structlog.get_logger()
    return log


def log_broken(action: str, fault: Exception, **keys: object) -> None:
    """Log that the program failed and went on, and where."""
    import traceback

    get_log().error(action, trace="".join(traceback.format_exception(fault)), **keys)


def mask_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The processor that takes personal data out of an event."""
    return {key: mask(value, key) for key, value in event.items()}


def mask(value: Any, key: str = "") -> Any:
    """A value without phone numbers, e-mail addresses and identity numbers, however deep they lie."""
    if key.rpartition(".")[2] in PERSONAL_KEYS and value is not None:
        return MASK
    if isinstance(value, str):
        for pattern in _PERSONAL:
            value = pattern.sub(MASK, value)
        return value
    if isinstance(value, Mapping):
        return {name: mask(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(item) for item in value]
    return value
