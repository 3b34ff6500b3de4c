"""Unmodified providers and a store with a replica: found by DNS, it is asked when the origin is down."""

from __future__ import annotations

import json
import sys

import pytest
from sdk_estates import DATA_OWNER, ON_STORE, PLACES, one_web_app
from sdk_site import Ran, Site, SkipLoudly
from test_javascript_clients import Node, node

__all__ = ["node"]

ORIGIN, REPLICA = "contoso-orders", "contoso-orders-north"
STORE = "      contoso-orders:\n        accessKeys:"


@pytest.fixture
def replicated(site: Site) -> Site:
    """A project whose store has a replica."""
    estate = one_web_app((DATA_OWNER, ON_STORE), settings='{"orders:size": "10"}')
    assert STORE in estate
    site.declare(
        estate.replace(STORE, STORE.replace("access", "replicas: {north: northeurope}\n        access"))
    )
    return site


def seen(ran: Ran, skip_loudly: SkipLoudly) -> object:
    """What a program saw, where the system lets a run have a name server."""
    if "clients do not find the replicas" in ran.stderr:
        skip_loudly(ran.stderr)
    return ran.seen


def test_a_provider_goes_to_the_replica_and_back(replicated: Site, skip_loudly: SkipLoudly) -> None:
    ran = replicated.python("failover.py", str(replicated.root), env=PLACES)
    assert seen(ran, skip_loudly) == {
        "up": ["10", [ORIGIN]],
        "origin down": ["20", [REPLICA]],
        "both down": ["20", [], "HttpResponseError"],
        "start": ["HttpResponseError", "ServiceRequestError"],
        "origin back": ["30", [ORIGIN]],
        "balanced": [ORIGIN, REPLICA],
    }


def test_the_asynchronous_provider_does_too(replicated: Site, skip_loudly: SkipLoudly) -> None:
    ran = replicated.python("failover_async.py", str(replicated.root), env=PLACES)
    assert seen(ran, skip_loudly) == {"up": ["10", [ORIGIN]], "origin down": ["20", [REPLICA]]}


def test_the_provider_of_javascript_does_too_and_starts_from_the_replica(
    replicated: Site, node: Node, skip_loudly: SkipLoudly
) -> None:
    outage = [sys.executable, "-m", "keyless.cli.main", "outage"]
    where = {"KEYLESS_PROJECT": str(replicated.root)}
    ran = node("failover.mjs", json.dumps(outage), **where)
    assert seen(ran, skip_loudly) == {
        "up": ["10", [ORIGIN]],
        "down": ["20", [REPLICA]],
        "started": ["20", [REPLICA]],
    }
