"""Putting contents into the project's store, from the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, TypeVar

from keyless.cli.failure import Failure, explained
from keyless.cli.options import declared_estate
from keyless.runtime.project import ESTATE_FILE, Project

if TYPE_CHECKING:
    from keyless.deploy.contents import PlaneContents
    from keyless.model.estate import Estate

T = TypeVar("T")


async def put(
    project: Project,
    write: Callable[[PlaneContents], Awaitable[T]],
    *,
    deploy: bool = True,
    keep: bool = True,
) -> T:
    """Write into a vault or store; a plane that runs sees the change on its next request.

    One that `keyless.yaml` declares and the store does not hold yet is made first, with all that the file
    declares. Without ``keep`` that is made in a copy, which is gone afterwards; with ``deploy`` false, where
    there is only something to look at, it is unknown.

    Raises:
        Failure: there is no such vault or store, or it does not take this.
    """
    from keyless.app import contents_of, copy_of, deploy_estate, open_store
    from keyless.deploy.contents import UnknownContainer
    from keyless.wire.errors import WireError

    if not (project.store_file.exists() or project.estate_file.exists()):
        raise Failure(
            f"there is nothing in `{project.root}` to put this into yet: begin with "
            "`keyless run --learn -- COMMAND`, or declare it (`keyless estate init` writes a starter)",
            2,
        )
    with explained():
        project.prepare()
        with closing(open_store(project)) as store:
            try:
                try:
                    return await write(contents_of(store))
                except UnknownContainer as error:
                    estate = declared_estate(project)
                    if estate is None:
                        raise
                    if not deploy:
                        raise Failure(error.declared_in(estate) or str(error), 2) from error
                    with nullcontext(store) if keep else copy_of(project, store) as target:
                        await deploy_estate(target, estate)
                        return await write(contents_of(target))
            except (UnknownContainer, WireError) as error:
                raise Failure(str(error), 2) from error


def declared_here(project: Project, holds: Callable[[Estate], bool]) -> str | None:
    """What to say where the project's file declares the very thing that was set: the file wins in the end."""
    from keyless.estate.problems import InvalidEstate
    from keyless.estate.read import read_outline

    if not project.estate_file.exists():
        return None
    try:
        declared = holds(read_outline(project.estate_file))
    except InvalidEstate:  # whoever uses the file next is told
        return None
    if not declared:
        return None
    return (
        f"`{ESTATE_FILE}` declares it too: the next `keyless run` that starts a plane sets what stands there"
    )
