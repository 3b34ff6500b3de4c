"""`keyless setting`: put settings into a configuration store of the local plane."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from keyless.cli.commands import Commands
from keyless.cli.contents import declared_here, put
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.model.estate import DeclaredSetting, Estate


@click.group("setting", cls=Commands)
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
    project = chosen_project(directory)
    setting = DeclaredSetting(store.lower(), key, value, label or None, content_type)

    def is_it(estate: Estate) -> bool:
        wanted = (setting.store.casefold(), key, setting.label)
        return any((one.store.casefold(), one.key, one.label) == wanted for one in estate.settings)

    asyncio.run(put(project, lambda contents: contents.ensure_setting(setting)))
    labelled = f" with the label `{setting.label}`" if setting.label else ""
    say(f"key-value `{key}`{labelled} of store `{setting.store}` is set")
    if note := declared_here(project, is_it):
        say(note)
