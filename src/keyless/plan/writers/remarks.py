"""What a deployment does not do by itself: lines for a comment at the head of its file.

Templates of Azure Resource Manager can't change a part of a resource: what is not said of it is reset. So
nothing that is there already is changed by one, and the commands for it stand here.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection

from keyless.model.visible import visible
from keyless.plan.result import Plan
from keyless.plan.results.stages import Command, Stage, StageKey, Step, Word
from keyless.plan.stages import stages_of

_NOT_TOLD = {StageKey.WAIT, StageKey.VERIFY}


def remarks(plan: Plan, *, elsewhere: Collection[StageKey] = ()) -> list[str]:
    """The lines, each safe in a comment of one line; stages that are written ``elsewhere`` are left out."""
    lines = ["Role assignments planned by Keyless from what the workloads were seen to do."]
    lines.append("A name is made from scope, identity and role, so that deploying again changes nothing.")
    if plan.assignments:
        lines.append("Where Azure has one of these assignments under another name, delete that one first.")
    told = [one for one in stages_of(plan) if one.key not in _NOT_TOLD and one.key not in elsewhere]
    for stage in told:
        lines.extend(_stage(stage))
    lines.extend(
        f"Not covered for {gap.principal.name} at {gap.scope}: {gap.action}: {gap.advice}."
        for gap in plan.uncovered
    )
    return [visible(line) for line in lines]


def _stage(stage: Stage) -> list[str]:
    """The commands of a stage, or of what is left of it; what has none is in the README alone."""
    steps = [one for one in stage.steps if one.do and not one.by_template]
    when = "Before this" if stage.key is StageKey.PREPARE else "Afterwards"
    told = [line for step in steps for line in _step(step)]
    return [f"{when} ({stage.key.value}):", *told] if told else []


def _step(step: Step) -> list[str]:
    return [f"- {step.what}", *(f"  {shown(command)}" for command in step.do)]


def shown(command: Command) -> str:
    """A command on one line, as it could be typed."""
    return visible(" ".join(_word(word) for word in command.words))


def _word(word: Word) -> str:
    if isinstance(word, str):
        return shlex.quote(word)
    asked = " ".join(map(shlex.quote, word.command))
    return f'{shlex.quote(word.prefix) if word.prefix else ""}"$({asked})"'
