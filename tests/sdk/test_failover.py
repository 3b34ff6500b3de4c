"""azure-appconfiguration-provider with a replicated store: the replica is found by DNS, and asked in need."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sdk_estates import DATA_OWNER, ON_STORE, PLACES, one_web_app
from sdk_site import Site

ORIGIN, REPLICA = "contoso-orders", "contoso-orders-north"


@pytest.mark.parametrize("program", ["failover.py"])
def test_a_provider_goes_to_the_replica_and_back(
    site: Site, program: str, skip_loudly: Callable[[str], None]
) -> None:
    estate = one_web_app((DATA_OWNER, ON_STORE), settings='{"orders:size": "10"}')
    declared = "      contoso-orders:\n        accessKeys:"
    assert declared in estate
    site.declare(
        estate.replace(declared, declared.replace("access", "replicas: {north: northeurope}\n        access"))
    )
    ran = site.python(program, str(site.root), env=PLACES)
    if "clients do not find the replicas" in ran.stderr:
        skip_loudly(ran.stderr)
    assert ran.seen == {
        "up": ["10", [ORIGIN]],
        "origin down": ["20", [REPLICA]],
        "both down": ["20", [], "HttpResponseError"],
        "start": ["HttpResponseError", "ServiceRequestError"],
        "origin back": ["30", [ORIGIN]],
        "balanced": [ORIGIN, REPLICA],
    }
