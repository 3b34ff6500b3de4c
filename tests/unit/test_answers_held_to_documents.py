"""The validator itself: what it lets pass, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wire_schemas import described, problems

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/g"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web"
VERSION = "api-version=2023-01-31"
ANSWER: dict[str, Any] = {
    "id": IDENTITY,
    "name": "web",
    "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "location": "westeurope",
    "tags": {"team": "orders"},
    "properties": {"tenantId": "11111111-2222-3333-4444-555555555555"},
}


def said(
    status: int, answer: object, method: str = "GET", path: str = IDENTITY, query: str = VERSION
) -> list[str]:
    """The problems of an answer."""
    return problems(method, path, query, status, {}, json.dumps(answer).encode() if answer else b"")


def test_an_answer_as_described_passes() -> None:
    assert said(200, ANSWER) == []
    assert said(201, ANSWER, "PUT") == []


def test_paths_compare_without_case() -> None:
    assert said(200, ANSWER, path=IDENTITY.replace("resourceGroups", "RESOURCEGROUPS")) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"etag": "1"}, "'etag' was unexpected"),
        ({"location": 5}, "5 is not of type 'string'"),
        ({"location": None}, "None is not of type 'string'"),
        ({"tags": {"team": 1}}, "1 is not of type 'string'"),
        ({"properties": {"clientId": "web"}}, "'web' is not a 'uuid'"),
        ({"properties": {"secret": "x"}}, "'secret' was unexpected"),
    ],
)
def test_what_is_not_described_is_a_problem(change: dict[str, Any], problem: str) -> None:
    (found,) = said(200, ANSWER | change)
    assert problem in found


def test_what_is_required_is_missed() -> None:
    (found,) = said(200, {key: value for key, value in ANSWER.items() if key != "location"})
    assert "'location' is a required property" in found


def test_a_status_that_is_not_described_is_a_problem() -> None:
    (found,) = said(202, ANSWER)
    assert "does not answer 202" in found


def test_a_body_where_none_is_described_is_a_problem_and_so_is_none_where_one_is() -> None:
    assert said(200, ANSWER, "DELETE") == ["it has a body, and the document gives none"]
    assert said(200, None) == ["it has no body, and the document gives one"]


def test_a_request_that_no_document_describes_is_a_problem() -> None:
    assert said(200, ANSWER, query="api-version=1999-01-01") == [
        "no document describes it at api-version `1999-01-01`"
    ]
    assert said(200, ANSWER, "POST")


def test_errors_have_the_shape_that_all_errors_have() -> None:
    error = {"error": {"code": "ResourceNotFound", "message": "no such identity"}}
    assert said(404, error) == []
    assert said(401, error, query="") == []
    assert said(404, {"code": "ResourceNotFound"})
    assert said(404, error | {"hint": "x"})


def test_an_answer_to_head_has_no_body_to_check() -> None:
    assert said(404, None, "HEAD", GROUP, "api-version=2021-04-01") == []
    assert said(204, None, "HEAD", GROUP, "api-version=2021-04-01") == []


@pytest.mark.parametrize("scope", ["", SUBSCRIPTION, GROUP, IDENTITY])
def test_a_scope_may_be_any_resource_or_none(scope: str) -> None:
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555"
    found = described("GET", path, "2022-04-01")
    assert found is not None
    assert found.id == "RoleAssignments_Get"


def test_the_most_literal_description_counts() -> None:
    found = described("GET", f"{SUBSCRIPTION}/resourceGroups/g", "2021-04-01")
    assert found is not None
    assert found.id == "ResourceGroups_Get"


def test_a_resource_of_another_provider_is_a_generic_one() -> None:
    site = {"id": f"{GROUP}/providers/Microsoft.Web/sites/web", "name": "web", "type": "Microsoft.Web/sites"}
    assert said(200, site, path=site["id"], query="api-version=2022-03-01") == []
    assert said(200, site | {"etag": 1}, path=site["id"], query="api-version=2022-03-01")
    without_parent = site["id"].replace("Microsoft.Web/", "Microsoft.Web//")  # as the Python client has it
    assert said(200, site, path=without_parent, query="api-version=2022-03-01") == []


def test_a_list_of_resources_of_another_provider_is_one_of_generic_ones() -> None:
    path, query = f"{GROUP}/providers/Microsoft.Web/sites", "api-version=2022-03-01"
    assert said(200, {"value": [{"id": f"{path}/web"}]}, path=path, query=query) == []
    assert said(200, {"id": f"{path}/web"}, path=path, query=query)
    assert said(200, {"value": []}, "PUT", path=path, query=query)


def test_a_property_that_a_service_never_returns_is_not_described_in_an_answer() -> None:
    store = {
        "id": f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/s",
        "location": "westeurope",
        "sku": {"name": "standard"},
        "properties": {"createMode": "Recover"},
    }
    (found,) = said(200, store, path=str(store["id"]), query=VERSION.replace("01-31", "03-01"))
    assert "'createMode' was unexpected" in found


def test_the_status_of_a_long_running_operation_is_arms_own() -> None:
    path = f"{SUBSCRIPTION}/providers/Microsoft.AppConfiguration/locations/westeurope/operationStatuses/1"
    query = "api-version=2023-03-01"
    assert said(200, {"status": "Succeeded"}, path=path, query=query) == []
    assert said(200, {"status": 5}, path=path, query=query)
