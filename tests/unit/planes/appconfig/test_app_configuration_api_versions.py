"""Each api-version has what its public document has; others are refused as Azure refuses them."""

from __future__ import annotations

import pytest
from app_configuration_site import ConfigurationSite

from configuration_schemas import DOCUMENTS
from keyless.planes.appconfig.api_versions import APP_CONFIGURATION, FEATURE_FLAGS, SINCE, SNAPSHOTS, has
from keyless.planes.appconfig.plane import OPERATIONS

DEFINITIONS = {
    "key_values": "KeyValueListResult",
    "key_value": "KeyValue",
    "snapshot_filter": "KeyValueFilter",
    "snapshot": "Snapshot",
}
"""The definition that a member of `SINCE` is in."""
ASKED = {"key_values": "GetKeyValues", "key_value": "GetKeyValue", "revisions": "GetRevisions"}
"""The operation that a parameter of `SINCE` is of."""
MEMBERS = sorted(member for member in SINCE if "." in member)
PARAMETERS = sorted(member for member in SINCE if "?" in member)


def test_there_is_a_document_of_every_api_version() -> None:
    assert set(DOCUMENTS.api_versions) == set(APP_CONFIGURATION.known)


def test_every_operation_is_described_at_every_api_version_that_it_takes() -> None:
    assert DOCUMENTS.undescribed(OPERATIONS) == []


def test_every_operation_that_is_described_is_served() -> None:
    assert DOCUMENTS.unserved(OPERATIONS, DOCUMENTS.api_versions) == set()


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_is_there_from_the_version_on_whose_document_has_it_first(member: str) -> None:
    place, name = member.split(".")
    for version in versions_of(place):
        definitions = DOCUMENTS.operations(version)[0].definitions
        assert (name in definitions[DEFINITIONS[place]]["properties"]) is has(member, version), version


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_there_from_the_version_on_whose_document_has_it_first(parameter: str) -> None:
    place, name = parameter.split("?")
    for version in versions_of(place):
        asked = [found for found in DOCUMENTS.operations(version) if found.id == ASKED[place]]
        names = {given["name"] for given in asked[0].parameters}
        assert (name in names) is has(parameter, version), version


def versions_of(place: str) -> tuple[str, ...]:
    """The versions that have such a thing at all."""
    return SNAPSHOTS.known if place.startswith("snapshot") else APP_CONFIGURATION.known


@pytest.mark.parametrize(
    ("path", "versions"), [("/snapshots", SNAPSHOTS.known), ("/ff", FEATURE_FLAGS.known)]
)
def test_what_came_later_is_described_at_the_versions_that_have_it(
    path: str, versions: tuple[str, ...]
) -> None:
    described = [at for at in APP_CONFIGURATION.known if DOCUMENTS.described("GET", path, at)]
    assert tuple(described) == versions


@pytest.mark.parametrize("version", APP_CONFIGURATION.known)
async def test_a_key_values_life_is_as_described_at_every_version(
    site: ConfigurationSite, version: str
) -> None:
    whole = {"value": "blue", "content_type": "text/plain", "tags": {"of": "sky"}, "description": "a colour"}
    for method, path, body in (
        ("PUT", "/kv/colour", whole),
        ("PUT", "/kv/plain", {}),
        ("GET", "/kv/colour", None),
        ("HEAD", "/kv/colour", None),
        ("GET", "/kv", None),
        ("HEAD", "/kv", None),
        ("GET", "/keys", None),
        ("GET", "/labels", None),
        ("GET", "/revisions", None),
        ("PUT", "/locks/colour", None),
        ("DELETE", "/locks/colour", None),
        ("DELETE", "/kv/colour", None),
    ):
        assert (await site.ask(method, path, body, version=version)).status == 200, (method, path)
    assert (await site.ask("DELETE", "/kv/colour", version=version)).status == 204
    assert (await site.ask("GET", "/kv/colour", version=version)).status == 404


@pytest.mark.parametrize("version", APP_CONFIGURATION.known)
async def test_a_description_is_written_and_shown_where_the_version_knows_it(
    site: ConfigurationSite, version: str
) -> None:
    await site.ask("PUT", "/kv/colour", {"value": "blue", "description": "a colour"}, version=version)
    kept = "a colour" if has("key_value.description", version) else None
    assert (await site.ask("GET", "/kv/colour")).body["description"] == kept
    shown = (await site.ask("GET", "/kv/colour", version=version)).body
    assert ("description" in shown) is has("key_value.description", version)


@pytest.mark.parametrize(
    ("version", "title"),
    [
        ("", "API version is not specified"),
        ("1999-01-01", "Unsupported API version"),
        ("2026-04-02", "Unsupported API version"),
        ("2.0", "Unsupported API version"),
        ("latest", "Invalid API version"),
        ("1.0.0.0", "Invalid API version"),
        ("x" * 60, "Invalid API version"),
    ],
)
async def test_an_unknown_version_is_refused_by_name(
    site: ConfigurationSite, version: str, title: str
) -> None:
    answer = await site.ask("GET", "/kv", version=version)
    assert (answer.status, answer.body["title"], answer.body["name"]) == (400, title, "api-version")
