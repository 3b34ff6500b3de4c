"""The local certificate authority of a project: a directory that its key never leaves.

What lies in the directory (`.keyless/tls/`), all of it for the owner alone:
- `authority.pem`: the authority's key and certificate, in one file so that they cannot come apart;
- `ca.pem`: the certificate again, to be handed to clients;
- `leaf-….pem`: a server's key and chain, one file for each set of names.

Rules:
- a key that others may read, or that is not the certificate's, is refused: someone has touched it;
- an authority that has expired, is about to, or is limited to other names than we serve now, is made anew,
  and says so in ``notes``;
- a leaf is used again for as long as it is valid, for the same names and from the same authority.

The certificates themselves are made in `keyless.gateway.certificates`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from keyless.gateway import certificates as certs
from keyless.gateway.certificates import Names, PrivateKey
from keyless.gateway.hosts import local_domains
from keyless.gateway.owner_files import (
    UnsafeFile,
    locked,
    make_owner_only,
    read_owner_only,
    write_owner_only,
)

CA_FILE = "ca.pem"
_AUTHORITY_FILE = "authority.pem"

SERVED = Names(local_domains())


class AuthorityError(Exception):
    """An authority that must not, or cannot, be used; the message says what to do."""


class LeafFiles(NamedTuple):
    """Where a server finds its chain and its key; they may be one file, which holds both.

    ``thumbprint`` is how clients that compare certificates know the leaf.
    """

    chain: Path
    key: Path
    thumbprint: str


class Pair(NamedTuple):
    """A private key and the certificates that go with it, its own first."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @classmethod
    def parse(cls, content: bytes) -> Pair:
        """Read a key and its certificates; raises ValueError for anything else or a key of another's."""
        try:
            key = load_pem_private_key(content, None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("the key cannot be read") from error
        chain = tuple(x509.load_pem_x509_certificates(content))
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not certs.belongs_to(chain[0], key):
            raise ValueError("the key is not the certificate's")
        return cls(key, chain)

    def pem(self) -> bytes:
        """The key, then the certificates."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + certs.pem(self.chain)


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority that may be used. ``notes`` is what a person should be told about opening it."""

    directory: Path
    certificate: x509.Certificate
    notes: tuple[str, ...]
    _pair: Pair
    _names: Names

    def __repr__(self) -> str:
        return f"Authority({str(self.directory)!r})"

    @property
    def ca_path(self) -> Path:
        """The authority's certificate, as PEM, for clients to trust."""
        return self.directory / CA_FILE

    @classmethod
    def open(cls, directory: Path, now: dt.datetime, names: Names = SERVED) -> Authority:
        """The authority in a directory, limited to ``names``; made where there is none. ``now`` is aware.

        Raises:
            AuthorityError: others have access to it, its key and certificate do not belong together, or the
                directory cannot be used.
        """
        with _explained(directory):
            make_owner_only(directory)
            with locked(directory):
                return cls._open(directory, now, names)

    @classmethod
    def _open(cls, directory: Path, now: dt.datetime, names: Names) -> Authority:
        path = directory / _AUTHORITY_FILE
        content = read_owner_only(path)
        pair = _read_authority(path, content) if content is not None else None
        reason = _why_anew(pair.chain[0], names, now) if pair else None
        if pair is None or reason is not None:
            key = certs.new_key()
            pair = Pair(key, (certs.make_authority(key, names, now),))
            write_owner_only(path, pair.pem())
        _keep_written(directory / CA_FILE, certs.pem(pair.chain))
        notes = () if reason is None else (f"made a new local certificate authority: {reason}",)
        return cls(directory, pair.chain[0], notes, pair, names)

    def issue_leaf(
        self, dns_names: Iterable[str], ip_addresses: Iterable[str], now: dt.datetime
    ) -> LeafFiles:
        """A server's certificate for these names, and its key; the one made before while it is good.

        Raises:
            AuthorityError: the authority is not for such names, or the file cannot be used.
        """
        path, pair = self._leaf(Names(tuple(dns_names), tuple(ip_addresses)), now)
        return LeafFiles(path, path, certs.thumbprint(pair.chain[0]))

    def signing_pair(self, dns_name: str, now: dt.datetime) -> Pair:
        """The key and the chain of a leaf that signs documents under a name; raises as ``issue_leaf``."""
        return self._leaf(Names((dns_name,)), now)[1]

    def _leaf(self, names: Names, now: dt.datetime) -> tuple[Path, Pair]:
        if not self._names.permits(names):
            wanted = ", ".join(f"`{name}`" for name in (*names.dns, *names.addresses))
            raise AuthorityError(f"the local authority is limited to other names than {wanted}")
        path = self.directory / _leaf_file(names)
        with _explained(self.directory), locked(self.directory):
            pair = self._good_leaf(read_owner_only(path), names, now)
            if pair is None:
                pair = self._new_leaf(names, now)
                write_owner_only(path, pair.pem())
        return path, pair

    def _new_leaf(self, names: Names, now: dt.datetime) -> Pair:
        key = certs.new_key()
        leaf = certs.make_leaf(self.certificate, self._pair.key, key.public_key(), names, now)
        return Pair(key, (leaf, self.certificate))

    def _good_leaf(self, content: bytes | None, names: Names, now: dt.datetime) -> Pair | None:
        """What was issued before, where it can be used; anything wrong with it is no more than a no."""
        try:
            pair = Pair.parse(content or b"")
        except ValueError:
            return None
        leaf = pair.chain[0]
        good = (
            certs.is_valid_for(leaf, now, certs.LEAF_MARGIN)
            and certs.is_for(leaf, names)
            and certs.is_issued_by(leaf, self.certificate)
        )
        return pair if good else None


@contextlib.contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except UnsafeFile as error:
        raise AuthorityError(str(error)) from error
    except OSError as error:
        raise AuthorityError(f"cannot use `{error.filename or directory}`: {error.strerror}") from error


def _read_authority(path: Path, content: bytes) -> Pair:
    try:
        return Pair.parse(content)
    except ValueError as error:
        raise AuthorityError(
            f"`{path}` does not hold a key and the certificate that belongs to it: remove it to have a new "
            "authority made"
        ) from error


def _why_anew(authority: x509.Certificate, names: Names, now: dt.datetime) -> str | None:
    """Why an authority cannot be used any longer; none where it can."""
    if now < authority.not_valid_before_utc:
        return f"the one before was not valid until {authority.not_valid_before_utc:%Y-%m-%d}"
    if now >= authority.not_valid_after_utc:
        return f"the one before expired on {authority.not_valid_after_utc:%Y-%m-%d}"
    if not certs.is_valid_for(authority, now, certs.AUTHORITY_MARGIN):
        return f"the one before would have expired on {authority.not_valid_after_utc:%Y-%m-%d}"
    if not certs.is_limited_to(authority, names):
        return "the one before was for other host names"
    return None


def _leaf_file(names: Names) -> str:
    digest = hashlib.sha256("\n".join((*names.dns, *names.addresses)).encode()).hexdigest()
    return f"leaf-{digest[:16]}.pem"


def _keep_written(path: Path, content: bytes) -> None:
    try:
        same = read_owner_only(path) == content
    except UnsafeFile:  # a certificate is no secret; only what it says matters
        same = False
    if not same:
        write_owner_only(path, content)
