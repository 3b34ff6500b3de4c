"""Reading what a project's world has come to: the store and the evidence, opened for one command."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from keyless.cli.failure import Failure
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.evidence.database import EvidenceDatabase
    from keyless.store.ports import Store


def opened_store(project: Project) -> closing[Store]:
    """The project's store, which must be there, to be closed in the end.

    Raises:
        Failure: nothing has run in the project yet.
    """
    from keyless.app import open_store

    if not project.store_file.exists():
        begin = "keyless estate apply" if project.estate_file.exists() else "keyless run --learn -- COMMAND"
        raise Failure(f"nothing has run in `{project.root}` yet: begin with `{begin}`", 2)
    return closing(open_store(project))


def opened_evidence(project: Project) -> closing[EvidenceDatabase]:
    """The project's evidence, which must be there, to be closed in the end.

    Raises:
        Failure: nothing was recorded in the project yet.
    """
    from keyless.app import open_evidence

    if not project.evidence_file.exists():
        raise Failure(
            f"nothing was recorded in `{project.root}` yet: begin with `keyless run --learn -- COMMAND`", 2
        )
    return closing(open_evidence(project))
