"""Who was revoked: what a resource refuses, and what the token endpoints heed before they sign.

Rules:
- tokens of a revoked principal that were issued up to that second hold no longer, wherever they are shown;
- the next one is issued later than that, so that a client that asks in the same second is helped;
- a principal that is disabled gets none at all, and what it has holds no longer.

Source: https://learn.microsoft.com/entra/identity/conditional-access/concept-continuous-access-evaluation-workload
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.identities import Revocation
from keyless.store.collections import REVOCATIONS
from keyless.store.ports import Key, Reader
from keyless.tokens.issuer import Signer, TokenAuthority, current_signer


class PrincipalDisabled(Exception):
    """A principal that gets no token."""


def revocation_key(principal_id: str) -> Key:
    """The key of a principal's record."""
    return (principal_id.casefold(),)


async def revocation_of(reader: Reader, principal_id: str) -> Revocation | None:
    """The record of a principal, where it was ever revoked."""
    return await reader.get(REVOCATIONS, revocation_key(principal_id))


async def all_revocations(reader: Reader) -> Mapping[str, Revocation]:
    """Every record, by the principal's case-folded id."""
    return {key[0]: record for key, record in await reader.scan(REVOCATIONS)}


async def signer_for(reader: Reader, authority: TokenAuthority, principal_id: str) -> Signer:
    """Who signs now for a principal, and later than when its tokens have to be issued.

    Raises:
        PrincipalDisabled: it gets none.
    """
    found = await revocation_of(reader, principal_id)
    if found is not None and found.disabled:
        raise PrincipalDisabled(principal_id)
    return await current_signer(authority, 0 if found is None else found.revoked_at)
