"""The metadata service beside its identities: the machine, a signed word for it, and the versions."""

from __future__ import annotations

import base64
import subprocess
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from identity_site import BILLING, GROUP, ORDERS, SITE, Answer, Site

from keyless.planes.identity.instance import ATTESTED_VERSIONS, INSTANCE_VERSIONS
from keyless.planes.identity.instance_document import as_text, part

HOST = "169.254.169.254"
HEADERS = {"Metadata": "true", "x-keyless-workload": ORDERS.secret}
NEWEST = "2025-04-07"
SUBSCRIPTION = GROUP.split("/")[2]


async def ask(
    site: Site,
    path: str = "instance",
    headers: Mapping[str, str] = HEADERS,
    *,
    version: str | None = NEWEST,
    **query: str,
) -> Answer:
    given = {"api-version": version, **query} if version else query
    return await site.get(HOST, f"/metadata/{path}", given, headers)


async def test_the_machine_is_what_the_estate_says(machine: Site) -> None:
    await machine.host(system=True)
    answer = await ask(machine)
    assert answer.status == 200
    assert set(answer.body) == {"compute", "network"}
    compute = answer.body["compute"]
    told = (
        "name",
        "location",
        "resourceGroupName",
        "subscriptionId",
        "resourceId",
        "provider",
        "azEnvironment",
    )
    assert {name: compute[name] for name in told} == {
        "name": "orders-web",
        "location": "westeurope",
        "resourceGroupName": "orders-rg",
        "subscriptionId": SUBSCRIPTION,
        "resourceId": SITE,
        "provider": "Microsoft.Web",
        "azEnvironment": "AzurePublicCloud",
    }
    assert compute["osProfile"]["computerName"] == "orders-web"
    assert (compute["tags"], compute["tagsList"]) == ("", [])
    assert str(uuid.UUID(compute["vmId"])) == compute["vmId"]


async def test_every_value_is_a_text(machine: Site) -> None:
    await machine.host(system=True)

    def leaves(node: Any) -> list[Any]:
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
        return [node] if below is None else [leaf for one in below for leaf in leaves(one)]

    assert {type(leaf) for leaf in leaves((await ask(machine)).body)} == {str}


async def test_a_machine_keeps_its_id_and_no_two_share_one(machine: Site) -> None:
    await machine.host()
    await machine.host(resource_id=BILLING.resource_id)
    first, again = [(await ask(machine)).body["compute"]["vmId"] for _ in range(2)]
    other = await ask(machine, headers=HEADERS | {"x-keyless-workload": BILLING.secret})
    assert first == again != other.body["compute"]["vmId"]


async def test_a_scale_set_is_named(machine: Site) -> None:
    scale_set = f"{GROUP}/Microsoft.Compute/virtualMachineScaleSets/workers"
    machine.running.at = scale_set
    await machine.host(resource_id=scale_set)
    compute = (await ask(machine)).body["compute"]
    assert (compute["vmScaleSetName"], compute["virtualMachineScaleSet"]) == ("workers", {"id": scale_set})
    assert compute["provider"] == "Microsoft.Compute"


@pytest.mark.parametrize("version", INSTANCE_VERSIONS.known)
async def test_every_known_version_is_answered(machine: Site, version: str) -> None:
    await machine.host()
    compute = (await ask(machine, version=version)).body["compute"]
    assert compute["name"] == "orders-web"
    assert ("resourceId" in compute) == (version >= "2019-03-11")
    assert ("storageProfile" in compute) == (version >= "2019-06-01")
    assert ("tagsList" in compute) == (version >= "2019-06-04")
    assert "disablePasswordAuthentication" not in compute.get("osProfile", {}) or version >= "2020-10-01"
    assert ("securityType" in compute.get("securityProfile", {})) == (version >= "2021-12-13")


@pytest.mark.parametrize("version", [None, "", "2017-03-01", "2018-02-02", "latest"])
async def test_a_missing_or_unknown_version_is_told_the_newest(machine: Site, version: str | None) -> None:
    answer = await ask(machine, version=version)
    assert answer.status == 400
    assert answer.body["newest-versions"] == ["2025-04-07", "2024-07-17", "2024-03-15"]
    assert answer.body["error"].startswith("Bad request. api-version")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compute/name", "orders-web"),
        ("COMPUTE/NAME/", "orders-web"),
        ("compute/tags", ""),
        ("network/interface/0/ipv4/ipAddress/0/privateIpAddress", "127.0.0.1"),
        ("", "compute/\nnetwork/"),
        ("network/interface", "0/"),
        ("network/interface/0/ipv4/subnet/0", "address\nprefix"),
    ],
)
async def test_a_part_is_given_as_text(machine: Site, path: str, text: str) -> None:
    await machine.host()
    answer = await ask(machine, f"instance/{path}", format="text")
    assert (answer.status, answer.body) == (200, {"text": text})
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_part_is_given_as_json_unless_it_is_a_single_value(machine: Site) -> None:
    await machine.host()
    assert (await ask(machine, "instance/compute/plan")).body == {"name": "", "product": "", "publisher": ""}
    assert (await ask(machine, "instance/compute/tagsList", format="JSON")).body == []
    leaf = await ask(machine, "instance/compute/name")
    assert leaf.status == 400
    assert "format=text" in leaf.body["error"]
    assert (await ask(machine, format="xml")).status == 400


@pytest.mark.parametrize(
    "path",
    ["compute/nothing", "network/interface/1", "network/interface/x", "network/interface/-1",
     "compute/name/x", "network/interface/²", "compute//name"],
)  # fmt: skip
async def test_a_part_that_is_not_there_is_not_found(machine: Site, path: str) -> None:
    await machine.host()
    for style in ("json", "text"):
        answer = await ask(machine, f"instance/{path}", format=style)
        assert (answer.status, answer.body) == (404, {"error": "Not found"})


def test_a_part_of_nothing_is_nothing() -> None:
    assert part("leaf", "x") is None
    assert as_text([]) == ""


async def test_the_versions_are_listed_without_one(machine: Site) -> None:
    answer = await ask(machine, "versions", version=None)
    assert (answer.status, answer.body) == (200, {"apiVersions": list(INSTANCE_VERSIONS.known)})


@pytest.mark.parametrize("path", ["instance", "instance/compute/name", "attested/document", "versions"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"x-keyless-workload": ORDERS.secret}, 400),
        (HEADERS | {"X-Forwarded-For": "::1"}, 400),
        ({"Metadata": "true"}, 401),
        ({"Metadata": "true", "x-keyless-workload": "wrong"}, 401),
    ],
)
async def test_nobody_else_is_told_anything(
    machine: Site, path: str, headers: dict[str, str], status: int
) -> None:
    await machine.host()
    answer = await ask(machine, path, headers)
    assert (answer.status, set(answer.body)) == (status, {"error"})
    assert "orders-web" not in str(answer.body)


# --- the attested document


async def document(site: Site, tmp_path: Path, **query: str) -> dict[str, Any]:
    """The document inside a signature that OpenSSL finds good, as Azure's documentation has it checked."""
    answer = await ask(site, "attested/document", **query)
    assert (answer.status, answer.body["encoding"]) == (200, "pkcs7")
    (tmp_path / "signed").write_bytes(base64.b64decode(answer.body["signature"], validate=True))
    authority = str(tmp_path / "tls" / "ca.pem")
    command = ["openssl", "smime", "-verify", "-inform", "DER", "-in", str(tmp_path / "signed")]
    at = ["-CAfile", authority, "-purpose", "any", "-attime", str(site.now)]
    said = subprocess.run([*command, *at], capture_output=True, check=False, timeout=30)
    assert said.returncode == 0, said.stderr
    return msgspec.json.decode(said.stdout, type=dict[str, Any])


async def test_the_document_is_signed_under_the_local_authority(
    machine: Site, tmp_path: Path, now: int
) -> None:
    await machine.host()
    found = await document(machine, tmp_path, nonce="1234567890")
    moment = "%m/%d/%y %H:%M:%S -0000"
    assert found == {
        "nonce": "1234567890",
        "plan": {"name": "", "product": "", "publisher": ""},
        "timeStamp": {
            "createdOn": time.strftime(moment, time.gmtime(now)),
            "expiresOn": time.strftime(moment, time.gmtime(now + 6 * 3600)),
        },
        "vmId": (await ask(machine)).body["compute"]["vmId"],
        "subscriptionId": SUBSCRIPTION,
        "sku": "",
    }
    assert list(found) == ["nonce", "plan", "timeStamp", "vmId", "subscriptionId", "sku"]


async def test_the_signers_certificate_is_for_the_metadata_service_and_leads_to_the_authority(
    machine: Site, tmp_path: Path
) -> None:
    await machine.host()
    answer = await ask(machine, "attested/document")
    authority = x509.load_pem_x509_certificate((tmp_path / "tls" / "ca.pem").read_bytes())
    inside = load_der_pkcs7_certificates(base64.b64decode(answer.body["signature"]))
    assert len(inside) == 2
    (leaf,) = (one for one in inside if one != authority)
    leaf.verify_directly_issued_by(authority)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["metadata.azure.com"]
    keys = [path.read_bytes() for path in (tmp_path / "tls").glob("*.pem")]
    assert leaf.public_bytes(Encoding.PEM) in b"".join(keys)


async def test_a_document_that_was_changed_does_not_hold(machine: Site, tmp_path: Path) -> None:
    await machine.host()
    answer = await ask(machine, "attested/document", nonce="1111111111")
    signed = base64.b64decode(answer.body["signature"])
    assert signed.count(b"1111111111") == 1
    (tmp_path / "forged").write_bytes(signed.replace(b"1111111111", b"2222222222"))
    command = ["openssl", "smime", "-verify", "-inform", "DER", "-in", str(tmp_path / "forged"), "-noverify"]
    assert subprocess.run(command, capture_output=True, check=False, timeout=30).returncode != 0


async def test_without_a_nonce_the_time_is_there(machine: Site, tmp_path: Path, now: int) -> None:
    await machine.host()
    found = await document(machine, tmp_path)
    assert found["nonce"] == time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))


@pytest.mark.parametrize("nonce", ["a" * 33, "1 2", "é", '"', "1\n"])
async def test_what_is_no_nonce_is_refused(machine: Site, nonce: str) -> None:
    await machine.host()
    answer = await ask(machine, "attested/document", nonce=nonce)
    assert (answer.status, set(answer.body)) == (400, {"error"})


async def test_an_older_version_has_fewer_members(machine: Site, tmp_path: Path) -> None:
    await machine.host()
    for version, members in (("2018-10-01", 4), ("2019-04-30", 5), ("2019-11-01", 6)):
        assert len(await document(machine, tmp_path, version=version)) == members
    assert (await ask(machine, "attested/document", version="2018-02-01")).status == 400
    assert ATTESTED_VERSIONS.known[0] == "2018-10-01"
