"""Application registrations: how the estate's come into the store, and how each is found."""

from __future__ import annotations

import asyncio

from keyless.lifecycle.secret_hash import hash_secret, secret_matches
from keyless.model.estate import DeclaredApplication
from keyless.model.identities import Application, ApplicationCertificate
from keyless.model.secret_text import SecretText
from keyless.store.collections import APPLICATIONS
from keyless.store.ports import Reader, Store

_MAX_CLIENT_ID = 64


def application_key(client_id: str) -> tuple[str]:
    """The key of an application's record."""
    return (client_id.casefold(),)


async def find_application(reader: Reader, client_id: str) -> Application | None:
    """The application with a client id, or none; what is too long for one is not looked up, or remembered."""
    if len(client_id) > _MAX_CLIENT_ID:
        return None
    return await reader.get(APPLICATIONS, application_key(client_id))


async def registration(reader: Reader, declared: DeclaredApplication) -> Application:
    """The record that a declared application asks for; the one that is there, where it already says so.

    What was added to it beside the file stays. A hash is made only for a secret that the record does not
    hold: each costs a tenth of a second.
    """
    there = await find_application(reader, declared.client_id)
    added = there or Application(declared.name, declared.client_id, declared.principal_id)
    return Application(
        name=declared.name,
        client_id=declared.client_id,
        principal_id=declared.principal_id,
        secret_hashes=await _hashes(declared.client_secret, there.secret_hashes if there is not None else ()),
        secrets_expire_at=declared.secret_expires_at,
        certificates=(*declared.certificates, *_added(added.certificates, declared.certificates)),
        identifier_uris=declared.identifier_uris,
        token_version=declared.token_version,
        runs_on=declared.runs_on,
        compute=declared.compute,
        passwords=added.passwords,
        owners=added.owners,
        created_at=added.created_at,
        body=added.body,
        service_principal_body=added.service_principal_body,
    )


def _added(
    there: tuple[ApplicationCertificate, ...], declared: tuple[ApplicationCertificate, ...]
) -> tuple[ApplicationCertificate, ...]:
    """The certificates that were added beside the file."""
    known = {one.der for one in declared}
    return tuple(one for one in there if one.key_id and one.der not in known)


async def _hashes(secret: SecretText | None, kept: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if secret is None:
        return ()
    if len(kept) == 1 and await asyncio.to_thread(secret_matches, secret.reveal(), kept[0]):
        return kept
    return (await asyncio.to_thread(_hash, secret),)


async def register(store: Store, declared: DeclaredApplication) -> Application:
    """Bring the store's record of an application up to date; a secret that it replaces is worth nothing."""
    wanted = await registration(store, declared)
    if wanted != await find_application(store, declared.client_id):
        async with store.transaction() as transaction:
            await transaction.put(APPLICATIONS, application_key(declared.client_id), wanted)
    return wanted


def _hash(secret: SecretText) -> bytes:
    return hash_secret(secret.reveal())
