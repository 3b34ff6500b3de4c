"""The plane: hosts, audiences, declarations, and what every answer carries."""

from __future__ import annotations

import pytest
from app_configuration_caller import Caller, make_store
from app_configuration_site import ConfigurationSite
from msgspec import structs

from keyless.model.resources import ConfigurationStore, Replica, key_and_label
from keyless.planes.appconfig import asked
from keyless.planes.appconfig.api_versions import APP_CONFIGURATION
from keyless.planes.appconfig.hosts import store_name
from keyless.planes.appconfig.key_values.rules import MAX_BYTES
from keyless.planes.appconfig.plane import OPERATIONS, audiences_of
from keyless.store.collections import STORES
from keyless.store.ports import Store
from keyless.wire.call import MINT, Authorized
from keyless.wire.errors import Bug, InvalidRequest, Throttled
from keyless.wire.operation import Requires
from keyless.wire.plane import Failure, Plane
from keyless.wire.request import HeaderMap, Query, Request
from keyless.wire.routing import Router

_READ = "Microsoft.AppConfiguration/configurationStores/keyValues/read"
_WRITE = "Microsoft.AppConfiguration/configurationStores/keyValues/write"
_DELETE = "Microsoft.AppConfiguration/configurationStores/keyValues/delete"
_SNAPSHOTS = "Microsoft.AppConfiguration/configurationStores/snapshots"
_FLAGS = "Microsoft.AppConfiguration/configurationStores/featureFlags"

_DOCS = "https://learn.microsoft.com/azure/azure-app-configuration/"
REQUIRED = {
    "AppConfiguration.GetKeyValues": (_READ,),
    "AppConfiguration.GetKeyValue": (_READ,),
    "AppConfiguration.PutKeyValue": (_WRITE,),
    "AppConfiguration.DeleteKeyValue": (_DELETE,),
    "AppConfiguration.GetKeys": (_READ,),
    "AppConfiguration.GetLabels": (_READ,),
    "AppConfiguration.GetRevisions": (_READ,),
    "AppConfiguration.PutLock": (_WRITE,),
    "AppConfiguration.DeleteLock": (_WRITE,),
    "AppConfiguration.GetSnapshots": (f"{_SNAPSHOTS}/read",),
    "AppConfiguration.GetSnapshot": (f"{_SNAPSHOTS}/read",),
    "AppConfiguration.CreateSnapshot": (f"{_SNAPSHOTS}/write", _READ),
    "AppConfiguration.UpdateSnapshot": (f"{_SNAPSHOTS}/archive/action",),
    "AppConfiguration.GetOperationDetails": (f"{_SNAPSHOTS}/read",),
    "AppConfiguration.GetSnapshotKeyValues": (f"{_SNAPSHOTS}/read",),
    "AppConfiguration.GetFeatureFlags": (f"{_FLAGS}/read",),
    "AppConfiguration.GetFeatureFlag": (f"{_FLAGS}/read",),
    "AppConfiguration.PutFeatureFlag": (f"{_FLAGS}/write",),
    "AppConfiguration.DeleteFeatureFlag": (f"{_FLAGS}/delete",),
    "AppConfiguration.GetFeatureFlagRevisions": (f"{_FLAGS}/read",),
    "AppConfiguration.GetFeatureFlagLabels": (f"{_FLAGS}/read",),
}


def _request(method: str = "GET", path: str = "/kv", query: str = "", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, "contoso-orders.azconfig.io", path, query, HeaderMap(named), 1_800_000_000, "r-1")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("contoso-orders.azconfig.io", "contoso-orders"),
        ("Contoso-Orders.AzConfig.IO:443", "contoso-orders"),
        ("contoso-orders.azconfig.io.", "contoso-orders"),
        ("a.b.azconfig.io", None),
        (".azconfig.io", None),
        ("azconfig.io", None),
        ("contoso.azconfig.io.example.org", None),
        ("contoso.vault.azure.net", None),
    ],
)
def test_a_host_name_is_that_of_a_store_or_of_nothing(host: str, name: str | None) -> None:
    assert store_name(host) == name


async def test_a_store_is_found_by_its_host_name(
    plane: Plane, configuration_store: ConfigurationStore
) -> None:
    assert await plane.locate("Contoso-Orders.azconfig.io:8443") == configuration_store
    assert await plane.locate("nobody.azconfig.io") is None
    assert await plane.locate("example.org") is None


def test_tokens_are_taken_for_the_service_by_each_of_its_names() -> None:
    accepted = audiences_of(make_store("Contoso"))
    for plain in ("https://azconfig.io", "https://appconfig.azure.com", "https://contoso.azconfig.io"):
        assert {plain, plain + "/"} <= accepted
    assert len(accepted) == 6


async def test_a_store_is_found_at_its_replicas_endpoints_too(
    plane: Plane, store: Store, configuration_store: ConfigurationStore
) -> None:
    replicated = structs.replace(configuration_store, replicas=(Replica("North", "northeurope"),))
    async with store.transaction() as transaction:
        await transaction.put(STORES, (configuration_store.name,), replicated)
    assert await plane.locate("contoso-orders-north.azconfig.io") == replicated
    assert await plane.locate("contoso-orders-south.azconfig.io") is None
    assert "https://contoso-orders-north.azconfig.io" in plane.audiences(replicated)
    of_that_name = make_store("contoso-orders-north")
    async with store.transaction() as transaction:
        await transaction.put(STORES, (of_that_name.name,), of_that_name)
    assert await plane.locate("contoso-orders-north.azconfig.io") == of_that_name, "a store comes first"


def test_the_audiences_of_a_store_are_its_own(plane: Plane) -> None:
    assert "https://contoso-orders.azconfig.io" in plane.audiences(make_store())
    assert "https://contoso-orders.azconfig.io" not in plane.audiences(make_store("other"))


def test_every_operation_requires_the_actions_of_the_documentation() -> None:
    declared = {
        operation.id: operation.access.actions
        for operation in OPERATIONS
        if isinstance(operation.access, Requires)
    }
    assert declared == REQUIRED
    assert len(OPERATIONS) == len(REQUIRED)


def test_every_operation_names_its_source_and_versions() -> None:
    for operation in OPERATIONS:
        assert operation.spec.startswith((_DOCS + "rest-api-", _DOCS + "concept-enhanced-feature-flags"))
        assert operation.api_versions.known[-1] in APP_CONFIGURATION.known
        assert operation.summary


def test_versions_are_listed_oldest_first() -> None:
    assert list(APP_CONFIGURATION.known) == sorted(APP_CONFIGURATION.known)


@pytest.mark.parametrize(
    ("method", "path", "operation_id"),
    [
        ("GET", "/kv", "GetKeyValues"),
        ("HEAD", "/kv", "GetKeyValues"),
        ("GET", "/kv/a/b", "GetKeyValue"),
        ("HEAD", "/kv/a", "GetKeyValue"),
        ("PUT", "/kv/a", "PutKeyValue"),
        ("DELETE", "/KV/a", "DeleteKeyValue"),
        ("GET", "/keys", "GetKeys"),
        ("HEAD", "/labels", "GetLabels"),
        ("GET", "/revisions", "GetRevisions"),
        ("PUT", "/locks/a", "PutLock"),
        ("DELETE", "/locks/a/b", "DeleteLock"),
        ("GET", "/snapshots", "GetSnapshots"),
        ("HEAD", "/snapshots/s", "GetSnapshot"),
        ("PUT", "/snapshots/s", "CreateSnapshot"),
        ("PATCH", "/snapshots/s", "UpdateSnapshot"),
        ("GET", "/operations", "GetOperationDetails"),
        ("GET", "/kv?snapshot=s", "GetSnapshotKeyValues"),
        ("HEAD", "/kv?Snapshot=", "GetSnapshotKeyValues"),
        ("GET", "/kv/a?snapshot=s", "GetKeyValue"),
    ],
)
def test_paths_lead_to_operations(method: str, path: str, operation_id: str) -> None:
    path, _, query = path.partition("?")
    match = Router(OPERATIONS).match(method, path)
    assert match is not None
    assert match.asked_with(Query(query)).operation.id == f"AppConfiguration.{operation_id}"


def test_what_is_decided_on_is_the_store_or_the_one_key_value_or_snapshot() -> None:
    store = make_store()
    snapshots = [
        f"AppConfiguration.{one}"
        for one in ("GetSnapshot", "UpdateSnapshot", "GetSnapshotKeyValues", "GetOperationDetails")
    ]
    scopes = {
        operation.id: operation.access.scope(store, {"key": "a/b", "label": "prod", "name": "s"})
        for operation in OPERATIONS
        if isinstance(operation.access, Requires)
    }
    for operation_id, scope in scopes.items():
        one = operation_id.endswith(("KeyValue", "Lock"))
        assert (scope.text != store.resource_id) is (one or operation_id in snapshots), operation_id
        if one:
            assert key_and_label(scope) == ("a/b", "prod")
    assert {scopes[one].text for one in snapshots} == {f"{store.resource_id}/snapshots/s"}


@pytest.mark.parametrize(
    ("operation_id", "params"),
    [
        ("GetKeyValue", {"key": "k" * 257}),
        ("PutLock", {"key": "k", "label": "l" * 257}),
        ("GetSnapshot", {"name": "s" * 257}),
        ("GetSnapshotKeyValues", {"snapshot": "s" * 257}),
    ],
)
def test_what_is_called_too_long_to_be_there_is_decided_on_at_the_store(
    operation_id: str, params: dict[str, str]
) -> None:
    access = next(o.access for o in OPERATIONS if o.id == f"AppConfiguration.{operation_id}")
    assert isinstance(access, Requires)
    assert access.scope(make_store(), params).text == make_store().resource_id


@pytest.mark.parametrize("params", [{}, {"label": ""}, {"label": "\0"}])
def test_no_label_is_decided_on_in_one_way(params: dict[str, str]) -> None:
    scope = asked.name_in({"key": "k", **params})
    assert scope == ("k", None)


def test_what_can_be_no_key_value_is_refused_before_a_decision() -> None:
    access = next(o.access for o in OPERATIONS if o.id == "AppConfiguration.PutKeyValue")
    assert isinstance(access, Requires)
    with pytest.raises(InvalidRequest, match="is not a key"):
        access.scope(make_store(), {"key": ".."})


def test_an_operation_on_anything_but_a_store_is_a_bug() -> None:
    call: Authorized[None] = Authorized(
        MINT,
        request=_request(),
        resource=None,
        params={},
        body=None,
        api_version="1.0",
        caller=None,
        workload=None,
    )
    with pytest.raises(Bug):
        asked.store_asked(call)


async def test_the_sync_token_rises_with_every_write_and_only_then(caller: Caller) -> None:
    seen = []
    for value in ("1", "2", "2"):
        await caller.put("/kv/k", {"value": value})
        headers = dict(caller.plane.headers(_request(), caller.store))
        token, number = headers["sync-token"].split(";sn=")
        assert token.startswith("kv=")
        seen.append(int(number))
    assert seen[0] < seen[1] == seen[2]


def test_answers_carry_ids_and_the_clients_own_when_it_asks(plane: Plane) -> None:
    plain = dict(plane.headers(_request(x_ms_client_request_id="mine"), make_store()))
    assert (plain["x-ms-request-id"], plain["x-ms-correlation-request-id"]) == ("r-1", "r-1")
    assert "x-ms-client-request-id" not in plain
    request = _request(x_ms_client_request_id="mine", x_ms_return_client_request_id="true")
    assert dict(plane.headers(request, make_store()))["x-ms-client-request-id"] == "mine"


def test_headers_are_a_fresh_list_each_time(plane: Plane) -> None:
    first = plane.headers(_request(), make_store())
    first.append(("x", "y"))
    assert ("x", "y") not in plane.headers(_request(), make_store())


def test_a_body_may_be_as_large_as_a_key_value(plane: Plane) -> None:
    assert plane.max_body_bytes == MAX_BYTES == 10_240


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "API version is not specified"),
        ("api-version=2019-01-01", "Unsupported API version"),
        ("api-version=9.9", "Unsupported API version"),
        ("api-version=latest", "Invalid API version"),
    ],
)
def test_a_wrong_api_version_is_told_in_the_services_words(plane: Plane, query: str, title: str) -> None:
    error = InvalidRequest("use one of …", field="api-version")
    rendered = plane.shape(Failure(error, _request(query=query), make_store(), "tenant"))
    assert rendered.status == 400
    assert f'"title":"{title}","name":"api-version","detail":"use one of …","status":400' in (
        rendered.body.decode()
    )


def test_throttling_says_when_to_come_back(plane: Plane) -> None:
    error = Throttled("slow down", 0.25)
    rendered = plane.shape(Failure(error, _request(), make_store(), "tenant"))
    assert rendered.status == 429
    assert dict(rendered.headers)["retry-after-ms"] == "250"
    assert b"https://azconfig.io/errors/too-many-requests" in rendered.body


async def test_ids_of_the_clients_come_back_as_it_asks(site: ConfigurationSite) -> None:
    ids = {"x-ms-client-request-id": "mine", "x-ms-correlation-request-id": "ours"}
    plain = (await site.ask("GET", "/kv", headers=ids)).headers
    assert ("x-ms-client-request-id" in plain, plain["x-ms-correlation-request-id"]) == (False, "ours")
    asked = {**ids, "x-ms-return-client-request-id": "true"}
    assert (await site.ask("GET", "/kv", headers=asked)).headers["x-ms-client-request-id"] == "mine"
    own = (await site.ask("GET", "/kv")).headers
    assert own["x-ms-correlation-request-id"] == own["x-ms-request-id"] != ""
