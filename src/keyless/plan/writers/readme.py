"""Writes what a person reads first in a directory of deployments: the order, the steps, and the way back.

Names come from apps, files and logs: none becomes markup, and commands stand in fences that are longer than
any run of backticks in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from keyless.plan.reports.markup import prose
from keyless.plan.result import Plan
from keyless.plan.results.stages import Command, Stage, Step
from keyless.plan.stages import stages_of
from keyless.plan.writers.remarks import shown

README = "README.md"
_RUN = re.compile(r"`+")
_FORMATS = """\
| directory | for |
|---|---|
| `az/` | the Azure CLI: a script for each stage, and `az/rollback/` with the way back for each |
| `bicep/` | Bicep: stages 0 and 1, in `main.bicep` |
| `arm/` | the same as an ARM template, `azuredeploy.json` |
| `terraform/` | the same for Terraform with the azurerm provider |
| `terraform-azapi/` | the same for Terraform with the azapi provider alone |
| `estate/` | what to put into `keyless.yaml`, to try it locally |
| `plan.json`, `stages.json` | tools |

In the directories of Terraform, `3-switch/` and `9-local-auth-off/` are modules of their own: apply each when
its stage has come.
"""
_INTRODUCTION = """\
# Going live

Written by `keyless plan --out`. The stages are carried out one after the other, and each can be taken back
before the next one begins. Everything is granted before anything switches over, and everything is looked at
before anything is taken away; keys and passwords are switched off last.

Stages 0 and 1 are in every format: use one of them, or the scripts. All other stages are in the scripts, and
what of them is no template's work stands in comments at the head of the templates, too. Each format names its
assignments in its own way, so that the way back of stage 1 is that of the format which made them.
"""
_BACK = """\
## The way back

Take stages back from the last one that was carried out to the first: `bash az/rollback/STAGE.sh`. Each script
begins with the last step of its stage. What does not come back is said at its step.
"""


def write_readme(plan: Plan) -> str:
    """The text of `README.md`."""
    stages = stages_of(plan)
    if not stages:
        return f"{_INTRODUCTION}\n{_FORMATS}\nThis plan changes nothing: there are no stages.\n"
    rows = [_row(stage) for stage in stages]
    table = "\n".join(["| stage | what | steps | script |", "|---|---|---|---|", *rows])
    return "\n".join([_INTRODUCTION, _FORMATS, f"{table}\n", _BACK, *(_section(stage) for stage in stages)])


def _row(stage: Stage) -> str:
    optional = " (can be left out)" if stage.optional else ""
    steps = f"{stage.wait_s // 60} minutes" if stage.wait_s else str(len(stage.steps))
    return f"| {stage.title}{optional} | {stage.what} | {steps} | `az/{stage.key.value}.sh` |"


def _section(stage: Stage) -> str:
    left_out = [f"- left out: {prose(one)}\n" for one in stage.left_out]
    steps = [_step(number, step) for number, step in enumerate(stage.steps, 1)]
    head = f"## {stage.key.value}: {stage.title}\n\n{stage.what}\n"
    return "\n".join([head, *steps, *(["".join(left_out)] if left_out else [])])


def _step(number: int, step: Step) -> str:
    lines = [f"{number}. **{prose(step.what)}**  ", f"   why: {prose(step.reason)}"]
    if step.by_hand:
        lines[-1] += "  "
        lines.append(f"   by hand: {prose(step.by_hand)}")
    if step.remark:
        lines[-1] += "  "
        lines.append(f"   {'' if step.reversible else 'does not come back: '}{prose(step.remark)}")
    return "\n".join([*lines, "", *_fence("do", step.do), *_fence("back", step.undo)])


def _fence(label: str, commands: Iterable[Command]) -> list[str]:
    text = [shown(command) for command in commands]
    if not text:
        return []
    ticks = "`" * max(3, 1 + max((len(run) for one in text for run in _RUN.findall(one)), default=0))
    return [f"   {label}:", "", f"   {ticks}sh", *(f"   {one}" for one in text), f"   {ticks}", ""]
