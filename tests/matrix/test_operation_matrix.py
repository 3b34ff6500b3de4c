"""Every declared operation against every kind of caller.

Rules:
- the table below says what each operation takes; it fails in both directions: an operation that it does not
  name, and a name without an operation;
- the rows are made from the declarations that the planes are really served with, route by route;
- whoever is refused leaves no trace of a decision (401) or that of a refusal (403), and the right role gets
  past the decision: what the operation then says about a vault with nothing in it does not matter here.
"""

from __future__ import annotations

import base64
import hmac
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import expected_arm_appconfiguration
import expected_arm_authorization
import expected_arm_core
import expected_arm_keyvault
import expected_arm_managedidentity
import expected_certificate_objects
import expected_certificates
import expected_graph
import expected_keys
import pytest
from matrix_rows import (
    ELSEWHERE,
    TENANT_ID,
    actions_of,
    asking_of,
    path_of,
    place_of,
    plane_of,
    target_of,
)

import keyless.planes
from keyless.app import build_planes
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome
from keyless.model.hosts import HostKind
from keyless.model.identities import PrincipalKind
from keyless.model.resource_id import ROOT
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims, v1_issuer
from keyless.tokens.issue import issue
from keyless.tokens.keys import SigningKey
from keyless.wire.operation import Operation, Public, Requires, WorkloadOnly
from keyless.wire.plane import Plane
from keyless.wire.request import Query
from keyless.wire.routing import Router
from signed_requests_made import Sent

NOW = 1_800_000_000
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"

SECRETS = "Microsoft.KeyVault/vaults/secrets"
STORES = "Microsoft.AppConfiguration/configurationStores"
ANYBODY = "anybody"
OWN_WORKLOAD = "the workload that it belongs to"

EXPECTED: dict[str, tuple[str, ...] | str] = {
    "KeyVault.GetSecret": (f"{SECRETS}/getSecret/action",),
    "KeyVault.SetSecret": (f"{SECRETS}/setSecret/action",),
    "KeyVault.UpdateSecret": (f"{SECRETS}/update/action",),
    "KeyVault.GetSecrets": (f"{SECRETS}/readMetadata/action",),
    "KeyVault.GetSecretVersions": (f"{SECRETS}/readMetadata/action",),
    "KeyVault.DeleteSecret": (f"{SECRETS}/delete",),
    "KeyVault.BackupSecret": (f"{SECRETS}/backup/action",),
    "KeyVault.RestoreSecret": (f"{SECRETS}/restore/action",),
    "KeyVault.GetDeletedSecrets": (f"{SECRETS}/readMetadata/action",),
    "KeyVault.GetDeletedSecret": (f"{SECRETS}/readMetadata/action",),
    "KeyVault.RecoverDeletedSecret": (f"{SECRETS}/recover/action",),
    "KeyVault.PurgeDeletedSecret": (f"{SECRETS}/purge/action",),
    "AppConfiguration.GetKeyValues": (f"{STORES}/keyValues/read",),
    "AppConfiguration.GetKeyValue": (f"{STORES}/keyValues/read",),
    "AppConfiguration.PutKeyValue": (f"{STORES}/keyValues/write",),
    "AppConfiguration.DeleteKeyValue": (f"{STORES}/keyValues/delete",),
    "AppConfiguration.GetKeys": (f"{STORES}/keyValues/read",),
    "AppConfiguration.GetLabels": (f"{STORES}/keyValues/read",),
    "AppConfiguration.PutLock": (f"{STORES}/keyValues/write",),
    "AppConfiguration.DeleteLock": (f"{STORES}/keyValues/write",),
    "AppConfiguration.GetRevisions": (f"{STORES}/keyValues/read",),
    "AppConfiguration.GetSnapshots": (f"{STORES}/snapshots/read",),
    "AppConfiguration.GetSnapshot": (f"{STORES}/snapshots/read",),
    "AppConfiguration.CreateSnapshot": (f"{STORES}/snapshots/write", f"{STORES}/keyValues/read"),
    "AppConfiguration.UpdateSnapshot": (f"{STORES}/snapshots/archive/action",),
    "AppConfiguration.GetOperationDetails": (f"{STORES}/snapshots/read",),
    "AppConfiguration.GetSnapshotKeyValues": (f"{STORES}/snapshots/read",),
    "AppConfiguration.GetFeatureFlags": (f"{STORES}/featureFlags/read",),
    "AppConfiguration.GetFeatureFlag": (f"{STORES}/featureFlags/read",),
    "AppConfiguration.PutFeatureFlag": (f"{STORES}/featureFlags/write",),
    "AppConfiguration.DeleteFeatureFlag": (f"{STORES}/featureFlags/delete",),
    "AppConfiguration.GetFeatureFlagRevisions": (f"{STORES}/featureFlags/read",),
    "AppConfiguration.GetFeatureFlagLabels": (f"{STORES}/featureFlags/read",),
    "Entra.GetOpenIdConfiguration": ANYBODY,
    "Entra.GetOpenIdConfigurationV1": ANYBODY,
    "Entra.GetKeys": ANYBODY,
    "Entra.DiscoverInstance": ANYBODY,
    "Entra.GetToken": ANYBODY,
    "Entra.GetTokenV1": ANYBODY,
    "Imds.GetToken": OWN_WORKLOAD,
    "Imds.GetIdentityInfo": OWN_WORKLOAD,
    "Imds.GetInstance": OWN_WORKLOAD,
    "Imds.GetAttestedDocument": OWN_WORKLOAD,
    "Imds.GetVersions": OWN_WORKLOAD,
    "AppService.GetToken": OWN_WORKLOAD,
    "MachineLearning.GetToken": OWN_WORKLOAD,
    "Arc.GetToken": OWN_WORKLOAD,
    "CloudShell.GetToken": OWN_WORKLOAD,
    "ServiceFabric.GetToken": OWN_WORKLOAD,
    **expected_arm_core.EXPECTED,
    **expected_arm_authorization.EXPECTED,
    **expected_arm_managedidentity.EXPECTED,
    **expected_arm_keyvault.EXPECTED,
    **expected_arm_appconfiguration.EXPECTED,
    **expected_graph.EXPECTED,
    **expected_keys.EXPECTED,
    **expected_certificates.EXPECTED,
    **expected_certificate_objects.EXPECTED,
}

HOSTS = {
    "key-vault": "matrix.vault.azure.net",
    "app-configuration": "matrix.azconfig.io",
    "entra": "login.microsoftonline.com",
    "resource-manager": "management.azure.com",
    "graph": "graph.microsoft.com",
    "imds": "169.254.169.254",
    "instance-metadata": "169.254.169.254",
    "app-service-identity": "127.0.0.1",
    "machine-learning-identity": "127.0.0.1",
    "arc-identity": "127.0.0.1",
    "cloud-shell-identity": "127.0.0.1",
    "service-fabric-identity": "localhost",
}
"""By plane: the host that it is asked under."""

QUERIES = {
    "Imds.GetToken": ("resource=https://vault.azure.net",),
    "AppService.GetToken": ("resource=https://vault.azure.net",),
    "CloudShell.GetToken": ("resource=https://vault.azure.net",),
    "MachineLearning.GetToken": ("resource=https://vault.azure.net",),
    "Arc.GetToken": ("resource=https://vault.azure.net",),
    "ServiceFabric.GetToken": ("resource=https://vault.azure.net",),
    "Entra.DiscoverInstance": ("authorization_endpoint=https://login.microsoftonline.com/common/authorize",),
}
"""Query parameters without which an operation says nothing."""

BODIES = {
    "CloudShell.GetToken": b"resource=https://vault.azure.net",
    # so that no group is made, whose place would decide on what comes after
    "ManagementGroups.CreateOrUpdate": b'{"properties": {"details": {"parent": {"id": "nowhere"}}}}',
}


@dataclass(frozen=True)
class Row:
    """One route of one operation, with the request that it is asked by."""

    plane: str
    operation: Operation
    method: str
    template: str

    @property
    def path(self) -> str:
        return path_of(self.template)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that the request needs."""
        assert isinstance(self.operation.access, Requires)
        return actions_of(self.operation, self.operation.access)

    @property
    def query(self) -> str:
        known = self.operation.api_versions.known
        asked = (*asking_of(self.template), *QUERIES.get(self.operation.id, ()))
        return "&".join([*(f"api-version={version}" for version in known[-1:]), *asked])

    def __str__(self) -> str:
        return f"{self.operation.id} {self.method} {self.template}"


def planes() -> tuple[Plane, ...]:
    """The planes as they are served; their declarations need no store."""
    unused: Any = None
    built = build_planes(unused, unused, unused, unused)
    return (*built.tls, *built.plain)


def rows(access: type) -> list[Any]:
    """Every route of every operation with this kind of access."""
    found = [
        Row(plane.name, operation, method, template)
        for plane in planes()
        for operation in plane.operations
        if isinstance(operation.access, access)
        for method, template in operation.routes
    ]
    return [pytest.param(row, id=str(row)) for row in found]


def asking() -> list[Any]:
    """The rows of the operations that ask for an action; all others take every valid token."""
    return [row for row in rows(Requires) if row.values[0].operation.access.actions]


class TestTheTable:
    def test_every_operation_has_an_expectation_and_every_expectation_an_operation(self) -> None:
        declared = [operation.id for plane in planes() for operation in plane.operations]
        assert sorted(declared) == sorted(EXPECTED)

    @pytest.mark.parametrize(
        ("plane", "operation"),
        [pytest.param(p.name, o, id=o.id) for p in planes() for o in p.operations],
    )
    def test_an_operation_declares_what_is_expected_of_it(self, plane: str, operation: Operation) -> None:
        access, expected = operation.access, EXPECTED.get(operation.id)
        if isinstance(access, Requires):
            assert (access.actions, access.plane) == (expected, plane_of(plane))
            assert access.actions or len(access.reason) > 20
        else:
            assert isinstance(access, Public | WorkloadOnly)
            assert expected == (ANYBODY if isinstance(access, Public) else OWN_WORKLOAD)
            assert len(access.reason) > 20

    def test_every_plane_has_a_host_and_every_host_a_plane(self) -> None:
        assert sorted(plane.name for plane in planes()) == sorted(HOSTS)

    def test_every_plane_that_is_written_is_served(self) -> None:
        written = {
            function.__name__
            for found in pkgutil.walk_packages(keyless.planes.__path__, "keyless.planes.")
            for _, function in inspect.getmembers(importlib.import_module(found.name), inspect.isfunction)
            if function.__annotations__.get("return") in {"Plane", Plane}
        }
        assert len(written) == len(planes())

    def test_a_plane_takes_tokens_if_any_of_its_operations_requires_one(self, matrix: Any) -> None:
        for plane in planes():
            requires = [isinstance(operation.access, Requires) for operation in plane.operations]
            assert any(requires) == (plane.name in AUDIENCES)
            assert all(requires) or not any(requires)

    @pytest.mark.parametrize("row", [*rows(Requires), *rows(Public), *rows(WorkloadOnly)])
    def test_every_route_leads_to_its_own_operation(self, row: Row) -> None:
        (plane,) = (plane for plane in planes() if plane.name == row.plane)
        match = Router(plane.operations).match(row.method, row.path)
        assert match is not None
        assert match.asked_with(Query(row.query)).operation.id == row.operation.id


class Tokens:
    """Bearer tokens of every kind, for the resource behind one host."""

    def __init__(self, key: SigningKey, foreign: SigningKey, audience: str) -> None:
        self.key = key
        self.foreign = foreign
        self.audience = audience

    def claims(self, principal: str, **changed: object) -> dict[str, object]:
        subject = Subject(
            TENANT_ID, "client", principal, PrincipalKind.APPLICATION, ClientAuthentication.SECRET
        )
        return v1_claims(subject, self.audience, NOW, "uti") | changed

    def good(self, principal: str, **changed: object) -> str:
        return issue(self.claims(principal, **changed), self.key)

    def forged(self, principal: str) -> str:
        """Signed with another key that goes by the estate's key's name."""
        return issue(self.claims(principal), SigningKey(self.key.kid, self.foreign.key, NOW))

    def altered(self, principal: str) -> str:
        """The signature of another's token under these claims."""
        head, _, signature = self.good("nobody").split(".")
        return f"{head}.{_encoded(self.claims(principal))}.{signature}"

    def unsigned(self, principal: str) -> str:
        header = {"typ": "JWT", "alg": "none", "kid": self.key.kid}
        return f"{_encoded(header)}.{_encoded(self.claims(principal))}."

    def keyed_with_what_is_public(self, principal: str) -> str:
        """A MAC whose secret is the published key, for those who take the header's word for the algorithm."""
        header = {"typ": "JWT", "alg": "HS256", "kid": self.key.kid}
        signed = f"{_encoded(header)}.{_encoded(self.claims(principal))}"
        mac = hmac.digest(self.key.key.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


UNAUTHENTICATED: dict[str, Callable[[Tokens, str], str | None]] = {
    "no token": lambda tokens, right: None,
    "an empty token": lambda tokens, right: "",
    "no token at all": lambda tokens, right: "nonsense",
    "a forged signature": lambda tokens, right: tokens.forged(right),
    "altered claims": lambda tokens, right: tokens.altered(right),
    "an unpublished key": lambda tokens, right: issue(tokens.claims(right), tokens.foreign),
    "an expired token": lambda tokens, right: tokens.good(right, exp=NOW),
    "a token that is not valid yet": lambda tokens, right: tokens.good(right, nbf=NOW + 61),
    "a token for another audience": lambda tokens, right: tokens.good(right, aud="https://storage.azure.com"),
    "a token of another issuer": lambda tokens, right: tokens.good(right, iss="https://sts.example/"),
    "a token of another tenant": lambda tokens, right: tokens.good(
        right, tid=OTHER_TENANT, iss=v1_issuer(OTHER_TENANT)
    ),
    "an unsigned token": lambda tokens, right: tokens.unsigned(right),
    "a token keyed with what is public": lambda tokens, right: tokens.keyed_with_what_is_public(right),
}
"""Callers who are nobody, although each names the principal with the right role: 401, learning or not."""

FORBIDDEN: dict[str, Callable[[Row], str]] = {
    "no role": lambda row: "nobody",
    "the right role, and a deny assignment on it": lambda row: f"{row.operation.id} denied",
    "the role at another vault, store or subscription": lambda row: f"{row.operation.id} at {ELSEWHERE}",
    "every action of the other plane": lambda row: (
        "data-owner" if plane_of(row.plane) is ActionPlane.CONTROL else "owner"
    ),
    "every action of the directory, or every one of data": lambda row: (
        "data-owner" if plane_of(row.plane) is ActionPlane.DIRECTORY else "directory-owner"
    ),
}
"""Callers who are somebody, and may not: 403, and learned where everybody learns."""

AUDIENCES = {
    "key-vault": "https://vault.azure.net",
    "app-configuration": "https://azconfig.io",
    "resource-manager": "https://management.azure.com/",
    "graph": "https://graph.microsoft.com/",
}
"""By plane that takes tokens: what they are made out to."""


@pytest.fixture
def tokens(row: Row, signing_key: SigningKey, foreign_key: SigningKey) -> Tokens:
    """Tokens for the resource that a row asks."""
    return Tokens(signing_key, foreign_key, AUDIENCES[row.plane])


async def ask(matrix: Any, row: Row, token: str | None) -> tuple[int, dict[tuple[str, str, Outcome], int]]:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    body = BODIES.get(row.operation.id, b"{}")
    answer, recorded = await matrix.ask(row.method, HOSTS[row.plane], row.path, row.query, headers, body)
    return answer.status, recorded


def right_for(row: Row) -> str:
    """The principal with a role for exactly this operation, here."""
    return f"{row.operation.id} at {place_of(row.operation, row.template)}"


@pytest.mark.parametrize("learning", [False, True], ids=["enforcing", "learning"])
@pytest.mark.parametrize("row", rows(Requires))
async def test_nobody_is_let_in_without_a_token_that_holds(
    matrix: Any, row: Row, tokens: Tokens, learning: bool
) -> None:
    matrix.learn(learning)
    answers = {
        caller: await ask(matrix, row, made(tokens, right_for(row)))
        for caller, made in UNAUTHENTICATED.items()
    }
    assert answers == dict.fromkeys(UNAUTHENTICATED, (401, {}))


def finds_it_below(row: Row) -> bool:
    """Whether an operation is one on the whole tenant that shows what its caller may read in it.

    A role anywhere is a role below the root.
    """
    access = row.operation.access
    assert isinstance(access, Requires)
    return access.below and target_of(row.plane, row.operation, access, row.template) == ROOT


@pytest.mark.parametrize("kind", ["read", "write"])
@pytest.mark.parametrize("row", rows(Requires))
async def test_a_role_for_every_action_of_a_kind_passes_what_needs_that_kind_alone(
    matrix: Any, row: Row, tokens: Tokens, kind: str
) -> None:
    matrix.learn(False)
    status, _ = await ask(matrix, row, tokens.good("reader" if kind == "read" else "writer"))
    passes = all(action.endswith(f"/{kind}") for action in row.actions)
    assert (status != 403) == passes


@pytest.mark.parametrize("row", asking())
async def test_a_valid_token_without_the_right_role_here_is_refused(
    matrix: Any, row: Row, tokens: Tokens
) -> None:
    matrix.learn(False)
    callers = {
        caller: who
        for caller, who in FORBIDDEN.items()
        if not (caller.startswith("the role at another") and finds_it_below(row))
    }
    answers = {caller: await ask(matrix, row, tokens.good(who(row))) for caller, who in callers.items()}
    refused = (403, {(row.operation.id, row.actions[0], Outcome.DENIED): 1})
    assert answers == dict.fromkeys(callers, refused)


@pytest.mark.parametrize("row", asking())
async def test_every_one_of_the_actions_is_needed(matrix: Any, row: Row, tokens: Tokens) -> None:
    matrix.learn(False)
    for left_out in row.actions:
        principal = f"{row.operation.id} without {left_out} at {place_of(row.operation, row.template)}"
        status, recorded = await ask(matrix, row, tokens.good(principal))
        assert status == 403
        assert recorded.pop((row.operation.id, left_out, Outcome.DENIED)) == 1
        assert {outcome for _, _, outcome in recorded} <= {Outcome.ALLOWED}


@pytest.mark.parametrize("row", rows(Requires))
async def test_the_right_role_here_gets_past_the_decision(matrix: Any, row: Row, tokens: Tokens) -> None:
    matrix.learn(False)
    status, recorded = await ask(matrix, row, tokens.good(right_for(row)))
    allowed = {(row.operation.id, action, Outcome.ALLOWED): 1 for action in row.actions}
    assert recorded == allowed
    assert status not in {401, 403, 405}
    assert status < 500 or status == 501


@pytest.mark.parametrize("row", rows(Requires))
async def test_where_everybody_learns_a_valid_token_passes_and_is_recorded_as_learned(
    matrix: Any, row: Row, tokens: Tokens
) -> None:
    matrix.learn(True)
    status, recorded = await ask(matrix, row, tokens.good("nobody"))
    learned = {(row.operation.id, action, Outcome.LEARNED): 1 for action in row.actions}
    assert recorded == learned
    assert status not in {401, 403, 405}


async def ask_signed(
    matrix: Any, row: Row, key_id: str, **sent: Any
) -> tuple[int, dict[tuple[str, str, Outcome], int]]:
    """Put a request that is signed with an access key; its body is `{}`, as everywhere here."""
    request = Sent(
        method=row.method, target=f"{row.path}?{row.query}", body=b"{}", host=HOSTS[row.plane], key_id=key_id
    )
    request = replace(request, **sent)
    headers = request.headers | {"authorization": request.authorization}
    answer, recorded = await matrix.ask(row.method, HOSTS[row.plane], row.path, row.query, headers)
    return answer.status, recorded


def of_stores() -> list[Any]:
    return [row for row in rows(Requires) if row.values[0].plane == "app-configuration"]


SIGNED_WRONGLY: dict[str, tuple[str, dict[str, Any]]] = {
    "an unknown key": ("unknown", {}),
    "a key of another store": ("elsewhere", {}),
    "a key's id in another case": ("WRITE", {}),
    "another secret": ("write", {"secret": bytes(32)}),
    "an empty secret": ("write", {"secret": b""}),
    "another body": ("write", {"body": b"[]"}),
    "another address": ("write", {"target": "/kv?api-version=1.0"}),
    "another method": ("write", {"method": "TRACE"}),
    "another host": ("write", {"host": "matrix-prod.azconfig.io"}),
    "an old date": ("write", {"date": "Fri, 11 May 2018 18:48:36 GMT"}),
    "no date under the signature": ("write", {"signed": "host;x-ms-content-sha256"}),
    "no body under the signature": ("write", {"signed": "x-ms-date;host"}),
}
"""Requests signed with an access key that does not hold: the key's id, and what is otherwise signed."""


@pytest.mark.parametrize("learning", [False, True], ids=["enforcing", "learning"])
@pytest.mark.parametrize("row", rows(Requires))
async def test_nobody_is_let_in_by_a_signature_that_does_not_hold(
    matrix: Any, row: Row, learning: bool
) -> None:
    matrix.learn(learning)
    answers = {
        fault: await ask_signed(matrix, row, key_id, **sent)
        for fault, (key_id, sent) in SIGNED_WRONGLY.items()
    }
    assert answers == dict.fromkeys(SIGNED_WRONGLY, (401, {}))


@pytest.mark.parametrize("row", [row for row in rows(Requires) if row.values[0].plane == "key-vault"])
async def test_an_access_key_opens_no_vault(matrix: Any, row: Row) -> None:
    assert await ask_signed(matrix, row, "write") == (401, {})


@pytest.mark.parametrize("learning", [False, True], ids=["enforcing", "learning"])
@pytest.mark.parametrize("row", of_stores())
async def test_a_key_for_reading_and_writing_gets_past_the_decision(
    matrix: Any, row: Row, learning: bool
) -> None:
    matrix.learn(learning)
    status, recorded = await ask_signed(matrix, row, "write")
    allowed = {(row.operation.id, action, Outcome.ALLOWED): 1 for action in row.actions}
    assert recorded == allowed
    assert status not in {401, 403, 405}


@pytest.mark.parametrize("learning", [False, True], ids=["enforcing", "learning"])
@pytest.mark.parametrize("row", of_stores())
async def test_a_key_for_reading_reads_and_nothing_else_learning_or_not(
    matrix: Any, row: Row, learning: bool
) -> None:
    matrix.learn(learning)
    status, recorded = await ask_signed(matrix, row, "read")
    written = [action for action in row.actions if not action.endswith("/read")]
    if written:
        assert (status, recorded) == (403, {(row.operation.id, written[0], Outcome.DENIED): 1})
    else:
        assert status not in {401, 403, 405}
        assert {outcome for _, _, outcome in recorded} == {Outcome.ALLOWED}


@pytest.mark.parametrize("host", ["matrix.vault.azure.net", "matrix.azconfig.io"])
@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "TRACE"])
async def test_an_unknown_path_of_a_plane_of_tokens_asks_for_a_token_first(
    matrix: Any, host: str, method: str
) -> None:
    answer, recorded = await matrix.ask(method, host, "/no/such/path", "", {})
    assert (answer.status, recorded) == (401, {})


def workload_headers(row: Row, secret: str | None) -> dict[str, str]:
    """How the row's protocol carries a workload's secret."""
    name = {
        "imds": "x-keyless-workload",
        "instance-metadata": "x-keyless-workload",
        "app-service-identity": "x-identity-header",
        "machine-learning-identity": "secret",
        "arc-identity": "x-keyless-workload",
        "cloud-shell-identity": "x-keyless-workload",
        "service-fabric-identity": "secret",
    }[row.plane]
    return {"metadata": "true"} | ({name: secret} if secret is not None else {})


@pytest.mark.parametrize("row", rows(WorkloadOnly))
async def test_an_identity_endpoint_answers_no_stranger(
    matrix: Any, row: Row, signing_key: SigningKey, foreign_key: SigningKey
) -> None:
    ended = matrix.lease.secret[::-1]
    token = Tokens(signing_key, foreign_key, "https://vault.azure.net").good("owner")
    for secret in (None, "", "wrong", ended, token, f"Bearer {token}"):
        headers = workload_headers(row, secret) | {"authorization": f"Bearer {token}"}
        answer, recorded = await matrix.ask(row.method, HOSTS[row.plane], row.path, row.query, headers)
        assert (answer.status, recorded) in [(status, {}) for status in refusals(row)]
        assert b"access_token" not in answer.body


def refusals(row: Row) -> set[int]:
    """How an identity endpoint answers a stranger; 401 would be a challenge for Azure Arc's clients."""
    return {"service-fabric-identity": {400, 404}, "arc-identity": {403}}.get(row.plane, {401})


@pytest.mark.parametrize("row", rows(WorkloadOnly))
async def test_an_identity_endpoint_answers_no_workload_of_another_kind_of_host(
    matrix: Any, row: Row
) -> None:
    own = matrix.plane(row.plane).host_kinds
    assert len(own) == 1
    for kind in set(HostKind) - own:
        matrix.lease.host_kind = kind
        headers = workload_headers(row, matrix.lease.secret)
        answer, _ = await matrix.ask(row.method, HOSTS[row.plane], row.path, row.query, headers)
        assert answer.status in refusals(row)
        assert b"access_token" not in answer.body


@pytest.mark.parametrize("row", rows(WorkloadOnly))
async def test_an_identity_endpoint_answers_its_own_workload(matrix: Any, row: Row) -> None:
    (matrix.lease.host_kind,) = matrix.plane(row.plane).host_kinds
    headers = workload_headers(row, matrix.lease.secret)
    body = BODIES.get(row.operation.id, b"{}")
    answer, _ = await matrix.ask(row.method, HOSTS[row.plane], row.path, row.query, headers, body)
    if row.plane == "arc-identity":
        assert answer.status == 401
        headers["authorization"] = f"Basic {matrix.key(dict(answer.headers)['www-authenticate'])}"
        answer, _ = await matrix.ask(row.method, HOSTS[row.plane], row.path, row.query, headers)
    assert answer.status == 200


@pytest.mark.parametrize("row", rows(Public))
async def test_a_public_operation_asks_for_no_credential_and_leaves_no_decision(
    matrix: Any, row: Row
) -> None:
    for headers in ({}, {"authorization": "Bearer nonsense"}):
        answer, recorded = await matrix.ask(row.method, HOSTS[row.plane], row.path, row.query, headers)
        assert recorded == {}
        assert answer.status in ({200} if row.method == "GET" else {400, 401})
        assert b"access_token" not in answer.body
