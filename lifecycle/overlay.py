"""The catalogue of a store: the shipped packs, and those that the store has put in force in their place.

Reads only, without the models, which cost several times what this does. A test holds the names alike.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Date, column, select, table

from lifecycle.pack_source import pack_from_source
from states.catalogue import Catalogue, Pack

PACK = table("pack", column("digest"), column("body"))
CURRENT = table(
    "pack_current", *(column(name) for name in ("slug", "digest", "version", "set_by")), column("since", Date)
)


def in_force(conn: Connection, slug: str) -> dict[str, Any] | None:
    """Which version of a pack this store has put in force, since when and by whom; None: the shipped one."""
    row = conn.execute(select(CURRENT).where(CURRENT.c.slug == slug)).mappings().first()
    if row is None:
        return None
    return {"version": row["version"], "since": row["since"].isoformat(), "by": row["set_by"]}


def overlaid(conn: Connection, catalogue: Catalogue) -> Catalogue:
    """The catalogue with the packs that this store has put in force in the place of older shipped ones."""
    current = select(CURRENT.c.slug, CURRENT.c.digest).order_by(CURRENT.c.slug)
    packs = dict(catalogue.packs)
    for row in conn.execute(current).all():
        pack = stored(conn, row.digest)
        shipped = packs.get(row.slug)
        if shipped is None or int(pack.version) > int(shipped.version):
            packs[row.slug] = pack
    if all(packs[slug] is catalogue.packs.get(slug) for slug in packs):
        return catalogue
    return Catalogue(packs, {slug: one for pack in packs.values() for slug, one in pack.programmes.items()})


_READ: dict[str, Pack] = {}


def stored(conn: Connection, digest: str) -> Pack:
    """A pack by its digest; its text never changes, so it is read once in a process."""
    if digest not in _READ:
        _READ[digest] = pack_from_source(
            conn.execute(select(PACK.c.body).where(PACK.c.digest == digest)).scalar_one()
        )
    return _READ[digest]
