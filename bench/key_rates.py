"""The yardstick of operations on keys: how many the library does, and nothing else, in a second of processor.

Usage: python -m bench.key_rates OPERATION SECONDS. Prints the rate.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

DIGEST = bytes(range(32))
_SHA256 = hashes.SHA256()
_PREHASHED = utils.Prehashed(_SHA256)
_OAEP = padding.OAEP(padding.MGF1(_SHA256), _SHA256, None)


def _rs256() -> Callable[[], bytes]:
    key, scheme = rsa.generate_private_key(65537, 2048), padding.PKCS1v15()
    return lambda: key.sign(DIGEST, scheme, _PREHASHED)


def _es256() -> Callable[[], bytes]:
    key, scheme = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(_PREHASHED)
    return lambda: key.sign(DIGEST, scheme)


def _wrap() -> Callable[[], bytes]:
    key = rsa.generate_private_key(65537, 2048).public_key()
    return lambda: key.encrypt(DIGEST, _OAEP)


def _unwrap() -> Callable[[], bytes]:
    key = rsa.generate_private_key(65537, 2048)
    wrapped = key.public_key().encrypt(DIGEST, _OAEP)
    return lambda: key.decrypt(wrapped, _OAEP)


OPERATIONS = {"RS256": _rs256, "ES256": _es256, "wrap": _wrap, "unwrap": _unwrap}


def rate(operation: str, seconds: float) -> float:
    """Operations in a second of processor."""
    compute, done, began = OPERATIONS[operation](), 0, time.process_time()
    while time.process_time() - began < seconds:
        compute()
        done += 1
    return done / (time.process_time() - began)


if __name__ == "__main__":
    print(rate(sys.argv[1], float(sys.argv[2])))
