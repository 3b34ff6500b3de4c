"""Opening the project's store to put contents into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from keyless.cli.failure import Failure
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.deploy.contents import PlaneContents


@asynccontextmanager
async def open_contents(project: Project) -> AsyncIterator[PlaneContents]:
    """What the planes hold, open for writing; a plane that runs sees the change on its next request."""
    from keyless.app import contents_of, open_store
    from keyless.deploy.contents import UnknownContainer
    from keyless.wire.errors import WireError

    project.prepare()
    store = open_store(project)
    try:
        yield contents_of(store)
    except (UnknownContainer, WireError) as error:
        raise Failure(str(error), 2) from error
    finally:
        store.close()
