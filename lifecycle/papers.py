"""From what is typed to papers and documents: kinds by name, files into the archive, 文号@日期.

Papers are archived before any transaction begins; the archive never overwrites, so a refused step
leaves at most a file that nobody points to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from lifecycle.archive import (
    Archived,
    Filed,
    file_bytes,
    file_material,
    find_archived,
    look_at,
    look_at_bytes,
)
from lifecycle.store import Store
from states.decision import DocumentRef
from states.errors import UsageFault
from states.papers import APPLICATION_FORM, PAPERS


def material_kind(store: Store, text: str) -> str:
    """The slug of a material by slug or Chinese label; UsageFault lists near ones."""
    programmes = store.catalogue.programmes.values()
    if text in PAPERS or any(text in programme.materials for programme in programmes):
        return text
    labels = dict(PAPERS)
    for programme in programmes:
        for slug, spec in programme.materials.items():
            labels.setdefault(slug, spec.label)
    for slug, label in labels.items():
        if label == text:
            return slug
    near = "、".join(get_close_matches(text, [*labels, *labels.values()], n=3, cutoff=0.4))
    raise UsageFault(f"没有名为“{text}”的材料{f'，是否指：{near}' if near else ''}")


def file_all(
    store: Store, materials: Sequence[tuple[str, str | Archived]], *, dry_run: bool = False
) -> tuple[tuple[str, Filed], ...]:
    """Archive every paper and give its kind and digest; a dry run asks the same of it and keeps nothing."""
    limit = store.settings.max_upload_bytes
    filed: list[tuple[str, Filed]] = []
    for text, path in materials:
        kind = material_kind(store, text)
        if isinstance(path, Archived):
            filed.append((kind, find_archived(store.home, path)))
        elif dry_run:
            filed.append((kind, look_at(Path(path), limit)))
        else:
            filed.append((kind, file_material(store.home, Path(path), limit)))
    return tuple(filed)


def file_form(
    store: Store, form: str | tuple[str, bytes], extract: tuple[str, bytes] | None, *, dry_run: bool = False
) -> tuple[str, Filed]:
    """Keep an application's file (its path, or name and bytes) as its form, or in its place an extract."""
    kept = form if extract is None else extract
    if isinstance(kept, str):
        return file_all(store, [(APPLICATION_FORM, kept)], dry_run=dry_run)[0]
    name, data = kept
    if dry_run:
        return APPLICATION_FORM, look_at_bytes(name, data, store.settings.max_upload_bytes)
    return APPLICATION_FORM, file_bytes(store.home, name, data, store.settings.max_upload_bytes)


def document_ref(text: str | None) -> DocumentRef | None:
    """NUMBER@DATE, e.g. 豫科协〔2023〕1号@2023-05-04; UsageFault says what was expected."""
    if text is None:
        return None
    number, _, day = text.rpartition("@")
    try:
        return DocumentRef(number.strip(), date.fromisoformat(day.strip())) if number.strip() else _bad(text)
    except ValueError:
        return _bad(text)


def _bad(text: str) -> DocumentRef:
    raise UsageFault(f"文号“{text}”无法识别，应为 文号@日期，例如 豫科协〔2023〕1号@2023-05-04")
