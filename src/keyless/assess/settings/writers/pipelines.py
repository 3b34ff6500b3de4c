"""What Azure Pipelines write: variables, environments of steps, and app settings that tasks deploy.

Rules:
- variables and `env` are for the pipeline itself: scripts read them as the environment;
- `appSettings` of the tasks that deploy web and function apps are `-NAME value`, and reach what runs.

Source: https://learn.microsoft.com/azure/devops/pipelines/process/variables
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.settings.setting import Written
from keyless.assess.settings.writers.lists import environment_of, one_of, settings_in_json, words_of
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Expr, Items, Joined, Literal, Record, entry_of, text_of
from keyless.assess.syntax.span import Span

_MOST = 20_000


def of_pipeline(document: Document, root: Expr) -> Iterator[Written]:
    """What a pipeline writes."""
    waiting = [root]
    left = _MOST
    while waiting and left:
        left -= 1
        value = waiting.pop()
        if isinstance(value, Items):
            waiting.extend(reversed(value.items))
        elif isinstance(value, Record):
            yield from _of_record(document, value)
            waiting.extend(
                one.value for one in reversed(value.entries) if isinstance(one.value, Record | Items)
            )


def _of_record(document: Document, record: Record) -> Iterator[Written]:
    for key, by in (("variables", "variables of the pipeline"), ("env", "environment of a step")):
        found = entry_of(record, key)
        if found is not None:
            yield from environment_of(document.path, found.value, by, runs=False)
    inputs = entry_of(record, "inputs")
    settings = entry_of(inputs.value, "appSettings") if inputs is not None else None
    task = entry_of(record, "task")
    if settings is not None and task is not None:
        by = f"app settings of `{text_of(task.value)}`"
        for name, value in (*settings_in_json(settings.value), *_dashed(settings.value)):
            yield one_of(document.path, name, value, settings.span, by, runs=True)


def _dashed(value: Expr) -> Iterator[tuple[str, Expr]]:
    """`-NAME value -OTHER "value of several words"`."""
    name = ""
    parts: list[Expr] = []
    for word in words_of(value):
        text = text_of(word) or ""
        if len(text) > 1 and text[0] == "-" and not text[1:2].isdigit():
            if name and parts:
                yield name, _together(parts)
            name, parts = text[1:], []
        elif name:
            parts.append(word)
    if name and parts:
        yield name, _together(parts)


def _together(parts: list[Expr]) -> Expr:
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0].span, parts[-1].span
    span = Span(first.line, first.column, last.end_line, last.end_column, first.start, last.end)
    texts = [text_of(one) for one in parts]
    if all(one is not None for one in texts):
        return Literal(span, " ".join(one for one in texts if one is not None))
    return Joined(span, tuple(parts))
