"""Which federated credentials the real cloud needs, so that it trusts the identities of this site.

Rules:
- each managed identity becomes a credential of its own: issuer, subject and audience match exactly there;
- it belongs to a user-assigned identity of the same name in the same resource group, because Azure takes no
  federated credential on a system-assigned one; for that of a resource, one is made under the resource's
  name, with a number behind it where that is taken;
- or it belongs to an application registration of the identity's name;
- it is named for the issuer, so that several sites can be trusted side by side.

Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from keyless.model.federated_credentials import DEFAULT_AUDIENCE
from keyless.model.identities import IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId

_LONGEST_NAME = 120
_SHORTEST_NAME = 3


class Target(enum.StrEnum):
    """What the credentials are put on in the real cloud."""

    IDENTITY = "identity"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Bridge:
    """One identity of this site, and the credential by which it is trusted elsewhere.

    ``target`` is the name of the user-assigned identity, or of the application, that trusts it.
    """

    identity: ManagedIdentity
    issuer: str
    target: str

    @property
    def name(self) -> str:
        """The credential's name."""
        place = urlsplit(self.issuer)
        words = re.findall(r"[A-Za-z0-9]+", f"{place.netloc}{place.path}")
        return "-".join(["keyless", *words])[:_LONGEST_NAME].rstrip("-")

    @property
    def subject(self) -> str:
        """Whom its tokens are about."""
        return self.identity.principal_id

    @property
    def audience(self) -> str:
        """Whom its tokens are for."""
        return DEFAULT_AUDIENCE

    @property
    def resource_group(self) -> str:
        """The resource group of the user-assigned identity."""
        return ResourceId.parse(self.identity.resource_id).resource_group or ""

    @property
    def is_made(self) -> bool:
        """Whether the user-assigned identity must be made first: here it is a resource's own."""
        return self.identity.kind is IdentityKind.SYSTEM_ASSIGNED


def bridges(identities: Iterable[ManagedIdentity], issuer: str) -> list[Bridge]:
    """One for each identity, by group and name."""
    taken: set[tuple[str, str]] = set()
    found: list[Bridge] = []
    for identity in sorted(identities, key=_order):
        name = _free_name(_as_identity_name(identity.name), _group(identity), taken)
        found.append(Bridge(identity, issuer, name))
    return sorted(found, key=lambda one: (one.resource_group.casefold(), one.target.casefold()))


def _order(identity: ManagedIdentity) -> tuple[bool, str]:
    """User-assigned ones come first: they keep their names."""
    return identity.kind is IdentityKind.SYSTEM_ASSIGNED, identity.resource_id.casefold()


def _free_name(name: str, group: str, taken: set[tuple[str, str]]) -> str:
    free, number = name, 2
    while (group, free.casefold()) in taken:
        free, number = f"{name}-{number}", number + 1
    taken.add((group, free.casefold()))
    return free


def _as_identity_name(name: str) -> str:
    """A name that a user-assigned identity can have."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name.rpartition("/")[2]).strip("-_")
    return plain if len(plain) >= _SHORTEST_NAME else f"id-{plain}"


def _group(identity: ManagedIdentity) -> str:
    return (ResourceId.parse(identity.resource_id).resource_group or "").casefold()
