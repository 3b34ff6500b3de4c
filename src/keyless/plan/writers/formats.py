"""In what a plan can be written, and which files that makes.

Each format has a directory of its own, because files of Terraform in one directory are one deployment. Files
that only some plans have are named here too, so that those of an earlier plan don't stay there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyless.plan.result import Plan

FORMATS = ("json", "bicep", "terraform", "terraform-azapi", "arm", "az", "estate")
"""To be read back, deployed, or put into an estate."""


def written_as(plan: Plan, wanted: str) -> dict[str, str]:
    """The plan in one of ``FORMATS``, as file names and texts.

    Raises:
        KeyError: there is no such format.
    """
    if wanted == "json":
        from keyless.plan.writers.json import write_json

        return {"plan.json": write_json(plan)}
    if wanted == "az":
        from keyless.plan.writers.az import write_az

        return write_az(plan)
    if wanted == "estate":
        from keyless.plan.writers.estate import write_estate_files

        return write_estate_files(plan)
    if wanted.startswith("terraform"):
        return _terraform(plan, wanted)
    return _template(plan, wanted)


def _terraform(plan: Plan, wanted: str) -> dict[str, str]:
    from keyless.plan.writers.terraform import write_terraform
    from keyless.plan.writers.terraform_azapi import write_terraform_azapi

    return {"terraform": write_terraform, "terraform-azapi": write_terraform_azapi}[wanted](plan)


def _template(plan: Plan, wanted: str) -> dict[str, str]:
    from keyless.plan.writers.arm import write_arm
    from keyless.plan.writers.bicep import write_bicep

    return {"bicep": write_bicep, "arm": write_arm}[wanted](plan)


def directory_of(plan: Plan) -> dict[str, str]:
    """Every file of a directory of deployments, by its path there: all formats, and what to do with them."""
    from keyless.plan.writers.json import write_stages
    from keyless.plan.writers.readme import README, write_readme

    files = {README: write_readme(plan), "stages.json": write_stages(plan)}
    for wanted in FORMATS:
        folder = "" if wanted == "json" else f"{wanted}/"
        files |= {f"{folder}{name}": text for name, text in written_as(plan, wanted).items()}
    return files


def stage_files() -> Iterator[str]:
    """The paths of files that a directory may have of an earlier plan, and that would be carried out."""
    from keyless.plan.results.stages import StageKey

    for key in StageKey:
        yield f"az/{key.value}.sh"
        yield f"az/rollback/{key.value}.sh"
        for folder in ("terraform", "terraform-azapi"):
            yield f"{folder}/{key.value}/main.tf"
    for folder in ("terraform", "terraform-azapi"):
        yield f"{folder}/variables.tf"
