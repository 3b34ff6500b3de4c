"""Each plane's form of each error: status, headers and body as that service gives them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from keyless.model.denies import DenyAssignment
from keyless.model.identities import Principal
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore
from keyless.tokens.verify import Rejection
from keyless.wire import shapes
from keyless.wire.errors import (
    Bug,
    Conflict,
    Forbidden,
    InvalidGrant,
    InvalidRequest,
    LinkedForbidden,
    MethodNotAllowed,
    NoSuchOperation,
    NotAllowed,
    NotFound,
    NotImplementedHere,
    PayloadTooLarge,
    PreconditionFailed,
    Throttled,
    Unauthenticated,
    WireError,
)
from keyless.wire.plane import Failure, Rendered
from keyless.wire.request import HeaderMap, Request

Shape = Callable[[Failure], Rendered]
GROUP = "/subscriptions/s/resourceGroups/G"
CALLER = Principal("oid-1", "app-1", "tid-1", "https://sts.windows.net/tid-1/")
SECRET = ResourceId.parse(f"{GROUP}/providers/{VAULT_TYPE}/Orders/secrets/db")
KEY_VALUE = ResourceId.parse(f"{GROUP}/providers/{STORE_TYPE}/orders/keyValues/a")
EVERY_SHAPE = [
    shapes.key_vault,
    shapes.app_configuration,
    shapes.entra,
    shapes.imds,
    shapes.app_service_identity,
    shapes.resource_manager,
]
EVERY_ERROR = [
    (Unauthenticated("no credential"), 401),
    (Forbidden(CALLER, "a/read", SECRET), 403),
    (NotAllowed("it is disabled", inner="SecretDisabled"), 403),
    (NotFound("it is not there"), 404),
    (MethodNotAllowed("this path takes GET"), 405),
    (Conflict("it is there already"), 409),
    (PreconditionFailed("it has changed"), 412),
    (InvalidRequest("it is wrong", field="label"), 400),
    (PayloadTooLarge("it is too large"), 413),
    (Throttled("too many", 1.5), 429),
    (NotImplementedHere("only the cloud has it"), 501),
    (Bug("the database password is hunter2"), 500),
    (WireError("the database password is hunter2"), 500),
]
DENY = DenyAssignment("0a1b2c3d-0a1b-2c3d-0a1b-2c3d0a1b2c3d", "no reading", "/subscriptions/s", (), ())


def rendered(shape: Shape, error: WireError, **headers: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and decoded body (none where it is empty)."""
    request = Request("GET", "h", "/", "", HeaderMap(headers), 1_800_000_000, "request-1")
    answer = shape(Failure(error, request, None, "tid-1"))
    return answer.status, dict(answer.headers), json.loads(answer.body) if answer.body else None


@pytest.mark.parametrize("shape", EVERY_SHAPE, ids=lambda shape: str(shape.__name__))
@pytest.mark.parametrize(("error", "status"), EVERY_ERROR, ids=lambda value: type(value).__name__)
def test_every_error_has_its_status_in_every_shape_and_a_bug_says_nothing(
    shape: Shape, error: WireError, status: int
) -> None:
    found, headers, body = rendered(shape, error)
    assert found == status
    assert "hunter2" not in json.dumps([headers, body])
    assert body is None or "json" in headers["content-type"]
    if status not in {401, 403, 429, 500}:
        assert error.message in json.dumps(body)


def test_a_code_and_an_inner_code_may_be_given_for_one_error() -> None:
    error = Conflict("deleted", code="Conflict", inner="ObjectIsDeletedButRecoverable")
    assert rendered(shapes.key_vault, error)[2] == {
        "error": {
            "code": "Conflict",
            "message": "deleted",
            "innererror": {"code": "ObjectIsDeletedButRecoverable"},
        }
    }
    assert Conflict("x").code == Conflict.code == "Conflict"


class TestKeyVault:
    def test_a_request_without_a_token_gets_the_challenge(self) -> None:
        status, headers, body = rendered(shapes.key_vault, Unauthenticated("none"))
        assert status == 401
        assert headers["www-authenticate"] == (
            'Bearer authorization="https://login.microsoftonline.com/tid-1", resource="https://vault.azure.net"'
        )
        assert body["error"] == {
            "code": "Unauthorized",
            "message": "AKV10000: Request is missing a Bearer or PoP token.",
        }

    @pytest.mark.parametrize(
        ("rejection", "said"),
        [
            (Rejection.AUDIENCE, "AKV10022: Invalid audience. Expected WANTED, found: FOUND."),
            (Rejection.ISSUER, "AKV10032: Invalid issuer. Expected one of WANTED, found FOUND."),
            (Rejection.SIGNATURE, "AKV10046"),
            (Rejection.KEY, "AKV10046"),
            (Rejection.EXPIRED, "expired"),
            (Rejection.NOT_YET_VALID, "not valid yet"),
            (Rejection.MALFORMED, "AKV10001"),
            (Rejection.ALGORITHM, "AKV10001"),
            (Rejection.CLAIMS, "AKV10001"),
        ],
    )
    def test_a_refused_token_is_told_why(self, rejection: Rejection, said: str) -> None:
        error = Unauthenticated("no", rejection=rejection, found="FOUND", expected="WANTED")
        _, headers, body = rendered(shapes.key_vault, error)
        assert said in body["error"]["message"]
        assert headers["www-authenticate"].endswith(', error="invalid_token"')

    def test_what_was_found_in_a_token_is_not_taken_for_a_template(self) -> None:
        error = Unauthenticated("no", rejection=Rejection.AUDIENCE, found="{expected.x}", expected="{0}")
        _, _, body = rendered(shapes.key_vault, error)
        assert "{expected.x}" in body["error"]["message"]

    def test_whom_access_policies_forbid_is_told_the_permission(self) -> None:
        error = Forbidden(CALLER, "a/read", SECRET, "westeurope", "secrets/get")
        _, _, body = rendered(shapes.key_vault, error)
        assert body["error"]["innererror"] == {"code": "ForbiddenByPolicy"}
        said = body["error"]["message"]
        assert said.startswith(
            "The user, group or application 'appid=app-1;oid=oid-1;iss=https://sts.windows.net/"
        )
        assert " does not have secrets get permission on key vault 'Orders;location=westeurope'. " in said

    def test_whom_a_deny_assignment_forbids_is_told_which(self) -> None:
        _, _, body = rendered(shapes.key_vault, Forbidden(CALLER, "a/read", SECRET, deny=DENY))
        lines = body["error"]["message"].split("\r\n")
        assert "DenyAssignmentId: '0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d'" in lines
        assert "DecisionReason: 'DeniedByDenyAssignment'" in lines

    def test_a_forbidden_caller_is_told_line_by_line(self) -> None:
        action = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
        _, _, body = rendered(shapes.key_vault, Forbidden(CALLER, action, SECRET, "westeurope"))
        assert body["error"]["code"] == "Forbidden"
        assert body["error"]["innererror"] == {"code": "ForbiddenByRbac"}
        lines = body["error"]["message"].split("\r\n")
        assert lines[0] == "Caller is not authorized to perform action on resource."
        assert lines[2:] == [
            "Caller: appid=app-1;oid=oid-1;iss=https://sts.windows.net/tid-1/",
            f"Action: '{action}'",
            f"Resource: '{SECRET.text.lower()}'",
            "Assignment: (not found)",
            "DenyAssignmentId: null",
            "DecisionReason: 'DeniedWithNoValidRBAC'",
            "Vault: Orders;location=westeurope",
        ]

    def test_a_state_that_forbids_has_its_inner_code(self) -> None:
        _, _, body = rendered(shapes.key_vault, NotAllowed("disabled", inner="SecretDisabled"))
        assert body["error"]["innererror"] == {"code": "SecretDisabled"}

    @pytest.mark.parametrize(("wait", "said"), [(0.1, "1"), (1.2, "2"), (7.6, "8")])
    def test_who_is_throttled_is_told_for_how_many_whole_seconds(self, wait: float, said: str) -> None:
        assert rendered(shapes.key_vault, Throttled("too many", wait))[1]["retry-after"] == said


class TestAppConfiguration:
    def test_a_request_without_a_credential_gets_both_challenges_and_no_body(self) -> None:
        status, headers, body = rendered(shapes.app_configuration, Unauthenticated("none"))
        assert (status, body) == (401, None)
        assert headers == {"www-authenticate": "HMAC-SHA256, Bearer"}

    @pytest.mark.parametrize("rejection", Rejection)
    def test_a_refused_token_is_told_why_in_the_challenge(self, rejection: Rejection) -> None:
        _, headers, _ = rendered(shapes.app_configuration, Unauthenticated("no", rejection=rejection))
        assert headers["www-authenticate"].startswith(
            'HMAC-SHA256, Bearer error="invalid_token", error_description="'
        )

    def test_a_wrong_parameter_is_named(self) -> None:
        error = InvalidRequest("label(6): Invalid character", field="label")
        _, headers, body = rendered(shapes.app_configuration, error)
        assert headers["content-type"] == "application/problem+json; charset=utf-8"
        assert body == {
            "type": "https://azconfig.io/errors/invalid-argument",
            "title": "Invalid request parameter 'label'",
            "name": "label",
            "detail": "label(6): Invalid character",
            "status": 400,
        }

    def test_a_wrong_request_without_a_parameter_is_titled_by_what_is_wrong(self) -> None:
        _, _, body = rendered(shapes.app_configuration, InvalidRequest("no such thing"))
        assert body["title"] == "no such thing"

    def test_a_forbidden_caller_is_told_who_what_and_where(self) -> None:
        _, _, body = rendered(shapes.app_configuration, Forbidden(CALLER, "a/read", KEY_VALUE))
        assert body["title"] == "Forbidden"
        for said in ("oid-1", "app-1", "a/read", KEY_VALUE.text):
            assert said in body["detail"]

    def test_an_error_may_bring_its_own_type(self) -> None:
        locked = Conflict("locked", inner="https://azconfig.io/errors/key-locked")
        assert (
            rendered(shapes.app_configuration, locked)[2]["type"] == "https://azconfig.io/errors/key-locked"
        )
        assert rendered(shapes.app_configuration, Conflict("x"))[2]["type"] == "about:blank"

    def test_who_is_throttled_is_told_for_how_many_milliseconds(self) -> None:
        _, headers, body = rendered(shapes.app_configuration, Throttled("too many", 1.5))
        assert headers["retry-after-ms"] == "1500"
        assert body["type"] == "https://azconfig.io/errors/too-many-requests"


class TestEntra:
    def test_a_refused_grant_is_told_with_its_number(self) -> None:
        error = InvalidGrant(7000215, "invalid_client", "Invalid client secret provided.", status=401)
        status, headers, body = rendered(shapes.entra, error, **{"client-request-id": "corr-1"})
        assert status == 401
        assert headers["cache-control"] == "no-store"
        assert body == {
            "error": "invalid_client",
            "error_description": "AADSTS7000215: Invalid client secret provided. Trace ID: request-1 "
            "Correlation ID: corr-1 Timestamp: 2027-01-15 08:00:00Z",
            "error_codes": [7000215],
            "timestamp": "2027-01-15 08:00:00Z",
            "trace_id": "request-1",
            "correlation_id": "corr-1",
            "error_uri": "https://login.microsoftonline.com/error?code=7000215",
        }

    def test_what_has_no_number_goes_without(self) -> None:
        _, _, body = rendered(shapes.entra, NotFound("nothing here"))
        assert body["error_codes"] == []
        assert "error_uri" not in body
        assert "AADSTS" not in body["error_description"]

    @pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\r\nset-cookie: b", "<script>"])
    def test_a_correlation_id_that_is_none_is_replaced_by_the_requests_own(self, given: str) -> None:
        _, _, body = rendered(shapes.entra, NotFound("x"), **{"client-request-id": given})
        assert body["correlation_id"] == "request-1"


def test_the_metadata_service_has_flat_errors_with_its_own_words() -> None:
    assert rendered(shapes.imds, InvalidRequest("Required metadata header not specified"))[2] == {
        "error": "invalid_request",
        "error_description": "Required metadata header not specified",
    }
    given = InvalidRequest("Required metadata header not specified", code="bad_request_102")
    assert rendered(shapes.imds, given)[2]["error"] == "bad_request_102"
    assert rendered(shapes.imds, Bug("x"))[2] == {
        "error": "server_error",
        "error_description": "an internal error occurred",
    }


def test_app_services_identity_endpoint_has_a_status_code_and_a_message() -> None:
    _, _, body = rendered(shapes.app_service_identity, InvalidRequest("no resource"))
    assert body == {"statusCode": 400, "message": "no resource"}


def arm_error(error: WireError, path: str = "/", query: str = "") -> tuple[dict[str, str], Any]:
    """The headers and the error that Resource Manager gives."""
    request = Request("GET", "management.azure.com", path, query, HeaderMap({}), 1_800_000_000, "request-1")
    answer = shapes.resource_manager(Failure(error, request, None, "tid-1"))
    return dict(answer.headers), json.loads(answer.body)["error"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unauthenticated("no credential"), "AuthenticationFailed"),
        (Unauthenticated("x", rejection=Rejection.SIGNATURE), "InvalidAuthenticationToken"),
        (Unauthenticated("x", rejection=Rejection.EXPIRED), "ExpiredAuthenticationToken"),
        (Unauthenticated("x", rejection=Rejection.AUDIENCE), "InvalidAuthenticationTokenAudience"),
        (Unauthenticated("x", rejection=Rejection.ISSUER), "InvalidAuthenticationTokenTenant"),
        (Unauthenticated("x", rejection=Rejection.REVOKED, revoked_at=1), "InvalidAuthenticationToken"),
    ],
)
def test_resource_manager_says_where_a_token_comes_from_and_what_is_wrong_with_one(
    error: WireError, code: str
) -> None:
    headers, body = arm_error(error)
    challenge = headers["www-authenticate"]
    assert body["code"] == code
    assert challenge.startswith('Bearer authorization_uri="https://login.microsoftonline.com/tid-1", error="')
    assert f'error_description="{body["message"]}"' in challenge
    assert ('claims="' in challenge) == (getattr(error, "revoked_at", None) is not None)


def test_resource_manager_names_client_action_and_scope_of_what_it_denies() -> None:
    denied = Forbidden(CALLER, "Microsoft.KeyVault/vaults/read", SECRET)
    assert arm_error(denied)[1] == {
        "code": "AuthorizationFailed",
        "message": "The client 'app-1' with object id 'oid-1' does not have authorization to perform action "
        f"'Microsoft.KeyVault/vaults/read' over scope '{SECRET}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials.",
    }
    by_deny = Forbidden(CALLER, "Microsoft.KeyVault/vaults/read", SECRET, deny=DENY)
    assert arm_error(by_deny)[1] == {
        "code": "DenyAssignmentAuthorizationFailed",
        "message": "The client 'app-1' with object id 'oid-1' has permission to perform action "
        f"'Microsoft.KeyVault/vaults/read' on scope '{SECRET}'; however, the access is denied because of the "
        "deny assignment with name 'no reading' and Id '0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d' at scope "
        "'/subscriptions/s'.",
    }
    linked = arm_error(LinkedForbidden(denied, "Microsoft.Web/sites/write", KEY_VALUE))[1]
    assert linked["code"] == "LinkedAuthorizationFailed"
    assert f"'Microsoft.Web/sites/write' on scope '{KEY_VALUE}'; however" in linked["message"]
    assert f"linked scope(s) '{SECRET}'" in linked["message"]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/subscriptions/s", "", "MissingApiVersionParameter"),
        ("/subscriptions/s", "api-version=1", "InvalidApiVersionParameter"),
        (
            f"{GROUP}/providers/Microsoft.Resources/tags/default",
            "api-version=1",
            "InvalidApiVersionParameter",
        ),
        (f"{GROUP}/providers/{VAULT_TYPE}/v", "api-version=1", "NoRegisteredProviderFound"),
    ],
)
def test_resource_manager_lists_the_api_versions_that_it_takes(path: str, query: str, code: str) -> None:
    error = InvalidRequest("x", field="api-version", known=("2020-01-01", "2021-01-01"))
    body = arm_error(error, path, query)[1]
    assert body["code"] == code
    assert ("'2020-01-01, 2021-01-01'" in body["message"]) == bool(query)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            NoSuchOperation("x"),
            {"code": "HttpResourceNotFound", "message": "The request url '/a' is not found."},
        ),
        (InvalidRequest("no map", field="body"), {"code": "InvalidRequestContent"}),
        (InvalidRequest("no number", field="$top"), {"code": "BadRequest", "target": "$top"}),
        (MethodNotAllowed("this path takes PUT"), {"code": "MethodNotAllowed"}),
        (Throttled("slower", 3), {"code": "TooManyRequests", "message": "slower"}),
        (Conflict("there", code="VaultAlreadyExists"), {"code": "VaultAlreadyExists", "message": "there"}),
    ],
)
def test_resource_manager_has_words_of_its_own_for_what_its_gateway_refuses(
    error: WireError, said: dict[str, str]
) -> None:
    headers, body = arm_error(error, "/a")
    assert said.items() <= body.items()
    assert ("retry-after" in headers) == isinstance(error, Throttled)


def test_resource_manager_has_a_code_and_a_message() -> None:
    _, _, body = rendered(shapes.resource_manager, NotFound("no vault", code="ResourceNotFound"))
    assert body == {"error": {"code": "ResourceNotFound", "message": "no vault"}}


def test_a_challenge_says_what_is_wrong_with_a_request_signed_with_an_access_key() -> None:
    keyed = Unauthenticated("not signed", found="HMAC-SHA256", description="Invalid Credential")
    _, headers, body = rendered(shapes.app_configuration, keyed)
    assert headers["www-authenticate"] == (
        'HMAC-SHA256 error="invalid_token" error_description="Invalid Credential", Bearer'
    )
    assert body is None


@pytest.mark.parametrize("shape", [shapes.key_vault, shapes.app_configuration])
@pytest.mark.parametrize("revoked_at", [1, 17, 1_800_000_000])
def test_a_revoked_token_is_answered_with_the_claims_that_make_clients_fetch_another(
    shape: Shape, revoked_at: int
) -> None:
    error = Unauthenticated("refused", rejection=Rejection.REVOKED, revoked_at=revoked_at)
    status, headers, _ = rendered(shape, error)
    challenge = headers["www-authenticate"]
    assert status == 401
    assert 'error="insufficient_claims"' in challenge
    encoded = challenge.split('claims="')[1].split('"')[0]
    assert encoded.isalnum()  # clients split challenges at `=` and `,`
    assert json.loads(base64.b64decode(encoded)) == {
        "access_token": {"nbf": {"essential": True, "value": str(revoked_at)}}
    }


def test_a_store_that_takes_no_access_keys_does_not_ask_for_one() -> None:
    closed = ConfigurationStore("/s", "contoso", "westeurope", disable_local_auth=True)
    for rejection, challenge in (
        (None, "Bearer"),
        (
            Rejection.EXPIRED,
            'Bearer error="invalid_token", error_description="The access token has expired"',
        ),
    ):
        error = Unauthenticated("no token", rejection=rejection)
        request = Request("GET", "h", "/", "", HeaderMap({}), 1_800_000_000, "request-1")
        answer = shapes.app_configuration(Failure(error, request, closed, "t"))
        assert dict(answer.headers)["www-authenticate"] == challenge
