"""A letter from its template and its values: the same values give the same bytes, whenever asked for.

A variable that is not there is an error. What a person typed stays what it is: signs that mean something
to XML are escaped, control characters go, and a title cannot run as a template. Looks nothing up.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

from jinja2 import Environment, StrictUndefined, Template, TemplateError

from notifications.letters.package import packed
from states.errors import DefinitionFault
from states.wording import nested

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

LONGEST_PROPERTY: Final = 255
"""Signs in a property of a document (python-docx refuses more)."""
_CONTROL: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_END: Final = "。；;"


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file manager shows of the document."""

    title: str
    author: str
    made_on: date


def fill(template: Path, values: Mapping[str, Any], properties: Properties) -> bytes:
    """The letter. Raises DefinitionFault, naming the file, for a template that cannot be filled."""
    # Imported here: the library costs 0.4 s, and only a letter needs it.
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415

    try:
        document = _opened(template)
        document.render(_clean(values), environment(), autoescape=True)
        _quote(document.docx.element.body.iter(f"{_WORD}p"))
        _describe(document.docx.core_properties, properties)
        target = io.BytesIO()
        document.docx.save(target)
    except TemplateError as fault:
        raise DefinitionFault(f"公文模板 {template} 无法成文：{fault}") from fault
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as fault:
        raise DefinitionFault(f"公文模板 {template} 不是可用的 .docx 文件：{fault}") from fault
    return packed(target.getvalue())


def variables_in(template: Path) -> tuple[str, ...]:
    """The names that a template uses, sorted. Raises DefinitionFault for a file that is no template."""
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415

    try:
        asked = _opened(template).get_undeclared_template_variables(environment())
    except TemplateError as fault:
        raise DefinitionFault(f"公文模板 {template} 的写法有误：{fault}") from fault
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as fault:
        raise DefinitionFault(f"公文模板 {template} 不是可用的 .docx 文件：{fault}") from fault
    return tuple(sorted(asked - {"sentence"}))


class _Compiling(Environment):
    """Compiles each text once, which is half of the time that a letter takes."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self._compiled: dict[Any, Template] = {}

    def from_string(self, source: Any, *given: Any, **named: Any) -> Template:
        """The compiled template of a text; those of all letters are a few dozen."""
        if source not in self._compiled:
            self._compiled[source] = super().from_string(source, *given, **named)
        return self._compiled[source]


@cache
def environment() -> Environment:
    """What templates may use beside the variables: `sentence(…)` ends one, `| point` does not."""
    made = _Compiling()
    made.globals["sentence"] = lambda words: f"{_ended(words)}。"
    made.filters["point"] = _ended
    return made


def _opened(template: Path) -> DocxTemplate:
    from docxtpl import DocxTemplate  # noqa: PLC0415

    return DocxTemplate(io.BytesIO(template.read_bytes()))


def _ended(words: str) -> str:
    return str(words).strip().rstrip(_END)


def _clean(value: Any) -> Any:
    """Every text in one line and without what XML cannot carry."""
    if isinstance(value, str):
        # The full-width space is a sign of its own in Chinese typesetting: it stays.
        return "　".join(_CONTROL.sub(" ", part).strip() for part in value.split("　"))
    if isinstance(value, Mapping):
        return {name: _clean(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(one) for one in value]
    return value


def _quote(paragraphs: Iterable[Any]) -> None:
    """Quotation marks inside quotation marks, paragraph by paragraph, whatever runs a paragraph has."""
    for paragraph in paragraphs:
        texts = list(paragraph.iter(f"{_WORD}t"))
        whole = "".join(text.text or "" for text in texts)
        written = nested(whole)
        if written == whole:
            continue
        for text in texts:
            length = len(text.text or "")
            text.text, written = written[:length], written[length:]


def _describe(properties: Any, told: Properties) -> None:
    moment = datetime(told.made_on.year, told.made_on.month, told.made_on.day, tzinfo=UTC)
    properties.title = told.title[:LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = told.author[:LONGEST_PROPERTY]
    properties.created = properties.modified = moment
    properties.revision = 1
