"""What Key Vault's data plane says of each error: status, code, and the sentence that scripts match.

Rules:
- an error of the service keeps its code and message;
- errors of the dispatcher get the code and the sentence that the vault's own front gives them: a body that is
  none is a property with an invalid value, and an unknown api-version is answered with the newest known one;
- a path of the vault's with a method or an operation that it does not have, or not at the request's
  api-version, is a bad parameter, and neither 404 nor 405;
- what helps beyond the service's sentence comes behind it.

Sources: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes,
https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses, and answers of the
service quoted in issues: https://github.com/Azure/azure-sdk-for-python/issues/28595 (api-versions),
https://github.com/aztfmod/terraform-azurerm-caf/pull/821 (properties),
https://github.com/vcsjones/AzureSignTool/issues/219 (limits)
"""

from __future__ import annotations

from typing import NamedTuple

from keyless.authz.decide import BY_DENY, NO_GRANT
from keyless.tokens.verify import Rejection
from keyless.wire.errors import (
    Forbidden,
    InvalidBody,
    InvalidProperty,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchOperation,
    Throttled,
    Unauthenticated,
    WireError,
)
from keyless.wire.plane import Failure
from keyless.wire.request import Request

_INVALID_PROPERTY = "Property  has invalid value\r\n"
"""What is said of anything wrong in a body: the service leaves the name out, and both spaces stay."""

_COLLECTIONS = frozenset(
    {"secrets", "keys", "certificates", "deletedsecrets", "deletedkeys", "deletedcertificates", "rng"}
)
_LONGEST = 50

_UNAUTHENTICATED = {
    None: "AKV10000: Request is missing a Bearer or PoP token.",
    Rejection.AUDIENCE: "AKV10022: Invalid audience. Expected {expected}, found: {found}.",
    Rejection.ISSUER: "AKV10032: Invalid issuer. Expected one of {expected}, found {found}.",
    Rejection.SIGNATURE: "AKV10046: Unable to resolve the key used for signature validation.",
    Rejection.KEY: "AKV10046: Unable to resolve the key used for signature validation.",
    Rejection.EXPIRED: "[TokenExpired] Error validating token: the token has expired.",
    Rejection.NOT_YET_VALID: "[TokenNotYetValid] Error validating token: the token is not valid yet.",
    Rejection.REVOKED: "[TokenRevoked] Error validating token: it was revoked, fetch another.",
}


class Said(NamedTuple):
    """An error as the vault gives it; ``inner`` is the inner error's code, where there is one."""

    status: int
    code: str
    message: str
    inner: str | None = None


def said(failure: Failure) -> Said:
    """The status, code and message of an error."""
    error = failure.error
    if isinstance(error, Unauthenticated):
        return Said(error.status, error.code, _unauthenticated(error))
    if isinstance(error, Forbidden):
        return _forbidden(error)
    if isinstance(error, NoSuchOperation | MethodNotAllowed) and _is_of_objects(failure.request):
        return _not_an_operation(error, failure.request)
    return Said(error.status, error.code, _message(error, failure.request), error.inner)


def _message(error: WireError, request: Request) -> str:
    if error.status >= 500 and error.status not in {501, 503}:
        return "an internal error occurred"
    if isinstance(error, Throttled):
        return _throttled(error)
    if isinstance(error, InvalidBody):
        return _INVALID_PROPERTY + error.problem
    if isinstance(error, InvalidProperty):
        return f"{_INVALID_PROPERTY}{error.field}: {error.why}"
    if isinstance(error, InvalidRequest) and error.field == "api-version":
        return _version_message(error, request)
    return error.message


def _throttled(error: Throttled) -> str:
    """In the answers that people have published the limit is always a vault's."""
    level = "Subscription" if error.limit is not None and error.limit.of_subscription else "Vault"
    return (
        "Request was not processed because too many requests were received. "
        f"Reason: {level}RequestTypeLimitReached"
    )


def _version_message(error: InvalidRequest, request: Request) -> str:
    version = request.query.get("api-version")
    if not version:
        return "api-version must be specified"
    return (
        f"The specified version ({version[:_LONGEST]}) is not recognized. "
        f"Consider using the latest supported version ({error.known[-1]})."
    )


def _is_of_objects(request: Request) -> bool:
    """Whether a path begins as those of the vault's objects do."""
    segments = [segment for segment in request.path.lower().split("/") if segment]
    return not _COLLECTIONS.isdisjoint(segments[:1])


def _not_an_operation(error: WireError, request: Request) -> Said:
    """What is said of an operation that there is not: what comes behind an object's name names it."""
    behind_name = [segment for segment in request.path.split("/") if segment][2:]
    operation = behind_name[-1][:_LONGEST] if behind_name else ""
    told = f"Method {request.method[:_LONGEST]} does not allow operation '{operation}'"
    return Said(400, InvalidRequest.code, f"{told}\r\n{error.message}")


def _unauthenticated(error: Unauthenticated) -> str:
    template = _UNAUTHENTICATED.get(error.rejection, "AKV10001: The bearer token is not valid.")
    return template.format(expected=error.expected, found=error.found)


def _forbidden(error: Forbidden) -> Said:
    if error.permission is None:
        return Said(error.status, error.code, _forbidden_by_roles(error), "ForbiddenByRbac")
    return Said(error.status, error.code, _forbidden_by_policy(error), "ForbiddenByPolicy")


def _forbidden_by_roles(error: Forbidden) -> str:
    vault = error.scope.ancestor_of_type("Microsoft.KeyVault/vaults") or error.scope
    caller = error.caller
    deny_id = "null" if error.deny is None else f"'{error.deny.id.replace('-', '')}'"
    return "\r\n".join(
        (
            "Caller is not authorized to perform action on resource.",
            (
                "If role assignments, deny assignments or role definitions were changed recently, "
                "please observe propagation time."
            ),
            f"Caller: appid={caller.client_id};oid={caller.principal_id};iss={caller.issuer}",
            f"Action: '{error.action}'",
            f"Resource: '{error.scope.text.lower()}'",
            "Assignment: (not found)",
            f"DenyAssignmentId: {deny_id}",
            f"DecisionReason: '{NO_GRANT if error.deny is None else BY_DENY}'",
            f"Vault: {vault.name};location={error.location}",
        )
    )


def _forbidden_by_policy(error: Forbidden) -> str:
    """What a vault says whose access policies do not give a permission.

    Source: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes#http-403-insufficient-permissions
    """
    vault = error.scope.ancestor_of_type("Microsoft.KeyVault/vaults") or error.scope
    caller = error.caller
    permission = (error.permission or "").replace("/", " ")
    who = f"appid={caller.client_id};oid={caller.principal_id};iss={caller.issuer}"
    return (
        f"The user, group or application '{who}' does not have {permission} permission on "
        f"key vault '{vault.name};location={error.location}'. "
        "For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287"
    )
