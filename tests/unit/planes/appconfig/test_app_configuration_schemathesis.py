"""Schemathesis over the data plane: no 5xx, and no answer that the documents do not have.

Each operation is asked with what its document describes, at the newest stable version and at the oldest, and
with what breaks that description; the site holds every answer to the strict form of the document besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from app_configuration_caller import API_VERSION
from app_configuration_site import ConfigurationSite
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

import plane_openapi
from configuration_schemas import DOCUMENTS
from keyless.planes.appconfig.plane import OPERATIONS
from keyless.tokens.keys import SigningKey
from plane_site_shared import SiteApp, shared_site

EXAMPLES = 8
OLDEST = "1.0"
CHECKS = [not_a_server_error, status_code_conformance]
"""The form of bodies is the site's to check: the documents do not say what may be null."""
PARAMETERS = {
    "key": {"type": "string", "pattern": "^[a-z:/]{1,12}$"},
    "name": {"type": "string", "pattern": "^[a-z]{1,12}$"},
}
RARELY_DONE = frozenset({"CreateSnapshot", "GetOperationDetails"})
"""What needs more than its document tells: filters that are such, and a snapshot."""
LEFT_OUT = frozenset({"x-ms-client-request-id"})
"""Parameters that nothing is asked by: an id changes nothing."""
KNOWN = {
    "/kv/{key}": {"key": "colour"},
    "/locks/{key}": {"key": "colour"},
    "/snapshots/{name}": {"name": "old"},
}
"""What there is, by path."""


def served_at(version: str) -> list[str]:
    """The ids of what is served at a version."""
    described = {found.id for found in DOCUMENTS.operations(version)}
    return sorted(described - DOCUMENTS.unserved(OPERATIONS, (version,)))


ASKED = [
    *((OLDEST, operation) for operation in served_at(OLDEST) if not operation.startswith("Check")),
    *((API_VERSION, operation) for operation in served_at(API_VERSION)),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, signing_key: SigningKey) -> Iterator[SiteApp]:
    """The plane."""
    file = tmp_path_factory.mktemp("store") / "store.db"
    with shared_site(file, lambda store: ConfigurationSite(store, signing_key, 1_800_000_000)) as shared:
        yield SiteApp(shared)


@pytest.fixture
def app(served: SiteApp) -> SiteApp:
    """The plane, with key-values, one of them deleted, and nothing that another test has locked."""
    for key in ("colour", "colour/of", "gone"):
        served.shared.ask("DELETE", f"/locks/{key}")
        served.shared.ask("PUT", f"/kv/{key}", {"value": key, "tags": {"a": "b"}})
    served.shared.ask("PUT", "/kv/colour", {"value": "blue"}, query="label=prod")
    served.shared.ask("DELETE", "/kv/gone")
    served.shared.ask("PUT", "/snapshots/old", {"filters": [{"key": "colour*"}]})
    served.answered.clear()
    return served


@cache
def described(version: str) -> Any:
    """What schemathesis makes of a version's document."""
    document = plane_openapi.document(DOCUMENTS, version, PARAMETERS, served_at(version), LEFT_OUT)
    return schemathesis.openapi.from_dict(document)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize(("version", "operation"), ASKED)
def test_an_operation_answers_as_described_whatever_it_is_asked(
    app: SiteApp, version: str, operation: str, mode: GenerationMode
) -> None:
    schema = described(version)
    schema.app = app
    found = next(found for found in DOCUMENTS.operations(version) if found.id == operation)
    asking = schema[found.path][found.method]
    known = KNOWN.get(found.path, {})
    plain = asking.as_strategy(mode, path_parameters=known, query={"api-version": version}, headers={})
    cases = asking.as_strategy(mode) | asking.as_strategy(mode, path_parameters=known) | plain

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=cases)
    def asked(case: Case) -> None:
        case.validate_response(case.call(), checks=CHECKS)

    asked()
    assert len(app.answered) >= EXAMPLES / 2
    if mode is GenerationMode.POSITIVE and operation not in RARELY_DONE:
        assert any(status < 400 for status in app.answered), sorted(set(app.answered))
