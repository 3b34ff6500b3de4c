"""`keyless secret`: put secrets into a vault of the local plane."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from keyless.cli.contents import open_contents
from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.model.estate import DeclaredSecret
from keyless.model.secret_text import SecretText
from keyless.runtime.project import Project


@click.group("secret")
def command() -> None:
    """Put secrets into a vault of the local plane."""


@command.command("set")
@click.argument("vault")
@click.argument("name")
@click.option("--content-type", help="The secret's content type.")
@project_option
def set_secret(vault: str, name: str, content_type: str | None, directory: Path | None) -> None:
    """Set secret NAME of VAULT. The value is asked for, or read from standard input; never an argument."""
    value = _read_value(name)
    with explained():
        asyncio.run(_set(chosen_project(directory), DeclaredSecret(vault.lower(), name, value, content_type)))
    click.echo(f"secret `{name}` of vault `{vault}` is set", err=True)


def _read_value(name: str) -> SecretText:
    if sys.stdin.isatty():
        value: str = click.prompt(f"value of {name}", hide_input=True)
        return SecretText(value)
    value = sys.stdin.read()
    value = value.removesuffix("\n")
    if not value:
        raise Failure("there is no value: type it when asked, or pipe it in", 2)
    return SecretText(value)


async def _set(project: Project, secret: DeclaredSecret) -> None:
    async with open_contents(project) as contents:
        await contents.ensure_secret(secret)
