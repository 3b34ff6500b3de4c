"""What conditions are told of operations on key-values."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from keyless.model.attributes import AttributeSource, Beginning
from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.snapshots.schemas import SnapshotInput
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Asked, Requires
from keyless.wire.plane import Plane
from keyless.wire.request import HeaderMap, Request
from keyless.wire.routing import Router

KEY = "Microsoft.AppConfiguration/configurationStores/keyValues:key"
LABEL = "Microsoft.AppConfiguration/configurationStores/keyValues:label"


async def told(
    plane: Plane, store: ConfigurationStore, method: str, path: str, *, body: object = None, **query: str
) -> dict[str, Any]:
    """The attributes of an operation, of which both sources say the same."""
    match = Router(plane.operations).match(method, path)
    assert match is not None
    access = match.operation.access
    assert isinstance(access, Requires)
    assert access.attributes is not None
    request = Request(method, "h", path, urlencode(query), HeaderMap({}), 0, "r")
    named = {n: v for n in match.operation.query_params if (v := request.query.get(n)) is not None}
    attributes = await access.attributes(Asked(store, {**match.params, **named}, body, 0), plane.service)
    of_request, of_resource = (
        attributes.get(source, {}) for source in (AttributeSource.REQUEST, AttributeSource.RESOURCE)
    )
    assert of_request == of_resource
    return dict(of_resource)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/kv/web:a"),
        ("PUT", "/kv/web:a"),
        ("DELETE", "/kv/web:a"),
        ("PUT", "/locks/web:a"),
        ("HEAD", "/kv/web:a"),
    ],
)
async def test_an_operation_on_one_says_its_key_and_its_label(
    plane: Plane, configuration_store: ConfigurationStore, method: str, path: str
) -> None:
    assert await told(plane, configuration_store, method, path, label="prod") == {KEY: "web:a", LABEL: "prod"}
    for none in ({}, {"label": ""}, {"label": "\0"}):
        assert await told(plane, configuration_store, method, path, **none) == {KEY: "web:a", LABEL: None}


@pytest.mark.parametrize("path", ["/kv", "/revisions"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {}),
        ({"key": "*"}, {}),
        ({"key": "web:*"}, {KEY: Beginning("web:")}),
        ({"key": "web:*", "label": "\0"}, {KEY: Beginning("web:"), LABEL: None}),
        ({"key": r"web\*", "label": "prod"}, {KEY: "web*", LABEL: "prod"}),
        ({"key": "web:a,web:b"}, {}),
        ({"key": "web:a,web:a"}, {KEY: "web:a"}),
        ({"label": "pr*"}, {LABEL: Beginning("pr")}),
        ({"label": "\0,prod"}, {}),
    ],
)
async def test_a_list_says_what_all_that_it_lists_have_in_common(
    plane: Plane, configuration_store: ConfigurationStore, path: str, query: dict[str, str], expected: object
) -> None:
    assert await told(plane, configuration_store, "GET", path, **query) == expected


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/kv", "key=web:*&snapshot=before"),
        ("GET", "/snapshots/before", ""),
        ("GET", "/snapshots", "name=web:*"),
        ("PATCH", "/snapshots/before", ""),
        ("GET", "/operations", "snapshot=before"),
    ],
)
def test_of_a_snapshot_and_what_is_in_it_nothing_is_said(
    plane: Plane, method: str, path: str, query: str
) -> None:
    match = Router(plane.operations).match(method, path)
    assert match is not None
    access = match.asked_with(Request(method, "h", path, query, HeaderMap({}), 0, "r").query).operation.access
    assert isinstance(access, Requires)
    assert access.attributes is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([{"key": "web:*"}], {KEY: Beginning("web:"), LABEL: None}),
        ([{"key": "web:a", "label": "prod"}], {KEY: "web:a", LABEL: "prod"}),
        ([{"key": "web:a,web:b", "label": "\0"}], {LABEL: None}),
        ([{"key": "*", "label": "*"}], {}),
        ([{"key": "web:*"}, {"key": "web:*"}], {}),
        ([], {}),
    ],
)
async def test_the_making_of_a_snapshot_says_what_its_only_filter_is_about(
    plane: Plane, configuration_store: ConfigurationStore, filters: list[dict[str, str]], expected: object
) -> None:
    body = msgspec.convert({"filters": filters, "composition_type": "key_label"}, SnapshotInput)
    assert await told(plane, configuration_store, "PUT", "/snapshots/one", body=body) == expected


async def test_a_filter_of_a_new_snapshot_that_is_none_is_told_of_by_its_place(
    plane: Plane, configuration_store: ConfigurationStore
) -> None:
    body = msgspec.convert({"filters": [{"key": "a*b"}]}, SnapshotInput)
    with pytest.raises(InvalidRequest) as caught:
        await told(plane, configuration_store, "PUT", "/snapshots/one", body=body)
    assert caught.value.field == "filters[0].key"


async def test_lists_of_names_say_their_own_kind(
    plane: Plane, configuration_store: ConfigurationStore
) -> None:
    assert await told(plane, configuration_store, "GET", "/keys", name="web:*") == {KEY: Beginning("web:")}
    assert await told(plane, configuration_store, "GET", "/labels", name="prod") == {LABEL: "prod"}
    assert await told(plane, configuration_store, "GET", "/keys") == {}


async def test_a_filter_that_is_none_is_told_of_as_by_the_list_itself(
    plane: Plane, configuration_store: ConfigurationStore
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await told(plane, configuration_store, "GET", "/keys", name="a*b")
    assert caught.value.field == "key"
