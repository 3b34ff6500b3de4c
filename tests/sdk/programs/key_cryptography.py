"""Uses keys that it may not read, so that the vault has to, and checks all of it with a library here."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient
from errors import shown_error
from local_keys import (
    AES_CIPHERS,
    AES_WRAPS,
    RSA_CIPHERS,
    SIGNING,
    Local,
    SealedHere,
    digest_for,
    key_for,
    local_keys,
    opens,
    verifies,
)

PLAIN = bytes(range(32))


class Vault:
    """The keys in the vault, and those here; ``asked`` counts what was asked of the vault."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.credential = DefaultAzureCredential()
        self.keys = KeyClient(os.environ["VAULT_URL"], self.credential)
        self.local: dict[str, Local] = {}
        self.ids: dict[str, str] = {}
        for one in local_keys():
            self.local[one.name] = one
            self.ids[one.name] = self.keys.import_key(one.name, one.jwk).id

    def client(self, name: str) -> CryptographyClient:
        """A client that knows a key by its id alone."""
        return CryptographyClient(self.ids[name], self.credential, raw_request_hook=self._count)

    def _count(self, request: Any) -> None:
        path = request.http_request.url.split("?")[0]
        self.asked[f"{request.http_request.method} {path.rsplit('/', 1)[1]}"] += 1


def signatures(vault: Vault) -> dict[str, Any]:
    """Sign with each algorithm, and verify there and here."""
    found = {}
    for alg in SIGNING:
        name = key_for(alg)
        digest, client = digest_for(alg), vault.client(name)
        signed = client.sign(alg, digest)
        found[alg] = {
            "good here": verifies(alg, vault.local[name].key, digest, signed.signature),
            "good there": client.verify(alg, digest, signed.signature).is_valid,
            "of another": client.verify(alg, digest_for(alg, b"another"), signed.signature).is_valid,
            "key": signed.key_id == vault.ids[name],
        }
    return found


def ciphertexts(vault: Vault) -> dict[str, Any]:
    """Encrypt with each algorithm, and decrypt there and here."""
    found = {}
    for alg in (*RSA_CIPHERS, *AES_CIPHERS):
        name = key_for(alg)
        client = vault.client(name)
        iv = {"iv": os.urandom(16)} if "CBC" in alg else {}
        aad = {"additional_authenticated_data": b"about"} if "GCM" in alg else {}
        sealed = client.encrypt(alg, PLAIN, **iv, **aad)
        here = SealedHere(sealed.ciphertext, sealed.iv, sealed.tag, sealed.aad)
        tag = {"authentication_tag": sealed.tag} if "GCM" in alg else {}
        iv = {"iv": sealed.iv} if sealed.iv else {}
        found[alg] = {
            "opens here": opens(alg, vault.local[name].key, here) == PLAIN,
            "opens there": client.decrypt(alg, sealed.ciphertext, **iv, **aad, **tag).plaintext == PLAIN,
        }
    return found


def wrapped(vault: Vault) -> dict[str, Any]:
    """Wrap with each algorithm, and unwrap there and here."""
    found = {}
    for alg in (*RSA_CIPHERS, *AES_WRAPS):
        name = key_for(alg) if alg != "CKM_AES_KEY_WRAP" else "oct128"
        name = "oct256" if alg.endswith("WRAP_PAD") else name
        client = vault.client(name)
        sealed = client.wrap_key(alg, PLAIN)
        found[alg] = {
            "opens here": opens(alg, vault.local[name].key, SealedHere(sealed.encrypted_key)) == PLAIN,
            "opens there": client.unwrap_key(alg, sealed.encrypted_key).key == PLAIN,
        }
    return found


def refusals(vault: Vault) -> dict[str, Any]:
    """What is refused, and how."""
    calls = {
        "short digest": lambda: vault.client("rsa").sign("RS256", b"short"),
        "another curve": lambda: vault.client("es256k").sign("ES256", digest_for("ES256")),
        "no ciphertext": lambda: vault.client("rsa").decrypt("RSA-OAEP-256", bytes(256)),
        "another key": lambda: vault.client("es256").encrypt("RSA-OAEP", b"x"),
        "no key": lambda: CryptographyClient(
            f"{os.environ['VAULT_URL']}/keys/none/{'0' * 32}", vault.credential
        ).sign("RS256", digest_for("RS256")),
    }
    found = {}
    for name, call in calls.items():
        try:
            call()
        except HttpResponseError as error:
            found[name] = shown_error(error)
    return found


def newest(vault: Vault) -> dict[str, Any]:
    """Use a key without naming a version."""
    plain_id = vault.ids["es256"].rsplit("/", 1)[0]
    client = CryptographyClient(plain_id, vault.credential)
    digest = digest_for("ES256")
    signature = client.sign("ES256", digest).signature
    return {"good here": verifies("ES256", vault.local["es256"].key, digest, signature)}


def main() -> None:
    """Do everything."""
    vault = Vault()
    told = {
        "signatures": signatures(vault),
        "ciphertexts": ciphertexts(vault),
        "wrapped": wrapped(vault),
        "asked": dict(vault.asked),
        "refusals": refusals(vault),
        "newest": newest(vault),
        "random": len(vault.keys.get_random_bytes(32)),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
