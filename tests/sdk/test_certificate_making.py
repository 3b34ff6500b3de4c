"""azure-keyvault-certificates, synchronous and asynchronous: certificates made in every way, and how it ends.

A program does all of it in one run, as an officer of the vault, and the tests judge what it saw.
"""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from sdk_estates import CERTIFICATES_OFFICER, ON_VAULT, PLACES, one_web_app
from sdk_site import Once, Seen, Site

IN_PROGRESS = {"cancelled": False, "error": None, "request": True, "status": "inProgress"}


def stranger() -> str:
    """A certificate that has nothing to do with any vault, in base64."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + dt.timedelta(days=1))
    return base64.b64encode(made.sign(key, SHA256()).public_bytes(Encoding.DER)).decode()


def error(told: Seen) -> tuple[str, int, str]:
    """What an error is told apart by."""
    return told["type"], told["status"], told["code"]


@pytest.fixture(params=["certificate_making", "certificate_making_async"])
def seen(request: pytest.FixtureRequest, once: Once) -> Seen:
    """What the program saw."""
    program: str = request.param

    def run(directory: Path) -> Seen:
        site = Site.made(directory)
        site.declare(one_web_app((CERTIFICATES_OFFICER, ON_VAULT)))
        return dict(site.python(f"{program}.py", env={**PLACES, "STRANGER": stranger()}).seen)

    return once(program, run)


def test_a_self_signed_certificate_is_made_by_its_policy(seen: Seen) -> None:
    found = seen["self signed"]
    certificate = found["certificate"]
    assert certificate.pop("days") in range(181, 186)
    name = "CN=orders.example.org,O=Contoso\\, Ltd"
    assert certificate == {"subject": name, "issuer": name, "names": 6}
    assert found["policy"] == {
        "issuer": "Self",
        "subject": 'CN=orders.example.org, O="Contoso, Ltd"',
        "dns": ["orders.example.org", "www.orders.example.org"],
        "emails": ["ops@example.org"],
        "upns": ["ops@corp.example.org"],
        "ips": ["192.0.2.7"],
        "uris": ["spiffe://example.org/orders"],
        "content type": "application/x-pem-file",
        "exportable": True,
        "reuse": True,
        "months": 6,
        "purposes": ["1.3.6.1.5.5.7.3.1"],
        "usages": ["digitalSignature"],
        "key": ["EC", None, "P-256"],
        "action": ["AutoRenew", None, 30],
        "enabled": True,
        "dated": True,
    }
    assert (found["tags"], found["enabled"], found["thumbprint"]) == ({"of": "shop"}, True, 20)
    assert found["ids"] == [True, True]
    assert found["operation"]["status"] == "completed"


def test_a_changed_policy_makes_the_next_version_with_the_key_that_it_reuses(seen: Seen) -> None:
    found = seen["self signed"]
    assert found["changed"] == 3
    assert found["again"] in range(89, 94)
    assert found["one key"]
    assert found["other version"]


def test_an_issuer_is_configured_and_its_password_is_not_told(seen: Seen) -> None:
    found = seen["by issuer"]
    assert found["created"] == ["local", "Test", "user", None, True]
    assert (found["contacts"], found["organization"]) == (["ada@example.org"], "org")
    assert found["updated"] == ["other", "org"]
    assert found["listed"] == [["far", "DigiCert"], ["local", "Test"]]
    assert found["deleted"] == "far"
    missing = ("ResourceNotFoundError", 404, "CertificateIssuerNotFound")
    assert error(found["gone"]) == missing
    assert error(found["unknown"]) == missing


def test_the_local_authority_signs_for_its_issuer_and_nobody_for_one_far_away(seen: Seen) -> None:
    found = seen["by issuer"]
    assert found["signed"].pop("days") in (365, 366)
    assert found["signed"] == {
        "subject": "CN=signed",
        "issuer": "CN=Keyless Key Vault test authority",
        "names": 1,
    }
    assert (found["failed"]["status"], found["failed"]["error"]) == ("failed", "Certificate issuer error")


def test_a_request_that_openssl_signed_is_merged(seen: Seen) -> None:
    found = seen["merged"]
    assert found["waiting"] == {
        **IN_PROGRESS,
        "name": "merged",
        "issuer": "Unknown",
        "details": "Pending certificate created. Please Perform Merge to complete the request.",
    }
    assert found["merged"] == {"subject": "CN=merged", "issuer": "CN=elsewhere", "days": 90, "names": 1}
    assert (found["tags"], found["operation"]) == ({"by": "openssl"}, "completed")


def test_nothing_else_is_merged_and_nothing_else_is_made_meanwhile(seen: Seen) -> None:
    found = seen["merged"]
    assert error(found["conflict"]) == ("ResourceExistsError", 409, "Conflict")
    assert error(found["wrong"]) == ("HttpResponseError", 400, "BadParameter")
    assert error(found["twice"]) == ("HttpResponseError", 403, "Forbidden")


def test_a_certificate_is_cancelled_right_after_it_was_begun(seen: Seen) -> None:
    found = seen["cancelled"]
    assert found["requested"] == ["inProgress", True]
    assert (found["status"], found["deleted"]) == ("cancelled", "cancelled")
    assert error(found["gone"]) == ("ResourceNotFoundError", 404, "PendingCertificateNotFound")


def test_a_vault_has_contacts_until_they_are_deleted(seen: Seen) -> None:
    found = seen["contacts"]
    assert error(found["missing"]) == ("ResourceNotFoundError", 404, "ContactsNotFound")
    assert found["read"] == [["a@example.org", "a", "1"]]
    assert found["deleted"] == ["a@example.org"]
