"""Schemathesis over the data plane: no 5xx, and no answer that the documents do not have.

Each operation is asked with what its document describes, and with what breaks that description; the site
holds every answer to the strict form of the document besides.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from vault_site import NEWEST, VaultSite

import plane_openapi
from keyless.planes.keyvault.plane import OPERATIONS
from keyless.tokens.keys import SigningKey
from plane_site_shared import SharedSite, SiteApp, shared_site
from vault_schemas import DOCUMENTS

EXAMPLES = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NAME = {"type": "string", "pattern": "^[0-9a-zA-Z-]{1,127}$"}
VERSION = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
RARELY_DONE = frozenset(
    {
        *("RestoreSecret", "RestoreKey", "RestoreCertificate", "ImportKey", "ImportCertificate"),
        *("encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify", "CreateKey"),
        *("UpdateKeyRotationPolicy", "UpdateKey", "GetRandomBytes"),
        *("CreateCertificate", "MergeCertificate", "UpdateCertificatePolicy"),
        *("SetCertificateIssuer", "UpdateCertificateIssuer", "SetCertificateContacts"),
    }
)
"""What needs more than its document tells: backups that were given out, values that an algorithm takes, names
and certificates that are such, providers that there are."""
NOT_IMPLEMENTED = frozenset({"release", "GetKeyAttestation"})
"""What is answered with 501, and so told to whoever asks for it."""
MADE: Mapping[str, tuple[str, str, object]] = {
    "secrets": ("PUT", "/secrets/{}", {"value": "v"}),
    "keys": ("POST", "/keys/{}/create", {"kty": "EC"}),
}
"""How an object of each collection is made."""
CERTIFICATE = "chain"
"""The name of a certificate: it cannot be that of another key or secret."""
GONE_CERTIFICATE = "gone-chain"
_POLICY = {"policy": {"key_props": {"kty": "EC"}, "x509_props": {"subject": "CN=colour"}}}
MAKING: tuple[tuple[str, str, object], ...] = (
    ("POST", f"/deletedcertificates/{CERTIFICATE}/recover", None),
    ("DELETE", f"/certificates/{CERTIFICATE}/pending", None),
    ("POST", f"/certificates/{CERTIFICATE}/create", _POLICY),
    ("POST", f"/certificates/{GONE_CERTIFICATE}/create", _POLICY),
    ("DELETE", f"/certificates/{GONE_CERTIFICATE}", None),
    ("PUT", "/certificates/issuers/colour", {"provider": "Test"}),
    ("PUT", "/certificates/contacts", {"contacts": [{"email": "colour@example.org"}]}),
)
"""What has a certificate in the making, a deleted one, an issuer and contacts."""
PARAMETERS = {
    **{f"{kind}-name": NAME for kind in ("secret", "key", "certificate", "issuer")},
    **{f"{kind}-version": VERSION for kind in ("secret", "key", "certificate")},
}
BY_ID = {found.id: found for found in DOCUMENTS.operations(NEWEST)}
SERVED = sorted(set(BY_ID) - DOCUMENTS.unserved(OPERATIONS, (NEWEST,)) - NOT_IMPLEMENTED)


schemathesis.openapi.format(
    "base64url",
    strategies.binary(max_size=40).map(lambda given: base64.urlsafe_b64encode(given).rstrip(b"=").decode()),
)


class App(SiteApp):
    """The plane as an application of WSGI, with the newest versions of what there is."""

    def __init__(self, shared: SharedSite) -> None:
        super().__init__(shared)
        self.versions: dict[str, str] = {}

    def put_in_order(self) -> None:
        """Have a live and a deleted object of every kind."""
        for kind, (method, path, body) in MADE.items():
            self.shared.ask("POST", f"/deleted{kind}/colour/recover")
            self.shared.ask(method, path.format("gone"), body)
            self.shared.ask("DELETE", f"/{kind}/gone")
            made = self.shared.ask(method, path.format("colour"), body).body
            link = made["key"]["kid"] if "key" in made else made["id"]
            self.versions[kind] = link.rpartition("/")[2]
        for asked in MAKING:
            self.shared.ask(*asked)
        found = self.shared.ask("GET", f"/certificates/{CERTIFICATE}").body
        self.versions["certificates"] = found["id"].rpartition("/")[2]

    def known(self, parameter: str, path: str) -> str:
        """The name or version of something that is there."""
        if parameter.endswith("-version"):
            return self.versions[path.split("/")[1]]
        if parameter == "certificate-name":
            return GONE_CERTIFICATE if path.startswith("/deleted") else CERTIFICATE
        return "gone" if path.startswith("/deleted") else "colour"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, signing_key: SigningKey) -> Iterator[App]:
    """The plane."""
    file = tmp_path_factory.mktemp("vault") / "store.db"
    with shared_site(file, lambda store: VaultSite(store, signing_key, 1_800_000_000)) as shared:
        yield App(shared)


@pytest.fixture
def app(served: App) -> App:
    """The plane, with nothing that another test left."""
    served.put_in_order()
    served.answered.clear()
    return served


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("operation", SERVED)
def test_an_operation_answers_as_described_whatever_it_is_asked(
    app: App, operation: str, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(plane_openapi.document(DOCUMENTS, NEWEST, PARAMETERS, SERVED))
    schema.app = app
    found = BY_ID[operation]
    asking = schema[found.path][found.method]
    known = {name: app.known(name, found.path) for name in PARAMETERS if f"{{{name}}}" in found.path}
    cases = asking.as_strategy(mode) | asking.as_strategy(mode, path_parameters=known)

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def asked(case: Case) -> None:
        case.validate_response(case.call(), checks=CHECKS)

    asked()
    assert len(app.answered) >= EXAMPLES / 2
    if mode is GenerationMode.NEGATIVE:
        assert any(status >= 400 for status in app.answered)
    elif operation not in RARELY_DONE:
        assert any(status < 300 for status in app.answered), sorted(set(app.answered))
