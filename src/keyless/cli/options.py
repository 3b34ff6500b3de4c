"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from keyless.cli.failure import Failure
from keyless.model.hosts import HostKind
from keyless.runtime.project import STATE_DIRECTORY, Project, find_project

if TYPE_CHECKING:
    from keyless.model.estate import Estate
    from keyless.runtime.messages import ChosenLimits

F = TypeVar("F", bound=Callable[..., Any])
"""A command that gets an option."""

project_option = click.option(
    "--project",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="KEYLESS_PROJECT",
    help="The project's directory (default: the nearest one upwards with a keyless.yaml or a .keyless).",
)


def _as_host_kind(context: click.Context, parameter: click.Parameter, value: str | None) -> HostKind | None:
    return HostKind(value) if value else None


host_kind_option = click.option(
    "--host-kind",
    type=click.Choice([kind.value for kind in HostKind]),
    callback=_as_host_kind,
    help="The kind of host that gives the workload its token (default: as the estate says, or its type).",
)

propagation_delay_option = click.option(
    "--propagation-delay",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Let changes of roles, assignments, denies and groups take effect that much later, as Azure does "
    "(default: at once, or as the plane that runs already does).",
)


_LIMITS_SCALE = "scale="


def _as_limits(context: click.Context, parameter: click.Parameter, value: str | None) -> ChosenLimits | None:
    """The limits that an option chooses: `on`, `off`, or `scale=` and a number above 0."""
    if value is None:
        return None
    from keyless.runtime.messages import ChosenLimits

    if value in {"on", "off"}:
        return ChosenLimits(1.0 if value == "on" else None)
    scale = _number(value.removeprefix(_LIMITS_SCALE)) if value.startswith(_LIMITS_SCALE) else 0
    if not 0 < scale < math.inf:
        raise click.BadParameter(
            f"`{value}` is neither `on` nor `off` nor a number above 0 after `scale=`, such as `scale=0.1`"
        )
    return ChosenLimits(scale)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


limits_option = click.option(
    "--limits",
    metavar="on|off|scale=FACTOR",
    callback=_as_limits,
    help="The transaction limits of vaults and the quotas of configuration stores, beyond which they answer "
    "with 429: as documented, none, or so many times the documented ones (default: as documented, or as the "
    "plane that runs already has them).",
)


def choice_options(noun: str, example: str) -> Callable[[F], F]:
    """`--only` and `--except`: which of what there is is wanted, by patterns of names."""
    only = click.option(
        "--only",
        multiple=True,
        metavar="PATTERN",
        help=f"Only {noun} like this, as in `{example}`. May be repeated.",
    )
    leave_out = click.option(
        "--except",
        "leave_out",
        multiple=True,
        metavar="PATTERN",
        help=f"No {noun} like this. May be repeated.",
    )
    return lambda command: only(leave_out(command))


def chosen_project(directory: Path | None) -> Project:
    """The project in the directory that the option names, or else the one that the current directory is in.

    Raises:
        Failure: the current directory was removed.
    """
    if directory is not None:
        root = directory.resolve()
        return Project(root, root / STATE_DIRECTORY)
    return find_project(current_directory())


def current_directory() -> Path:
    """The directory that the command was given in; raises Failure where it was removed."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise Failure("the current directory is not there any more: change to another one", 2) from error


def declared_estate(project: Project) -> Estate | None:
    """What `keyless.yaml` declares, or none where there is no such file.

    Raises:
        Failure: the file has problems; every one of them is listed.
    """
    import os

    if not project.estate_file.exists() and not project.estate_file.is_symlink():
        return None
    from keyless.estate.problems import InvalidEstate
    from keyless.estate.read import read_estate

    try:
        return read_estate(project.estate_file, os.environ)
    except InvalidEstate as error:
        raise Failure(str(error), 2) from error
