"""`keyless store`: what a configuration store of the local plane holds: shown, brought in, given out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyless.cli.commands import Commands
from keyless.cli.contents import put
from keyless.cli.failure import Failure
from keyless.cli.options import choice_options, chosen_project, project_option
from keyless.cli.store_export import INCOMPLETE, export
from keyless.cli.store_sources import Given, form_of, form_options
from keyless.cli.store_words import lines_of, named, refusals_of, shown_json, shown_line, taken_in_json
from keyless.cli.terminal import say
from keyless.cli.wording import counted
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.deploy.contents import PlaneContents
    from keyless.deploy.stores.take_in import Source, TakenIn, Wish
    from keyless.planes.appconfig.key_values.records import Name


@click.group("store", cls=Commands)
def command() -> None:
    """Show what a configuration store holds, bring it in from elsewhere, or give it out."""


@command.command("show")
@click.argument("store")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@project_option
def show(store: str, as_json: bool, directory: Path | None) -> None:
    """Print what STORE holds: keys, labels, kinds, and what looks like a secret. No value is shown."""
    from keyless.deploy.stores.held_back import judged

    project = chosen_project(directory)
    found, held = asyncio.run(put(project, lambda contents: contents.key_values(store.lower()), deploy=False))
    told = judged(found, held)
    if as_json:
        click.echo(shown_json(told))
    for one, why in () if as_json else told:
        click.echo(shown_line(one, why))


@command.command(
    "import",
    epilog="Exit code: 0 where everything was taken in or was there already, 3 where something looks like a "
    "secret and was held back, or could not be taken in (it is listed, and the rest is taken in), 2 where "
    "nothing was done.",
)
@click.argument("store")
@click.argument("source")
@form_options
@choice_options("keys", "Orders:*")
@click.option(
    "--connection-string-env",
    metavar="NAME",
    help="An environment variable with the connection string of the store that SOURCE is.",
)
@click.option(
    "--secrets-to",
    "vault",
    metavar="VAULT",
    help="Put what looks like a secret into this vault, and a Key Vault reference in its place.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="PATTERN",
    help="Keys whose values are no secrets, whatever they look like. May be repeated.",
)
@click.option("--force", is_flag=True, help="Change what differs, in the vault too.")
@click.option(
    "--strict",
    is_flag=True,
    help="Remove what SOURCE does not have, of the same prefix and label. You are asked first.",
)
@click.option("--yes", is_flag=True, help="Do not ask before something is removed.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@project_option
def import_settings(
    store: str,
    source: str,
    format_: str | None,
    only: tuple[str, ...],
    leave_out: tuple[str, ...],
    connection_string_env: str | None,
    vault: str | None,
    allow: tuple[str, ...],
    force: bool,
    strict: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    directory: Path | None,
    **form: Any,  # noqa: ANN401  # the options of a form
) -> None:
    """Take what SOURCE holds into STORE: all of it in one step, or nothing.

    SOURCE is a file: JSON, YAML, `.properties`, `.env`, the `appsettings.json` of .NET, or a set of
    key-values with labels and tags, as the Azure CLI's profile `appconfig/kvset` writes it. Or it is another
    store at its address (`https://NAME.azconfig.io`), which is read with your own credential.

    What looks like a secret is held back: it belongs into a vault (`--secrets-to`). What the store has
    already is left alone. What differs there is refused, and then nothing is written; `--force` changes it.
    No value is ever shown.
    """
    from keyless.deploy.sources import Choice
    from keyless.deploy.stores.take_in import Wish

    read = Given(source, format_, connection_string_env).reader(form_of(**form), Choice(only, leave_out))
    allowed = Choice(allow) if allow else Choice(leave_out=("*",))
    wish = Wish(renew=force, allow=allowed, whole=strict, keep=not dry_run)
    vault = vault.lower() if vault else None
    taking = _Taking(chosen_project(directory), store.lower(), vault, source, read)
    if strict and not yes and not dry_run:
        wish = taking.agreed(wish)
    done = taking.done(wish)
    if as_json:
        click.echo(taken_in_json(done, vault))
    for line in () if as_json else lines_of(done, vault):
        click.echo(line)
    _end(done, store.lower(), dry_run=dry_run)


command.add_command(export)


class _Taking:
    """One import."""

    def __init__(self, project: Project, store: str, vault: str | None, source: str, read: Source) -> None:
        self._project, self._store, self._vault, self._source = project, store, vault, source
        self._read = read

    def done(self, wish: Wish) -> TakenIn:
        """Do it; raises Failure where it cannot be done."""
        from keyless.deploy.sources import NotASource

        async def take_in(contents: PlaneContents) -> TakenIn:
            return await contents.take_in_settings(self._store, self._read, wish, vault_name=self._vault)

        try:
            return asyncio.run(put(self._project, take_in, keep=wish.keep))
        except NotASource as error:
            raise Failure(f"nothing was taken in from `{self._source}`: {error}", 2) from error

    def agreed(self, wish: Wish) -> Wish:
        """The wish, with the names that may be removed; asks where there are any."""
        from dataclasses import replace

        names = _removed(self.done(replace(wish, keep=False)))
        if names:
            for one in names:
                say(f"to be removed: {named(one)}")
            _ask(f"remove {counted(len(names), 'key-value', 'key-values')} of store `{self._store}`?")
        return replace(wish, agreed=frozenset(names))


def _removed(done: TakenIn) -> list[Name]:
    from keyless.planes.appconfig.key_values.arrivals import Outcome

    return [one.name for one in done.arrived if one.outcome is Outcome.REMOVED]


def _ask(question: str) -> None:
    """Ask whether to go on; raises Failure where the answer is no, or there is nobody to ask."""
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort as abort:
        if isinstance(abort.__context__, KeyboardInterrupt):
            raise
        raise Failure(f"{question} There is nobody to ask: `--yes` says so beforehand", 2) from None
    if not agreed:
        raise Failure("nothing was written", 2)


def _count(done: TakenIn, outcome: str) -> int:
    return sum(one.outcome.value == outcome for one in done.arrived)


def _end(done: TakenIn, store: str, *, dry_run: bool) -> None:
    """Say what it came to; raises where not everything came in."""
    if refused := refusals_of(done):
        raise Failure("\n".join([f"nothing was written into store `{store}`", *refused]), 2)
    removed, unchanged = (_count(done, outcome) for outcome in ("removed", "unchanged"))
    written = len(done.arrived) - removed - unchanged
    verb = "would be written" if dry_run else "written"
    told = f"{counted(written, 'key-value', 'key-values')} {verb} into store `{store}`"
    secrets = sum(one.outcome.value != "unchanged" for one in done.secrets)
    more = f" and {counted(secrets, 'secret', 'secrets')} into its vault" if done.secrets else ""
    gone = f", {removed} removed" if removed else ""
    say(f"{told}{more}{gone}, {unchanged} unchanged")
    replaced = [one for one in done.arrived if one.outcome.value == "changed" and one.name in done.references]
    if replaced and not dry_run:
        before = counted(len(replaced), "reference", "references")
        say(f"what stood in place of {before} stays in the history of store `{store}`: change those secrets")
    if done.held_back:
        say(
            f"{counted(len(done.held_back), 'key-value looks', 'key-values look')} like a secret: "
            "`--secrets-to VAULT` puts it into a vault, `--allow KEY` takes it in as it is"
        )
    if done.left or done.held_back:
        raise SystemExit(INCOMPLETE)
