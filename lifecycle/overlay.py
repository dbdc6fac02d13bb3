"""The catalogue of a store: the shipped packs, and those that the store has put in force in their place.

Reads only, without the models, which cost several times what this does. A test holds the names alike.
"""

from __future__ import annotations

from sqlalchemy import Connection, column, select, table

from lifecycle.pack_source import pack_from_source
from states.catalogue import Catalogue

PACK = table("pack", column("digest"), column("body"))
CURRENT = table("pack_current", column("slug"), column("digest"))


def overlaid(conn: Connection, catalogue: Catalogue) -> Catalogue:
    """The catalogue with the packs that this store has put in force in the place of older shipped ones."""
    packs = dict(catalogue.packs)
    current = select(CURRENT.c.slug, PACK.c.body).join(PACK, PACK.c.digest == CURRENT.c.digest)
    for row in conn.execute(current.order_by(CURRENT.c.slug)):
        pack = pack_from_source(row.body)
        shipped = packs.get(row.slug)
        if shipped is None or int(pack.version) > int(shipped.version):
            packs[row.slug] = pack
    return Catalogue(packs, {slug: one for pack in packs.values() for slug, one in pack.programmes.items()})
