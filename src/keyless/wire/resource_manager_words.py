"""What Azure Resource Manager says of each error: its code, and the sentence that people and scripts match.

Rules:
- an error with a code of its own keeps code and message;
- errors of the dispatcher (no token, no permission, a wrong api-version, an unreadable body) get the code and
  the sentence that ARM's gateway gives them;
- of an error of ours nobody learns more than that it was one.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors,
https://learn.microsoft.com/azure/role-based-access-control/troubleshooting,
https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors
"""

from __future__ import annotations

from keyless.model.identities import Principal
from keyless.tokens.verify import Rejection
from keyless.wire.errors import (
    Forbidden,
    InvalidRequest,
    LinkedForbidden,
    MethodNotAllowed,
    NoSuchOperation,
    NotImplementedHere,
    Throttled,
    Unauthenticated,
    WireError,
)
from keyless.wire.plane import Failure
from keyless.wire.request import Request

_OWN = "microsoft.resources"
_LONGEST_PATH = 300

Said = tuple[str, str]
"""A code and a message."""


def said(failure: Failure) -> Said:
    """The code and message of an error."""
    error = failure.error
    if error.status >= 500 and not isinstance(error, NotImplementedHere):
        return error.code, "an internal error occurred"
    if isinstance(error, Unauthenticated):
        return _unauthenticated(error, failure.tenant_id)
    if isinstance(error, Forbidden):
        return _forbidden(error)
    if error.code == type(error).code:
        return _of_the_gateway(error, failure.request)
    return error.code, error.message


def target(error: WireError) -> str:
    """What an error is about, where it names a field of the request; else empty."""
    field = error.field if isinstance(error, InvalidRequest) else ""
    return "" if field in {"api-version", "body"} else field


def _unauthenticated(error: Unauthenticated, tenant_id: str) -> Said:
    if error.rejection is None:
        missing = "missing" if not error.found else "not a bearer token"
        return "AuthenticationFailed", f"Authentication failed. The 'Authorization' header is {missing}."
    if error.rejection is Rejection.EXPIRED:
        return "ExpiredAuthenticationToken", "The access token has expired."
    if error.rejection is Rejection.AUDIENCE:
        allowed = ",".join(f"'{one}'" for one in error.expected.split(" or "))
        return "InvalidAuthenticationTokenAudience", (
            f"The access token has been obtained for wrong audience or resource '{error.found}'. "
            f"It should exactly match with one of the allowed audiences {allowed}."
        )
    if error.rejection is Rejection.ISSUER:
        return "InvalidAuthenticationTokenTenant", (
            f"The access token is from the wrong issuer '{error.found}'. It must match the tenant "
            f"'{error.expected}' associated with this subscription. Please use the authority (URL) "
            f"'https://login.microsoftonline.com/{tenant_id}' to get the token."
        )
    if error.rejection is Rejection.REVOKED:
        return "InvalidAuthenticationToken", "The access token was revoked: fetch another."
    return "InvalidAuthenticationToken", "The access token is invalid."


def _forbidden(error: Forbidden) -> Said:
    who = _who(error.caller)
    if isinstance(error, LinkedForbidden):
        return error.code, (
            f"{who} has permission to perform action '{error.own_action}' on scope '{error.own_scope}'; "
            f"however, it does not have permission to perform action(s) '{error.action}' on the linked "
            f"scope(s) '{error.scope}' (respectively) or the linked scope(s) are invalid."
        )
    if error.deny is not None:
        return "DenyAssignmentAuthorizationFailed", (
            f"{who} has permission to perform action '{error.action}' on scope '{error.scope}'; however, "
            f"the access is denied because of the deny assignment with name '{error.deny.name}' and Id "
            f"'{error.deny.id.replace('-', '')}' at scope '{error.deny.scope}'."
        )
    return "AuthorizationFailed", (
        f"{who} does not have authorization to perform action '{error.action}' over scope '{error.scope}' "
        "or the scope is invalid. If access was recently granted, please refresh your credentials."
    )


def _who(caller: Principal) -> str:
    """The caller as ARM names it: a person by name, all others by application id."""
    return f"The client '{caller.name or caller.client_id}' with object id '{caller.principal_id}'"


def _of_the_gateway(error: WireError, request: Request) -> Said:
    if isinstance(error, InvalidRequest):
        return _invalid(error, request)
    if isinstance(error, NoSuchOperation):
        path = request.path[:_LONGEST_PATH]
        return "HttpResourceNotFound", f"The request url '{path}' is not found."
    if isinstance(error, MethodNotAllowed):
        return error.code, (
            f"The requested resource does not support http method '{request.method}': {error.message}."
        )
    if isinstance(error, Throttled):
        return "TooManyRequests", error.message
    return error.code, error.message


def _invalid(error: InvalidRequest, request: Request) -> Said:
    if error.field == "api-version":
        return _api_version(error, request)
    if error.field == "body":
        return "InvalidRequestContent", f"The request content was invalid: {error.message}"
    return "BadRequest", error.message


def _api_version(error: InvalidRequest, request: Request) -> Said:
    version = request.query.get("api-version")
    if not version:
        return (
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    supported = ", ".join(error.known)
    resource_type = _type_in(request.path)
    if resource_type is None:
        return "InvalidApiVersionParameter", (
            f"The api-version '{version[:50]}' is invalid. The supported versions are '{supported}'."
        )
    return "NoRegisteredProviderFound", (
        f"No registered resource provider found for location 'global' and API version '{version[:50]}' for "
        f"type '{resource_type}'. The supported api-versions are '{supported}'."
    )


def _type_in(path: str) -> str | None:
    """The resource type that a path ends with, less its namespace; none for ARM's own types."""
    segments = path.strip("/").split("/")
    at = next((n for n in reversed(range(len(segments))) if segments[n].lower() == "providers"), None)
    if at is None or len(segments) < at + 3 or segments[at + 1].lower() == _OWN:
        return None
    return "/".join(segments[at + 2 :: 2])
