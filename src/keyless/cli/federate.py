"""`keyless federate`: let the real Entra ID, or another provider, trust the identities of this site."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from keyless.cli.commands import Commands
from keyless.cli.failure import Failure, explained
from keyless.cli.files import write_whole
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import moment
from keyless.cli.world import opened_store
from keyless.runtime.directory import UnknownPrincipal, read_directory
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.plan.federation import Bridge
    from keyless.store.ports import Store

T = TypeVar("T")
FORMATS = ("text", "json", "az", "bicep", "terraform")
_NO_ISSUER = (
    "this site has no issuer that others could trust: declare `federation: {issuer: https://…}` in "
    "`keyless.yaml`, or give `--issuer`. It is an https address of your own, reachable from the internet, "
    "where any web server serves the two files that `--publish` writes: the real Entra ID fetches the public "
    "keys there"
)

issuer_option = click.option(
    "--issuer", metavar="URL", help="The site's issuer (default: what `keyless.yaml` declares)."
)


@click.group("federate", cls=Commands, invoke_without_command=True)
@issuer_option
@click.option(
    "--identity", "names", metavar="NAME", multiple=True, help="Only this identity; may be repeated."
)
@click.option(
    "--on",
    "target",
    type=click.Choice(("identity", "application")),
    default="identity",
    show_default=True,
    help="What trusts them in the real cloud: user-assigned identities, or application registrations.",
)
@click.option("--format", "wanted", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files of the format into this directory.",
)
@click.option(
    "--publish",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the two documents that the issuer must serve into this directory.",
)
@project_option
@click.pass_context
def command(
    context: click.Context,
    issuer: str | None,
    names: tuple[str, ...],
    target: str,
    wanted: str,
    out: Path | None,
    folder: Path | None,
    directory: Path | None,
) -> None:
    """Print, for each identity, how the real Entra ID comes to trust it: issuer, subject, audience, commands.

    A workload then asks its managed identity endpoint for the resource api://AzureADTokenExchange, and
    exchanges what it gets for a token of the real cloud.
    """
    if context.invoked_subcommand is not None:
        return
    project = chosen_project(directory)
    if folder is not None:
        _publish(project, issuer, folder)
        return

    async def found(store: Store) -> list[Bridge]:
        return await _bridges(store, await _issuer(store, issuer), names)

    bridges = _done(found, project)
    if not bridges:
        raise Failure("there is no managed identity here: declare one in `keyless.yaml`", 2)
    files = _written(bridges, target, wanted)
    if out is None:
        _print(files, wanted)
    else:
        _write(files, out)


@command.command("token")
@click.argument("name")
@issuer_option
@project_option
def token(name: str, issuer: str | None, directory: Path | None) -> None:
    """Print a token of the identity NAME, to be exchanged for one of the real cloud; it holds for an hour.

    Whoever has it can speak as the identity there: pass it on to nobody, and write it nowhere.
    """

    async def made(store: Store) -> str:
        return await _token(store, name, await _issuer(store, issuer))

    click.echo(_done(made, chosen_project(directory)))


async def _token(store: Store, name: str, issuer: str) -> str:
    from keyless.lifecycle.identities import live_identities
    from keyless.planes.entra.keys import load_or_create_ring
    from keyless.tokens.issuer import Signer, TokenIssuer
    from keyless.wire.revocations import revocation_of

    now = int(time.time())
    principal_id = await _principal(store, name)
    if principal_id.casefold() not in await live_identities(store):
        raise Failure(f"`{name}` is no managed identity: others can trust those alone", 2)
    revocation = await revocation_of(store, principal_id)
    if revocation is not None and revocation.disabled:
        raise Failure(f"`{name}` is disabled: `keyless identity restore` lifts that", 2)
    signer = Signer("", (await load_or_create_ring(store, now)).current)
    return TokenIssuer().exchange_token(signer, issuer, principal_id, now).jwt


async def _issuer(store: Store, given: str | None) -> str:
    from keyless.tokens.site_issuer import problem_with
    from keyless.wire.federation import site_issuer

    issuer = given or await site_issuer(store)
    if issuer is None:
        raise Failure(_NO_ISSUER, 2)
    problem = problem_with(issuer)
    if problem is not None:
        raise Failure(problem, 2)
    return issuer


async def _bridges(store: Store, issuer: str, names: tuple[str, ...]) -> list[Bridge]:
    from keyless.lifecycle.identities import live_identities
    from keyless.plan.federation import bridges

    wanted = {(await _principal(store, name)).casefold() for name in names}
    found = bridges((await live_identities(store)).values(), issuer)
    return [one for one in found if not wanted or one.subject.casefold() in wanted]


async def _principal(store: Store, name: str) -> str:
    try:
        return (await read_directory(store)).find(name).principal_id
    except UnknownPrincipal as error:
        raise Failure(str(error), 2) from error


def _publish(project: Project, issuer: str | None, folder: Path) -> None:
    from keyless.deploy.publish import Published, publish

    async def published(store: Store) -> tuple[str, Published]:
        found = await _issuer(store, issuer)
        return found, await publish(store, found, int(time.time()))

    name, what = _done(published, project)
    for path, document in what.documents.items():
        file = folder / path
        with explained():
            file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, document.decode())
        say(f"wrote {file}: serve it as `{name}/{path}`, with the content type `application/json`")
    say(
        f"publish again between {moment(what.again_from)} and {moment(what.again_until)}, and after "
        "`keyless keys rotate --now`, `--retire` and `revoke`"
    )


def _written(bridges: list[Bridge], target: str, wanted: str) -> dict[str, str]:
    from keyless.plan.federation import Target
    from keyless.plan.writers.federated_az import write_az

    on = Target(target)
    if wanted == "bicep":
        from keyless.plan.writers.federated_bicep import write_bicep

        return write_bicep(bridges, on)
    if wanted == "terraform":
        from keyless.plan.writers.federated_terraform import write_terraform

        return {"federation.tf": write_terraform(bridges, on)}
    if wanted == "az":
        return {"federation.sh": write_az(bridges, on)}
    if wanted == "json":
        return {"federation.json": _as_json(bridges)}
    return {"federation.txt": "\n".join(f"{_facts(one)}\n{write_az([one], on)}" for one in bridges)}


def _facts(bridge: Bridge) -> str:
    facts = [("issuer", bridge.issuer), ("subject", bridge.subject), ("audience", bridge.audience)]
    return "\n".join([bridge.identity.name, *(f"  {name:<9} {value}" for name, value in facts)]) + "\n"


def _as_json(bridges: list[Bridge]) -> str:
    import msgspec

    found = [
        {
            "identity": one.identity.name,
            "resourceId": one.identity.resource_id,
            "issuer": one.issuer,
            "subject": one.subject,
            "audiences": [one.audience],
            "name": one.name,
            "target": one.target,
            "resourceGroup": one.resource_group,
        }
        for one in bridges
    ]
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def _print(files: dict[str, str], wanted: str) -> None:
    if len(files) > 1:
        names = ", ".join(f"`{name}`" for name in files)
        raise Failure(
            f"as {wanted}, this takes several files ({names}): write them with `--out DIRECTORY`", 2
        )
    click.echo("\n".join(files.values()), nl=False)


def _write(files: dict[str, str], folder: Path) -> None:
    with explained():
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write_whole(folder / name, text)
        say(f"wrote {folder / name}")


def _done(work: Callable[[Store], Awaitable[T]], project: Project) -> T:
    async def done() -> T:
        with opened_store(project) as store:
            return await work(store)

    with explained():
        return asyncio.run(done())
