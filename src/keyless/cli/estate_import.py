"""`keyless estate import`: what there is in Azure, from lists, templates and Terraform, into the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.import_words import lines_of
from keyless.cli.options import project_option
from keyless.cli.terminal import say
from keyless.model.visible import visible
from keyless.runtime.project import ESTATE_FILE, STATE_DIRECTORY, Project

if TYPE_CHECKING:
    from keyless.deploy.adopt import Adopted
    from keyless.estate.imported import Existing, File
    from keyless.model.resources import Tenant
    from keyless.store.ports import Store

INCOMPLETE = 3
"""The exit code where not everything could be taken in."""
_SUFFIXES = (".json", ".tfstate", ".bicep")


@click.command(
    "import",
    epilog="Exit code: 0 where everything was taken in, 3 where something could not be (it is listed, and "
    "the rest is taken in), 2 where nothing could be done.",
)
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.option("--subscription", metavar="ID", default="", help="Where templates are deployed to.")
@click.option("--resource-group", metavar="NAME", default="", help="The resource group that they go into.")
@click.option("--tenant", metavar="ID", default="", help="The tenant of that subscription.")
@project_option
def command(
    paths: tuple[Path, ...],
    dry_run: bool,
    as_json: bool,
    subscription: str,
    resource_group: str,
    tenant: str,
    directory: Path | None,
) -> None:
    """Take what there is in Azure into the store: identities, roles, assignments, vaults, resources.

    PATH is a file, or a directory of them. What each is follows from what is in it: what the Azure CLI, the
    REST API, Resource Graph or Microsoft Graph print as JSON (`az role assignment list --all`, `az role
    definition list`, `az identity list`, `az resource list`, `az graph query`, `az keyvault show`, `az
    appconfig list`, `az group list`, `az account list`, `az ad sp list --all`, `az ad user list`, `az ad
    group list`), a state of Terraform (or `terraform show -json`), an ARM template with parameters, Bicep.

    What was imported stays beside `keyless.yaml`, as what tools make does. No secret is read.
    """
    with explained():
        project = _project(directory)
        files, skipped = read_files(paths)
        existing, changes = asyncio.run(
            _import(project, files, _Where(subscription, resource_group, tenant), keep=not dry_run)
        )
    if as_json:
        _print_json(existing, changes, skipped, dry_run=dry_run)
    else:
        _print(existing, changes, skipped, dry_run=dry_run)
    if existing.unread:
        raise SystemExit(INCOMPLETE)


def _project(directory: Path | None) -> Project:
    """The project; a new one in the directory itself where nothing is there yet."""
    from keyless.cli.estate import project_to_begin

    return project_to_begin(directory)


class _Where:
    """Where templates are deployed to, as far as options say it."""

    def __init__(self, subscription: str, resource_group: str, tenant: str) -> None:
        self.subscription, self.resource_group, self.tenant = subscription, resource_group, tenant


def read_files(paths: Iterable[Path]) -> tuple[list[File], int]:
    """The files that the paths name, and how many of the directories' other files were left out.

    A link in a directory that leads out of it is left out, too: a template that loads a file gets none from
    elsewhere.

    Raises:
        Failure: a file can't be read.
    """
    from keyless.estate.imported import File

    files, left_out = [], 0
    for path in paths:
        if not path.exists():
            raise Failure(f"there is no `{path}`: name a file with what was exported, or a directory", 2)
        if not path.is_dir():
            files.append(File(str(path), path.read_bytes()))
            continue
        for found in sorted(path.rglob("*")):
            if not found.is_file() or _is_hidden(found.relative_to(path)):
                continue
            if found.suffix.casefold() in _SUFFIXES and found.resolve().is_relative_to(path.resolve()):
                files.append(File(str(found), found.read_bytes()))
            else:
                left_out += 1
    return files, left_out


def _is_hidden(path: Path) -> bool:
    """Whether a file lies in a tool's own directory, such as `.terraform`."""
    return any(part.startswith(".") or part == "node_modules" for part in path.parts)


async def _import(
    project: Project, files: list[File], where: _Where, *, keep: bool
) -> tuple[Existing, list[Adopted]]:
    from keyless.app import contents_of
    from keyless.deploy.adopt import adopt, known_identities, known_roles, tenant_in
    from keyless.estate.imported import Place, read_existing

    declared = _declared_tenant(project)
    with _opened(project, keep=keep) as store:
        tenant = declared or await tenant_in(store)
        place = Place(
            where.subscription or (tenant.subscription_id if tenant else ""),
            where.resource_group,
            where.tenant or (tenant.tenant_id if tenant else ""),
        )
        existing = read_existing(files, place, await known_identities(store), await known_roles(store))
        changes = await adopt(
            existing, store, contents_of(store), int(time.time()), keep=keep, tenant=declared
        )
        own = await tenant_in(store)
    _warn_of_tenants(existing.tenant, own or declared)
    return existing, changes


@contextmanager
def _opened(project: Project, *, keep: bool) -> Iterator[Store]:
    """The project's store; for a look alone at a project that has none, an empty one elsewhere."""
    from keyless.app import open_store

    with ExitStack() as opened:
        if not keep and not project.store_file.exists():
            elsewhere = Path(opened.enter_context(TemporaryDirectory()))
            project = Project(elsewhere, elsewhere / STATE_DIRECTORY)
        project.prepare()
        yield opened.enter_context(closing(open_store(project)))


def _declared_tenant(project: Project) -> Tenant | None:
    """The tenant of the estate file, where there is one: it is the project's."""
    from keyless.estate.problems import InvalidEstate
    from keyless.estate.read import read_outline

    if not project.estate_file.exists():
        return None
    try:
        return read_outline(project.estate_file).tenant
    except InvalidEstate as error:
        raise Failure(str(error), 2) from error


def _warn_of_tenants(found: Tenant | None, own: Tenant | None) -> None:
    """Say where the project is of another tenant than what was imported, and what that means."""
    if found is None or own is None:
        return
    if found.tenant_id.casefold() != own.tenant_id.casefold():
        say(
            f"warning: what was imported is of the tenant `{found.tenant_id}`, and the project of "
            f"`{own.tenant_id}`: access policies of the former do not count here. Write its id into "
            f"`{ESTATE_FILE}` (`tenant: {{name: …, id: …}}`), or import into a new project"
        )
    if found.subscription_id.casefold() != own.subscription_id.casefold():
        say(
            f"note: most of what was imported lies in the subscription `{found.subscription_id}`, and the "
            f"project is of `{own.subscription_id}`: it is planned and decided like the rest, and the "
            "management API shows the project's own alone"
        )


def _print(existing: Existing, changes: list[Adopted], left_out: int, *, dry_run: bool) -> None:
    for line in lines_of(existing, changes, left_out, dry_run=dry_run):
        click.echo(visible(line))


def _print_json(existing: Existing, changes: list[Adopted], left_out: int, *, dry_run: bool) -> None:
    import json

    document = {
        "dryRun": dry_run,
        "changes": [one._asdict() for one in changes],
        "orphaned": sorted(existing.orphaned),
        "placeholders": sorted(existing.placeholders),
        "passedOver": dict(existing.passed_over),
        "unread": [one._asdict() for one in existing.unread],
        "remarks": list(existing.remarks),
        "filesLeftOut": left_out,
    }
    click.echo(json.dumps(document, indent=2))
