"""Application registrations: how the estate's come into the store, and how a client finds its own."""

from __future__ import annotations

import asyncio

from keyless.model.estate import DeclaredApplication
from keyless.model.identities import Application
from keyless.model.secret_text import SecretText
from keyless.planes.entra.secret_hash import hash_secret, secret_matches
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

    A hash is made only for a secret that the record does not hold: each costs a tenth of a second.
    """
    there = await find_application(reader, declared.client_id)
    hashes = there.secret_hashes if there is not None else ()
    if len(hashes) != 1 or not await asyncio.to_thread(
        secret_matches, declared.client_secret.reveal(), hashes[0]
    ):
        hashes = (await asyncio.to_thread(_hash, declared.client_secret),)
    return Application(declared.name, declared.client_id, declared.principal_id, hashes)


async def register(store: Store, declared: DeclaredApplication) -> Application:
    """Bring the store's record of an application up to date; a secret that it replaces is worth nothing."""
    wanted = await registration(store, declared)
    if wanted != await find_application(store, declared.client_id):
        async with store.transaction() as transaction:
            await transaction.put(APPLICATIONS, application_key(declared.client_id), wanted)
    return wanted


def _hash(secret: SecretText) -> bytes:
    return hash_secret(secret.reveal())
