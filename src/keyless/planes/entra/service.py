"""What the operations of the login hosts work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.planes.entra.client_secrets import ClientSecrets
from keyless.planes.entra.used_assertions import UsedAssertions
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority, TokenIssuer


@dataclass(frozen=True, slots=True)
class Entra:
    """The applications in the store, the tenant with its keys, the issuer of tokens, and what was used."""

    store: Store
    authority: TokenAuthority
    issuer: TokenIssuer
    secrets: ClientSecrets = field(default_factory=ClientSecrets)
    used_assertions: UsedAssertions = field(default_factory=UsedAssertions)
