"""Which assignments are made to the identity of a resource."""

from __future__ import annotations

from collections import defaultdict

from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.grants import Grant
from keyless.assess.repository import Repository


def grants_to(repository: Repository, found: Deployed) -> tuple[Grant, ...]:
    """The assignments whose principal is the resource's identity."""
    return tuple(repository.view(_by_principal).get((found.template.path, found.symbol), ()))


def _by_principal(repository: Repository) -> dict[tuple[str, str], list[Grant]]:
    found: dict[tuple[str, str], list[Grant]] = defaultdict(list)
    for grant in repository.view(grants):
        if grant.to:
            found[grant.to_path, grant.to].append(grant)
    return found
