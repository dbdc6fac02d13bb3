"""Text in columns: wide characters count two, and Chinese may break between any two characters."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import east_asian_width


def wrapped(text: str, indent: int, columns: int) -> list[str]:
    """The text in lines of at most that many columns; Chinese may break between any two characters."""
    lines = [""]
    for piece in _pieces(text):
        if piece == "\n" or width(lines[-1]) + width(piece) > columns - indent:
            lines.append("")
        if piece != "\n":
            lines[-1] += piece if lines[-1] else piece.lstrip()
    return [(" " * indent + line).rstrip() for line in lines] if text else []


def _pieces(text: str) -> Iterable[str]:
    """What must not be torn apart: a word of letters, or one wide character with its full stop."""
    piece = ""
    for letter in text:
        wide = width(letter) == 2
        closing = letter in "，。；：、）”"
        if piece and not closing and (wide or letter in " \n" or width(piece[-1]) == 2):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def width(text: str) -> int:
    """How many columns a text takes on a screen."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
