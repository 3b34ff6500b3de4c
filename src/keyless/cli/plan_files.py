"""A plan as files: read, printed in one format, or written into a directory in all that deploy it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.cli.files import write_whole
from keyless.cli.terminal import say
from keyless.plan.wording import counted
from keyless.plan.writers.formats import directory_of, stage_files, written_as

if TYPE_CHECKING:
    from keyless.plan.result import Plan

REPORTS = ("table", "markdown", "html")
"""What a plan is shown in."""


def loaded_plan(file: Path) -> Plan:
    """A plan from its JSON; raises Failure where there is none."""
    from keyless.plan.read import UnreadablePlan, read_plan

    try:
        return read_plan(file.read_bytes())
    except FileNotFoundError as error:
        raise Failure(f"there is no plan `{file}`: make one with `keyless plan`", 2) from error
    except OSError as error:
        raise Failure(f"cannot read `{file}`: {(error.strerror or str(error)).lower()}", 2) from error
    except UnreadablePlan as error:
        raise Failure(f"{file}: {error}", 2) from error


def print_as(plan: Plan, wanted: str) -> None:
    """Print one format; several files of it only where they mean the same as one (as in Terraform)."""
    files = written_as(plan, wanted)
    if wanted.startswith("terraform"):
        files = {name: text for name, text in files.items() if "/" not in name}
    elif len(files) > 1:
        names = ", ".join(f"`{name}`" for name in files)
        raise Failure(
            f"as {wanted}, this plan takes several files ({names}): write them with `--out DIRECTORY`", 2
        )
    click.echo("\n".join(files.values()), nl=False)


def write_all(plan: Plan, folder: Path) -> None:
    """Write every format and the stages; raises Failure where the directory cannot be made.

    What an earlier plan had of stages and this one has not is removed, so that nobody carries it out. A link
    in the directory that leads out of it is not followed.
    """
    files = directory_of(plan)
    base = folder.resolve()
    for name, text in files.items():
        if not (base / name).resolve().is_relative_to(base):
            raise Failure(f"`{folder / name}` leads out of `{folder}`: remove that link, or use another", 2)
        _make_folder((folder / name).parent)
        write_whole(folder / name, text)
    for name, count in Counter(name.partition("/")[0] for name in files).items():
        many = "" if name in files else f"/ ({counted(count, 'file')})"
        say(f"wrote {folder / name}{many}")
    for name in stage_files():
        inside = (base / name).parent.resolve().is_relative_to(base)
        if name not in files and inside and (folder / name).is_file():
            (folder / name).unlink()
            say(f"removed {folder / name}: this plan has no such stage")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make `{folder}`: {(error.strerror or str(error)).lower()}", 2) from error
