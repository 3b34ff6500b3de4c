"""Signing a document so that whoever trusts the local authority can tell where it comes from.

The form is PKCS#7 with the document, the signer's certificate and its authority's inside (RFC 2315). The key
is that of a leaf of its own; the authority's is not needed but to make one, and stays where it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from keyless.gateway.authority import Authority


class LeafSigner:
    """Signs under one name; ``clock`` gives the aware time, by which the leaf is made anew before it ends."""

    def __init__(self, authority: Authority, name: str, clock: Callable[[], dt.datetime]) -> None:
        self._authority = authority
        self._name = name
        self._clock = clock

    def sign(self, document: bytes) -> bytes:
        """A document, signed, as DER.

        Raises:
            AuthorityError: the leaf cannot be read or made.
        """
        pair = self._authority.signing_pair(self._name, self._clock())
        builder = PKCS7SignatureBuilder().set_data(document)
        builder = builder.add_signer(pair.chain[0], pair.key, SHA256())
        for certificate in pair.chain[1:]:
            builder = builder.add_certificate(certificate)
        return builder.sign(Encoding.DER, [PKCS7Options.Binary, PKCS7Options.NoAttributes])
