"""The issuers of a vault: whom it may ask to sign, and who signs here.

Rules:
- providers are those that the service knows; `Test` is the one that its own clients are tested with, and here
  the local authority signs for it. The others cannot be reached from here: asking them fails, and what was
  asked for can be merged;
- an account's password is kept and never given out; setting an issuer replaces it whole, updating it changes
  what is given;
- an issuer that policies name may be deleted; making a certificate by such a policy is refused then.

Sources: https://learn.microsoft.com/azure/key-vault/certificates/how-to-integrate-certificate-authority,
https://learn.microsoft.com/rest/api/keyvault/certificates/set-certificate-issuer/set-certificate-issuer
"""

from __future__ import annotations

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.errors import IssuerNotFound
from keyless.planes.keyvault.certificates.policy import SELF, UNKNOWN
from keyless.planes.keyvault.certificates.records import ISSUERS, Issuer, OrganizationDetails
from keyless.planes.keyvault.paging import Page, Paging
from keyless.planes.keyvault.vaults import check_name
from keyless.store.ports import Key, Reader, Store
from keyless.wire.errors import InvalidProperty

TEST = "Test"
PROVIDERS = (
    "DigiCert",
    "GlobalSign",
    "OneCertV2-PublicCA",
    "OneCertV2-PrivateCA",
    "SslAdmin",
    "SslAdminV2",
    TEST,
)
_SPELLED = {provider.casefold(): provider for provider in PROVIDERS}


class IssuerChanges(msgspec.Struct, frozen=True):
    """What a request gives of an issuer; what is none is left as it is, or has its default."""

    provider: str | None = None
    account_id: str | None = None
    account_password: str | None = None
    organization: OrganizationDetails | None = None
    enabled: bool | None = None

    def __repr__(self) -> str:
        return f"IssuerChanges({self.provider!r}, …)"


async def find_issuer(reader: Reader, vault: Vault, name: str) -> Issuer:
    """An issuer of a vault.

    Raises:
        IssuerNotFound: there is none of that name.
    """
    issuer = await reader.get(ISSUERS, _key(vault, name))
    if issuer is None:
        raise IssuerNotFound
    return issuer


class Issuers:
    """The issuers of all vaults in a store. Times (``now``) are epoch seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, vault: Vault, name: str) -> Issuer:
        """An issuer; raises as ``find_issuer``."""
        return await find_issuer(self._store, vault, name)

    async def set(self, vault: Vault, name: str, given: IssuerChanges, *, now: int) -> Issuer:
        """Write an issuer, in place of the one that was there.

        Raises:
            InvalidRequest: the name or the provider is not allowed.
        """
        if check_name(name).casefold() in {SELF.casefold(), UNKNOWN.casefold()}:
            raise InvalidProperty("issuer-name", f"`{name}` is an issuer that every vault has")
        provider = _provider(given.provider or "")
        async with self._store.transaction() as transaction:
            before = await transaction.get(ISSUERS, _key(vault, name))
            issuer = Issuer(
                name if before is None else before.name,
                provider,
                now if before is None else before.created,
                now,
                given.enabled is not False,
                given.account_id,
                given.account_password,
                given.organization,
            )
            await transaction.put(ISSUERS, _key(vault, name), issuer)
        return issuer

    async def update(self, vault: Vault, name: str, given: IssuerChanges, *, now: int) -> Issuer:
        """Change what is given of an issuer.

        Raises:
            IssuerNotFound: there is none of that name.
            InvalidRequest: the provider is not allowed.
        """
        said = {field: value for field, value in msgspec.structs.asdict(given).items() if value is not None}
        if given.provider is not None:
            said["provider"] = _provider(given.provider)
        async with self._store.transaction() as transaction:
            before = await find_issuer(transaction, vault, name)
            issuer = msgspec.structs.replace(before, updated=now, **said)
            await transaction.put(ISSUERS, _key(vault, name), issuer)
        return issuer

    async def delete(self, vault: Vault, name: str) -> Issuer:
        """Remove an issuer for good; raises as ``find_issuer``."""
        async with self._store.transaction() as transaction:
            issuer = await find_issuer(transaction, vault, name)
            await transaction.delete(ISSUERS, _key(vault, name))
        return issuer

    async def page(self, vault: Vault, paging: Paging) -> Page[Issuer]:
        """A page of a vault's issuers."""
        whole = (vault.name.casefold(),)
        behind = None if paging.after is None else (*whole, paging.after)
        found = await self._store.scan(ISSUERS, whole, after=behind, limit=paging.size + 1)
        more = found[paging.size - 1][0][-1] if len(found) > paging.size else None
        return Page([issuer for _, issuer in found[: paging.size]], more)


def _key(vault: Vault, name: str) -> Key:
    return (vault.name.casefold(), name.casefold())


def _provider(text: str) -> str:
    provider = _SPELLED.get(text.casefold())
    if provider is None:
        raise InvalidProperty("provider", f"it must be one of {', '.join(PROVIDERS)}")
    return provider
