"""Makes up the credentials that the services hold before the move: random ones, written to `stored/`.

    python prepare.py
    set -a; . stored/shared.env; set +a

`shared.env` is what the estate file reads; each service has a file of its own with what it holds, as its
application settings would have it."""

from __future__ import annotations

import base64
import datetime
import os
import secrets
import shlex
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

STORED = Path(__file__).with_name("stored")
VALID_DAYS = 90
TENANT = "5d0a2c4e-7c7e-4f6a-9a39-0f9b1f1f7a11"
APPLICATION = "8f1c7a52-3f0e-4a4b-8f6f-6f0c9a6d2b0"


def certificate() -> tuple[str, str]:
    """A new certificate in PEM, and the same with its private key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "parcels-admin")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, private.decode() + pem


def key() -> str:
    """A key as the cloud would make one."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def write(name: str, text: str) -> None:
    """A file that only its owner reads."""
    file = STORED / name
    file.touch(0o600)
    file.write_text(text)


def write_settings(name: str, values: dict[str, str]) -> None:
    """Settings for a shell to read."""
    write(name, "".join(f"{key}={shlex.quote(value)}\n" for key, value in values.items()))


def application(number: int) -> dict[str, str]:
    """Whom a service signs in as: the ids are those of the estate file."""
    return {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": f"{APPLICATION}{number}"}


def main() -> None:
    """Make all of them, anew."""
    STORED.mkdir(mode=0o700, exist_ok=True)
    north, south = secrets.token_urlsafe(30), secrets.token_urlsafe(30)
    connection = f"Endpoint=https://contoso-parcels.azconfig.io;Id=worker-key;Secret={key()}"
    public, private = certificate()
    write("admin.pem", private)
    write_settings(
        "shared.env",
        {
            "PARCELS_NORTH_SECRET": north,
            "PARCELS_SOUTH_SECRET": south,
            "PARCELS_WORKER_KEY": connection,
            "PARCELS_ADMIN_CERTIFICATE": public,
            "PARCELS_CARRIER_API_KEY": secrets.token_urlsafe(24),
            "PARCELS_LABEL_SIGNING_KEY": secrets.token_urlsafe(32),
            "PARCELS_ARCHIVE_STORAGE": "DefaultEndpointsProtocol=https;AccountName=contosoparcels;"
            f"AccountKey={base64.b64encode(secrets.token_bytes(64)).decode()};EndpointSuffix=core.windows.net",
        },
    )
    write_settings("web-north.env", application(1) | {"AZURE_CLIENT_SECRET": north})
    write_settings("web-south.env", application(2) | {"AZURE_CLIENT_SECRET": south})
    write_settings("worker.env", {"PARCELS_CONNECTION_STRING": connection})
    write_settings(
        "admin.env", application(3) | {"AZURE_CLIENT_CERTIFICATE_PATH": os.fspath(STORED / "admin.pem")}
    )


if __name__ == "__main__":
    main()
