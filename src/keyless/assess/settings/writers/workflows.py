"""What workflows of GitHub write: environments, and settings that actions deploy.

Rules:
- an `env` of a workflow, job or step is for the pipeline itself;
- `azure/appservice-settings` and the actions that deploy containers give settings to what runs.

Source: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.settings.setting import Written
from keyless.assess.settings.writers.flat import key_of
from keyless.assess.settings.writers.lists import environment_of, one_of, settings_in_json, words_of
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Entry, Expr, Items, Record, entry_of, text_of
from keyless.assess.syntax.pairs import name_and_value

_JSON = ("app-settings-json", "connection-strings-json")
_LISTS = ("environmentVariables", "environment-variables", "secure-environment-variables", "env_vars")
_MOST = 20_000


def of_workflow(document: Document, root: Expr) -> Iterator[Written]:
    """What a workflow or action writes."""
    waiting: list[tuple[str, Expr]] = [("the workflow", root)]
    left = _MOST
    while waiting and left:
        left -= 1
        name, value = waiting.pop()
        if isinstance(value, Items):
            waiting.extend((name, one) for one in reversed(value.items))
        elif isinstance(value, Record):
            yield from _of_record(document, name, value)
            waiting.extend(_below(name, value))


def _below(name: str, record: Record) -> Iterator[tuple[str, Expr]]:
    for entry in reversed(record.entries):
        key = key_of(entry)
        if key not in {"env", "with"} and isinstance(entry.value, Record | Items):
            yield (f"job `{key}`" if entry_of(entry.value, "steps") is not None else name), entry.value


def _of_record(document: Document, name: str, record: Record) -> Iterator[Written]:
    environment = entry_of(record, "env")
    if environment is not None:
        yield from environment_of(document.path, environment.value, f"environment of {name}", runs=False)
    uses, given = entry_of(record, "uses"), entry_of(record, "with")
    if uses is not None and given is not None and isinstance(given.value, Record):
        action = (text_of(uses.value) or "").partition("@")[0]
        for entry in given.value.entries:
            yield from _of_input(document, f"`{action}` in {name}", entry)


def _of_input(document: Document, by: str, entry: Entry) -> Iterator[Written]:
    key = key_of(entry)
    if key in _JSON:
        prefix = "ConnectionStrings:" if key.startswith("connection") else ""
        for name, value in settings_in_json(entry.value):
            yield one_of(document.path, prefix + name, value, value.span, by, runs=True)
    elif key in _LISTS:
        for word in words_of(entry.value):
            pair = name_and_value(word)
            if pair is not None:
                yield one_of(document.path, *pair, word.span, by, runs=True)
