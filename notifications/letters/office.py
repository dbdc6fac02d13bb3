"""Which template a letter is written from: the office's own where it has one, else ours.

An office's template is `<template>.docx` in the folder of its settings. It is looked at each time, so that a
variable that no letter has is refused with the file's name before anything goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lifecycle.settings import PREFIX
from notifications.letters.fill import variables_in
from notifications.letters.variables import PUBLICITY, VARIABLES
from notifications.render import TEMPLATES
from states.errors import DefinitionFault
from states.notices import KINDS
from states.publicity import KIND

FILE: Final = "letter.docx"
KNOWN: Final[Mapping[str, Mapping[str, str]]] = {
    **{kind.template: VARIABLES for kind in KINDS.values() if kind.letter},
    KIND: PUBLICITY,
}
"""Every template by name, with the variables that it may use."""
LABELS: Final[Mapping[str, str]] = {
    **{kind.template: kind.label for kind in KINDS.values() if kind.letter},
    KIND: "拟立项公示",
}


def template_of(name: str, folder: Path | None) -> Path:
    """The file. Raises DefinitionFault for a folder that is not there or a template that cannot be used."""
    if folder is None:
        return TEMPLATES / name / FILE
    if not folder.is_dir():
        raise DefinitionFault(f"公文模板文件夹“{folder}”不存在（设置 {PREFIX}LETTER_TEMPLATES）。")
    own = folder / f"{name}.docx"
    if not own.exists():
        return TEMPLATES / name / FILE
    known = KNOWN[name]
    if unknown := [variable for variable in variables_in(own) if variable not in known]:
        listed = "”“".join(unknown)
        raise DefinitionFault(f"公文模板 {own} 中有未知的变量“{listed}”，可用：{'、'.join(known)}。")
    return own


def check(name: str, folder: Path | None) -> tuple[bool, str | None]:
    """Whether a template is the office's own, and what is wrong with it."""
    try:
        return folder is not None and template_of(name, folder).parent == folder, None
    except DefinitionFault as fault:
        return True, str(fault)


def strangers(folder: Path | None) -> list[Path]:
    """The documents in an office's folder that are no letter's template: nobody would ever see them used."""
    if folder is None:
        return []
    return sorted(path for path in folder.glob("*.docx") if path.stem not in KNOWN)
