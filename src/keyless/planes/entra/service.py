"""What the operations of the login hosts work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.planes.entra.client_secrets import ClientSecrets
from keyless.planes.entra.federated_credentials import Owners
from keyless.planes.entra.issuer_key_source import FetchedKeys
from keyless.planes.entra.used_assertions import UsedAssertions
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority, TokenIssuer


@dataclass(frozen=True, slots=True)
class Entra:
    """The applications and identities in the store, the tenant with its keys, the issuer of tokens, what was
    used, and the keys of other issuers."""

    store: Store
    authority: TokenAuthority
    issuer: TokenIssuer
    secrets: ClientSecrets = field(default_factory=ClientSecrets)
    used_assertions: UsedAssertions = field(default_factory=UsedAssertions)
    owners: Owners = field(default_factory=Owners)
    issuer_keys: FetchedKeys = field(default_factory=FetchedKeys)
