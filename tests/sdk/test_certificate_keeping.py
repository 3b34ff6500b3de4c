"""azure-keyvault-certificates, synchronous and not: certificates imported, used, changed and removed.

What stands behind a certificate is read and used with the clients of secrets and keys. A program does all of
it in one run, and the tests judge what it saw. The certificates are made by `openssl`.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sdk_estates import (
    CERTIFICATES_OFFICER,
    CRYPTO_OFFICER,
    ON_VAULT,
    PLACES,
    SECRETS_OFFICER,
    VAULT_URL,
    one_web_app,
)
from sdk_site import Once, Seen, Site

PASSWORD = "correct horse"
SUBJECT = "CN=orders.example.org,O=Contoso"
PKCS12, PEM = "application/x-pkcs12", "application/x-pem-file"


def made_by_openssl(directory: Path) -> None:
    """A root, and a server's certificate that it signed: a PFX with a password, and PEM, the key last."""
    key, root, root_key = (directory / name for name in ("key.pem", "root.pem", "root-key.pem"))
    request, leaf, names = (directory / name for name in ("leaf.csr", "leaf.pem", "names.cnf"))
    names.write_text("subjectAltName=DNS:orders.example.org\nkeyUsage=digitalSignature,keyEncipherment\n")
    pem, pfx = directory / "orders.pem", directory / "orders.pfx"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90",
            "-subj", "/CN=elsewhere", "-keyout", root_key, "-out", root)  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=Contoso/CN=orders.example.org",
            "-keyout", key, "-out", request)  # fmt: skip
    openssl("x509", "-req", "-in", request, "-CA", root, "-CAkey", root_key, "-days", "60",
            "-extfile", names, "-out", leaf)  # fmt: skip
    pem.write_bytes(leaf.read_bytes() + root.read_bytes() + key.read_bytes())
    openssl("pkcs12", "-export", "-in", pem, "-out", pfx, "-passout", f"pass:{PASSWORD}")


def openssl(*arguments: str | Path) -> None:
    """Run the `openssl` command; its errors fail the test."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def ran(directory: Path, program: str, role: tuple[tuple[str, str], ...], *arguments: str) -> Seen:
    """What a program saw, in a project of its own."""
    made_by_openssl(directory)
    site = Site.made(directory)
    site.declare(one_web_app(*role))
    return dict(site.python(program, *arguments, env={**PLACES, "FILES": str(directory)}).seen)


@pytest.fixture(params=["certificate_keeping", "certificate_keeping_async"])
def seen(request: pytest.FixtureRequest, once: Once) -> Seen:
    """What a program saw that may do everything."""
    program: str = request.param
    roles = tuple((role, ON_VAULT) for role in (CERTIFICATES_OFFICER, SECRETS_OFFICER, CRYPTO_OFFICER))
    return once(program, lambda directory: ran(directory, f"{program}.py", roles, "everything"))


def error(told: Seen) -> tuple[str, int, str, str | None]:
    """What an error is told apart by."""
    return told["type"], told["status"], told["code"], told["inner"]


def test_a_pfx_of_openssl_is_imported_with_its_password(seen: Seen) -> None:
    found = seen["pfx"]
    assert error(found["wrong"]) == ("HttpResponseError", 400, "BadParameter", None)
    assert found["made"] == found["read"]
    assert found["made"] == {
        "subject": SUBJECT,
        "enabled": True,
        "tags": {"of": "shop"},
        "dated": True,
        "ids": [True, True],
        "policy": ["Unknown", "CN=orders.example.org, O=Contoso", "RSA", 2048, PKCS12],
    }


def test_the_secret_behind_serves_tls_with_the_key_and_the_chain(seen: Seen) -> None:
    found = seen["pfx"]
    assert found["managed"] == [True, True]
    assert (found["content type"], found["chain"]) == (PKCS12, 2)
    assert found["tls"] == ["TLSv1.3", True]


def test_the_same_in_pem_is_the_next_version(seen: Seen) -> None:
    found = seen["pem"]
    assert found["made"]["policy"] == ["Self", "CN=next", "RSA", 2048, PEM]
    assert found["content type"] == PEM
    assert found["tls"] == ["TLSv1.3", True]
    assert (found["versions"], found["same"]) == (2, True)


def test_a_pfx_is_given_out_as_pem_where_the_client_asks_for_that(seen: Seen) -> None:
    assert seen["pem"]["converted"] == [PEM, True]


def test_what_the_key_behind_signs_holds_by_the_certificate(seen: Seen) -> None:
    assert seen["signed"] == {
        "verified": True,
        "managed": True,
        "exportable": True,
        "operations": ["sign", "unwrapKey", "verify", "wrapKey"],
    }


def test_a_key_that_is_not_exportable_is_not_in_the_secret(seen: Seen) -> None:
    assert seen["not exportable"] == {"key": False, "certificates": 2}


def test_a_disabled_certificate_disables_its_secret_and_its_key(seen: Seen) -> None:
    found = seen["updated"]
    assert found["disabled"] == found["key"] == [False, {"of": "us"}]
    assert error(found["secret"]) == ("HttpResponseError", 403, "Forbidden", "SecretDisabled")
    assert found["enabled"] is found["readable"] is True


@pytest.mark.parametrize(
    ("what", "inner"),
    [
        ("set", "SecretManagedByKeyVault"),
        ("update", "SecretManagedByKeyVault"),
        ("delete", "SecretManagedByKeyVault"),
        ("create", "KeyManagedByKeyVault"),
        ("delete key", "KeyManagedByKeyVault"),
        ("backup", "KeyManagedByKeyVault"),
    ],
)
def test_nothing_but_the_certificate_changes_its_key_and_its_secret(
    seen: Seen, what: str, inner: str
) -> None:
    assert error(seen["alone"][what]) == ("HttpResponseError", 403, "Forbidden", inner)


def test_a_certificate_is_deleted_recovered_backed_up_purged_and_restored(seen: Seen) -> None:
    found = seen["removed"]
    assert found["deleted"] == ["orders", f"{VAULT_URL}/deletedcertificates/orders", True]
    assert found["listed"] == ["orders"]
    assert found["shown"] is found["recovered"] is True
    assert error(found["gone"]) == ("ResourceNotFoundError", 404, "SecretNotFound", None)
    assert error(found["conflict"])[1:] == (409, "Conflict", "ObjectIsDeletedButRecoverable")
    assert error(found["there"])[1:] == (409, "Conflict", None)
    assert error(found["purged"]) == ("ResourceNotFoundError", 404, "CertificateNotFound", None)
    assert found["restored"] == [True, True]
    assert found["versions"] == 2


def test_a_certificate_that_nobody_has_signed_is_listed_where_that_is_asked_for(seen: Seen) -> None:
    found = seen["listed"]
    assert found["finished"] == ["inner", "orders"]
    assert found["all"] == ["inner", "orders", "waiting"]
    assert error(found["missing"]) == ("ResourceNotFoundError", 404, "CertificateNotFound", None)


def test_whoever_may_read_a_certificate_may_not_read_the_secret_behind_it(once: Once) -> None:
    officer = ((CERTIFICATES_OFFICER, ON_VAULT),)
    found = once(
        "certificate-officer", lambda directory: ran(directory, "certificate_keeping.py", officer, "officer")
    )
    assert found["read"] == SUBJECT
    for what, action in (("secret", "secrets/getSecret/action"), ("key", "keys/read")):
        assert error(found[what]) == ("HttpResponseError", 403, "Forbidden", "ForbiddenByRbac")
        assert f"Microsoft.KeyVault/vaults/{action}" in found[what]["message"]
