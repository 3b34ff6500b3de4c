"""What the login hosts refuse, by AADSTS number.

The numbers, OAuth words and status codes are Entra's; clients and people look them up.

Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from keyless.wire.audiences import unknown_audience
from keyless.wire.errors import InvalidGrant

_SHOWN = 200
_NO_ID = "00000000-0000-0000-0000-000000000000"


def malformed_request(what: str) -> InvalidGrant:
    """AADSTS90023: a request that cannot be read."""
    return InvalidGrant(90023, "invalid_request", f"The request is not valid: {what}.")


def missing_parameter(name: str) -> InvalidGrant:
    """AADSTS900144: a parameter that must be in the body is not."""
    return InvalidGrant(
        900144, "invalid_request", f"The request body must contain the following parameter: '{name}'."
    )


def repeated_parameter(name: str) -> InvalidGrant:
    """AADSTS9000411: a parameter that is given more than once."""
    return InvalidGrant(
        9000411,
        "invalid_request",
        f"The request is not properly formatted. The parameter '{name[:_SHOWN]}' is duplicated.",
    )


def unsupported_resource_parameter() -> InvalidGrant:
    """AADSTS901002: version 1.0's way to say what a token is for, at the endpoint of version 2.0."""
    return InvalidGrant(
        901002,
        "invalid_request",
        "The 'resource' request parameter is not supported: send 'scope', as 'RESOURCE/.default'.",
    )


def unsupported_grant(grant_type: str) -> InvalidGrant:
    """AADSTS70003: a flow that is not offered here."""
    return InvalidGrant(
        70003,
        "unsupported_grant_type",
        f"The app requested an unsupported grant type '{grant_type[:_SHOWN]}': "
        "only 'client_credentials' is offered here.",
    )


def missing_credential() -> InvalidGrant:
    """AADSTS7000216: client credentials without a credential."""
    return InvalidGrant(
        7000216,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant "
        "type: send the application's 'client_secret', or an assertion.",
        status=401,
    )


def unknown_tenant(tenant: str, *, discovering: bool = False) -> InvalidGrant:
    """AADSTS90002 or 900023: a tenant that is not there, or a text that cannot be one."""
    shown = tenant[:_SHOWN]
    if "." not in tenant and "-" not in tenant:
        return InvalidGrant(
            900023,
            "invalid_tenant" if discovering else "invalid_request",
            f"Specified tenant identifier '{shown}' is neither a valid DNS name, nor a valid external "
            "domain: use the tenant's id, which `keyless estate show` prints.",
        )
    return InvalidGrant(
        90002,
        "invalid_tenant" if discovering else "invalid_request",
        f"Tenant '{shown}' not found: use the tenant's id, which `keyless estate show` prints.",
    )


def no_tenant_named(alias: str) -> InvalidGrant:
    """AADSTS50059: an application signs in where no tenant is named."""
    return InvalidGrant(
        50059,
        "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided "
        f"credentials: use the tenant's id in place of '{alias}'.",
    )


def unknown_application(client_id: str, tenant: str) -> InvalidGrant:
    """AADSTS700016: no application with this client id; 700038 for the id that no application can have."""
    if client_id == _NO_ID:
        return InvalidGrant(
            700038, "unauthorized_client", f"{client_id} is not a valid application identifier."
        )
    return InvalidGrant(
        700016,
        "unauthorized_client",
        f"Application with identifier '{client_id[:_SHOWN]}' was not found in the directory '{tenant}': "
        "declare it among the estate's applications.",
    )


def disabled_application(client_id: str, name: str) -> InvalidGrant:
    """AADSTS7000112: an application (or a managed identity's) that gets no token."""
    return InvalidGrant(
        7000112,
        "unauthorized_client",
        f"Application '{client_id}'({name}) is disabled: `keyless identity restore` lifts that.",
    )


def no_service_principal(client_id: str, tenant_id: str) -> InvalidGrant:
    """AADSTS7000229: a registration that nothing in the tenant stands for."""
    return InvalidGrant(
        7000229,
        "unauthorized_client",
        f"The client application {client_id} is missing service principal in the tenant {tenant_id}: make "
        "one with `az ad sp create --id`.",
        status=401,
    )


def wrong_secret(client_id: str) -> InvalidGrant:
    """AADSTS7000215: a client secret that is not the application's."""
    return InvalidGrant(
        7000215,
        "invalid_client",
        f"Invalid client secret provided for app '{client_id[:_SHOWN]}': send the secret's value, as the "
        "estate declares it.",
        status=401,
    )


def expired_secret(client_id: str) -> InvalidGrant:
    """AADSTS7000222: the application's client secret, too late."""
    return InvalidGrant(
        7000222,
        "invalid_client",
        f"The provided client secret keys for app '{client_id[:_SHOWN]}' are expired: use a managed "
        "identity, or declare a new secret and its 'clientSecretExpires'.",
        status=401,
    )


def not_a_default_scope(scope: str) -> InvalidGrant:
    """AADSTS1002012: a scope that an application cannot ask for on its own behalf."""
    return InvalidGrant(
        1002012,
        "invalid_scope",
        f"The provided value for scope {scope[:_SHOWN]} is not valid. Client credential flows must have a "
        "scope value with /.default suffixed to the resource identifier (application ID URI).",
    )


def several_scopes(scope: str) -> InvalidGrant:
    """AADSTS70011: scopes of more than one resource in one request."""
    return InvalidGrant(
        70011,
        "invalid_scope",
        f"The provided value for the input parameter 'scope' is not valid. The scope {scope[:_SHOWN]} names "
        "more than one resource: ask for one at a time.",
    )


def unknown_resource(resource: str, tenant: str) -> InvalidGrant:
    """AADSTS500011: a resource that no token is issued for."""
    return InvalidGrant(500011, "invalid_resource", unknown_audience(resource, tenant))


def unknown_instance() -> InvalidGrant:
    """AADSTS50049: an authority that is not one of the login hosts."""
    return InvalidGrant(50049, "invalid_instance", "Unknown or invalid instance.")


def replayed_assertion() -> InvalidGrant:
    """AADSTS50013: an assertion that has been used before."""
    return InvalidGrant(
        50013,
        "invalid_client",
        "Assertion is invalid: it has been used before. Sign a new one, with a 'jti' of its own.",
        status=401,
    )
