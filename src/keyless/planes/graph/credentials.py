"""What an application proves itself with, as Graph writes it: client secrets and certificates.

Rules:
- a client secret is made here, shown once, and kept as a salted hash; it holds from the next request on;
- secrets are added and removed one by one; certificates are replaced as a whole list, in which those that
  stay are named by their key id alone;
- a certificate holds no longer than it says itself, and is checked as a declared one is;
- those of the service principal are kept apart, and work as well.

Sources: https://learn.microsoft.com/graph/api/application-addpassword,
https://learn.microsoft.com/graph/api/resources/keycredential
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any

from msgspec import structs

from keyless.lifecycle.applications import application_key
from keyless.lifecycle.secret_hash import hash_secret
from keyless.model.identities import Application, ApplicationCertificate, ApplicationPassword
from keyless.planes.graph.bodies import Body, typed
from keyless.planes.graph.documents import Document, key_id_of, password
from keyless.planes.graph.errors import BadRequest
from keyless.planes.graph.moments import read_moment
from keyless.planes.graph.service import Graph
from keyless.store.collections import APPLICATIONS
from keyless.store.ports import Transaction
from keyless.tokens.client_certificates import UnusableCertificate, certificate_in, client_certificate

_TWO_YEARS_S = 2 * 365 * 86400
MOST = 50
"""How many secrets and certificates an application may have: each makes a wrong guess cost more."""


async def made_password(
    graph: Graph, body: Body, now: int, *, of_service_principal: bool
) -> tuple[ApplicationPassword, str]:
    """A new client secret as a request describes it, and its text.

    Raises:
        BadRequest: it would end before it begins.
    """
    asked = typed(body, "passwordCredential", dict, {})
    starts = read_moment(asked.get("startDateTime"))
    starts = now if starts is None else starts
    ends = read_moment(asked.get("endDateTime"))
    ends = starts + _TWO_YEARS_S if ends is None else ends
    if ends <= starts:
        raise BadRequest("Credential end date must be later than its start date.")
    text = graph.new_secret()
    kept = ApplicationPassword(
        key_id=graph.new_guid(),
        hash=await asyncio.to_thread(hash_secret, text),
        display_name=typed(asked, "displayName", str, "") or None,
        hint=text[:3],
        starts_at=starts,
        ends_at=ends,
        of_service_principal=of_service_principal,
    )
    return kept, text


async def add_password(transaction: Transaction, one: Application, kept: ApplicationPassword) -> None:
    """Give an application another client secret.

    Raises:
        BadRequest: it has too many.
    """
    if len(one.secrets) >= MOST:
        raise BadRequest(f"The application has {MOST} client secrets already: remove one.")
    changed = structs.replace(one, passwords=(*one.passwords, kept))
    await transaction.put(APPLICATIONS, application_key(one.client_id), changed)


async def remove_password(
    transaction: Transaction, one: Application, key_id: str, *, of_service_principal: bool
) -> None:
    """Take a client secret from an application; a declared one comes back when the file is applied again.

    Raises:
        BadRequest: it has none of that key id.
    """
    gone = key_id.casefold()
    found = [kept for kept in one.secrets if kept.key_id.casefold() == gone]
    if not found or found[0].of_service_principal != of_service_principal:
        raise BadRequest(f"No password credential found with keyId '{key_id[:60]}'.")
    changed = structs.replace(
        one,
        passwords=tuple(kept for kept in one.passwords if kept.key_id.casefold() != gone),
        secret_hashes=tuple(kept for kept in one.secret_hashes if kept != found[0].hash),
    )
    await transaction.put(APPLICATIONS, application_key(one.client_id), changed)


def shown_password(kept: ApplicationPassword, text: str) -> Document:
    """A client secret that has just been made."""
    return password(kept, text)


def with_certificates(
    graph: Graph, one: Application, entries: list[Any], *, of_service_principal: bool
) -> Application:
    """The application with just these certificates at one of its two objects.

    Raises:
        BadRequest: one of them cannot be used.
    """
    if len(entries) > MOST:
        raise BadRequest(f"More than {MOST} certificates are not kept for an application.")
    others = [kept for kept in one.certificates if kept.of_service_principal != of_service_principal]
    mine = {
        key_id_of(kept).casefold(): kept
        for kept in one.certificates
        if kept.of_service_principal == of_service_principal
    }
    made = [_certificate(graph, entry, mine, of_service_principal) for entry in entries]
    return structs.replace(one, certificates=(*others, *made))


def _certificate(
    graph: Graph, entry: object, kept: dict[str, ApplicationCertificate], of_service_principal: bool
) -> ApplicationCertificate:
    if not isinstance(entry, dict):
        raise BadRequest("Invalid value specified for property 'keyCredentials' of resource.")
    key_id = typed(entry, "keyId", str, "") or graph.new_guid()
    if not entry.get("key"):
        if key_id.casefold() not in kept:
            raise BadRequest(
                f"The key credential '{key_id[:60]}' has no key.", code="KeyCredentialsInvalidKey"
            )
        return kept[key_id.casefold()]
    der = _der(typed(entry, "key", str, ""))
    own_end = int(client_certificate(der).not_after)
    ends = read_moment(entry.get("endDateTime"))
    if ends is not None and ends > own_end + 1:
        raise BadRequest("Key credential end date is invalid.", code="KeyCredentialsInvalidEndDate")
    return ApplicationCertificate(
        der,
        key_id,
        typed(entry, "displayName", str, "") or None,
        read_moment(entry.get("startDateTime")),
        ends,
        of_service_principal,
    )


def _der(text: str) -> bytes:
    """The certificate in a `key`: base64 of DER, or of PEM text, with or without line breaks."""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
        der = certificate_in(raw) if raw.startswith(b"-----") else raw
        client_certificate(der)
    except (binascii.Error, UnusableCertificate) as error:
        raise BadRequest(f"Key credential is invalid: {error}.", code="KeyCredentialsInvalidKey") from None
    return der
