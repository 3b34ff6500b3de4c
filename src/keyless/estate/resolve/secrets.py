"""Where secret values come from: the environment, a file, or the estate file itself.

Messages name the variable or the file, never a value. Key Vault keeps at most 25 KB of a secret.

Source: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.stores import (
    AccessKeyAsText,
    AccessKeyEntry,
    AccessKeyFromEnvironment,
    AccessKeyFromFile,
)
from keyless.estate.declared.vaults import SecretAsText, SecretEntry, SecretFromEnvironment, SecretFromFile
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.resources import Resources
from keyless.model.estate import DeclaredSecret
from keyless.model.secret_text import SecretText

MAX_SECRET_BYTES = 25_600
AS_TEXT = "text in the estate file"
"""The source of a secret whose value stands in the file itself."""


SourcedEntry = SecretEntry | AccessKeyEntry
"""A declaration of something whose value comes from the environment, a file, or the estate file itself."""


class SecretSource(Protocol):
    """Gives the values of declared secrets."""

    def value_of(self, entry: SourcedEntry, reading: Reading) -> SecretText:
        """The value of one secret.

        Raises:
            Rejected: it cannot be had, which has been reported.
        """
        ...


class WithheldText(SecretText):
    """Stands for a value that was not looked up; asking for it is a mistake of the program."""

    __slots__ = ()

    def reveal(self) -> str:
        """Raise: there is no value."""
        raise LookupError("this estate was read as an outline, without the values of its secrets")


class WithheldSecrets:
    """Looks nothing up: for showing an estate where its secrets are not at hand."""

    def value_of(self, entry: SourcedEntry, reading: Reading) -> SecretText:
        """A stand-in."""
        return WithheldText("")


class GivenSecrets:
    """Looks values up in an environment, and in files relative to a folder."""

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        self._environ, self._folder = environ, folder

    def value_of(self, entry: SourcedEntry, reading: Reading) -> SecretText:
        """The value of one secret, by the kind of its declaration."""
        if isinstance(entry, SecretFromEnvironment | AccessKeyFromEnvironment):
            where, value = entry.env, self._from_environment(entry.env, reading)
        elif isinstance(entry, SecretFromFile | AccessKeyFromFile):
            where, value = entry.file, self._from_file(entry.file, reading)
        elif isinstance(entry, SecretAsText | AccessKeyAsText):
            where, value = entry.value, entry.value.value
        else:
            raise TypeError(f"no source is known for a {type(entry).__name__}")
        _check_size(Located(value, where.at), reading)
        return SecretText(value)

    def _from_environment(self, name: Located[str], reading: Reading) -> str:
        value = self._environ.get(name.value)
        if value is None:
            hint = f"`export {name.value}=…` first, or give the secret another source"
            raise reading.reject(name.at, f"the environment variable `{name.value}` is not set", hint)
        if not value:
            hint = "set it to the secret's value"
            raise reading.reject(name.at, f"the environment variable `{name.value}` is empty", hint)
        return value

    def _from_file(self, name: Located[str], reading: Reading) -> str:
        try:
            data = _read_regular(self._folder / name.value)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
            hint = f"`file:` is relative to {self._folder.resolve()}"
            raise reading.reject(
                name.at, f"the file `{name.value}` cannot be read: {why.lower()}", hint
            ) from None
        try:
            value = _without_last_break(data.decode("utf-8"))
        except UnicodeDecodeError:
            hint = "encode binary values, in base64 for example"
            raise reading.reject(name.at, f"the file `{name.value}` is not UTF-8 text", hint) from None
        if not value:
            raise reading.reject(name.at, f"the file `{name.value}` is empty", "put the secret's value there")
        return value


def read_secrets(
    estate: EstateEntry, resources: Resources, source: SecretSource, reading: Reading
) -> tuple[DeclaredSecret, ...]:
    """The secrets of all vaults; those whose values cannot be had are reported and left out."""
    found = []
    for _, group in estate.resource_groups.items:
        for vault_name, vault in group.vaults.items:
            for name, entry in vault.secrets.items:
                try:
                    found.append(_secret(vault_name.value, name.value, entry, source, reading))
                except Rejected:  # reported: the others are still worth a look
                    continue
    return tuple(found)


def _secret(
    vault: str, name: str, entry: SecretEntry, source: SecretSource, reading: Reading
) -> DeclaredSecret:
    return DeclaredSecret(
        vault=vault,
        name=name,
        value=source.value_of(entry, reading),
        content_type=entry.content_type,
        tags={tag.value: value for tag, value in entry.tags.items},
        source=describe_source(entry),
    )


def describe_source(entry: SecretEntry) -> str:
    """Where a secret's value comes from, for people."""
    if isinstance(entry, SecretFromEnvironment):
        return f"${entry.env.value}"
    if isinstance(entry, SecretFromFile):
        return entry.file.value
    return AS_TEXT


def _read_regular(path: Path) -> bytes:
    """The beginning of a regular file, long enough to tell that it is too long.

    Raises:
        OSError: it cannot be read, or is not a regular file (a pipe would block).
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a regular file")
    with path.open("rb") as file:
        return file.read(MAX_SECRET_BYTES + 8)


def _without_last_break(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _check_size(value: Located[str], reading: Reading) -> None:
    try:
        size = len(value.value.encode("utf-8"))
    except UnicodeEncodeError:
        raise reading.reject(
            value.at, "the secret's value is not Unicode text", "encode it, in base64 say"
        ) from None
    if size > MAX_SECRET_BYTES:
        raise reading.reject(
            value.at,
            "the secret's value is longer than 25 KB, which is all that Key Vault keeps",
            "store it elsewhere",
        )
