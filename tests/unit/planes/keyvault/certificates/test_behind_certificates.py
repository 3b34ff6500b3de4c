"""The key and the secret behind a certificate: what they say, what they are in, who changes them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from certificate_caller import SETTLED_S, created
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from imports_made import PEM_POLICY, chain, leaf, pem, shown, taken
from key_vault_caller import Caller
from x509_made import other_key

from keyless.planes.keyvault.certificates.behind import operations_of
from keyless.planes.keyvault.keys.material.kept import keep_private_key
from keyless.planes.keyvault.keys.material.types import POSSIBLE_OPERATIONS

VAULT_URL = "https://contoso-orders.vault.azure.net"
NEW, OLD = "2025-07-01", "7.4"
PFX, PEM = "application/x-pkcs12", "application/x-pem-file"


def in_pfx(value: str) -> tuple[Any, list[x509.Certificate]]:
    """The key and the certificates of a secret that is a PFX."""
    found = pkcs12.load_pkcs12(base64.b64decode(value), None)
    held = [found.cert, *found.additional_certs]
    return found.key, [each.certificate for each in held if each is not None]


async def test_the_secret_is_a_pfx_with_the_key_and_the_chain(caller: Caller) -> None:
    certificate = await taken(caller, tags={"team": "orders"})
    secret = await shown(caller, "/secrets/orders")
    key, certificates = in_pfx(secret["value"])
    assert key.private_numbers() == other_key().private_numbers()
    assert certificates == list(chain())
    assert secret["contentType"] == PFX
    assert secret["managed"] is True
    assert secret["id"] == certificate["sid"]
    assert secret["kid"] == certificate["kid"]
    assert secret["tags"] == {"team": "orders"}
    assert secret["attributes"] == certificate["attributes"]


async def test_the_secret_is_pem_where_the_policy_says_so(caller: Caller) -> None:
    await taken(caller, pem(), policy=PEM_POLICY)
    secret = await shown(caller, "/secrets/orders")
    assert secret["contentType"] == PEM
    assert secret["value"].startswith("-----BEGIN PRIVATE KEY-----\n")
    assert x509.load_pem_x509_certificates(secret["value"].encode()) == list(chain())


@pytest.mark.parametrize(("value", "policy"), [(None, {}), (pem(), PEM_POLICY)])
async def test_a_key_that_is_not_exportable_is_in_no_secret(
    caller: Caller, value: str | None, policy: dict[str, Any]
) -> None:
    await taken(caller, value, policy={**policy, "key_props": {"exportable": False}})
    secret = await shown(caller, "/secrets/orders")
    if secret["contentType"] == PEM:
        assert "PRIVATE KEY" not in secret["value"]
        assert x509.load_pem_x509_certificates(secret["value"].encode()) == list(chain())
    else:
        assert in_pfx(secret["value"]) == (None, list(chain()))
    key = await shown(caller, "/keys/orders", api_version=NEW)
    assert key["attributes"]["exportable"] is False


async def test_the_key_says_what_the_certificates_key_is_for(caller: Caller) -> None:
    await taken(caller)
    key = await shown(caller, "/keys/orders", api_version=NEW)
    assert key["key"]["kty"] == "EC"
    assert key["key"]["key_ops"] == ["sign", "verify"]
    assert key["managed"] is True
    assert key["attributes"]["exportable"] is True
    assert "d" not in key["key"]


def test_the_key_of_a_certificate_without_usages_is_for_everything() -> None:
    material = keep_private_key(other_key())
    assert set(operations_of([], material)) == {str(each) for each in POSSIBLE_OPERATIONS[material.family]}
    assert operations_of(["keyEncipherment"], material) == ()


async def test_lists_say_which_secrets_and_keys_are_managed(caller: Caller) -> None:
    await taken(caller)
    await caller.call("PUT", "/secrets/own", {"value": "horse"})
    listed = {item["id"]: item for item in (await shown(caller, "/secrets"))["value"]}
    assert listed[f"{VAULT_URL}/secrets/orders"]["managed"] is True
    assert "managed" not in listed[f"{VAULT_URL}/secrets/own"]
    [key] = (await shown(caller, "/keys"))["value"]
    assert key["managed"] is True
    await caller.call("DELETE", "/certificates/orders")
    [deleted] = (await shown(caller, "/deletedsecrets"))["value"]
    assert deleted["managed"] is True
    assert "kid" not in deleted
    alone = await shown(caller, "/deletedsecrets/orders")
    assert alone["kid"].startswith(f"{VAULT_URL}/keys/orders/")


async def test_a_secret_names_the_version_before_from_the_api_version_on_that_has_it(caller: Caller) -> None:
    first = await taken(caller)
    second = await taken(caller.at(1))
    newest = await shown(caller, "/secrets/orders", api_version=NEW)
    assert newest["previousVersion"] == first["id"].rpartition("/")[2]
    assert "previousVersion" not in await shown(caller, "/secrets/orders", api_version=OLD)
    oldest = first["sid"].removeprefix(VAULT_URL)
    assert "previousVersion" not in await shown(caller, oldest, api_version=NEW)
    assert newest["id"] == second["sid"]


# --- who changes them


async def test_an_update_of_the_certificate_is_one_of_its_key_and_secret(caller: Caller) -> None:
    await taken(caller)
    body = {"attributes": {"enabled": False}, "tags": {"team": "billing"}}
    await caller.at(5).call("PATCH", "/certificates/orders", body)
    key = await shown(caller, "/keys/orders")
    assert key["attributes"]["enabled"] is False
    assert key["attributes"]["updated"] == caller.now + 5
    assert key["tags"] == {"team": "billing"}
    refused = await caller.call("GET", "/secrets/orders")
    assert refused.codes == (403, "Forbidden", "SecretDisabled")
    [item] = (await shown(caller, "/secrets"))["value"]
    assert item["tags"] == {"team": "billing"}


SECRET_WRITES = (
    ("PUT", "/secrets/orders", {"value": "horse"}),
    ("PATCH", "/secrets/orders", {"tags": {"a": "b"}}),
)
KEY_WRITES = (
    ("POST", "/keys/orders/create", {"kty": "EC"}),
    ("PATCH", "/keys/orders", {"tags": {"a": "b"}}),
    ("POST", "/keys/orders/rotate", None),
)


@pytest.mark.parametrize(
    ("call", "inner"),
    [
        *((call, "SecretManagedByKeyVault") for call in SECRET_WRITES),
        *((call, "KeyManagedByKeyVault") for call in KEY_WRITES),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:2]),
)
async def test_nothing_else_changes_them(caller: Caller, call: tuple[str, str, Any], inner: str) -> None:
    await taken(caller)
    secret, key = await shown(caller, "/secrets/orders"), await shown(caller, "/keys/orders")
    assert (await caller.at(5).call(*call)).codes == (403, "Forbidden", inner)
    assert await shown(caller, "/secrets/orders") == secret
    assert await shown(caller, "/keys/orders") == key


# --- converted


@pytest.mark.parametrize("exportable", [True, False])
async def test_a_pfx_is_given_out_as_pem(caller: Caller, exportable: bool) -> None:
    await taken(caller, policy={"key_props": {"exportable": exportable}})
    for wanted in (PEM, PEM.upper()):
        secret = await shown(caller, "/secrets/orders", query=f"outContentType={wanted}", api_version=NEW)
        assert secret["contentType"] == PEM
        assert x509.load_pem_x509_certificates(secret["value"].encode()) == list(chain())
        assert ("PRIVATE KEY" in secret["value"]) is exportable
    if exportable:
        key = load_pem_private_key(secret["value"].encode(), None)
        assert key.public_key() == leaf().public_key()


async def test_a_secret_is_given_out_as_it_is_where_that_is_what_is_asked_for(caller: Caller) -> None:
    await taken(caller)
    plain = await shown(caller, "/secrets/orders", api_version=NEW)
    asked = await shown(caller, "/secrets/orders", query=f"outContentType={PFX}", api_version=NEW)
    assert asked == plain


async def test_pem_becomes_no_pfx(caller: Caller) -> None:
    await taken(caller, pem(), policy=PEM_POLICY)
    refused = await caller.call("GET", "/secrets/orders", query=f"outContentType={PFX}", api_version=NEW)
    assert refused.codes == (400, "BadParameter", None)


@pytest.mark.parametrize("wanted", ["text/plain", "", "application%2Fx-x509-ca-cert"])
async def test_a_format_that_the_service_does_not_know_is_refused(caller: Caller, wanted: str) -> None:
    await taken(caller)
    refused = await caller.call("GET", "/secrets/orders", query=f"outContentType={wanted}", api_version=NEW)
    assert refused.codes == (400, "BadParameter", None)


async def test_an_older_api_version_converts_nothing(caller: Caller) -> None:
    await taken(caller)
    secret = await shown(caller, "/secrets/orders", query=f"outContentType={PEM}", api_version=OLD)
    assert secret["contentType"] == PFX


async def test_a_secret_of_its_own_is_not_converted(caller: Caller) -> None:
    await caller.call("PUT", "/secrets/own", {"value": "horse", "contentType": PFX})
    secret = await shown(caller, "/secrets/own", query=f"outContentType={PEM}", api_version=NEW)
    assert (secret["value"], secret["contentType"]) == ("horse", PFX)


async def test_what_was_made_here_is_given_out_as_pem_too(caller: Caller) -> None:
    await created(caller)
    settled = caller.at(SETTLED_S)
    secret = await shown(settled, "/secrets/orders", query=f"outContentType={PEM}", api_version=NEW)
    [certificate] = x509.load_pem_x509_certificates(secret["value"].encode())
    der = base64.b64decode((await shown(settled, "/certificates/orders"))["cer"])
    assert certificate.public_bytes(Encoding.DER) == der
