"""What a child process trusts: the machine's public authorities, and the local one.

Rules:
- where the user's own variables name bundles, those are what the machine trusts; where they name none, it
  is the platform's own; `NODE_EXTRA_CA_CERTS` always adds to either, as it does for Node;
- runtimes that carry public authorities of their own get the additions alone (a whole bundle would cost
  Node 35 ms at every start);
- only certificates are taken over (never a key that stands in the same file), each once;
- the bundle is a file of its own for each set of sources, so that two shells with different settings do not
  disturb each other, and it is made again when a source has changed (its first line says from what it was
  made, so that the two cannot come apart);
- Java reads neither: it gets a PKCS#12 trust store of the same certificates, made when it is asked for.

Formats: RFC 7468 (PEM); RFC 7292 (PKCS#12).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from keyless.gateway.owner_files import write_owner_only

REPLACING_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
ADDING_VARIABLES = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")

PLATFORM_BUNDLES = (
    Path("/etc/ssl/certs/ca-certificates.crt"),  # Debian, Ubuntu, Arch, Gentoo
    Path("/etc/pki/tls/certs/ca-bundle.crt"),  # Fedora, RHEL
    Path("/etc/ssl/ca-bundle.pem"),  # openSUSE
    Path("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),  # CentOS, RHEL
    Path("/etc/ssl/cert.pem"),  # Alpine, macOS, the BSDs
    Path("/opt/homebrew/etc/ca-certificates/cert.pem"),  # Homebrew
    Path("/usr/local/etc/openssl@3/cert.pem"),
)

JAVA_PASSWORD = "changeit"  # the customary one: a trust store holds nothing secret

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")
_FIRST_LINE = b"# The authorities that Keyless hands to a workload, made from "
_MAX_SOURCE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bundle:
    """Bundles that are up to date: the whole, and what it adds to a runtime's own authorities.

    ``notes`` says which of the user's own sources could not be used.
    """

    path: Path
    additions: Path
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where authorities are read from, in order; each is a file or a directory of files.

    ``paths`` makes the whole bundle, ``adding`` is the part of it that only adds to others.
    """

    paths: tuple[Path, ...]
    adding: tuple[Path, ...]
    notes: tuple[str, ...]


def sources_of(environment: Mapping[str, str], platform: Iterable[Path] = PLATFORM_BUNDLES) -> Sources:
    """The sources that the user's variables name, else the first of the platform's that is there."""
    replacing, replacing_notes = _named(environment, REPLACING_VARIABLES)
    adding, adding_notes = _named(environment, ADDING_VARIABLES)
    base = replacing or [path for path in platform if path.is_file()][:1]
    return Sources(tuple(dict.fromkeys(base + adding)), tuple(adding), (*replacing_notes, *adding_notes))


def _named(environment: Mapping[str, str], variables: Iterable[str]) -> tuple[list[Path], list[str]]:
    paths, notes = [], []
    for variable in variables:
        value = environment.get(variable)
        if not value:
            continue
        if os.access(value, os.R_OK):
            paths.append(Path(value).absolute())
        else:
            notes.append(f"`{variable}` names `{value}`, which cannot be read: it is left out")
    return paths, notes


def trust_bundle(directory: Path, ca: Path, environment: Mapping[str, str]) -> Bundle:
    """The bundle for a child that would have had this environment, up to date; ``ca`` is our certificate.

    Raises:
        OSError: our own certificate cannot be read, or the bundle cannot be written.
    """
    sources = sources_of(environment)
    whole = _kept(directory, "bundle", ca, sources.paths)
    additions = _kept(directory, "additions", ca, sources.adding) if sources.adding else ca
    return Bundle(whole, additions, sources.notes)


def _kept(directory: Path, kind: str, ca: Path, sources: tuple[Path, ...]) -> Path:
    """A file of our certificate and those of the sources, made again only where one has changed."""
    files = [file for source in sources for file in _files_of(source)]
    path = directory / f"{kind}-{_digest(str(source) for source in sources)}.pem"
    state = _FIRST_LINE + _state_of([ca, *files]).encode() + b"\n"
    if not _begins_with(path, state):
        ours = list(_certificates_in(ca.read_bytes()))
        write_owner_only(path, state + _pem(dict.fromkeys([*ours, *_read_all(files)])))
    return path


def java_trust_store(bundle: Path) -> Path:
    """A PKCS#12 trust store of a bundle's certificates, under ``JAVA_PASSWORD``; made where it is not newer.

    Raises:
        OSError: the bundle cannot be read, or the store cannot be written.
    """
    content = bundle.read_bytes()
    path = bundle.with_name(f"{bundle.stem}-{hashlib.sha256(content).hexdigest()[:16]}.p12")
    if not path.exists():
        from keyless.gateway.java_trust import trust_store

        write_owner_only(path, trust_store(_certificates_in(content), JAVA_PASSWORD))
        _remove_others(path, bundle)
    return path


def _remove_others(path: Path, bundle: Path) -> None:
    """Remove the stores of what the bundle held before."""
    for other in path.parent.glob(f"{bundle.stem}-*.p12"):
        if other != path:
            other.unlink(missing_ok=True)


def _files_of(source: Path) -> list[Path]:
    """A source's files: itself, or those of a directory, in the order of their names."""
    if not source.is_dir():
        return [source]
    return sorted(Path(entry.path) for entry in os.scandir(source) if entry.is_file())


def _state_of(files: Iterable[Path]) -> str:
    """A digest that changes when a file is changed or replaced."""
    return _digest(_stamp(file) for file in files)


def _stamp(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return f"{file} is gone"
    return f"{file} {found.st_ino} {found.st_size} {found.st_mtime_ns}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:24]


def _begins_with(path: Path, line: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(line)) == line
    except OSError:
        return False


def _read_all(files: Iterable[Path]) -> Iterator[bytes]:
    """The certificates of many files; one that cannot be read has none."""
    for file in files:
        try:
            with file.open("rb") as opened:
                yield from _certificates_in(opened.read(_MAX_SOURCE_BYTES))
        except OSError:
            continue


def _certificates_in(content: bytes) -> Iterator[bytes]:
    """The DER of each certificate in a PEM text."""
    for block in _CERTIFICATE.finditer(content):
        try:
            yield base64.b64decode(b"".join(block[1].split()), validate=True)
        except binascii.Error:
            continue


def _pem(certificates: Iterable[bytes]) -> bytes:
    return b"".join(
        b"-----BEGIN CERTIFICATE-----\n" + _wrapped(der) + b"-----END CERTIFICATE-----\n"
        for der in certificates
    )


def _wrapped(der: bytes) -> bytes:
    text = base64.b64encode(der)
    return b"".join(text[at : at + 64] + b"\n" for at in range(0, len(text), 64))
