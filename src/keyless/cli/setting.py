"""`keyless setting`: put settings into a configuration store of the local plane."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from keyless.cli.contents import open_contents
from keyless.cli.failure import explained
from keyless.cli.options import chosen_project, project_option
from keyless.model.estate import DeclaredSetting
from keyless.runtime.project import Project


@click.group("setting")
def command() -> None:
    """Put settings into a configuration store of the local plane."""


@command.command("set")
@click.argument("store")
@click.argument("key")
@click.argument("value")
@click.option("--label", help="The setting's label (default: none).")
@click.option("--content-type", help="The setting's content type.")
@project_option
def set_setting(
    store: str, key: str, value: str, label: str | None, content_type: str | None, directory: Path | None
) -> None:
    """Set KEY of STORE to VALUE. A secret belongs into a vault: see `keyless secret set`."""
    with explained():
        asyncio.run(
            _set(chosen_project(directory), DeclaredSetting(store.lower(), key, value, label, content_type))
        )
    click.echo(f"key-value `{key}` of store `{store}` is set", err=True)


async def _set(project: Project, setting: DeclaredSetting) -> None:
    async with open_contents(project) as contents:
        await contents.ensure_setting(setting)
