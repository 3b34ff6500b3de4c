"""`keyless secret`: put secrets into a vault of the local plane."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from keyless.cli.commands import Commands
from keyless.cli.contents import declared_here, put
from keyless.cli.failure import Failure
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.model.estate import DeclaredSecret, Estate
from keyless.model.secret_text import SecretText

_MOST_BYTES = 1024 * 1024


@click.group("secret", cls=Commands)
def command() -> None:
    """Put secrets into a vault of the local plane."""


@command.command("set")
@click.argument("vault")
@click.argument("name")
@click.option("--content-type", help="The secret's content type.")
@project_option
def set_secret(vault: str, name: str, content_type: str | None, directory: Path | None) -> None:
    """Set secret NAME of VAULT. The value is asked for, or read from standard input; never an argument.

    One newline at the value's end is left out.
    """
    project = chosen_project(directory)
    secret = DeclaredSecret(vault.lower(), name, _read_value(name), content_type)

    def is_it(estate: Estate) -> bool:
        return any(
            (one.vault.casefold(), one.name.casefold()) == (secret.vault.casefold(), name.casefold())
            for one in estate.secrets
        )

    asyncio.run(put(project, lambda contents: contents.ensure_secret(secret)))
    say(f"secret `{name}` of vault `{secret.vault}` is set")
    if note := declared_here(project, is_it):
        say(note)


def _read_value(name: str) -> SecretText:
    value = click.prompt(f"value of {name}", hide_input=True) if _asks() else _piped()
    if not value:
        raise Failure("there is no value: type it when asked, or pipe it in", 2)
    return SecretText(value)


def _asks() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _piped() -> str:
    if sys.stdin is None:
        return ""
    raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise Failure("the value is too long for a secret", 2)
    try:
        return raw.removesuffix(b"\n").decode()
    except UnicodeDecodeError:
        raise Failure(
            "the value is not UTF-8 text, and secrets are text: encode it first, for example with `base64`", 2
        ) from None
