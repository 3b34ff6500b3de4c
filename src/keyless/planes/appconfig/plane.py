"""The App Configuration plane: which hosts it serves, whose tokens it takes, and what every answer carries.

`Sync-Token` rises with every write. What clients send back of it needs no looking at: what was acknowledged
is read by everyone from then on.

Sources: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-azure-ad,
https://learn.microsoft.com/azure/azure-app-configuration/rest-api-consistency
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

from keyless.lifecycle.replicas import store_at
from keyless.model.replicas import hosts_of
from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.access_keys import StoreKeys
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.feature_flags import operations as feature_flags
from keyless.planes.appconfig.hosts import store_name
from keyless.planes.appconfig.key_values import keys_labels, locks, operations, revisions
from keyless.planes.appconfig.key_values.rules import MAX_BYTES
from keyless.planes.appconfig.media_types import check_media_type
from keyless.planes.appconfig.quotas import counted, counted_at
from keyless.planes.appconfig.schemas import KEY_VALUE_TYPE
from keyless.planes.appconfig.snapshots import contents as snapshot_contents
from keyless.planes.appconfig.snapshots import operations as snapshots
from keyless.store.ports import Store
from keyless.wire.plane import Plane
from keyless.wire.request import Request
from keyless.wire.shapes import app_configuration

OPERATIONS = counted(
    (
        *operations.OPERATIONS,
        *keys_labels.OPERATIONS,
        *locks.OPERATIONS,
        *revisions.OPERATIONS,
        *snapshots.OPERATIONS,
        *snapshot_contents.OPERATIONS,
        *feature_flags.OPERATIONS,
    )
)


def app_configuration_plane(store: Store, *, entropy: Callable[[int], bytes] = os.urandom) -> Plane:
    """The plane over a store. ``entropy`` gives etags."""
    service = Configuration.over(store, entropy)

    async def locate(host: str) -> ConfigurationStore | None:
        name = store_name(host)
        if name is None:
            return None
        return await store_at(store, name)

    def headers(request: Request, resource: ConfigurationStore) -> list[tuple[str, str]]:
        return answer_headers(request, service.sequence())

    return Plane(
        name="app-configuration",
        operations=OPERATIONS,
        service=service,
        locate=locate,
        shape=app_configuration,
        audiences=audiences_of,
        headers=headers,
        access_keys=StoreKeys(store),
        content_type=KEY_VALUE_TYPE,
        max_body_bytes=MAX_BYTES,
        keeps_estate_time=True,
        counted_at=counted_at,
        reads=check_media_type,
    )


def audiences_of(store: ConfigurationStore) -> frozenset[str]:
    """What a token may be for: the service by either of its names, or one of the store's endpoints.

    The clients differ: Python asks for the first, JavaScript for the second; all are taken with a slash too.
    """
    endpoints = (f"https://{host}" for host in hosts_of(store))
    plain = ("https://azconfig.io", "https://appconfig.azure.com", *endpoints)
    return frozenset(audience + slash for audience in plain for slash in ("", "/"))


def answer_headers(request: Request, sequence: int) -> list[tuple[str, str]]:
    """The headers of every answer: a fresh list, which the dispatcher adds to."""
    asked = request.headers.get
    headers = [
        ("sync-token", sync_token(sequence)),
        ("x-ms-request-id", request.request_id),
        ("x-ms-correlation-request-id", asked("x-ms-correlation-request-id") or request.request_id),
    ]
    client_request_id = asked("x-ms-client-request-id")
    if client_request_id is not None and (asked("x-ms-return-client-request-id") or "false") != "false":
        headers.append(("x-ms-client-request-id", client_request_id))
    return headers


def sync_token(sequence: int) -> str:
    """``<id>=<value>;sn=<number>``, with the sequence in both value and number."""
    value = base64.b64encode(f"0:{sequence}".encode()).decode()
    return f"kv={value};sn={sequence}"
