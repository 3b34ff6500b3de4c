"""Writes what a person reads first in a directory of deployments: the order, the steps, and the way back.

Names come from apps, files and logs: what has a meaning in Markdown is escaped, commands stand in fences that
are longer than any run of backticks in them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from keyless.model.visible import visible
from keyless.plan.result import Plan
from keyless.plan.results.stages import Command, Stage, Step, Word
from keyless.plan.stages import stages_of

README = "README.md"
_MEANING = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")
_RUN = re.compile(r"`+")
_FORMATS = """\
| directory | for |
|---|---|
| `az/` | the Azure CLI: a script for each stage, and `az/rollback/` with the way back for each |
| `bicep/` | Bicep: stages 0 and 1, in `main.bicep` |
| `arm/` | the same as an ARM template, `azuredeploy.json` |
| `terraform/` | the same for Terraform with the azurerm provider |
| `terraform-azapi/` | the same for Terraform with the azapi provider alone; it attaches identities, too |
| `estate/` | what to put into `keyless.yaml`, to try it locally |
| `plan.json`, `stages.json` | tools |
"""
_INTRODUCTION = """\
# Going live

Written by `keyless plan --out`. The stages are carried out one after the other, and each can be taken back
before the next one begins. Everything is granted before anything switches over, and everything is looked at
before anything is taken away; keys and passwords are switched off last.

Stages 0 and 1 are in every format: use one of them, or the scripts. All other stages are in the scripts.
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
    left_out = [f"- left out: {_plain(one)}\n" for one in stage.left_out]
    steps = [_step(number, step) for number, step in enumerate(stage.steps, 1)]
    head = f"## {stage.key.value}: {stage.title}\n\n{stage.what}\n"
    return "\n".join([head, *steps, *(["".join(left_out)] if left_out else [])])


def _step(number: int, step: Step) -> str:
    lines = [f"{number}. **{_plain(step.what)}**  ", f"   because {_plain(step.reason)}"]
    if step.by_hand:
        lines[-1] += "  "
        lines.append(f"   by hand: {_plain(step.by_hand)}")
    if step.remark:
        lines[-1] += "  "
        lines.append(f"   {'' if step.reversible else 'does not come back: '}{_plain(step.remark)}")
    return "\n".join([*lines, "", *_fence("do", step.do), *_fence("back", step.undo)])


def _fence(label: str, commands: Iterable[Command]) -> list[str]:
    text = [_shown(command) for command in commands]
    if not text:
        return []
    ticks = "`" * max(3, 1 + max((len(run) for one in text for run in _RUN.findall(one)), default=0))
    return [f"   {label}:", "", f"   {ticks}sh", *(f"   {one}" for one in text), f"   {ticks}", ""]


def _shown(command: Command) -> str:
    """A command on one line, as it could be typed."""
    return visible(" ".join(_word(word) for word in command.words))


def _word(word: Word) -> str:
    if isinstance(word, str):
        return shlex.quote(word)
    asked = " ".join(map(shlex.quote, word.command))
    return f'{shlex.quote(word.prefix) if word.prefix else ""}"$({asked})"'


def _plain(text: str) -> str:
    return _MEANING.sub(r"\\\1", visible(text))
