"""Subject and text of a notice from its template. A variable that is not there is an error.

The text is plain; nothing is escaped because nothing is markup. Never looks anything up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from lifecycle.ledger import NoticeView
from lifecycle.warning_ledger import KIND as WARNING
from states.errors import DefinitionFault
from states.notices import KINDS
from states.wording import nested

TEMPLATES = Path(__file__).parent / "templates"
LETTER, COVER = "_base/letter.txt", "_base/cover.txt"
"""What a letter's text extends: the whole letter, or the mail that it goes with."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the receiver reads."""

    subject: str
    body: str


def render(notice: NoticeView) -> Rendered:
    """The notice as text. Raises DefinitionFault for an unknown kind or a missing value."""
    return _written(notice, LETTER)


def render_cover(notice: NoticeView, attached: str) -> Rendered:
    """The mail that a letter goes with: what is attached, and what matters in it. Raises as `render` does."""
    return _written(notice, COVER, attached=attached)


def _written(notice: NoticeView, frame: str, **more: str) -> Rendered:
    if notice.kind == WARNING:
        return render_with(WARNING, {**notice.details, "subject": notice.subject, "key": notice.key}, "告警")
    kind = KINDS.get(notice.kind)
    if kind is None:
        raise DefinitionFault(f"没有“{notice.kind}”这种通知的模板。")
    own = {"subject": notice.subject, "key": notice.key, "rehearsal": notice.rehearsal}
    return render_with(kind.template, {**notice.details, **own, "frame": frame, **more}, kind.label)


def render_with(template: str, values: Mapping[str, Any], label: str = "汇总") -> Rendered:
    """Subject and text of a template. Raises DefinitionFault, naming the kind by its label."""
    try:
        subject = _environment().get_template("_base/subject.txt").render(values)
        body = _environment().get_template(f"{template}/body.txt").render(values)
    except TemplateError as fault:
        raise DefinitionFault(f"通知“{label}”无法成文：{fault}") from fault
    lines = (nested(line) for line in body.strip("\n").split("\n"))
    return Rendered(nested(" ".join(subject.split())), "\n".join(lines) + "\n")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text, there is no markup to escape
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
