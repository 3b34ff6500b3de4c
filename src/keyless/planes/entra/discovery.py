"""What clients look up before they ask for a token: endpoints, aliases of the login hosts, signing keys.

Rules:
- all addresses are those of `login.microsoftonline.com`, by whichever alias the document was asked for;
- only endpoints that are served are named, and the authorization endpoint, which clients insist on;
- clients may keep the documents for a day, as Entra's; that is how long a key is published before it signs;
- the version 1.0 document gives the issuer that the tokens carry (`sts.windows.net`); the version 2.0 one
  gives that of version 2.0 tokens, as Entra does, whatever version a resource takes.

Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#fetch-the-openid-configuration-document
"""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from keyless.planes.entra.hosts import ALIASES as LOGIN_ALIASES
from keyless.planes.entra.hosts import LOGIN_HOST, PREFERRED_CACHE, is_login_host
from keyless.planes.entra.refusals import unknown_instance
from keyless.planes.entra.service import Entra
from keyless.planes.entra.tenants import ALIASES, tenant_segment
from keyless.tokens.claims import v1_issuer, v2_issuer
from keyless.tokens.keys import ALGORITHM
from keyless.tokens.rotation import PUBLISHED_FOR_S
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidGrant, InvalidRequest
from keyless.wire.operation import ApiVersions, Public, operation

_OIDC = "https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc"
_ACCESS = Public("endpoints and public keys are what a client must know before it can have a token")
_NO_VERSIONS = ApiVersions()
_KEPT_FOR_A_DAY = (
    ("cache-control", f"max-age={PUBLISHED_FOR_S}, private"),
    ("access-control-allow-origin", "*"),
    ("x-content-type-options", "nosniff"),
)


class OpenIdConfiguration(msgspec.Struct, frozen=True):
    """An OpenID provider's metadata (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_post", "client_secret_basic")
    grant_types_supported: tuple[str, ...] = ("client_credentials",)
    response_types_supported: tuple[str, ...] = ("code", "id_token", "code id_token", "token id_token")
    response_modes_supported: tuple[str, ...] = ("query", "fragment", "form_post")
    subject_types_supported: tuple[str, ...] = ("pairwise",)
    id_token_signing_alg_values_supported: tuple[str, ...] = (ALGORITHM,)
    scopes_supported: tuple[str, ...] = ("openid",)
    claims_supported: tuple[str, ...] = ("sub", "iss", "aud", "exp", "iat", "nbf", "appid", "oid", "tid")
    cloud_instance_name: str = "microsoftonline.com"


class Jwks(msgspec.Struct, frozen=True):
    """A set of public keys (RFC 7517, section 5)."""

    keys: list[dict[str, str | list[str]]]


class Instance(msgspec.Struct, frozen=True):
    """Names of one cloud's login hosts, and which to prefer."""

    preferred_network: str
    preferred_cache: str
    aliases: tuple[str, ...]


class InstanceDiscovery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether an authority is a login host, and where its tenant's metadata is."""

    tenant_discovery_endpoint: str
    api_version: str = msgspec.field(name="api-version")
    metadata: tuple[Instance, ...] = ()


@operation(
    id="Entra.GetOpenIdConfiguration",
    route="GET /{tenant}/v2.0/.well-known/openid-configuration",
    api_versions=_NO_VERSIONS,
    access=_ACCESS,
    response=OpenIdConfiguration,
    errors=(InvalidGrant,),
    spec=_OIDC,
)
async def get_configuration(call: Authorized[None], entra: Entra) -> Reply:
    """Return the endpoints and the issuer of version 2.0."""
    segment = tenant_segment(await entra.authority.tenant(), call.params["tenant"])
    return _kept(_configuration(segment, v2_issuer(_issuing(segment)), "/v2.0"))


@operation(
    id="Entra.GetOpenIdConfigurationV1",
    route="GET /{tenant}/.well-known/openid-configuration",
    api_versions=_NO_VERSIONS,
    access=_ACCESS,
    response=OpenIdConfiguration,
    errors=(InvalidGrant,),
    spec=_OIDC,
)
async def get_configuration_v1(call: Authorized[None], entra: Entra) -> Reply:
    """Return the endpoints and the issuer of version 1.0."""
    segment = tenant_segment(await entra.authority.tenant(), call.params["tenant"])
    return _kept(_configuration(segment, v1_issuer(_issuing(segment)), ""))


def _issuing(segment: str) -> str:
    """Whose tokens an issuer stands for: a tenant's, or those of whichever tenant it turns out to be."""
    return "{tenantid}" if segment in ALIASES else segment


def _kept(document: OpenIdConfiguration | Jwks | InstanceDiscovery) -> Reply:
    return Reply(document, headers=_KEPT_FOR_A_DAY)


def _configuration(segment: str, issuer: str, version: str) -> OpenIdConfiguration:
    base = f"https://{LOGIN_HOST}/{segment}"
    return OpenIdConfiguration(
        issuer=issuer,
        authorization_endpoint=f"{base}/oauth2{version}/authorize",
        token_endpoint=f"{base}/oauth2{version}/token",
        jwks_uri=f"{base}/discovery{version}/keys",
    )


@operation(
    id="Entra.GetKeys",
    route=("GET /{tenant}/discovery/v2.0/keys", "GET /{tenant}/discovery/keys"),
    api_versions=_NO_VERSIONS,
    access=_ACCESS,
    response=Jwks,
    errors=(InvalidGrant,),
    spec="https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signature",
)
async def get_keys(call: Authorized[None], entra: Entra) -> Reply:
    """Return the public halves of the keys whose tokens hold, and of the one that signs next."""
    segment = tenant_segment(await entra.authority.tenant(), call.params["tenant"])
    keys = (await entra.authority.key_ring()).jwks()["keys"]
    if "/v2.0/" not in call.request.path.lower():
        return _kept(Jwks(keys))
    issuer = v2_issuer(_issuing(segment))
    return _kept(Jwks([key | {"issuer": issuer} for key in keys]))


@operation(
    id="Entra.DiscoverInstance",
    route="GET /common/discovery/instance",
    api_versions=ApiVersions(("1.0", "1.1")),
    access=_ACCESS,
    response=InstanceDiscovery,
    errors=(InvalidGrant, InvalidRequest),
    spec="https://learn.microsoft.com/entra/msal/dotnet/advanced/authority-instance-validation",
)
async def discover_instance(call: Authorized[None], entra: Entra) -> Reply:
    """Say whether an authority is one of the login hosts, and under which other names it goes."""
    authority = call.request.query.get("authorization_endpoint") or ""
    host, segment, version = _authority_parts(authority)
    if not is_login_host(host):
        raise unknown_instance()
    endpoint = f"https://{LOGIN_HOST}/{segment}{version}/.well-known/openid-configuration"
    instance = Instance(LOGIN_HOST, PREFERRED_CACHE, LOGIN_ALIASES)
    metadata = (instance,) if call.api_version == "1.1" else ()
    return _kept(InstanceDiscovery(endpoint, call.api_version, metadata))


def _authority_parts(authority: str) -> tuple[str, str, str]:
    """Host, tenant and version (`/v2.0` or empty) of an authorization endpoint; all empty if it is none."""
    try:
        parts = urlsplit(authority)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", "", ""
    segments = parts.path.strip("/").split("/")
    if parts.scheme != "https" or not segments[0]:
        return "", "", ""
    return host, segments[0], "/v2.0" if "v2.0" in segments[1:] else ""
