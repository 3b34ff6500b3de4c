"""What a sealed file opens with: a passphrase that is asked for, or stands in a file or variable, or a key.

Never an argument, which other processes can read.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.cli.options import F

if TYPE_CHECKING:
    from keyless.deploy.vaults.sealed import Opener, Passphrase

_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Named:
    """Where the options say that a passphrase or a key is."""

    passphrase_file: Path | None
    passphrase_env: str | None
    key_file: Path | None

    def __post_init__(self) -> None:
        """Raise Failure where there are several."""
        if sum(one is not None for one in (self.passphrase_file, self.passphrase_env, self.key_file)) > 1:
            raise Failure("give one of `--passphrase-file`, `--passphrase-env` and `--key-file`", 2)

    def opener(self, *, new: bool, asks_for_key: bool = False) -> Opener:
        """The passphrase or key; a ``new`` passphrase must be long, and is asked for twice.

        Raises:
            Failure: it cannot be had, or is too short.
        """
        from keyless.deploy.vaults.sealed import FileKey

        if self.key_file is not None:
            return FileKey(_content(self.key_file))
        if asks_for_key and self.passphrase_file is None and self.passphrase_env is None:
            raise Failure("it opens with a key: name its file with `--key-file`", 2)
        return self._passphrase(new=new)

    def _passphrase(self, *, new: bool) -> Passphrase:
        from keyless.deploy.vaults.sealed import LEAST_CHARACTERS, Passphrase

        passphrase = Passphrase(self._text(new=new))
        length = len(passphrase.reveal())
        if new and length < LEAST_CHARACTERS:
            raise Failure(f"the passphrase has {length} characters: take at least {LEAST_CHARACTERS}", 2)
        if not length:
            raise Failure("the passphrase is empty", 2)
        return passphrase

    def _text(self, *, new: bool) -> str:
        if self.passphrase_file is not None:
            return _content(self.passphrase_file).removesuffix("\n").removesuffix("\r")
        if self.passphrase_env is not None:
            text = os.environ.get(self.passphrase_env)
            if text is None:
                raise Failure(f"the environment variable `{self.passphrase_env}` is not set", 2)
            return text
        if sys.stdin is None or not sys.stdin.isatty():
            raise Failure(
                "there is nobody to ask for the passphrase: name its file with `--passphrase-file`, or a "
                "variable with `--passphrase-env`",
                2,
            )
        asked: str = click.prompt("passphrase", hide_input=True, confirmation_prompt=new, err=True)
        return asked


def opener_options(command: F) -> F:
    """The options that say where a passphrase or a key is, as arguments of `Named`."""
    path = click.Path(dir_okay=False, path_type=Path)
    for option in (
        click.option("--key-file", type=path, help="A file with a key: base64 of 32 bytes."),
        click.option("--passphrase-env", metavar="NAME", help="An environment variable with the passphrase."),
        click.option(
            "--passphrase-file", type=path, help="A file with the passphrase (default: it is asked for)."
        ),
    ):
        command = option(command)
    return command


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode()
    except OSError as error:
        raise Failure(f"cannot read `{path}`: {(error.strerror or str(error)).lower()}", 2) from error
    except UnicodeDecodeError:
        raise Failure(f"`{path}` is not UTF-8 text", 2) from None
