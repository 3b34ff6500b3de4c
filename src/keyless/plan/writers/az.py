"""Writes the stages of a plan as shell scripts for the Azure CLI, each with one that takes it back.

Decisions:
- every word is quoted for the shell; what a person reads stands in comments and in what is printed, on one
  line and without control characters;
- what is known only then is asked for first, into a variable, because a failed question inside another
  command would go unnoticed; an empty answer ends the script;
- scripts can be run again: making an assignment that is there is no error to the Azure CLI, nor is deleting
  one that is not;
- going back tries every step, whatever became of the others: a stage that stopped half-way has steps that
  were never done. What could not be taken back is said, and the script fails in the end;
- where a step can be found done before, a note is kept beside the scripts that it was not; going back leaves
  alone what has no such note;
- whoever runs a script has read it: the Azure CLI asks for no confirmation on the way;
- nothing that a command prints is shown: settings and credentials could be among it.

Source: https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-bash
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from hashlib import sha256

from keyless.model.visible import visible
from keyless.plan.result import Plan
from keyless.plan.results.stages import Asked, Command, Stage, Step, Word
from keyless.plan.stages import stages_of

_INDENT = " \\\n  "
_SHORT = 76
_SHELL = "#!/usr/bin/env bash\n"
_UNASKED = "export AZURE_CORE_DISABLE_CONFIRM_PROMPT=yes"
_STRICT = f"set -euo pipefail\n{_UNASKED}\n"
_TOLERANT = f"""\
set -uo pipefail
{_UNASKED}
failed=0
not_back() {{ failed=1; printf 'not taken back: %s\\n' "$1" >&2; }}
"""
_STATE = 'state="${KEYLESS_STATE:-$(cd "$(dirname "$0")" && pwd)/state}"\n'
_UP = 'state="${KEYLESS_STATE:-$(cd "$(dirname "$0")/.." && pwd)/state}"\n'


def write_az(plan: Plan) -> dict[str, str]:
    """File name to text: a script for each stage, and one under `rollback/` where there is a way back."""
    files: dict[str, str] = {}
    for stage in stages_of(plan):
        files[f"{stage.key.value}.sh"] = _Script(stage).forth()
        if any(step.undo or not step.reversible for step in stage.steps):
            files[f"rollback/{stage.key.value}.sh"] = _Script(stage).back()
    return files


class _Script:
    """One script, in either direction."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._variables: dict[Asked, str] = {}
        self._remembers = any(command.unless for step in stage.steps for command in step.do)

    def forth(self) -> str:
        """The script that carries the stage out."""
        what = [self._stage.title + ".", self._stage.what]
        if self._stage.optional:
            what.append("This stage can be left out.")
        lines = [*what, *(f"Left out: {one}." for one in self._stage.left_out)]
        blocks = [self._step(number, step) for number, step in enumerate(self._stage.steps, 1)]
        return self._text(_STRICT, lines, _STATE, [*blocks, *self._wait()])

    def back(self) -> str:
        """The script that brings back what was there before, from the last step to the first."""
        numbered = list(enumerate(self._stage.steps, 1))
        blocks = [self._undone(number, step) for number, step in reversed(numbered)]
        what = [f"Takes the stage {self._stage.key.value} back."]
        return self._text(_TOLERANT, what, _UP, [*blocks, 'exit "$failed"\n'])

    def _text(self, mode: str, lines: Iterable[str], state: str, blocks: Sequence[str]) -> str:
        head = _SHELL + "".join(f"# {visible(line)}\n" for line in lines) + mode
        return "\n".join([head, *([state] if self._remembers else []), *blocks])

    def _wait(self) -> list[str]:
        seconds = self._stage.wait_s
        if not seconds:
            return []
        said = f"waiting {seconds // 60} minutes, until the new roles hold everywhere"
        return [f'{_say(said)}sleep "${{KEYLESS_WAIT_S:-{seconds}}}"\n']

    def _step(self, number: int, step: Step) -> str:
        """A step: what it is and why, for people, and its commands."""
        commands = [self._command(one, self._mark(step)) for one in step.do]
        remarks = [f"# {visible(step.remark)}\n"] if step.remark else []
        by_hand = [_say(f"by hand: {step.by_hand}")] if step.by_hand else []
        reason = f"# {visible(step.reason)}\n" if step.reason else ""
        return "".join([_say(f"{number}. {step.what}"), reason, *remarks, *commands, *by_hand])

    def _mark(self, step: Step) -> str:
        """The name of a note, which is the same in a later plan."""
        return f"{self._stage.key.value}.{sha256(step.target.casefold().encode()).hexdigest()[:16]}"

    def _undone(self, number: int, step: Step) -> str:
        said = _say(f"{number}. back: {step.what}")
        mark, what = self._mark(step), shlex.quote(visible(step.what))
        if step.undo:
            return "".join([said, *(self._back(one, mark, what) for one in step.undo)])
        why = step.remark or "nothing of it is to be taken back by a command"
        return f"{said}{_say(f'   left as it is: {why}')}"

    def _command(self, command: Command, mark: str) -> str:
        asked, line = self._asked(command), self._line(command.words)
        if command.must_print:
            return f'{asked}found="$({line})"\n: "${{found:?not found}}"\n'
        if not command.unless:
            return f"{asked}{line}\n"
        before = f'before="$({_words(command.unless)})"\n'
        test = f'if [ "$before" != {shlex.quote(command.prints)} ]; then\n'
        note = f'  mkdir -p "$state"\n  touch "$state"/{shlex.quote(mark)}\n'
        return f"{asked}{before}{test}{note}  {line}\nfi\n"

    def _back(self, command: Command, mark: str, what: str) -> str:
        """A command in a shell of its own, which an empty answer to a question ends."""
        self._variables.clear()
        line = f"(\n{self._asked(command)}{self._line(command.words)}\n) || not_back {what}\n"
        if not command.unless:
            return line
        there = f'"$state"/{shlex.quote(mark)}'
        return f"if [ -e {there} ]; then\n{line}rm {there}\nfi\n"

    def _asked(self, command: Command) -> str:
        """The questions that this command is the first to need the answers of."""
        lines = []
        for word in command.words:
            if isinstance(word, Asked) and _question(word) not in self._variables:
                name = self._variables[_question(word)] = f"found_{len(self._variables) + 1}"
                lines.append(f'{name}="$({_words(word.command)})"\n: "${{{name}:?not found}}"\n')
        return "".join(lines)

    def _line(self, words: Sequence[Word]) -> str:
        return _broken([self._word(word) for word in words])

    def _word(self, word: Word) -> str:
        if isinstance(word, str):
            return shlex.quote(word)
        prefix = shlex.quote(word.prefix) if word.prefix else ""
        return f'{prefix}"${self._variables[_question(word)]}"'


def _question(word: Asked) -> Asked:
    """The same question, whatever stands before its answer."""
    return Asked(word.command)


def _words(words: Iterable[str]) -> str:
    return " ".join(map(shlex.quote, words))


def _broken(words: Sequence[str]) -> str:
    """A command on one line, or an option on each where it is long."""
    line = " ".join(words)
    if len(line) <= _SHORT:
        return line
    lines: list[list[str]] = [[]]
    for word in words:
        if word.startswith("--"):
            lines.append([])
        lines[-1].append(word)
    return _INDENT.join(" ".join(one) for one in lines)


def _say(text: str) -> str:
    return f"printf '%s\\n' {shlex.quote(visible(text))}\n"
