"""Which of the uses Azure RBAC does not decide: the data of Cosmos DB, which has roles of its own.

Source: https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.catalog.native_roles import cosmos_action
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation


def is_native(seen: Observation) -> bool:
    """Whether a service's own roles decide on a use."""
    return seen.plane is ActionPlane.DATA and cosmos_action(seen.action) is not None


def by_roles(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The uses that Azure RBAC decides on."""
    return tuple(seen for seen in observations if not is_native(seen))


def by_services(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The uses that services' own roles decide on."""
    return tuple(seen for seen in observations if is_native(seen))
