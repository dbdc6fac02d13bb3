"""The wording of a letter, read from the text of its mail: one source for both.

`body.txt` is a Jinja template; what its blocks `text` and `closing` say becomes paragraphs of the .docx, with
conditions and lists between paragraphs written as docxtpl wants them. Reads no value and fills nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BLOCK: Final = r"{{% block {name} %}}\n?(.*?){{% endblock %}}"
_TAG: Final = re.compile(r"{% *((?:if|elif|else|endif|for|endfor)\b.*?) *%}")
_POINTS: Final = re.compile(r"{{ *points\((\w+)\) *}}")
_POINT: Final = "{{ loop.index }}．{{ item | point }}{% if loop.last %}。{% else %}；{% endif %}"


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, or a condition between paragraphs (`tag`) that leaves none."""

    text: str
    tag: bool = False


def pieces(body: Path, base: Path, block: str) -> tuple[Piece, ...]:
    """The paragraphs of one block of a letter, from its own text or else from the text that it extends.

    Raises ValueError for a line that mixes a tag of several lines with words.
    """
    pattern = re.compile(_BLOCK.format(name=block), re.DOTALL)
    own = pattern.search(body.read_text(encoding="utf-8"))
    found = own or pattern.search(base.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{body}: no block {block}")
    return tuple(piece for line in found.group(1).splitlines() if line.strip() for piece in _line(line))


def _line(line: str) -> tuple[Piece, ...]:
    text = line.strip().strip("　")
    if tag := _TAG.fullmatch(text):
        return (Piece(f"{{%p {tag.group(1)} %}}", tag=True),)
    if points := _POINTS.fullmatch(text):
        loop = Piece(f"{{%p for item in {points.group(1)} %}}", tag=True)
        return (loop, Piece(_POINT), Piece("{%p endfor %}", tag=True))
    if text.count("{% if") != text.count("{% endif"):
        raise ValueError(f"a condition begins and does not end in the line: {text}")
    return (Piece(text),)
