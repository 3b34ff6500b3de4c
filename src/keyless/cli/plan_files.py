"""A plan as files: read, printed in one format, or written into a directory in all that deploy it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure
from keyless.cli.files import write_whole
from keyless.cli.terminal import say

if TYPE_CHECKING:
    from keyless.plan.result import Plan

FORMATS = ("json", "bicep", "terraform", "arm", "estate")
"""What a plan is written in: to be read back, deployed, or put into an estate."""
REPORTS = ("table", "markdown", "html")
"""What a plan is shown in."""


def loaded_plan(file: Path) -> Plan:
    """A plan from its JSON; raises Failure where there is none."""
    from keyless.plan.result import UnreadablePlan, read_plan

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
    if len(files) > 1 and wanted != "terraform":
        names = ", ".join(f"`{name}`" for name, _ in files)
        raise Failure(
            f"as {wanted}, this plan takes several files ({names}): write them with `--out DIRECTORY`", 2
        )
    click.echo("\n".join(text for _, text in files), nl=False)


def written_as(plan: Plan, wanted: str) -> list[tuple[str, str]]:
    """The plan in one of ``FORMATS``, as file names and texts."""
    if wanted == "json":
        from keyless.plan.writers.json import write_json

        return [("plan.json", write_json(plan))]
    if wanted == "bicep":
        from keyless.plan.writers.bicep import write_bicep

        return list(write_bicep(plan).items())
    if wanted == "terraform":
        from keyless.plan.writers.terraform import write_terraform

        return list(write_terraform(plan).items())
    if wanted == "estate":
        from keyless.plan.writers.estate import write_estate

        return [("role-assignments.yaml", write_estate(plan))]
    from keyless.plan.writers.arm import write_arm

    return list(write_arm(plan).items())


def write_all(plan: Plan, folder: Path) -> None:
    """Write every format; raises Failure where the directory cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make `{folder}`: {(error.strerror or str(error)).lower()}", 2) from error
    for wanted in FORMATS:
        for name, text in written_as(plan, wanted):
            write_whole(folder / name, text)
            say(f"wrote {folder / name}")
