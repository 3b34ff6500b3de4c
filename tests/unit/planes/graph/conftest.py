"""A directory with a few people, groups and applications in it."""

from __future__ import annotations

import pytest
from graph_site import GraphSite

from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import KeyRing


@pytest.fixture
async def graph(store: SqliteStore, key_ring: KeyRing, now: int) -> GraphSite:
    """The directory."""
    site = GraphSite(store, key_ring, now)
    await site.fill()
    return site
