"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.runtime.project import Project, find_project

if TYPE_CHECKING:
    from keyless.model.estate import Estate

project_option = click.option(
    "--project",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="KEYLESS_PROJECT",
    help="The project's directory (default: the nearest one upwards with a keyless.yaml or a .keyless).",
)


def chosen_project(directory: Path | None) -> Project:
    """The project that the option, or else the current directory, points at."""
    return find_project(directory or Path.cwd())


def declared_estate(project: Project, exit_code: int = 2) -> Estate | None:
    """What `keyless.yaml` declares, or none where there is no such file.

    Raises:
        Failure: the file has problems; every one of them is listed.
    """
    import os

    if not project.estate_file.exists():
        return None
    from keyless.estate.problems import InvalidEstate
    from keyless.estate.read import read_estate

    try:
        return read_estate(project.estate_file, os.environ)
    except InvalidEstate as error:
        raise Failure(str(error), exit_code) from error
