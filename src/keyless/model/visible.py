"""How a text that others wrote is shown: names come from apps, files and logs, and could hold anything.

Rules:
- no control character of theirs reaches a terminal;
- no line is a command to the runner of a pipeline, which reads what is printed: `::` at a line's beginning,
  `##[` anywhere (GitHub), `##vso[` anywhere (Azure Pipelines).

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands,
https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)


def visible(text: str) -> str:
    """A text with its control characters escaped, so that none can steer a terminal or break a line."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def inert(line: str) -> str:
    """A line to print: as ``visible``, and no command to a runner."""
    words = _COMMAND.sub(r"#\\x23", visible(line))
    return words.replace("::", "\\x3a:", 1) if words.lstrip().startswith("::") else words


def inert_json(document: str) -> str:
    """JSON that says the same, with control characters in it escaped, and no command to a runner."""
    if not document.isprintable():
        document = "".join(one if one.isprintable() or one == "\n" else _escaped(one) for one in document)
    return _COMMAND.sub(r"#\\u0023", document)


def inert_markup(document: str) -> str:
    """HTML or XML that says the same, and holds no command to a runner."""
    return _COMMAND.sub("#&#35;", document)


def _escaped(character: str) -> str:
    """A character of a string of JSON, by its number; two where it is beyond the first 65,536."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
