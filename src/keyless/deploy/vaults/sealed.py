"""A sealed file: bytes that open only with the passphrase or the key that they were sealed under.

Rules:
- the file is a line with the format and its version, a line of JSON that says what it opens with, a nonce,
  and what AES-256-GCM makes of the content, with both lines as associated data: what was altered anywhere
  does not open;
- a passphrase becomes a key by scrypt, with a salt of the file's own; how costly that is stands in the file,
  within bounds, so that a file cannot demand all memory;
- a key is 32 random bytes, in base64;
- a wrong passphrase, a wrong key and an altered file cannot be told apart.

Sources: RFC 7914 (scrypt), NIST SP 800-38D; N = 2^17, r = 8, p = 1 are OWASP's numbers for passphrases
(https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html)
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keyless.model.secret_text import SecretText

FORMAT = b"keyless vault export 1\n"
KEY_BYTES = 32
LEAST_CHARACTERS = 12
_FAMILY = b"keyless vault export "
_NONCE_BYTES, _SALT_BYTES = 12, 16
_MOST_HEADER_BYTES = 1024
_COST, _MOST_COST = 2**17, 2**20


class CannotOpen(Exception):
    """A sealed file that does not open; the message says what may be wrong."""


class Passphrase(SecretText):
    """A passphrase, in the one form that all ways of typing it have (NFC)."""

    def __init__(self, text: str) -> None:
        super().__init__(unicodedata.normalize("NFC", text))


class FileKey(SecretText):
    """A key of 32 bytes in base64."""

    def key(self) -> bytes:
        """The key.

        Raises:
            CannotOpen: it is none.
        """
        try:
            key = base64.b64decode(self.reveal().strip(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise CannotOpen(
                f"the key must be base64 of {KEY_BYTES} bytes, as `openssl rand -base64 32` makes it"
            )
        return key


Opener = Passphrase | FileKey


class _Header(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the file opens with; ``salt`` is in base64."""

    opens_with: str = msgspec.field(name="opensWith")
    salt: str | None = None
    cost: int | None = None


def is_sealed(data: bytes) -> bool:
    """Whether this is a sealed file, of whichever version."""
    return data.startswith(_FAMILY)


def opens_with_passphrase(data: bytes) -> bool:
    """Whether a sealed file opens with a passphrase; raises CannotOpen where that cannot be told."""
    return _parts(data)[0].salt is not None


def seal(content: bytes, opener: Opener, entropy: Callable[[int], bytes], cost: int = _COST) -> bytes:
    """A sealed file with this content."""
    if isinstance(opener, Passphrase):
        salt = entropy(_SALT_BYTES)
        header = _Header("passphrase", base64.b64encode(salt).decode(), cost)
        key = _derived(opener, salt, cost)
    else:
        header, key = _Header("key"), opener.key()
    beginning = FORMAT + msgspec.json.encode(header) + b"\n"
    nonce = entropy(_NONCE_BYTES)
    return beginning + nonce + AESGCM(key).encrypt(nonce, content, beginning)


def open_sealed(data: bytes, opener: Opener) -> bytes:
    """The content of a sealed file.

    Raises:
        CannotOpen: it is of another version, was altered, or this opens another file.
    """
    header, beginning, rest = _parts(data)
    key = _key_for(header, opener)
    try:
        return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], beginning)
    except (InvalidTag, ValueError) as error:
        what = "passphrase" if isinstance(opener, Passphrase) else "key"
        raise CannotOpen(f"it does not open: the {what} is another one, or the file was altered") from error


def _parts(data: bytes) -> tuple[_Header, bytes, bytes]:
    """What a file opens with, the lines that say so, and what follows."""
    if not data.startswith(FORMAT):
        raise CannotOpen("it was sealed by another version of Keyless, in a form that this one does not know")
    end = data.find(b"\n", len(FORMAT), len(FORMAT) + _MOST_HEADER_BYTES) + 1
    try:
        header = msgspec.json.decode(data[len(FORMAT) : end], type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotOpen("what it opens with is not readable: the file was altered") from error
    return header, data[:end], data[end:]


def _key_for(header: _Header, opener: Opener) -> bytes:
    if isinstance(opener, FileKey):
        if header.salt is not None:
            raise CannotOpen("it opens with a passphrase, and not with a key")
        return opener.key()
    if header.salt is None or header.cost is None:
        raise CannotOpen("it opens with a key, and not with a passphrase")
    try:
        salt = base64.b64decode(header.salt, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotOpen("its salt is not readable: the file was altered") from error
    if not 2 <= header.cost <= _MOST_COST or header.cost & (header.cost - 1):
        raise CannotOpen("it asks for more work than any file of Keyless: the file was altered")
    return _derived(opener, salt, header.cost)


def _derived(passphrase: Passphrase, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt, KEY_BYTES, n=cost, r=8, p=1).derive(passphrase.reveal().encode())
