"""Errors in the form that each plane gives them: the one place where a domain error becomes bytes.

What is not a `WireError` has become a `Bug` before it comes here, and a `Bug` says nothing but that.
"""

from __future__ import annotations

import base64
import math
import re
import time

import msgspec

from keyless.model.resources import ConfigurationStore
from keyless.tokens.verify import Rejection
from keyless.wire import key_vault_words, resource_manager_words
from keyless.wire.errors import (
    Bug,
    Challenged,
    Conflict,
    Forbidden,
    InvalidGrant,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchOperation,
    NotFound,
    PayloadTooLarge,
    StorageFull,
    Throttled,
    Unauthenticated,
    Unavailable,
    WireError,
)
from keyless.wire.plane import Failure, Rendered
from keyless.wire.request import Request

_JSON = ("content-type", "application/json; charset=utf-8")
_PROBLEM = ("content-type", "application/problem+json; charset=utf-8")
PROBLEM_BASE = "https://azconfig.io/errors/"
_INVALID_ARGUMENT = PROBLEM_BASE + "invalid-argument"
_TOO_MANY_REQUESTS = PROBLEM_BASE + "too-many-requests"
_OVER_QUOTA = "Resource utilization has surpassed the assigned quota"
ALREADY_EXISTS = PROBLEM_BASE + "already-exists"
INVALID_STATE = PROBLEM_BASE + "invalid-state"
_TITLES = {
    ALREADY_EXISTS: "The resource already exists.",
    INVALID_STATE: "Target resource state invalid.",
}
_API_VERSION = re.compile(r"\d+\.\d+|\d{4}-\d{2}-\d{2}(-[a-z]+)?")
_CORRELATION_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


_RETRY_SOON_MS = "500"


def _public(error: WireError) -> str:
    return error.message if error.status in {501, 503} or error.status < 500 else "an internal error occurred"


def key_vault(failure: Failure) -> Rendered:
    """`{"error": {"code", "message", "innererror"}}`, and the bearer challenge on 401.

    Source: https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
    """
    error, words = failure.error, key_vault_words.said(failure)
    body: dict[str, object] = {"code": words.code, "message": words.message}
    headers = [_JSON]
    if isinstance(error, Unauthenticated):
        headers.append(("www-authenticate", _key_vault_challenge(failure.tenant_id, error)))
    if words.inner:
        body["innererror"] = {"code": words.inner}
    if isinstance(error, Throttled):
        headers.append(_retry_after(error))
    return Rendered(words.status, tuple(headers), msgspec.json.encode({"error": body}))


def _retry_after(error: Throttled) -> tuple[str, str]:
    """Whole seconds, of which none is too few: whoever waits so long gets through."""
    return "retry-after", str(max(1, math.ceil(error.retry_after_s)))


def _key_vault_challenge(tenant_id: str, error: Unauthenticated) -> str:
    challenge = f'Bearer authorization="https://login.microsoftonline.com/{tenant_id}", resource="https://vault.azure.net"'
    return challenge if error.rejection is None else f"{challenge}, {_token_error(error)}"


def _token_error(error: Unauthenticated) -> str:
    """What is wrong with a token; for a revoked one, the claims that make a client fetch another.

    Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge#claims-challenge-header-format
    """
    if error.revoked_at is None:
        return 'error="invalid_token"'
    wanted = {"access_token": {"nbf": {"essential": True, "value": str(error.revoked_at)}}}
    text = msgspec.json.encode(wanted)
    text += b" " * (-len(text) % 3)  # clients split challenges at every `=`, so there must be no padding
    return f'error="insufficient_claims", claims="{base64.b64encode(text).decode()}"'


def app_configuration(failure: Failure) -> Rendered:
    """Problem details (RFC 9457), with App Configuration's own types, and the two challenges on 401.

    The members come in the order in which the service sends them, because people (and tests) match the text.

    Sources: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-azure-ad,
    rest-api-key-value#filter-validation, rest-api-throttling and rest-api-versioning beside it
    """
    error = failure.error
    if isinstance(error, Unauthenticated):
        challenge = _app_configuration_challenge(error, failure.resource)
        return Rendered(401, (("www-authenticate", challenge),), b"")
    headers = [_PROBLEM]
    if isinstance(error, Throttled):
        headers.append(("retry-after-ms", str(math.ceil(error.retry_after_s * 1000))))
    elif isinstance(error, Unavailable):
        headers.append(("retry-after-ms", _RETRY_SOON_MS))
    if isinstance(error, MethodNotAllowed) and error.allowed:
        headers.append(("allow", ", ".join(error.allowed)))
    body = {**_app_configuration_problem(failure), "status": error.status}
    return Rendered(error.status, tuple(headers), msgspec.json.encode(body))


def _app_configuration_problem(failure: Failure) -> dict[str, object]:
    """A problem without its status. What names a key or a parameter does so as ``field``."""
    error = failure.error
    kind, title = error.inner or "about:blank", _public(error)
    if isinstance(error, InvalidRequest):
        title = _app_configuration_title(error, failure.request)
        return {"type": _INVALID_ARGUMENT, "title": title, "name": error.field, "detail": error.message}
    if isinstance(error, Forbidden):
        return {"type": kind, "title": "Forbidden", "detail": _app_configuration_forbidden(error)}
    if isinstance(error, Throttled | StorageFull):
        return {"type": _TOO_MANY_REQUESTS, "title": _OVER_QUOTA, **_policy(error)}
    if kind in _TITLES:
        return {"type": kind, "title": _TITLES[kind], "detail": title}
    key = getattr(error, "field", "")
    if isinstance(error, Conflict) and key:
        return {"type": kind, "title": f"Modifying key '{key}' is not allowed", "name": key, "detail": title}
    return {"type": kind, "title": title}


def _policy(error: Throttled | StorageFull) -> dict[str, object]:
    """Which quota was reached; of storage, which no wait gives back, what to do."""
    if isinstance(error, StorageFull):
        return {"policy": error.limit.policy, "detail": error.message}
    return {"policy": error.limit.policy if error.limit is not None else "Total Requests"}


def _app_configuration_title(error: InvalidRequest, request: Request) -> str:
    if error.field != "api-version":
        return f"Invalid request parameter '{error.field}'" if error.field else error.message
    versions = set(request.query.all("api-version"))
    if len(versions) > 1:
        return "Ambiguous API version"
    version = next(iter(versions), "")
    if not version:
        return "API version is not specified"
    return "Unsupported API version" if _API_VERSION.fullmatch(version) else "Invalid API version"


def _app_configuration_challenge(error: Unauthenticated, resource: object) -> str:
    """The schemes that the store takes, each with what is wrong with the credential that was of it."""
    takes_keys = not (isinstance(resource, ConfigurationStore) and resource.disable_local_auth)
    if error.description:
        said = f'HMAC-SHA256 error="invalid_token" error_description="{error.description}"'
        return f"{said}, Bearer"
    schemes = "HMAC-SHA256, Bearer" if takes_keys else "Bearer"
    if error.rejection is None:
        return schemes
    said = {
        Rejection.EXPIRED: "The access token has expired",
        Rejection.AUDIENCE: "The access token is for another audience",
        Rejection.ISSUER: "The access token is from another issuer",
        Rejection.REVOKED: "The access token was revoked",
    }.get(error.rejection, "Authorization token failed validation")
    return f'{schemes} {_token_error(error)}, error_description="{said}"'


def _app_configuration_forbidden(error: Forbidden) -> str:
    if error.caller.kind.is_access_key:
        return f"The access key '{error.caller.client_id}' is read-only: '{error.action}' needs another."
    return (
        f"The principal with object id '{error.caller.principal_id}' (application id "
        f"'{error.caller.client_id}') is not authorized to perform '{error.action}' at '{error.scope}'."
    )


_AADSTS_NUMBERS: dict[type[WireError], int] = {InvalidRequest: 90014, MethodNotAllowed: 900561}
_OAUTH_WORDS: dict[type[WireError], str] = {
    InvalidRequest: "invalid_request",
    MethodNotAllowed: "invalid_request",
    NotFound: "not_found",
    NoSuchOperation: "not_found",
    PayloadTooLarge: "invalid_request",
    Throttled: "temporarily_unavailable",
    Unavailable: "temporarily_unavailable",
    Bug: "server_error",
}


def entra(failure: Failure) -> Rendered:
    """OAuth's `error` with an AADSTS description, as the token endpoint answers.

    What Entra has no number for goes without one: an invented number would send people to a wrong page.

    Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#error-response
    """
    error, request = failure.error, failure.request
    granting = isinstance(error, InvalidGrant)
    number = error.number if isinstance(error, InvalidGrant) else _AADSTS_NUMBERS.get(type(error))
    stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(request.now))
    correlation = correlation_id(request)
    prefix = f"AADSTS{number}: " if number else ""
    description = (
        f"{prefix}{_public(error)} Trace ID: {request.request_id} "
        f"Correlation ID: {correlation} Timestamp: {stamp}"
    )
    body: dict[str, object] = {
        "error": error.code if granting else _OAUTH_WORDS.get(type(error), "invalid_request"),
        "error_description": description,
        "error_codes": [number] if number else [],
        "timestamp": stamp,
        "trace_id": request.request_id,
        "correlation_id": correlation,
    }
    if number:
        body["error_uri"] = f"https://login.microsoftonline.com/error?code={number}"
    return Rendered(error.status, (_JSON, ("cache-control", "no-store")), msgspec.json.encode(body))


def correlation_id(request: Request) -> str:
    """The id that the client gave to its request (``client-request-id``), else the request's own."""
    given = request.headers.get("client-request-id") or ""
    return given if _CORRELATION_ID.fullmatch(given) else request.request_id


_GRAPH_CODES: dict[str, str] = {
    Forbidden.code: "Authorization_RequestDenied",
    InvalidRequest.code: "Request_BadRequest",
    NotFound.code: "Request_ResourceNotFound",
}
_GRAPH_401 = {
    Rejection.AUDIENCE: "Access token validation failure. Invalid audience.",
    Rejection.EXPIRED: "Lifetime validation failed, the token is expired.",
    Rejection.REVOKED: "Continuous access evaluation resulted in challenge with result: InteractionRequired.",
}


def graph(failure: Failure) -> Rendered:
    """Graph's `{"error": {"code", "message", "innerError"}}`, and the bearer challenge on 401.

    Source: https://learn.microsoft.com/graph/errors
    """
    error, request = failure.error, failure.request
    code, message = _GRAPH_CODES.get(error.code, error.code), _public(error)
    headers = [_JSON]
    if isinstance(error, Unauthenticated):
        code = "InvalidAuthenticationToken"
        said = "Access token is empty." if error.rejection is None else "Access token validation failure."
        message = _GRAPH_401.get(error.rejection, said) if error.rejection is not None else said
        headers.append(("www-authenticate", _graph_challenge(error)))
    elif isinstance(error, Forbidden):
        message = "Insufficient privileges to complete the operation."
    inner = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(request.now)),
        "request-id": request.request_id,
        "client-request-id": correlation_id(request),
    }
    body = {"error": {"code": code, "message": message, "innerError": inner}}
    return Rendered(error.status, tuple(headers), msgspec.json.encode(body))


def _graph_challenge(error: Unauthenticated) -> str:
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        'client_id="00000003-0000-0000-c000-000000000000"'
    )
    return challenge if error.rejection is None else f"{challenge}, {_token_error(error)}"


_IMDS_WORDS: dict[type[WireError], str] = {
    Challenged: "unauthorized_client",
    Unauthenticated: "access_denied",
    InvalidRequest: "invalid_request",
    NotFound: "not_found",
    NoSuchOperation: "not_found",
    MethodNotAllowed: "method_not_allowed",
    Throttled: "too_many_requests",
    Unavailable: "service_unavailable",
    Bug: "server_error",
}


def imds(failure: Failure) -> Rendered:
    """The flat `{"error", "error_description"}` of the instance metadata service.

    Source: Azure/azure-rest-api-specs, specification/imds/data-plane, IdentityErrorResponse
    """
    error = failure.error
    word = _IMDS_WORDS.get(type(error)) if error.code == type(error).code else None
    body = {"error": word or error.code, "error_description": _public(error)}
    return Rendered(error.status, (_JSON,), msgspec.json.encode(body))


def app_service_identity(failure: Failure) -> Rendered:
    """The `{"statusCode", "message"}` of App Service's identity endpoint."""
    error = failure.error
    body = {"statusCode": error.status, "message": _public(error)}
    return Rendered(error.status, (_JSON,), msgspec.json.encode(body))


def instance_metadata(failure: Failure) -> Rendered:
    """The `{"error"}` of the metadata service beside its identities; a wrong version is told the newest ones.

    Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#versioning
    """
    error = failure.error
    body: dict[str, object] = {"error": _public(error)}
    if isinstance(error, InvalidRequest) and error.field == "api-version":
        body = {
            "error": "Bad request. api-version is invalid or was not specified in the request. "
            "For more information refer to aka.ms/azureimds",
            "newest-versions": list(reversed(error.known))[:3],
        }
    return Rendered(error.status, (_JSON,), msgspec.json.encode(body))


def arc_identity(failure: Failure) -> Rendered:
    """As the instance metadata service answers; a challenge names its file, all other strangers get 403.

    Source: https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
    """
    rendered = imds(failure)
    error = failure.error
    if isinstance(error, Challenged):
        challenge = ("www-authenticate", f"Basic realm={error.realm}")
        return Rendered(401, (*rendered.headers, challenge), rendered.body)
    return Rendered(403, rendered.headers, rendered.body) if isinstance(error, Unauthenticated) else rendered


_CLOUD_SHELL_CODES: dict[str, str] = {"invalid_resource": "AudienceNotSupported"}


def cloud_shell_identity(failure: Failure) -> Rendered:
    """Cloud Shell's `{"error": {"code", "message"}}`.

    Source: https://learn.microsoft.com/azure/cloud-shell/msi-authorization#limitations
    """
    error = failure.error
    code = "BadRequest" if isinstance(error, InvalidRequest) else type(error).code
    body = {"code": _CLOUD_SHELL_CODES.get(error.code, code), "message": _public(error)}
    return Rendered(error.status, (_JSON,), msgspec.json.encode({"error": body}))


_NO_SUCH_IDENTITY = "ManagedIdentityNotFound"


def service_fabric_identity(failure: Failure) -> Rendered:
    """Service Fabric's `{"error": {"correlationId", "code", "message"}}`.

    An unknown secret is 404, as an application without an identity is.

    Source: https://learn.microsoft.com/azure/service-fabric/how-to-managed-identity-service-fabric-app-code#error-handling
    """
    error = failure.error
    status, code = _service_fabric_code(error, failure.request)
    body = {"correlationId": failure.request.request_id, "code": code, "message": _public(error)}
    return Rendered(status, (_JSON,), msgspec.json.encode({"error": body}))


def _service_fabric_code(error: WireError, request: Request) -> tuple[int, str]:
    if isinstance(error, Unauthenticated):
        known = request.headers.get("secret") is not None
        return (404, _NO_SUCH_IDENTITY) if known else (400, "SecretHeaderNotFound")
    if isinstance(error, InvalidRequest):
        if error.field == "identity":
            return 404, _NO_SUCH_IDENTITY
        missing = error.field == "resource" and not request.query.get("resource")
        by_field = {"api-version": "InvalidApiVersion", "resource": "InvalidResource"}
        return 400, "ArgumentNullOrEmpty" if missing else by_field.get(error.field, "InvalidRequest")
    return error.status, error.code


def resource_manager(failure: Failure) -> Rendered:
    """`{"error": {"code", "message"}}`, as Azure Resource Manager answers, and where nothing else fits."""
    error = failure.error
    code, message = resource_manager_words.said(failure)
    body = {"code": code, "message": message}
    target = resource_manager_words.target(error)
    if target:
        body["target"] = target
    headers = [_JSON, ("x-ms-failure-cause", "gateway")]
    if isinstance(error, Unauthenticated):
        headers.append(("www-authenticate", _resource_manager_challenge(failure.tenant_id, error, message)))
    if isinstance(error, Throttled):
        headers.append(_retry_after(error))
    return Rendered(error.status, tuple(headers), msgspec.json.encode({"error": body}))


def _resource_manager_challenge(tenant_id: str, error: Unauthenticated, message: str) -> str:
    """Whom to get a token from, and what was wrong with the one that came.

    Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge#claims-challenge-header-format
    """
    challenge = f'Bearer authorization_uri="https://login.microsoftonline.com/{tenant_id}"'
    described = message.replace('"', "'")
    return f'{challenge}, {_token_error(error)}, error_description="{described}"'
