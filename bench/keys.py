"""What the keys of a vault do in a second, over TLS, authorised and recorded: sign, wrap and unwrap.

Beside each: what the library does alone, and what a bare server answers without doing it. All of it by the
processor's time, which does not depend on who else is on the machine.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.key_rates import DIGEST
from bench.ready import Ready
from bench.servers import (
    ROUNDS,
    SECONDS,
    SERVER,
    Asked,
    bare_server,
    on_core,
    rate_for_processor,
    report,
)
from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.material.make import key_spec
from keyless.planes.keyvault.keys.material.types import KeyOperation
from keyless.planes.keyvault.service import KeyVault
from keyless.store.collections import VAULTS
from keyless.store.ports import Store

HOST = "contoso-orders.vault.azure.net"
WRAP = "RSA-OAEP-256"


class Measured(NamedTuple):
    """An operation on a key: ``raw`` is what `bench.key_rates` calls it."""

    what: str
    raw: str
    path: str
    alg: str
    aim: str = ""


MEASURED = (
    Measured("sign RS256 (RSA-2048)", "RS256", "rsa/sign", "RS256", "aim: at least 80 %"),
    Measured("sign ES256", "ES256", "ec/sign", "ES256"),
    Measured("wrap (RSA-OAEP-256)", "wrap", "rsa/wrapkey", WRAP),
    Measured("unwrap (RSA-OAEP-256)", "unwrap", "rsa/unwrapkey", WRAP),
)


async def make_keys(store: Store) -> str:
    """Give the vault its keys; the answer is one that its RSA key has wrapped."""
    from keyless.planes.keyvault.keys.material.algorithms import cipher_for
    from keyless.planes.keyvault.keys.material.values import Plain

    vault = await store.get(VAULTS, (HOST.partition(".")[0],))
    if not isinstance(vault, Vault):
        raise SystemExit("the estate of the benchmark has no vault")
    keys, now = KeyVault(store).keys, int(time.time())
    await keys.create(vault, "ec", key_spec("EC"), now=now)
    made = await keys.create(vault, "rsa", key_spec("RSA", 2048), now=now)
    row = cipher_for(WRAP, KeyOperation.WRAP, "7.6")
    return _text(row.cipher.encrypt(made.version.material.open(), Plain(DIGEST), row.name).value)


def use_keys(folder: Path, ready: Ready) -> None:
    """Measure each against its yardsticks, in alternating rounds, by the processor's time."""
    if not Path("/proc/self/stat").exists():
        print("there is no /proc here: keys of vaults are NOT measured")
        return
    for measured in MEASURED:
        _use(folder, ready, measured)


def _use(folder: Path, ready: Ready, measured: Measured) -> None:
    value = ready.wrapped if measured.raw == "unwrap" else _text(DIGEST)
    body = msgspec.json.encode({"alg": measured.alg, "value": value}).decode()
    headers = (f"Host: {HOST}", f"Authorization: Bearer {ready.token}", "Content-Type: application/json")
    path = f"/keys/{measured.path}?api-version=7.6"
    asked = Asked(f"https://127.0.0.1:{ready.tls_port}{path}", headers, body)
    answer = msgspec.json.encode({"kid": f"https://{HOST}/keys/rsa/{'0' * 32}", "value": "A" * 342})
    ours, raw, bare = [], [], []
    pid_file = folder / "bare.pid"
    with bare_server(answer, certificate=ready.certificate, app="posted", pid_file=pid_file) as port:
        yardstick = Asked(f"https://127.0.0.1:{port}{path}", headers, body)
        for _ in range(ROUNDS):
            raw.append(_raw_rate(measured.raw))
            bare.append(rate_for_processor(yardstick, folder, int(pid_file.read_text())))
            ours.append(rate_for_processor(asked, folder, ready.pid))
    print(f"{measured.what}, over TLS, by seconds of the processor:")
    report("by a vault's key", ours, "by the library alone", raw, measured.aim)
    report("by a vault's key", ours, "bare granian, answers", bare, "")
    report("by a vault's key", ours, "one after the other: both", _one_after_the_other(raw, bare), "")


def _one_after_the_other(raw: list[float], bare: list[float]) -> list[float]:
    """What a core can do that computes as the library alone and answers as the bare server."""
    return [1 / (1 / alone + 1 / answered) for alone, answered in zip(raw, bare, strict=True)]


def _raw_rate(operation: str) -> float:
    command = on_core(SERVER, [sys.executable, "-m", "bench.key_rates", operation, str(SECONDS)])
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _text(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()
