"""From what a request says of an application registration to the record of it.

Rules:
- name, identifier URIs, the version of tokens and certificates are acted on; what else a registration has
  (redirect addresses, app roles, wanted permissions) is kept as it was written, and nothing comes of it;
- an application is of this tenant alone: another audience of sign-ins is refused;
- an identifier URI is an absolute one, which no Azure service and no other application has.

Source: https://learn.microsoft.com/graph/api/application-update
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import structs

from keyless.model.identities import Application
from keyless.planes.graph.bodies import Body, check_properties, text, texts, typed
from keyless.planes.graph.credentials import with_certificates
from keyless.planes.graph.documents import APPLICATION_DEFAULTS
from keyless.planes.graph.errors import BadRequest, taken
from keyless.planes.graph.service import Graph
from keyless.wire.audiences import is_reserved

_NAME, _URIS, _KEYS, _AUDIENCE = "displayName", "identifierUris", "keyCredentials", "signInAudience"
_KEPT = frozenset(APPLICATION_DEFAULTS) - {"deletedDateTime", "applicationTemplateId"}
_READ_ONLY = frozenset(
    {"id", "appId", "createdDateTime", "deletedDateTime", "publisherDomain", "passwordCredentials"}
)
_KNOWN = _KEPT | _READ_ONLY | {_NAME, _URIS, _KEYS, _AUDIENCE, "verifiedPublisher", "logo"}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00]{1,240}")
SINGLE_TENANT = "AzureADMyOrg"


def changed(graph: Graph, one: Application, body: Body, others: Iterable[Application]) -> Application:
    """The registration as a request wants it.

    Raises:
        BadRequest: it cannot be had like that.
    """
    check_properties(body, _KNOWN)
    if typed(body, _AUDIENCE, str, SINGLE_TENANT) != SINGLE_TENANT:
        raise BadRequest(
            f"An application is of this tenant alone here: the signInAudience is {SINGLE_TENANT}."
        )
    if body.get("passwordCredentials"):
        raise BadRequest("A client secret is made by addPassword, not given.")
    made = structs.replace(one, body=_kept(one, body), token_version=_version(one, body))
    if _NAME in body:
        made = structs.replace(made, name=text(body, _NAME))
    if _URIS in body:
        made = structs.replace(made, identifier_uris=_uris(made, texts(body, _URIS), others))
    if _KEYS in body:
        made = with_certificates(graph, made, typed(body, _KEYS, list, []), of_service_principal=False)
    return made


def _kept(one: Application, body: Body) -> dict[str, object]:
    given = {name: body[name] for name in _KEPT & body.keys()}
    api = typed(given, "api", dict, {})
    if api:
        before = one.body.get("api") or {}
        said = {name: value for name, value in api.items() if name != "requestedAccessTokenVersion"}
        given["api"] = {**before, **said}
    return {**one.body, **given}


def _version(one: Application, body: Body) -> int:
    """The version of tokens for the application; one that is not said stays."""
    api = typed(body, "api", dict, {})
    if "requestedAccessTokenVersion" not in api:
        return one.token_version
    version = typed(api, "requestedAccessTokenVersion", int, 1)
    if version not in {1, 2}:
        raise BadRequest("Invalid value specified for property 'requestedAccessTokenVersion' of resource.")
    return version


def _uris(one: Application, wanted: tuple[str, ...], others: Iterable[Application]) -> tuple[str, ...]:
    theirs = {
        uri.casefold()
        for other in others
        if other.client_id != one.client_id
        for uri in other.identifier_uris
    }
    for uri in wanted:
        if not _URI.fullmatch(uri) or is_reserved(uri):
            raise BadRequest(f"Invalid value specified for property '{_URIS}' of resource: `{uri[:60]}`.")
        if uri.casefold() in theirs:
            raise taken(_URIS)
    return tuple(dict.fromkeys(wanted))
